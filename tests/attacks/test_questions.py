import dataclasses

import numpy as np
import pytest

from explorer.attacks import Fit, Judged, ask_a, question_b, question_b_floor, scores_a, trouble_a
from explorer.spec.catalog import CATALOG
from tests.attacks._worlds import judged, points

ONE_MODEL = [key for key, attack in CATALOG.attacks.items() if "logits" in attack.needs]
FITTED = [key for key in ONE_MODEL if CATALOG.attacks[key].fits]
TWO_QUESTIONS = [key for key in ONE_MODEL if "B" in CATALOG.attacks[key].questions]


def ask(key, what: Judged, seed=0):
    return ask_a({key: CATALOG.attacks[key]}, what, seed)[key]


def fit_for(attack, what: Judged):
    return Fit(what.retain, judged(seed=9).unseen) if attack.fits else None


@pytest.mark.parametrize("key", ONE_MODEL)
def test_a_model_that_gives_its_members_away_is_caught(key):
    found = ask(key, judged(forget=12, retain=12, unseen=1, scatter=0.5))
    assert found["auc"] > 0.99
    assert found["balanced_accuracy"] > 0.95


@pytest.mark.parametrize("key", ONE_MODEL)
def test_a_model_that_says_the_same_of_all_points_gives_nothing_away(key):
    found = ask(key, judged(scatter=0.0))
    assert found["auc"] == 0.5


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=[pytest.mark.long] * (key == "camu_asr")) for key in ONE_MODEL]
)
def test_forgotten_points_that_look_unseen_cannot_be_told_on_average(key):
    # as of a retrained model: the retained points stand out, the forgotten ones do not
    values = [ask(key, judged(forget=0, retain=3, unseen=0, seed=seed), seed)["auc"] for seed in range(30)]
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    assert abs(np.mean(values) - 0.5) <= 4 * error


