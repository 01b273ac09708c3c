"""What *You are the attacker* says of its points holds."""

import math

import numpy as np

from explorer.contents.lessons.truths import truth_of_quiz
from explorer.lessons import Attack, Guess
from tests.lessons._staged import accuracy, shown, step_of

KEY = "be_the_attacker"


def test_ten_of_twenty_were_in_the_training_set_and_the_loss_attack_does_a_little_better_than_a_coin():
    found = shown(KEY, 0)
    assert found.quiz is not None and (len(found.quiz), found.quiz.member.sum()) == (20, 10)
    assert found.truth == 12 and step_of(KEY, 0, Guess).kind.high == 20


def test_the_ten_are_among_the_thirty_ringed_points():
    found = shown(KEY, 0)
    assert found.quiz is not None and found.quiz.x is not None and len(found.scene.forget) == 30
    ringed = {tuple(x) for x in found.scene.x[found.scene.forget].round(4)}
    asked = found.quiz.x.round(4)
    assert [tuple(x) in ringed for x in asked] == found.quiz.member.tolist()


def test_whoever_names_ten_by_chance_judges_12_or_more_rightly_one_time_in_three():
    ways = [math.comb(10, hit) ** 2 for hit in range(11)]  # hit of the 10 members are named; 2 * hit are right
    assert 0.3 < sum(ways[6:]) / sum(ways) < 0.36


def test_on_the_fine_tuned_model_the_attack_reaches_as_much_as_on_the_original():
    quiz = shown(KEY, 2).quiz
    assert quiz is not None and truth_of_quiz("unlearned.right", quiz) == truth_of_quiz("original.right", quiz) == 12


def test_the_retrained_model_gets_all_right_that_it_has_seen_and_loses_some_that_it_has_not():
    found = shown(KEY, 3)
    assert accuracy(found, "retrained", "retain") == 1 and accuracy(found, "retrained") < 0.9
    assert accuracy(found, "original") > 0.95


def test_it_learnt_nearly_every_point():
    assert shown(KEY, 0).scene.goals["retain"].low == 1.0 and accuracy(shown(KEY, 0), "original") > 0.95


def test_the_quiz_and_the_guesses_are_about_the_same_points():
    first, second, third = (shown(KEY, at).quiz for at in (0, 1, 2))
    assert isinstance(step_of(KEY, 1, Attack), Attack)
    assert first is not None and second is not None and third is not None
    assert (first.member == second.member).all() and (first.member == third.member).all()
    assert np.array_equal(first.logits["original"], third.logits["original"])


def test_on_the_retrained_model_the_loss_attack_is_within_what_a_coin_does():
    quiz = shown(KEY, 2).quiz
    assert quiz is not None and shown(KEY, 2).truth == truth_of_quiz("retrained.right", quiz)
    assert 6 <= shown(KEY, 2).truth <= 14  # nineteen coins of twenty
