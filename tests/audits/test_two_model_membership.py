"""Two models side by side: the drop of the label's probability, its AUC, and the zero lines."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from explorer import metrics
from explorer.audits import Handed, two_model_membership
from explorer.figures import drop_map
from explorer.training import Examples
from tests.audits._subjects import subject, weights

SEEDS = np.stack([weights(seed, [4]) for seed in (10, 11)])


def test_the_auc_is_that_of_the_drop_of_the_label_s_probability():
    given, after = subject(handed=Handed(new_seeds=SEEDS)), weights(7, [4])
    p = metrics.softmax(given.answers(np.stack([given.original, after])))
    drop = p[0] - p[1]
    score = np.concatenate([drop[:5, 0], drop[20:30, 0]])  # the forgotten are of class 0, as the first ten of the test
    found = two_model_membership.run(given, after[None])
    assert found["auc"][0] == pytest.approx(roc_auc_score(np.arange(15) < 5, score))


def test_the_original_alone_is_asked_by_its_loss():
    given = subject(handed=Handed(new_seeds=SEEDS))
    logits = given.answers(given.original[None])[0]
    loss = metrics.cross_entropy(np.concatenate([logits[:5], logits[20:30]]), np.zeros(15, dtype=int))
    found = two_model_membership.run(given, SEEDS)["before_auc"]
    np.testing.assert_allclose(found, roc_auc_score(np.arange(15) < 5, -loss))


def test_a_change_that_only_sets_the_classes_apart_tells_nothing():
    given, after = subject(forget=10), weights(0, [4])  # all of class 0, and a model that is surer of class 1
    after[-1] += 1.0
    alike = replace(given, test=given.before, handed=Handed(new_seeds=after[None]))  # each forgotten point has its twin
    found = two_model_membership.run(alike, after[None])
    score = two_model_membership.drops(alike, after[None])
    assert score.shape == (1, 20) and (score > 0).all()  # class 1, whose probability rises, is not among the unseen
    assert [one[0] for one in found.values()] == pytest.approx([0.5] * 3)


def test_with_no_unseen_point_of_the_forgotten_classes_there_is_no_number():
    given, after = subject(handed=Handed(new_seeds=SEEDS)), weights(7, [4])
    others = replace(given, test=Examples(given.test.x[10:], given.test.y[10:]))  # class 1 alone
    assert all(np.isnan(one).all() for one in two_model_membership.run(others, after[None]).values())
    picture = two_model_membership.picture(others, after)
    assert np.isnan(picture.arrays["auc"]).all() and picture.note == "AUC not defined"


def test_where_points_of_both_classes_are_forgotten_all_unseen_points_are_asked():
    given = replace(subject(), forget=np.array([0, 15]))
    assert two_model_membership.drops(given, SEEDS).shape == (2, 2 + 20)


def test_the_zero_line_is_the_mean_over_new_seeds():
    given = subject(handed=Handed(new_seeds=SEEDS))
    own = two_model_membership.run(given, SEEDS)
    assert own["new_seed_auc"][0] == pytest.approx(own["auc"].mean())


def test_the_map_shows_what_the_original_s_answer_lost():
    given, after = subject(handed=Handed(new_seeds=SEEDS)), weights(7, [4])
    p = metrics.softmax(given.logits(np.stack([given.original, after]), given.plane))
    drawn = two_model_membership.picture(given, after).arrays
    np.testing.assert_allclose(np.stack([drawn["before"], drawn["after"]]), p)
    found = drop_map.drops(drawn["before"], drawn["after"])
    answer = p[0].argmax(axis=1)
    np.testing.assert_allclose(found, [p[0, i, k] - p[1, i, k] for i, k in enumerate(answer)])
