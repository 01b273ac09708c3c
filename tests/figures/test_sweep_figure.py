from typing import Any

import numpy as np
import pytest

from explorer.figures.layout import alt_text
from explorer.figures.sweep import UNKNOWN, Range, heat, knob_curves
from tests.figures._read import layout

VALUES = [0.0, 0.001, 0.01, 0.1]
RUNS = {"retain": [Range(0.9, 0.95, 1.0), Range(0.9, 0.94, 1.0), UNKNOWN, Range(0.1, 0.2, 0.3)]}
BROKEN = [False, False, False, True]


def draw(**more: Any) -> Any:
    settings: dict[str, Any] = {"titles": {"retain": "Retain accuracy"}, "broken": BROKEN, "log": True, **more}
    return knob_curves("Learning rate", VALUES, RUNS, {"retain": Range(0.93, 0.96, 0.99)}, **settings)


def test_a_logarithmic_knob_has_even_factors_and_a_place_for_0():
    trace = next(trace for trace in draw().data if trace.name == "Retain accuracy")
    np.testing.assert_allclose(trace.x, [-4, -3, -2, -1])
    assert list(layout(draw()).xaxis.ticktext) == ["0", "0.001", "0.01", "0.1"]


def test_where_the_knob_stands_now_is_marked():
    def places(here: Any) -> list[float]:
        return [note.x for note in layout(draw(here=here)).annotations if "now" in note.text]

    assert places(0.01) == pytest.approx([-2])
    assert places(0) == [-4]
    assert places(None) == []


def test_choices_stand_side_by_side():
    figure = draw(log=False)
    np.testing.assert_allclose(figure.data[-1].x, VALUES)
    named = knob_curves(
        "Order", ["a", "b"], {"retain": RUNS["retain"][:2]}, {}, titles={"retain": "R"}, broken=[False] * 2
    )
    assert list(layout(named).xaxis.ticktext) == ["a", "b"]


def test_retrained_s_band_the_broken_part_and_the_cliff_are_drawn():
    shapes = layout(draw()).shapes
    boxes = [(shape.y0, shape.y1) for shape in shapes if shape.type == "rect" and shape.y0 == 0.93]
    assert boxes == [(0.93, 0.99)]
    assert layout(draw()).yaxis.range[1] >= 1.0 and layout(draw()).yaxis.range[0] <= 0.1
    lines = [shape.x0 for shape in shapes if shape.type == "line" and shape.x0 == shape.x1]
    assert lines == pytest.approx([-1.5])  # half-way between the last that holds and the first that is broken
    assert "broken at 0.1" in alt_text(draw())


def test_the_broken_part_reaches_to_the_end_of_the_axis_and_is_named():
    made = layout(draw())
    assert [shape.x1 for shape in made.shapes if shape.x0 == -1.5 and shape.x1 != -1.5] == [made.xaxis.range[1]]
    assert [note.text for note in made.annotations if "broken" in note.text] == ["× broken"]


def test_where_there_is_little_room_every_other_value_is_named():
    values = [1, 2, 3, 4, 5, 6]
    made = knob_curves("Steps", values, {"retain": [UNKNOWN] * 6}, {}, titles={"retain": "R"}, broken=[False] * 6,
                       width=400)  # fmt: skip
    assert list(layout(made).xaxis.ticktext) == ["1", "", "3", "", "5", ""]


def test_no_cliff_where_nothing_breaks():
    assert "breaks nowhere" in alt_text(draw(broken=[False] * 4))


def test_a_heat_map_has_a_cell_a_run_and_a_cross_where_the_model_is_broken():
    z = [[0.1, 0.2, np.nan], [0.3, 0.4, 0.5]]
    broken = [[False, False, False], [False, False, True]]
    figure: Any = heat(("Rate", [0.1, 1.0, 10.0]), ("Steps", [1, 5]), z, broken, title="Area")
    assert np.asarray(figure.data[0].z).shape == (2, 3)
    assert (list(figure.data[1].x), list(figure.data[1].y)) == ([2], [1])
    assert "smallest 0.1" in alt_text(figure)


def test_a_heat_map_has_a_dot_where_the_number_is_retrained_s_and_the_model_is_not_broken():
    near, broken = [[True, False, True]], [[False, False, True]]
    figure: Any = heat(
        ("Rate", [0.1, 1.0, 10.0]), ("Steps", [1]), [[0.1, 0.2, 0.1]], broken, title="Area", near=near
    )  # fmt: skip
    dots = next(trace for trace in figure.data if trace.name == "as retrained")
    assert (list(dots.x), list(dots.y)) == ([0], [0])
    assert "As retrained in 1." in alt_text(figure)
