"""The rate of each attack's own paper, worked out by hand from its definition: where it points, and how much.

Margins of 12 are as sure as can be, of 0 as unsure; of the 60 forgotten points 45 or all or none look retained.
"""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedShuffleSplit

from explorer.attacks import Judged, Points
from explorer.metrics import cross_entropy
from explorer.spec.catalog import CATALOG
from tests.attacks._worlds import judged, points

SURE, UNSURE = 12.0, 0.0


def rate(key, what: Judged, seed=0) -> float:
    attack = CATALOG.attacks[key]
    assert attack.paper_rate is not None
    return attack.paper_rate(what, np.random.default_rng(seed))


def model(found=60, *, of=60, retain=SURE, unseen=UNSURE) -> Judged:
    """Return a model under which `found` of the forgotten points look retained, the others unseen."""
    margins = np.where(np.arange(of) < found, retain, unseen)
    sizes = {retain: 300, unseen: 400}
    kept, new = (points(np.full(size, value), np.arange(size) % 2) for value, size in sizes.items())
    return Judged(points(margins, np.arange(of) % 2), kept, new)


@pytest.mark.parametrize(
    ("key", "leaking", "some", "forgotten"),
    [
        ("retain_entropy", 1.0, 45 / 60, 0.0),  # share of the forgotten called members
        ("svc", 0.0, 15 / 60, 1.0),  # share of the forgotten called NON-members: the other way round
        ("camu_asr", 1.0, (45 + 60) / 120, 60 / 120),  # accuracy over 60 forgotten and 60 unseen, all of these right
    ],
)
def test_the_rate_counts_forgotten_points_that_look_retained(key: str, leaking: float, some: float, forgotten: float):
    assert rate(key, model(60)) == pytest.approx(leaking)
    assert rate(key, model(45)) == pytest.approx(some)
    assert rate(key, model(0)) == pytest.approx(forgotten)


def test_the_entropy_of_ssd_knows_no_labels_and_the_confidence_of_salun_does():
    # surely and wrongly answered: as certain as a member, as little confident of its label as nobody
    wrong = model()._replace(forget=points(np.full(60, -SURE), np.arange(60) % 2))
    assert rate("retain_entropy", wrong) == 1
    assert rate("svc", wrong) == 1


def test_trees_that_find_members_where_there_are_none_are_right_half_the_time():
    # all points, the unseen ones too, look retained: the fit knows nothing, all or none are called members
    assert rate("camu_asr", model(retain=SURE, unseen=SURE + 1e-9)) == pytest.approx(0.5)


def test_few_unseen_points_are_shared_between_fitting_and_judging_the_trees():
    # 60 forgotten but only 40 unseen: 20 of these are judged; 45 + 20 of 80 calls are right
    what = model(45)
    assert rate("camu_asr", what._replace(unseen=what.unseen.take(slice(0, 40)))) == pytest.approx(65 / 80)


def losses(*values: float, label: int = 1) -> Points:
    """Return points with these losses in nats, all of one class."""
    p = np.exp(-np.array(values))
    return points(np.log(p) - np.log1p(-p), np.full(len(values), label))


def test_tmu_calls_those_members_whose_loss_is_at_most_the_tenth_of_unseen_losses():
    # 11 unseen losses 1, 2, ... 11: their .1-quantile is the second, 2
    unseen = losses(*range(1, 12))
    nobody = judged().retain
    found = losses(0.5, 1.5, 1.999, 2.001, 3.0, 20.0, 30.0, 5.0)
    assert rate("tmu_population", Judged(found, nobody, unseen)) == pytest.approx(3 / 8)
    assert rate("tmu_population", Judged(losses(0.1, 0.2), nobody, unseen)) == 1
    assert rate("tmu_population", Judged(losses(12.0, 30.0), nobody, unseen)) == 0
    assert rate("tmu_population", Judged(losses(*np.arange(1.0, 11.01, 0.1)), nobody, unseen)) == pytest.approx(
        0.1, abs=0.02
    )  # drawn like the unseen ones, as under a retrained model: alpha


def test_tmu_sets_its_threshold_on_unseen_points_of_the_forgotten_classes():
    both = losses(*range(1, 12)), losses(*[0.01] * 50, label=0)
    unseen = Points(*(np.concatenate([getattr(one, name) for one in both]) for name in ("logits", "labels")))
    assert rate("tmu_population", Judged(losses(0.5, 1.5, 9.0, 9.0), judged().retain, unseen)) == pytest.approx(0.5)
    other = Points(both[0].logits, np.full(11, 7))
    assert np.isnan(rate("tmu_population", Judged(both[0], judged().retain, other)))


@pytest.mark.parametrize(
    ("forget", "unseen", "expected"),
    [(SURE, UNSURE, 1.0), (UNSURE, UNSURE, 0.5), (-SURE, UNSURE, 1.0)],
    ids=["leaking", "forgotten", "forgotten too much"],
)
def test_the_kit_s_accuracy_is_1_where_losses_differ_either_way_and_one_half_where_not(forget, unseen, expected):
    what = model()
    alike = Judged(points(np.full(60, forget), np.arange(60) % 2), what.retain, model(unseen=unseen).unseen)
    assert rate("loss_regression", alike) == pytest.approx(expected)


def test_the_kit_s_accuracy_agrees_with_scikit_learn_used_directly():
    what = judged(forget=1.0, sizes=(60, 300, 60))  # as many of each, so that none is left out
    loss = [cross_entropy(one.logits, one.labels) for one in (what.forget, what.unseen)]
    x, y = np.concatenate(loss)[:, None], np.repeat([1, 0], 60)
    twin = np.random.default_rng(3)
    _ = [twin.permutation(60) for _ in range(2)]  # which points to fit on: all
    splits = StratifiedShuffleSplit(n_splits=10, test_size=0.1, random_state=int(twin.integers(2**31)))
    right = [LogisticRegression().fit(x[fit], y[fit]).score(x[judge], y[judge]) for fit, judge in splits.split(x, y)]
    assert 0.55 < np.mean(right) < 0.85
    assert rate("loss_regression", what, 3) == pytest.approx(np.mean(right))


def test_too_few_points_for_ten_splits_have_no_rate():
    what = judged(sizes=(9, 300, 400))
    assert np.isnan(rate("loss_regression", what))
    assert np.isfinite(rate("loss_regression", judged(sizes=(10, 300, 400))))
