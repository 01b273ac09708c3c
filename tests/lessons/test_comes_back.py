"""What *Gone, or asleep* says of its pictures holds."""

from explorer.lessons import Guess
from tests.lessons._staged import accuracy, shown, step_of

KEY = "comes_back"


def test_one_class_lies_in_two_places_and_none_of_the_ringed_points_keeps_its_label():
    found = shown(KEY, 0)
    scene = found.scene
    assert (scene.y[scene.forget] == 0).all() and (scene.y == 0).sum() > 1.5 * len(scene.forget)
    assert accuracy(found, "greedy") == 0


def test_most_come_back_within_a_few_steps_with_none_of_them_shown():
    found, step = shown(KEY, 1), step_of(KEY, 1, Guess)
    right = found.panels["greedy"].accuracy["forget"]
    assert len(found.scene.forget) == step.kind.high == 100 and found.truth > 90
    assert found.panels["greedy"].step[int(right.argmax())] <= 10 and right[0] == 0
    assert right[-1] < right.max()  # some go again


def test_the_same_method_on_a_retrained_model_brings_back_little():
    found = shown(KEY, 2)
    beside = found.panels["beside"]
    assert "retrained" in beside.title and beside.accuracy["forget"].max() < 0.3


def test_neg_grad_plus_is_nearest_to_retrained_before_its_end():
    found, step = shown(KEY, 3), step_of(KEY, 3, Guess)
    assert step.kind.options[found.truth] == "Before its end"
    assert found.panels["neg_grad_plus"].ends == (-0.5, 1.5)
    assert "nearest to retrained: a = .55" in found.panels["neg_grad_plus"].note
