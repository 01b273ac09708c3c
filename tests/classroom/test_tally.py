"""Guesses counted, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.classroom import Bin, tally_of
from explorer.classroom._tally import drawn, histogram
from explorer.lessons import Number
from tests.classroom._rooms import CHOICE, LINE, NUMBER, ORDER, POINTS


def test_a_choice_is_counted_by_answer():
    assert tally_of(CHOICE, [0, 2, 2], 4).options == (1, 0, 2)


def test_an_order_is_counted_by_what_stands_first():
    assert tally_of(ORDER, [("scrub", "jit", "dui"), ("scrub", "dui", "jit"), ("dui", "jit", "scrub")], 4).options == (
        0, 2, 1,
    )  # fmt: skip


def test_points_are_counted_one_by_one():
    rows = tally_of(POINTS, [(0, 3), (3,), (3, 39)], 4).rows
    assert rows is not None and rows.tolist() == [1, 0, 0, 3] + [0] * 35 + [1]


def test_a_histogram_of_81_places_has_17_bins_of_five():
    bins = tally_of(NUMBER, [0, 4, 5, 80, 80], 4).bins
    assert len(bins) == 17
    assert (bins[0], bins[1], bins[-1]) == (Bin(-0.5, 4.5, 2), Bin(4.5, 9.5, 1), Bin(79.5, 80.5, 2))


@pytest.mark.parametrize(
    ("kind", "bins", "width"),
    [(Number(0, 20, ""), 21, 1), (Number(0, 20, "", step=0.5), 21, 1), (Number(0, 400, "", step=10), 21, 20)],
)
def test_every_scale_of_the_lessons_has_at_most_24_bins(kind: Number, bins: int, width: float):
    found = histogram(kind, [kind.low, kind.high])
    assert (len(found), found[0].high - found[0].low) == (bins, width)
    assert (found[0].count, found[-1].count) == (1, 1)


def test_a_number_between_two_places_of_the_slider_is_counted_once():
    assert sum(one.count for one in tally_of(NUMBER, [3.4999, 4.5, 0.0001], 4).bins) == 3


def test_a_line_is_counted_once_in_each_cell_within_one_cell_of_it():
    upright = ((0.5, 0.0), (0.5, 1.0))  # on the edge of columns 3 and 4 of 8: it lies in column 4
    grid = drawn([upright, upright, ((0.0, 0.05), (0.2, 0.05))], 8, reach=1).reshape(8, 8)
    assert grid[4].tolist() == [0, 0, 0, 2, 2, 2, 0, 0]
    assert grid[0].tolist() == [1, 1, 1, 2, 2, 2, 0, 0]
    assert grid[1].tolist() == [1, 1, 0, 2, 2, 2, 0, 0]


def test_lines_are_counted_on_the_grid_that_is_asked_for():
    cells = tally_of(LINE, [((0.5, 0.0), (0.5, 1.0))], 16).cells
    assert cells is not None and cells.shape == (256,) and cells.max() == 1


def test_a_line_that_runs_to_and_fro_counts_once():
    there_and_back = ((0.5, 0.0), (0.5, 1.0), (0.5, 0.0), (0.5, 1.0))
    assert drawn([there_and_back], 8).max() == 1


def test_a_slanted_line_leaves_no_gap():
    grid = drawn([((0.0, 0.0), (1.0, 1.0))], 64).reshape(64, 64)
    assert np.diag(grid).all()


def test_nobody_has_guessed():
    for question in (CHOICE, NUMBER, ORDER, POINTS, LINE):
        assert tally_of(question, [], 4).people == 0
