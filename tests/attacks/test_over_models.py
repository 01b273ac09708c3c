import dataclasses

import numpy as np
import pytest
from scipy.stats import norm

from explorer.attacks import Worlds, _models, over_models, question_a_worlds
from explorer.attacks._gaussians import SMALLEST, normal
from explorer.metrics import phi
from explorer.spec.catalog import CATALOG
from tests.attacks._worlds import points, shadows

ROWS = np.arange(30)
LIRA, OFFLINE = CATALOG.attacks["lira"], CATALOG.attacks["lira_offline"]
RMIA, U_LIRA, LOSS = CATALOG.attacks["rmia"], CATALOG.attacks["u_lira"], CATALOG.attacks["loss"]
EVERY = list(CATALOG.attacks)


def judge(attack, seed=0, unlearned=True, **worlds):
    models, labels = shadows(seed=seed, **worlds)
    return over_models(attack, models, labels, ROWS, np.random.default_rng(seed), unlearned=unlearned)


def few_worlds(k=9, n=6, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    inside = rng.random((k, n)) < 0.5
    logits = points(2 * rng.normal(size=(k, n)) + inside, labels).logits
    return Worlds(logits, labels, inside, ~inside, np.array([4, 5])), points(rng.normal(size=(3, n)), labels).logits


def test_u_lira_finds_what_unlearning_left_behind():
    found = judge(U_LIRA, left=4.0)
    assert found.auc > 0.99
    assert np.nanmin(found.by_point) > 0.9


@pytest.mark.parametrize("key", [pytest.param(key, marks=[pytest.mark.long] * (key == "camu_asr")) for key in EVERY])
def test_nothing_left_gives_nothing_to_find(key):
    # as of retraining: what a model says of a forgotten point does not depend on its having been in the training set
    attack = CATALOG.attacks[key]
    count = 5 if attack.fits else 30
    values = [judge(attack, seed, left=0.0, gain=0.0, k=16).auc for seed in range(count)]
    spread = max(0.02, float(np.std(values, ddof=1)))  # of five it is a guess, and may come out far too small
    assert abs(np.mean(values) - 0.5) <= max(0.02, 4 * spread / np.sqrt(count))


def test_u_lira_sees_a_point_that_became_less_member_like_than_unseen():
    # over-forgotten: in-models' margins fall below the out-models'; a threshold on the loss reads it the wrong way
    assert judge(U_LIRA, left=-4.0).auc > 0.99
    assert judge(LOSS, left=-4.0).auc < 0.4


def test_a_per_point_attack_beats_the_population_attack_on_the_same_pairs():
    per_point, population = judge(U_LIRA, left=1.0), judge(LOSS, left=1.0)
    np.testing.assert_array_equal(per_point.member, population.member)
    np.testing.assert_array_equal(per_point.half, population.half)
    assert per_point.auc > population.auc + 0.2


def test_before_unlearning_every_point_is_exposed_that_training_left_a_mark_on():
    assert judge(U_LIRA, unlearned=False, gain=4.0, left=0.0).auc > 0.99
    assert judge(U_LIRA, unlearned=True, gain=4.0, left=0.0).auc < 0.6


def test_models_are_judged_by_an_attack_that_was_fitted_on_the_others():
    models, labels = shadows(k=8)
    fitted = []

    def spy(logits, worlds):
        fitted.append((logits[:, 0, 0], worlds.logits[:, 0, 0]))
        return np.zeros(logits.shape[:2])

    over_models(dataclasses.replace(U_LIRA, score=spy), models, labels, ROWS, np.random.default_rng(0))
    assert len(fitted) == 2
    for attacked, known in fitted:
        assert len(attacked) == len(known) == 4
        assert not np.isin(attacked, known).any()


def test_in_and_out_worlds_of_u_lira_are_unlearned_and_of_lira_are_not():
    models, labels = shadows(k=8)
    used = {}

    def spy(name):
        def score(logits, worlds):
            used[name] = worlds
            return np.zeros(logits.shape[:2])

        return score

    for name, attack in (("lira", LIRA), ("u_lira", U_LIRA)):
        over_models(dataclasses.replace(attack, score=spy(name)), models, labels, ROWS, np.random.default_rng(0))
    assert np.isin(used["lira"].logits, models.before).all()
    assert np.isin(used["u_lira"].logits, models.after).all()
    assert not used["u_lira"].inside[:, 30:].any()  # the others were not forgotten
    assert not (used["u_lira"].inside & used["u_lira"].outside).any()
    assert not used["lira"].inside[:, 80:].any()  # nobody saw the unseen points


def test_lira_agrees_with_scipy():
    worlds, logits = few_worlds()
    seen, known = phi(logits, worlds.labels), phi(worlds.logits, worlds.labels)
    parts = []
    for mask in (worlds.inside, worlds.outside):
        mean = np.array([known[mask[:, i], i].mean() for i in range(6)])
        deviations = np.concatenate([known[mask[:, i], i] - mean[i] for i in range(6)])
        spread = np.sqrt((deviations**2).sum() / (len(deviations) - 6))
        parts.append(norm.logpdf(seen, mean, spread))
    np.testing.assert_allclose(LIRA.score(logits, worlds), parts[0] - parts[1], rtol=1e-9)


def test_lira_offline_ranks_as_the_papers_probability():
    worlds, logits = few_worlds()
    score = OFFLINE.score(logits, worlds)
    mean, spread = normal(phi(worlds.logits, worlds.labels), worlds.outside)
    np.testing.assert_allclose(norm.cdf(score), norm.cdf(phi(logits, worlds.labels), mean, spread), rtol=1e-9)


def test_many_models_give_every_point_its_own_spread_and_few_share_one():
    rng = np.random.default_rng(0)
    margins = rng.normal(size=(200, 2)) * [1.0, 5.0]
    everyone = np.ones((200, 2), dtype=bool)
    np.testing.assert_allclose(normal(margins, everyone)[1], margins.std(axis=0))
    shared = normal(margins[:10], everyone[:10])[1]
    assert shared[0] == shared[1]
    among = np.sqrt(((margins - margins.mean(axis=0)) ** 2).sum() / (2 * 199))
    np.testing.assert_allclose(normal(margins, everyone, shared=True)[1], [among, among])
    np.testing.assert_allclose(normal(margins[:10], everyone[:10], shared=False)[1], margins[:10].std(axis=0))


def test_models_that_all_say_the_same_do_not_make_a_needle():
    assert normal(np.ones((100, 3)), np.ones((100, 3), dtype=bool))[1].tolist() == [SMALLEST] * 3


def test_rmia_agrees_with_the_formula_written_out():
    worlds, logits = few_worlds()
    y, n = worlds.labels, 6
    p_model = np.exp(logits)[:, np.arange(n), y] / np.exp(logits).sum(axis=-1)
    p_known = np.exp(worlds.logits)[:, np.arange(n), y] / np.exp(worlds.logits).sum(axis=-1)
    expected = np.zeros((3, n))
    for j in range(3):
        ratio = []
        for x in range(n):
            out = [p_known[k, x] for k in range(9) if worlds.outside[k, x]]
            ratio.append(p_model[j, x] / (0.5 * (1.3 * np.mean(out) + 0.7)))
        for x in range(n):
            expected[j, x] = np.mean([ratio[x] / ratio[z] > 1 for z in worlds.population])
    np.testing.assert_allclose(RMIA.score(logits, worlds), expected)


def test_rmia_does_not_count_equality():
    worlds, logits = few_worlds()
    same = Worlds(worlds.logits, worlds.labels, worlds.inside, worlds.outside, np.array([0]))
    assert RMIA.score(logits, same)[:, 0].tolist() == [0, 0, 0]


def test_rmia_without_a_population_is_refused():
    worlds, logits = few_worlds()
    with pytest.raises(ValueError, match="no model saw"):
        RMIA.score(logits, Worlds(worlds.logits, worlds.labels, worlds.inside, worlds.outside, np.zeros(0, int)))


@pytest.mark.parametrize("key", ["lira", "u_lira", "lira_offline", "rmia"])
def test_the_order_of_models_and_points_does_not_matter(key):
    worlds, logits = few_worlds(n=8)
    attack, rng = CATALOG.attacks[key], np.random.default_rng(1)
    models, order = rng.permutation(9), rng.permutation(8)
    population = np.flatnonzero(np.isin(order, worlds.population))
    mixed = Worlds(
        worlds.logits[models][:, order], worlds.labels[order], worlds.inside[models][:, order],
        worlds.outside[models][:, order], population,
    )  # fmt: skip
    expected = attack.score(logits, worlds)[:, order]
    np.testing.assert_allclose(attack.score(logits[:, order], mixed), expected, rtol=1e-9)


@pytest.mark.parametrize("attack", [OFFLINE, RMIA], ids=["lira_offline", "rmia"])
def test_against_unseen_points_a_leaking_model_is_caught_and_a_clean_one_is_not(attack):
    models, labels = shadows(k=32, n=80, u=400, own=1.0)
    rng = np.random.default_rng(5)
    base = rng.normal(size=(20, 480))
    clean = points(base, labels).logits
    base[:, :30] += 4.0
    leaking = points(base, labels).logits
    # every point's own mean differs between the stack and these models: only the shift can be found
    found = [question_a_worlds(attack, one, models, labels, ROWS, np.random.default_rng(0)) for one in (leaking, clean)]
    assert np.mean([row["auc"] for row in found[0]]) > 0.8
    values = [row["auc"] for row in found[1]]
    assert abs(np.mean(values) - 0.5) < 0.1
    assert {row["members"] for row in found[0]} == {30}


@pytest.mark.parametrize("attack", [LIRA, U_LIRA], ids=["lira", "u_lira"])
def test_an_attack_that_needs_in_models_refuses_to_judge_unseen_points(attack):
    models, labels = shadows(k=8)
    with pytest.raises(ValueError, match="cannot judge"):
        question_a_worlds(attack, models.after, models, labels, ROWS, np.random.default_rng(0))


def test_unseen_points_of_other_groups_are_left_out_where_there_are_groups():
    models, labels = shadows(k=8)
    groups = np.where(np.arange(len(labels)) < 80 + 12, 1, 2)
    (found,) = question_a_worlds(
        RMIA, models.after[:1], models, labels, ROWS, np.random.default_rng(0), groups=groups
    )  # fmt: skip
    assert (found["members"], found["others"]) == (30, 6)


def test_both_kinds_of_points_have_as_many_out_models():
    models, labels = shadows(k=16)
    counts = {}

    def spy(logits, worlds):
        counts["forget"] = worlds.outside[:, :30].sum(axis=0)
        counts["unseen"] = worlds.outside[:, 80:].sum(axis=0)
        return np.zeros(logits.shape[:2])

    question_a_worlds(dataclasses.replace(RMIA, score=spy), models.after[:1], models, labels, ROWS,
                      np.random.default_rng(0))  # fmt: skip
    assert set(counts["unseen"]) <= set(counts["forget"])
    assert counts["unseen"].mean() == pytest.approx(counts["forget"].mean(), abs=0.5)


def test_over_models_unseen_points_of_all_classes_are_used_and_the_docstring_says_so():
    models, labels = shadows(k=8)
    labels = np.where(np.arange(len(labels)) % 3 == 0, 0, 1)
    labels[ROWS] = 0  # one class is forgotten
    unseen = np.arange(models.member.shape[1], len(labels))
    seen: list[set[int]] = []

    def fitted(points, fit):
        seen.append(set(fit.others.labels.tolist()))
        return np.zeros(len(points))

    def compared(logits, worlds):
        assert np.array_equal(worlds.population, unseen)
        return np.zeros(logits.shape[:2])

    by_points = dataclasses.replace(CATALOG.attacks["svc"], score=fitted)
    over_models(by_points, models, labels, ROWS, np.random.default_rng(0))
    over_models(dataclasses.replace(RMIA, score=compared), models, labels, ROWS, np.random.default_rng(0))
    assert seen and all(one == {0, 1} for one in seen)
    assert "unseen points of all classes" in (_models.__doc__ or "")
