"""The plane of the page *Trade-off*, from the pipeline to what is drawn and written."""

import csv
import io

import numpy as np
import pytest

from explorer import pipeline
from explorer.contents import exposure, tradeoff
from explorer.contents.picture import Picture, pictures
from explorer.contents.tables import formats
from explorer.contents.tables.cells import number
from explorer.experiments.store.store import Store
from explorer.records import Comparison
from explorer.session.desk import Here, silent
from explorer.spec import Spec, parse_method
from explorer.spec.catalog import CATALOG
from explorer.view import ACROSS, View, parse_panel
from tests._claims import memo

SMALL = {"data": {"n": 60}, "training": {"steps": 60}, "evaluation": {"retrained_seeds": 3}}
VIEW = View(
    Spec.parse({**SMALL, "method": None}),
    tuple(
        parse_panel(panel)
        for panel in (
            {"method": "retrained"},
            {"method": "fine_tune", "knobs": {"steps": 12}},
            {"method": "gradient_ascent", "knobs": {"steps": 6}},
        )
    ),
)


@pytest.fixture(scope="module")
def picture() -> Picture:
    *_, last = pictures(VIEW, Here(memo), silent, with_curves=True)
    assert last.complete
    return last


def test_every_axis_has_a_path_a_star_and_rewound_places(picture: Picture):
    for x in ACROSS:
        for y in ("test", "forget"):
            found = tradeoff.plane(VIEW, picture, x, y, memo) if x != y else None
            if found is None:
                continue
            assert [path.panel for path in found.paths] == ["1:fine_tune", "2:gradient_ascent"]
            assert all(np.isfinite(path.x).all() and len(path.x) == len(path.step) for path in found.paths)
            assert np.isfinite([found.retrained[0].mean, *found.original]).all()
            assert {mark.oracle for mark in found.marks} == {False, True}


def test_every_path_starts_at_the_original(picture: Picture):
    for x in ACROSS:
        found = tradeoff.plane(VIEW, picture, x, "retain", memo)
        assert found is not None
        for path in found.paths:
            assert (path.x[0], path.y[0]) == pytest.approx(found.original, abs=1e-6)


def test_a_rewound_place_is_a_dot_of_its_path(picture: Picture):
    found = tradeoff.plane(VIEW, picture, "auc", "test", memo)
    assert found is not None
    for mark in found.marks:
        path = next(path for path in found.paths if path.panel == mark.panel)
        assert (mark.x, mark.y) in list(zip(path.x.tolist(), path.y.tolist(), strict=True))


def test_cost_is_spent_evenly_after_what_was_prepared():
    spent = Comparison({}, {}, {}, {}, {}, 1.0, {}, {"retrain": 100, "unlearn": 20, "prepare": 10})
    step = np.array([0.0, 5.0, 10.0])
    np.testing.assert_allclose(tradeoff.cost(step, spent, straight=False), [0, 0.2, 0.3])
    np.testing.assert_allclose(tradeoff.cost(step, spent, straight=True), [0, 0.3, 0.3])


def test_the_table_says_how_each_row_was_tuned(picture: Picture):
    rows = tradeoff.rows(VIEW, picture, memo)
    assert [row.name for row in rows[:3]] == ["Retrained", "Original", "Fine-tuning"]
    assert rows[2].tuned == tradeoff.BY_HAND
    assert sum(row.tuned == tradeoff.ORACLE for row in rows) == 2
    assert len(rows[2].values["forget"].finite) == pipeline.ORIGINALS
    assert len(rows[0].values["auc"].finite) == 3
    lines = list(csv.DictReader(io.StringIO(formats.as_csv(rows, tradeoff.COLUMNS))))
    assert float(lines[0]["test_mean"]) == rows[0].values["test"].mean
    assert "oracle" in formats.as_latex(rows, tradeoff.COLUMNS, caption="all")


def test_a_number_of_the_table_is_that_under_the_panel_and_on_the_path(picture: Picture):
    row = next(row for row in tradeoff.rows(VIEW, picture, memo) if row.name == "Fine-tuning")
    shown = formats.as_html([row], {"forget": "Forget acc."})
    assert f"<td>{number(picture.panels['1:fine_tune'].accuracy['forget'][-1])}<small>" in shown
    assert f"<td>{number(picture.curves['1:fine_tune']['forget'][-1])}<small>" in shown


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        ({}, "defaults (ours, for these toys)"),
        ({"samples": 200}, "preset toy point (see its note)"),
        ({"samples": 201}, "by hand, retrained in sight (an oracle)"),
    ],
    ids=str,
)
def test_tuned_how(knobs: dict, said: str):
    assert "toy_point" in CATALOG.methods["jit"].presets or "toy point" in CATALOG.methods["jit"].presets
    assert tradeoff.tuned(parse_method({"name": "jit", "knobs": knobs})) == said


def test_the_player_stands_where_the_step_is(picture: Picture):
    assert [tradeoff.progress(picture, "1:fine_tune", step) for step in (0, 3, 12)] == [0.0, 0.25, 1.0]


def test_an_attack_that_learns_is_not_asked_step_by_step():
    with pytest.raises(ValueError, match="step by step"):
        pipeline.attack_path(pipeline.Run(VIEW.specs()[1], memo), "loss_regression")


def test_the_attack_by_step_ends_with_what_the_attack_says_of_the_model_on_screen():
    spec = VIEW.specs()[1].with_part(evaluation={"attacks": ["loss"], "retrained_seeds": 3})
    run = pipeline.Run(spec, memo)
    said = pipeline.attack_numbers(run, spread=False).a
    way = pipeline.attack_path(run, "loss")
    assert way[-1] == pytest.approx(said["unlearned"]["loss"]["auc"].values[0])
    assert way[0] == pytest.approx(said["original"]["loss"]["auc"].values[0])


def test_how_much_there_is_to_forget_comes_after_the_panels_and_stands_beside_retrained():
    *_, last = (pieces := list(pictures(VIEW, Here(memo), silent, with_exposure=True)))
    first = next(one for one in pieces if one.exposure is not None)
    assert first.ready(VIEW) and first.numbers and last.exposure == first.exposure
    said = exposure.sentence(first.exposure) if first.exposure else ""
    assert "How much there is to forget" in said and "never saw these points stand at .5" in said
    assert all(one.exposure is None for one in pictures(VIEW, Here(memo), silent))


def test_how_much_there_is_to_forget_is_found_once():
    known = Store(None).memo
    asked: list[int] = []
    one = exposure.found(VIEW.base, known, lambda done, *_: asked.append(done))
    assert asked
    asked.clear()
    assert exposure.found(VIEW.base, known, lambda done, *_: asked.append(done)) == one and not asked
