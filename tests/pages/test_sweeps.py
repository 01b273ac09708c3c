"""The sweep of a page, from the runs to the numbers that are drawn."""

from pathlib import Path

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.store import Store
from explorer.figures.sweep import UNKNOWN
from explorer.pages import _sweeps
from explorer.spec import Spec
from explorer.view import SWEPT

SPEC = Spec.parse(
    {
        "data": {"n": 60},
        "training": {"steps": 60},
        "evaluation": {"retrained_seeds": 3},
        "method": {"name": "gradient_ascent", "knobs": {"steps": 4}},
    }
)


@pytest.fixture(scope="module")
def store() -> Store:
    return Store(None)


@pytest.fixture(scope="module")
def swept(store: Store) -> _sweeps.Swept:
    *_, last = _sweeps.sweeping(SPEC, ["lr"], store, lambda *_: None)
    return last


def test_a_sweep_runs_a_knob_over_its_range(swept: _sweeps.Swept, store: Store):
    assert len(swept.values[0]) == len(swept.results) == _sweeps.ONE
    index = 2
    method = {"name": "gradient_ascent", "knobs": {"steps": 4, "lr": swept.values[0][index]}}
    said = pipeline.compare(SPEC.with_part(method=method), store.memo)
    forget = _sweeps.bands(swept, "forget")[index]
    assert forget == pytest.approx(
        tuple(getattr(said.accuracy["unlearned"]["forget"], name) for name in ("low", "mean", "high"))
    )
    floor = _sweeps.reference(swept, "disagreement_area")
    assert floor.mean == pytest.approx(said.floor["disagreement_area"].mean)


def test_ascent_breaks_the_model_at_its_largest_rate_and_not_at_its_smallest(swept: _sweeps.Swept):
    found = _sweeps.broken(swept)
    assert found[-1] and not found[0]


def test_what_has_not_run_is_unknown_and_not_broken():
    swept = _sweeps.Swept("gradient_ascent", ("lr",), ([0.1, 0.2],))
    assert _sweeps.bands(swept, "retain") == [UNKNOWN, UNKNOWN]
    assert _sweeps.broken(swept) == [False, False]


def test_a_second_sweep_runs_nothing_anew(swept: _sweeps.Swept, store: Store):
    ticks: list[tuple[int, str]] = []
    *_, again = _sweeps.sweeping(SPEC, ["lr"], store, lambda done, _, said="": ticks.append((done, said)))
    assert again.results == swept.results
    assert {done for done, said in ticks if said.endswith("runs")} == {_sweeps.ONE}  # all were there at once


def test_pictures_come_before_the_numbers_and_show_where_each_run_ends(store: Store):
    seen = list(_sweeps.sweeping(SPEC, ["lr"], store, lambda *_: None))
    painted = next(one for one in seen if len(one.pictures) == _sweeps.ONE)
    assert not painted.results
    method = {"name": "gradient_ascent", "knobs": {"steps": 4, "lr": painted.values[0][5]}}
    panel = pipeline.panel(SPEC.with_part(method=method), store.memo)
    np.testing.assert_allclose(painted.pictures[5], panel.logits[-1], rtol=1e-5, atol=1e-5)
    assert painted.scene is not None and painted.scene.size == pipeline.grid_size(2)


def test_every_number_that_can_be_chosen_is_in_the_runs(swept: _sweeps.Swept):
    for number in SWEPT:
        assert _sweeps.TITLES[number]
        assert np.isfinite(_sweeps.bands(swept, number)[0].mean), number
        assert np.isfinite(_sweeps.reference(swept, number).mean), number


def test_a_number_of_the_model_on_screen_alone_has_no_range(swept: _sweeps.Swept, store: Store):
    spec = SPEC.with_part(method={"name": "gradient_ascent", "knobs": {"steps": 4, "lr": swept.values[0][2]}})
    spec = spec.with_part(evaluation={"retrained_seeds": 3, "attacks": ["loss"]})
    said = pipeline.attack_numbers(spec, store.memo, spread=False).a
    assert _sweeps.bands(swept, "auc")[2] == (said["unlearned"]["loss"]["auc"].values[0],) * 3
    assert _sweeps.reference(swept, "auc").low == said["retrained"]["loss"]["auc"].low
    spent = pipeline.compare(spec, store.memo).example_gradients
    assert _sweeps.bands(swept, "cost")[2].mean == (spent["prepare"] + spent["unlearn"]) / spent["retrain"]


def test_where_the_swept_knob_stands_makes_no_other_sweep():
    one, two = (SPEC.with_part(method={"name": "gradient_ascent", "knobs": {"steps": 4, "lr": x}}) for x in (0.1, 0.2))
    assert one != two and _sweeps.bare(one, ["lr"]) == _sweeps.bare(two, ["lr"])
    assert _sweeps.bare(one, ["steps"]) != _sweeps.bare(two, ["steps"])


def test_two_knobs_make_a_grid(monkeypatch: pytest.MonkeyPatch, store: Store):
    monkeypatch.setattr(_sweeps, "TWO", 2)
    *_, swept = _sweeps.sweeping(SPEC, ["steps", "lr"], store, lambda *_: None)
    table = _sweeps.table(swept, "retain")
    assert table.shape == (2, 2)
    np.testing.assert_allclose(table[0, 0], table[0, 1])  # no steps: the rate makes no difference
    assert table[1, 1] < table[1, 0]


def test_a_sweep_in_worker_processes_says_the_same(tmp_path: Path, swept: _sweeps.Swept, monkeypatch):
    monkeypatch.setattr(_sweeps, "ONE", 2)
    *_, there = _sweeps.sweeping(SPEC, ["lr"], Store(tmp_path), lambda *_: None)
    assert _sweeps.bands(there, "forget")[0] == pytest.approx(_sweeps.bands(swept, "forget")[0])


def test_a_number_is_near_in_retrained_s_range_or_down_to_the_floor(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_sweeps, "TWO", 2)
    *_, swept = _sweeps.sweeping(SPEC, ["lr", "steps"], store, lambda *_: None)
    for number, judged in (
        ("forget", lambda means, known: (known.low <= means) & (means <= known.high)),
        ("forget_agreement", lambda means, known: means >= known.low),
        ("disagreement_area", lambda means, known: means <= known.high),
    ):
        expected = judged(_sweeps.table(swept, number), _sweeps.reference(swept, number))
        np.testing.assert_array_equal(_sweeps.near(swept, number), expected)
