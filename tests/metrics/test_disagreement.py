import numpy as np
import pytest

from explorer.metrics import disagreement as d

ORIGINAL = np.array([0, 0, 0, 0, 1, 1, 1, 1])


def test_disagreement_area_is_a_share_of_cells():
    assert d.disagreement_area(ORIGINAL, [0, 0, 1, 1, 1, 1, 1, 1]) == 0.25


def test_a_cell_in_which_exactly_half_of_the_retrained_models_differ_is_needed():
    retrained = np.array([ORIGINAL, ORIGINAL]).copy()
    retrained[0, 0] = 1
    np.testing.assert_array_equal(d.needed_change(ORIGINAL, retrained), [True] + [False] * 7)


def test_a_cell_in_which_fewer_than_half_differ_is_not_needed():
    retrained = np.array([ORIGINAL] * 3).copy()
    retrained[0, 0] = 1
    assert not d.needed_change(ORIGINAL, retrained).any()


def test_precision_and_recall_worked_out_by_hand():
    made = np.array([1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    needed = np.array([0, 1, 1, 1, 1, 0, 0, 0], dtype=bool)
    assert d.change_precision(made, needed) == pytest.approx(2 / 3)
    assert d.change_recall(made, needed) == 0.5


def test_no_change_made_or_needed_is_not_defined():
    none, some = np.zeros(4, dtype=bool), np.array([True, False, False, False])
    assert np.isnan(d.change_precision(none, some))
    assert d.change_recall(none, some) == 0
    assert np.isnan(d.change_recall(some, none))
    assert d.change_precision(some, none) == 0


def test_near_takes_the_cells_within_the_radius():
    cells = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    np.testing.assert_array_equal(d.near(cells, [[0.0, 0.0]], 1.0), [True, True, False])
    assert not d.near(cells, np.zeros((0, 2)), 1.0).any()


def test_signal_to_floor_worked_out_by_hand():
    originals = np.array([[0, 0, 0, 0], [0, 0, 0, 1]])
    retrained = np.array([[1, 1, 0, 0], [1, 0, 0, 0]])
    # original x retrained: 2/4, 1/4, 3/4, 2/4 -> mean .5; retrained pair: 1/4
    assert d.signal_to_floor(originals, retrained) == pytest.approx(2.0)


def test_signal_to_floor_is_not_defined_where_all_retrained_models_agree():
    assert np.isnan(d.signal_to_floor(np.zeros((2, 4)), np.ones((3, 4))))
    assert np.isnan(d.signal_to_floor(np.zeros((2, 4)), np.ones((1, 4))))
