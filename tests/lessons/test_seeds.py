"""What *Another seed, another line* says of its pictures holds."""

import numpy as np

from explorer.contents.lessons.truths import truth_of
from explorer.lessons import Guess
from tests.lessons._staged import shown, step_of

KEY = "seeds"


def differ(one: np.ndarray, other: np.ndarray) -> float:
    return float((one.argmax(-1) != other.argmax(-1)).mean())


def from_the_original(at: int) -> float:
    scene = shown(KEY, at).scene
    return float(np.mean([differ(scene.original, model) for model in scene.retrained]))


def test_c_began_with_the_seed_of_a_and_the_others_lie_much_farther():
    found, step = shown(KEY, 0), step_of(KEY, 0, Guess)
    assert len(found.scene.forget) == 1
    assert step.kind.options[found.truth] == "C" and list(found.panels)[2] == "paired"
    a, b, c, d = (panel.logits[-1] for panel in found.panels.values())
    assert 0 < differ(a, c) < min(differ(a, b), differ(a, d)) / 3


def test_retrained_models_of_other_seeds_have_other_lines():
    scene = shown(KEY, 1).scene
    assert len(scene.retrained) == 5 and min(differ(scene.retrained[0], other) for other in scene.retrained[1:]) > 0.01


def test_careless_training_has_a_floor_as_high_as_what_forgetting_does():
    found = shown(KEY, 2)
    assert found.truth == 5.3 and round(100 * from_the_original(2), 1) == 4.3


def test_with_care_the_floor_of_the_same_points_is_lower_and_the_original_hardly_above_it():
    careless, found = shown(KEY, 2), shown(KEY, 3)
    assert np.array_equal(found.scene.forget, careless.scene.forget)
    assert found.truth == 1.0 and round(100 * from_the_original(3), 1) == 1.6
    assert found.scene.goals["forget"].low >= 0.9  # their neighbours stayed


def test_of_points_that_lie_together_the_original_is_far_above_the_floor():
    found = shown(KEY, 4)
    floor = truth_of("floor", found.scene, found.panels)
    assert len(found.scene.forget) == 80 and floor == 1.9
    assert round(100 * from_the_original(4)) == 14 and 7 < 100 * from_the_original(4) / floor < 8
