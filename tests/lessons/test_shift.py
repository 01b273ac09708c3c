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


def test_as_many_spread_evenly_had_hardly_moved_the_model_and_are_right_after_it():
    found, step = shown(KEY, 2), step_of(KEY, 2, Guess)
    assert step.kind.options[found.truth] == "Yes, nearly all"
    assert abs(len(found.scene.forget) - len(shown(KEY, 1).scene.forget)) <= 1
    assert accuracy(found, "influence_1", at=0) > 0.85
    assert np.ptp(found.scene.x[found.scene.forget, 0]) > 2


def test_dui_ends_almost_where_retraining_does():
    found = shown(KEY, 3)
    assert abs(accuracy(found, "dui") - accuracy(found, "retrained")) < 0.01
    assert apart(found, "dui") < 0.04 < 5 * apart(found, "dui") < apart(found, "influence_1")
    assert found.panels["dui"].step[-1] > 5
