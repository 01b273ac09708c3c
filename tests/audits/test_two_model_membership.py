"""Two models side by side: the drop of the label's probability, its AUC, and the zero lines."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from explorer import metrics
from explorer.audits import Handed, two_model_membership
from explorer.figures import drop_map
from tests.audits._subjects import subject, weights

SEEDS = np.stack([weights(seed, [4]) for seed in (10, 11)])


def test_the_auc_is_that_of_the_drop_of_the_label_s_probability():
    given, after = subject(handed=Handed(new_seeds=SEEDS)), weights(7, [4])
    p = metrics.softmax(given.answers(np.stack([given.original, after])))
    drop = p[0] - p[1]
    score = np.concatenate([drop[:5, 0], drop[20:30, 0], drop[30:, 1]])  # the forgotten are of class 0
    found = two_model_membership.run(given, after[None])
    assert found["auc"][0] == pytest.approx(roc_auc_score(np.arange(25) < 5, score))


def test_the_original_alone_is_asked_by_its_loss():
    given = subject(handed=Handed(new_seeds=SEEDS))
    logits = given.answers(given.original[None])[0]
    y = np.repeat([0, 0, 1], [5, 10, 10])
    loss = metrics.cross_entropy(np.concatenate([logits[:5], logits[20:]]), y)
    found = two_model_membership.run(given, SEEDS)["before_auc"]
    np.testing.assert_allclose(found, roc_auc_score(np.arange(25) < 5, -loss))


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
