from typing import Any

import numpy as np

from explorer.figures.displacement import displacement, outside
from explorer.figures.layout import alt_text
from explorer.figures.theme import COLOURS, DASHES
from tests.figures._read import layout

ROWS = np.array([3, 7, 9])
RETRAINED = np.array([[0.1, -0.4, -0.2], [0.3, -0.6, -0.1]])  # means .2, -.5, -.15: the order is 7, 9, 3
OURS = np.array([0.2, -0.1, -0.3])  # within; not near enough; too near


def drawn() -> dict[str, Any]:
    figure: Any = displacement(ROWS, OURS, RETRAINED, title="JiT")
    return {trace.name: trace for trace in figure.data}


def test_outside_is_beyond_every_retrained_model_on_either_side():
    assert outside(OURS, RETRAINED).tolist() == [False, True, True]
    assert outside(np.array([0.3]), RETRAINED[:, :1]).tolist() == [False]
    assert outside(np.array([np.nan]), RETRAINED[:, :1]).tolist() == [False]


def test_a_column_is_a_point_sorted_by_how_far_retraining_moves_the_boundary():
    bar = drawn()["Retrained: range over seeds"]
    assert list(bar.customdata) == [7, 9, 3]
    np.testing.assert_allclose(bar.base, [-0.6, -0.2, 0.1])
    np.testing.assert_allclose(np.array(bar.base) + np.array(bar.y), [-0.4, -0.1, 0.3])


def test_points_outside_the_band_differ_in_symbol_and_colour():
    inside, off = drawn()["JiT: in the range"], drawn()["JiT: outside"]
    assert (list(inside.customdata), list(inside.y)) == ([3], [0.2])
    assert (list(off.customdata), list(off.y)) == ([7, 9], [-0.1, -0.3])
    assert inside.marker.symbol != off.marker.symbol and off.marker.color == COLOURS["light"].warning


def test_the_original_is_a_line_at_0():
    line = drawn()["Original: not moved"]
    assert list(line.y) == [0, 0] and line.line.dash == DASHES["original"]


def test_axes_have_names_and_the_alt_text_says_how_many_are_outside():
    figure = displacement(ROWS, OURS, RETRAINED, title="JiT")
    assert layout(figure).xaxis.title.text and "data units" in layout(figure).yaxis.title.text
    assert "each of 3 forget points" in alt_text(figure) and "at 2 of them" in alt_text(figure)


def test_a_single_retrained_model_and_a_single_point_can_be_drawn():
    figure = displacement(ROWS[:1], OURS[:1], RETRAINED[:1, :1], title="JiT")
    assert "at 1 of them" in alt_text(figure)
