"""What *A shift in the data* says of its pictures holds."""

import numpy as np

from explorer.lessons import Guess
from tests.lessons._staged import accuracy, apart, shown, step_of

KEY = "shift"


def test_the_wrong_labels_lie_in_one_corner_and_the_original_learnt_them():
    found = shown(KEY, 0)
    scene = found.scene
    assert (scene.x[scene.forget, 0] > 1.2).all()
    assert accuracy(found, "original") < 0.1 < 0.95 < accuracy(found, "retrained")


def test_one_correction_hardly_repairs_the_corner():
    found, step = shown(KEY, 1), step_of(KEY, 1, Guess)
    assert step.kind.options[found.truth] == "Hardly" and accuracy(found, "influence_1") < 0.25


def test_the_corner_is_30_per_cent_of_the_plane_and_one_jump_changes_4():
    found = shown(KEY, 1)
    original, jump = found.scene.original.argmax(-1), found.panels["influence_1"].logits
    assert round(100 * (original != found.scene.paired.argmax(-1)).mean()) == 30
    assert round(100 * (jump[0].argmax(-1) != jump[-1].argmax(-1)).mean()) == 4


def test_as_many_spread_evenly_are_nearly_all_right_all_the_same():
    found = shown(KEY, 2)
    assert len(found.scene.forget) == 84 and abs(84 - len(shown(KEY, 1).scene.forget)) <= 1
    assert found.truth > 0.9 * 84
    assert np.ptp(found.scene.x[found.scene.forget, 0]) > 2


def test_a_tenth_of_the_plane_stays_wrong_and_one_jump_does_not_mend_it():
    found = shown(KEY, 2)
    assert 0.09 < apart(found, "original") < 0.11 and apart(found, "influence_1") >= 0.99 * apart(found, "original")


def test_the_shift_leaves_three_times_as_much_to_correct():
    assert 2.6 < apart(shown(KEY, 0), "original") / apart(shown(KEY, 2), "original") < 3.3


def test_dui_ends_almost_where_retraining_does():
    found = shown(KEY, 3)
    assert abs(accuracy(found, "dui") - accuracy(found, "retrained")) < 0.01
    assert [round(100 * apart(found, key)) for key in ("dui", "influence_1")] == [3, 28]
    assert found.panels["dui"].step[-1] == 15
