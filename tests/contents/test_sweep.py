"""The sweep of a page, from the runs to the numbers that are drawn."""

from pathlib import Path

import numpy as np
import pytest

from explorer import pipeline
from explorer.contents import sweep
from explorer.experiments.store.store import Store
from explorer.experiments.work.pool import Pool
from explorer.figures.sweep import UNKNOWN
from explorer.session.desk import Here, Workers, silent
from explorer.spec import Spec
from explorer.view import SWEPT
from tests._ticks import Told

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
def swept(store: Store) -> sweep.Swept:
    *_, last = sweep.sweeping(SPEC, ["lr"], store, Here(store.memo), silent)
    return last


def test_a_sweep_runs_a_knob_over_its_range(swept: sweep.Swept, store: Store):
    assert len(swept.values[0]) == len(swept.results) == sweep.ONE
    index = 2
    method = {"name": "gradient_ascent", "knobs": {"steps": 4, "lr": swept.values[0][index]}}
    said = pipeline.compare(pipeline.Run(SPEC.with_part(method=method), store.memo))
    forget = sweep.bands(swept, "forget")[index]
    assert forget == pytest.approx(
        tuple(getattr(said.accuracy["unlearned"]["forget"], name) for name in ("low", "mean", "high"))
    )
    floor = sweep.reference(swept, "disagreement_area")
    assert floor.mean == pytest.approx(said.floor["disagreement_area"].mean)


def test_ascent_breaks_the_model_at_its_largest_rate_and_not_at_its_smallest(swept: sweep.Swept):
    found = sweep.broken(swept)
    assert found[-1] and not found[0]


def test_what_has_not_run_is_unknown_and_not_broken():
    swept = sweep.Swept("gradient_ascent", ("lr",), ([0.1, 0.2],))
    assert sweep.bands(swept, "retain") == [UNKNOWN, UNKNOWN]
    assert sweep.broken(swept) == [False, False]


def test_a_second_sweep_runs_nothing_anew(swept: sweep.Swept, store: Store):
    told = Told()
    *_, again = sweep.sweeping(SPEC, ["lr"], store, Here(store.memo), told)
    assert again.results == swept.results
    assert {done for done, _, said in told.ticks if said.endswith("runs")} == {sweep.ONE}  # all were there at once


def test_pictures_come_before_the_numbers_and_show_where_each_run_ends(store: Store):
    seen = list(sweep.sweeping(SPEC, ["lr"], store, Here(store.memo), silent))
    painted = next(one for one in seen if len(one.pictures) == sweep.ONE)
    assert not painted.results
    method = {"name": "gradient_ascent", "knobs": {"steps": 4, "lr": painted.values[0][5]}}
    panel = pipeline.panel(pipeline.Run(SPEC.with_part(method=method), store.memo))
    np.testing.assert_allclose(painted.pictures[5], panel.logits[-1], rtol=1e-5, atol=1e-5)
    assert painted.scene is not None and painted.scene.size == pipeline.grid_size(2)


def test_every_number_that_can_be_chosen_is_in_the_runs(swept: sweep.Swept):
    for number in SWEPT:
        assert sweep.TITLES[number]
        assert np.isfinite(sweep.bands(swept, number)[0].mean), number
        assert np.isfinite(sweep.reference(swept, number).mean), number


def test_a_number_of_the_model_on_screen_alone_has_no_range(swept: sweep.Swept, store: Store):
    spec = SPEC.with_part(method={"name": "gradient_ascent", "knobs": {"steps": 4, "lr": swept.values[0][2]}})
    spec = spec.with_part(evaluation={"retrained_seeds": 3, "attacks": ["loss"]})
    run = pipeline.Run(spec, store.memo)
    said = pipeline.attack_numbers(run, spread=False).a
    assert sweep.bands(swept, "auc")[2] == (said["unlearned"]["loss"]["auc"].values[0],) * 3
    assert sweep.reference(swept, "auc").low == said["retrained"]["loss"]["auc"].low
    spent = pipeline.compare(run).example_gradients
    assert sweep.bands(swept, "cost")[2].mean == (spent["prepare"] + spent["unlearn"]) / spent["retrain"]


def test_where_the_swept_knob_stands_makes_no_other_sweep():
    one, two = (SPEC.with_part(method={"name": "gradient_ascent", "knobs": {"steps": 4, "lr": x}}) for x in (0.1, 0.2))
    assert one != two and sweep.bare(one, ["lr"]) == sweep.bare(two, ["lr"])
    assert sweep.bare(one, ["steps"]) != sweep.bare(two, ["steps"])


def test_two_knobs_make_a_grid(monkeypatch: pytest.MonkeyPatch, store: Store):
    monkeypatch.setattr(sweep, "TWO", 2)
    *_, swept = sweep.sweeping(SPEC, ["steps", "lr"], store, Here(store.memo), silent)
    table = sweep.table(swept, "retain")
    assert table.shape == (2, 2)
    np.testing.assert_allclose(table[0, 0], table[0, 1])  # no steps: the rate makes no difference
    assert table[1, 1] < table[1, 0]


@pytest.mark.long
def test_a_sweep_in_worker_processes_says_the_same(tmp_path: Path, swept: sweep.Swept, monkeypatch):
    monkeypatch.setattr(sweep, "ONE", 2)
    pool = Pool(2)
    *_, there = sweep.sweeping(SPEC, ["lr"], Store(tmp_path), Workers(pool, "tab"), silent)
    pool.end()
    assert len(there.pictures) == 2
    assert sweep.bands(there, "forget")[0] == pytest.approx(sweep.bands(swept, "forget")[0])


def test_a_number_is_near_in_retrained_s_range_or_down_to_the_floor(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweep, "TWO", 2)
    *_, swept = sweep.sweeping(SPEC, ["lr", "steps"], store, Here(store.memo), silent)
    for number, judged in (
        ("forget", lambda means, known: (known.low <= means) & (means <= known.high)),
        ("forget_agreement", lambda means, known: means >= known.low),
        ("disagreement_area", lambda means, known: means <= known.high),
    ):
        expected = judged(sweep.table(swept, number), sweep.reference(swept, number))
        np.testing.assert_array_equal(sweep.near(swept, number), expected)