@pytest.mark.parametrize("key", ONE_MODEL)
def test_the_order_of_the_judged_points_does_not_change_their_scores(key):
    what, attack = judged(forget=1), CATALOG.attacks[key]
    rng = np.random.default_rng(3)
    order = rng.permutation(len(what.unseen))
    fit = fit_for(attack, what)
    straight = attack.score(what.unseen, fit)
    np.testing.assert_allclose(attack.score(what.unseen.take(order), fit), straight[order], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("key", ONE_MODEL)
def test_a_point_scores_the_same_alone_and_in_a_batch(key):
    what, attack = judged(forget=1), CATALOG.attacks[key]
    fit = fit_for(attack, what)
    together = attack.score(what.unseen, fit)
    alone = [attack.score(what.unseen.take(slice(i, i + 1)), fit)[0] for i in range(12)]
    np.testing.assert_allclose(alone, together[:12], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("key", FITTED)
def test_no_judged_point_is_fitted_on(key):
    what = judged()
    used = []

    def spy(both, fit):
        used.append((both, fit))
        return np.arange(len(both), dtype=float)

    attack = dataclasses.replace(CATALOG.attacks[key], score=spy)
    scores_a(attack, what, np.random.default_rng(0))
    both, fit = used[0]
    seen = np.concatenate([fit.members.logits[:, 0], fit.others.logits[:, 0]])
    assert not np.isin(both.logits[:, 0], seen).any()
    assert len(both) + len(seen) == len(what.unseen) + len(what.forget) + (
        len(what.retain) if attack.fits == "retain" else 0
    )


def test_few_members_among_many_others_do_not_teach_the_trees_to_call_nobody_a_member():
    # 120 retained and 2,000 unseen points, as on the Spec "memorise", and answers that overlap
    attack, what = CATALOG.attacks["camu_asr"], judged(forget=2, retain=2, unseen=0, sizes=(300, 120, 2000))
    fit, fresh = Fit(what.retain, what.unseen), judged(unseen=0, seed=9).unseen
    forgotten, unseen = (float((attack.score(some, fit) > 0).mean()) for some in (what.forget, fresh))
    assert forgotten > 0.5  # fitted on all 2,000 it is about .2
    assert forgotten > unseen + 0.2


def test_unseen_points_of_other_classes_are_not_judged():
    what = judged()
    forget = points(np.zeros(20), np.ones(20, dtype=int))
    found = ask("loss", Judged(forget, what.retain, what.unseen))
    assert found["others"] == (what.unseen.labels == 1).sum()


def test_unseen_points_of_other_groups_are_not_judged_where_there_are_groups():
    what = judged(scatter=0.0)
    forget = dataclasses.replace(what.forget, groups=np.full(len(what.forget), 5))
    unseen = dataclasses.replace(what.unseen, groups=np.where(np.arange(len(what.unseen)) < 40, 5, 6))
    found = ask_a({"loss": CATALOG.attacks["loss"]}, Judged(forget, what.retain, unseen), 0)
    assert found["loss"]["others"] == 40
    few = dataclasses.replace(unseen, groups=np.full(len(unseen), 6))
    assert ask_a(CATALOG.attacks, Judged(forget, what.retain, few), 0) == {}


def test_the_same_seed_gives_the_same_numbers():
    what = judged(forget=1)
    assert ask("svc", what, 5) == pytest.approx(ask("svc", what, 5), rel=0, abs=0, nan_ok=True)


def test_an_attack_that_cannot_run_says_why():
    what = judged(sizes=(3, 300, 400))
    assert trouble_a(CATALOG.attacks["loss"], what) == "Loss needs at least 4 forgotten points, got 3"
    with pytest.raises(ValueError, match="at least 4 forgotten"):
        scores_a(CATALOG.attacks["loss"], what, np.random.default_rng(0))
    none_alike = Judged(judged().forget, judged().retain, points(np.zeros(50), np.full(50, 7)))
    assert "unseen points of the forgotten classes, got 0" in trouble_a(CATALOG.attacks["loss"], none_alike)
    assert "question A from one model" in trouble_a(CATALOG.attacks["u_lira"], judged())


def test_every_attack_that_can_be_asked_is_asked():
    assert list(ask_a(CATALOG.attacks, judged(), 0)) == ONE_MODEL
    assert ask_a(CATALOG.attacks, judged(sizes=(2, 300, 400)), 0) == {}
    one, other = ask_a(CATALOG.attacks, judged(), 0), ask_a(CATALOG.attacks, judged(), 0)
    assert one["svc"] == pytest.approx(other["svc"], rel=0, abs=0, nan_ok=True)


def test_paper_rates_are_reported_where_a_paper_has_one():
    with_rate = {key for key in ONE_MODEL if "paper_rate" in ask(key, judged())}
    assert with_rate == {"loss_regression", "retain_entropy", "svc", "tmu_population", "camu_asr"}
    assert all(CATALOG.attacks[key].paper_rate_reads for key in with_rate)


@pytest.mark.parametrize("key", TWO_QUESTIONS)
def test_question_b_is_above_one_half_where_the_unlearned_model_is_less_sure(key):
    labels = np.tile([0, 1], 50)
    rng = np.random.default_rng(0)
    sure = [points(6 + rng.normal(size=100), labels).logits for _ in range(3)]
    unsure = [points(0.2 * rng.normal(size=100), labels).logits for _ in range(2)]
    attack = CATALOG.attacks[key]
    assert question_b(attack, unsure, sure, labels).values == (1.0,) * 6
    assert question_b(attack, sure, unsure, labels).mean == 0
    assert question_b(attack, sure, sure[:1], labels).values[0] == pytest.approx(0.5)


def test_question_b_on_entropy_compares_each_point_with_each_and_ties_count_half():
    labels = np.zeros(2, dtype=int)
    unlearned, retrained = points([0.0, 3.0], labels).logits, points([3.0, 5.0], labels).logits
    # entropies: one > both, the other ties with the first and exceeds the second: (1 + 1 + .5 + 1) / 4
    assert question_b(CATALOG.attacks["entropy"], [unlearned], [retrained], labels).mean == pytest.approx(3.5 / 4)


def test_the_floor_of_question_b_is_folded_and_above_one_half():
    labels = np.tile([0, 1], 50)
    rng = np.random.default_rng(0)
    retrained = [points(shift + rng.normal(size=100), labels).logits for shift in (0.0, 0.6, 1.2)]
    attack = CATALOG.attacks["loss"]
    floor = question_b_floor(attack, retrained, labels)
    assert len(floor.values) == 3
    assert min(floor.values) >= 0.5
    there = question_b(attack, [retrained[0]], [retrained[2]], labels).mean
    assert max(floor.values) == pytest.approx(max(there, 1 - there))


def test_an_attack_that_does_not_answer_question_b_refuses():
    with pytest.raises(ValueError, match="does not answer question B"):
        question_b(CATALOG.attacks["svc"], [np.zeros((5, 2))], [np.zeros((5, 2))], np.zeros(5, dtype=int))
