"""What *A model that never saw them* says of its pictures holds."""

import numpy as np

from explorer.lessons import Guess
from tests.lessons._staged import accuracy, apart, shown, step_of

KEY = "never_saw"


def test_80_blue_points_are_forgotten():
    scene = shown(KEY, 0).scene
    assert len(scene.forget) == 80 and set(scene.y[scene.forget]) == {0}
    assert scene.names[0] == "upper moon"  # class 0: blue discs


def test_b_is_the_retrained_model_and_to_it_that_place_looks_orange():
    found, step = shown(KEY, 1), step_of(KEY, 1, Guess)
    assert step.kind.options[found.truth] == "B" and list(found.panels)[1] == "retrained"
    assert accuracy(found, "retrained") < 0.5


def test_a_still_bends_its_line_and_c_broke():
    found = shown(KEY, 1)
    assert accuracy(found, "fine_tune") > 0.5
    assert accuracy(found, "fine_tune", "retain") > 0.95  # it has seen the others too
    assert accuracy(found, "gradient_ascent", "retain") < 0.8 and accuracy(found, "gradient_ascent") < 0.05


def test_random_labels_leaves_the_original_and_ends_near_the_target():
    found = shown(KEY, 3)
    assert accuracy(found, "random_labels", at=0) > 0.9 and accuracy(found, "random_labels") < 0.1
    moved = found.panels["random_labels"].logits
    assert np.mean(moved[0].argmax(-1) != moved[-1].argmax(-1)) > 0.1


def test_random_labels_ends_on_4_per_cent_of_the_plane_apart_and_fine_tuning_on_7():
    found, step = shown(KEY, 4), step_of(KEY, 4, Guess)
    assert step.kind.options[found.truth] == "Random labels"
    assert apart(found, "random_labels") < 0.6 * apart(found, "fine_tune")
    assert [round(100 * apart(found, name)) for name in ("random_labels", "fine_tune")] == [4, 7]
