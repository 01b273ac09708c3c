"""Attacks are calibrated where nothing can be found, find what is there, and see what accuracies hide.

Every figure that is asserted is printed first (`pytest -s`).
"""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from explorer import pipeline
from explorer.attacks import Attack, ask_a, over_models, question_a_worlds
from explorer.pipeline.attacks.one_model import judged
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from tests.accept.seeds import QUICK, seeds

MEMORISE = {"recipe": "memorise"}
POPULATION = [key for key, attack in CATALOG.attacks.items() if "A" in attack.questions and "logits" in attack.needs]
WORLDS = [key for key, attack in CATALOG.attacks.items() if "shadows" in attack.needs and attack.judges_unseen]
CALIBRATION, POWER, SAME = seeds(100, quick=8), seeds(20, quick=3), seeds(5, quick=2)
OUT_MODELS, SHADOWS, UNSEEN_FOR_TREES = 32, 64, 150
FINE_TUNE = {"lr": 0.01, "momentum": 0.9, "batch": 32, "steps": 50}


def remembering() -> Any:
    known: dict[str, Any] = {}

    def memo(key: str, thunk: Any, /) -> Any:
        if key not in known:
            known[key] = thunk()
        return known[key]

    return memo


def shown(name: str, values: Any) -> np.ndarray:
    found = np.asarray(values, dtype=np.float64)
    error = found.std(ddof=1) / np.sqrt(len(found))
    print(
        f"  {name:20s} mean {found.mean():+.4f}  standard error {error:.4f}  low {found.min():+.3f} {found.max():+.3f}"
    )
    return found


def allowed(found: np.ndarray) -> float:
    """Return how far a mean may lie from where nothing is found: .02, or 4 standard errors.

    Of a few seeds the standard error is itself a guess; then it is as many as are as unlikely by Student's t.
    """
    many = stats.t.ppf(stats.norm.cdf(4), len(found) - 1) if QUICK else 4
    return max(0.02, many * found.std(ddof=1) / np.sqrt(len(found)))


# Calibration: retrained models never saw the forget set; drawn at random, it is like any unseen point to them.


@cache
def calibration() -> dict[str, dict[str, np.ndarray]]:
    """Return statistic -> attack -> one number a data seed, on one retrained model each."""
    rows = [calibrated(seed) for seed in CALIBRATION]
    return {
        statistic: {key: np.array([row[statistic][key] for row in rows]) for key in rows[0][statistic]}
        for statistic in rows[0]
    }


def calibrated(seed: int) -> dict[str, dict[str, float]]:
    memo = remembering()
    spec = Spec.parse(
        {
            "data": {"name": "moons", "n": 300, "noise": 0.35, "seed": seed},
            "request": {"choose": "random", "fraction": 0.2, "seed": seed},
            "training": MEMORISE,
            "method": None,
            "evaluation": {"retrained_seeds": 2},
            "seed": seed,
        }
    )
    run = pipeline.Run(spec, memo)
    logits = pipeline.reference_logits(run)
    asked = {role: judged(run, logits[role][0]) for role in ("retrained", "originals")}
    assert len(asked["retrained"].unseen) == 2000
    found = ask_a({key: CATALOG.attacks[key] for key in POPULATION}, asked["retrained"], seed)
    auc = {key: row["auc"] for key, row in found.items()}
    stack, labels = pipeline.untouched_shadows(run, OUT_MODELS), pipeline.shadow_labels(run)
    for key in WORLDS:
        rng = np.random.default_rng(seed)
        rows = run.sets.forget
        attack = CATALOG.attacks[key]
        auc[key] = question_a_worlds(attack, logits["retrained"][:1], stack, labels, rows, rng)[0]["auc"]
    rates = {key: row["paper_rate"] for key, row in found.items() if "paper_rate" in row}
    quick_ones = {key: CATALOG.attacks[key] for key in rates if key != "camu_asr"}
    original = ask_a(quick_ones, asked["originals"], seed)
    return {
        "auc": auc,
        "paper rate, retrained": rates,
        "paper rate, original": {key: row["paper_rate"] for key, row in original.items()},
    }


def test_every_attack_on_unseen_points_finds_nothing_in_retrained_models():
    print(f"\nretrained models, random forget sets, {len(CALIBRATION)} data seeds: AUC - .5")
    off = {key: shown(key, auc - 0.5) for key, auc in calibration()["auc"].items()}
    assert set(off) == {*POPULATION, *WORLDS}
    for key, found in off.items():
        assert abs(found.mean()) <= allowed(found), key


def test_paper_rates_are_read_beside_retrained_whatever_their_scale():
    found = calibration()
    for role in ("retrained", "original"):
        print(f"\npaper rate, {role}")
        for key, rates in found[f"paper rate, {role}"].items():
            shown(key, rates)
            assert ((rates >= 0) & (rates <= 1)).all(), key
    tmu = found["paper rate, retrained"]["tmu_population"]  # its false positive rate is set to .1
    assert abs(tmu.mean() - 0.1) <= allowed(tmu)


# Power: on a recipe that leaves something to forget, attacks that know each point beat those that do not.


@cache
def power(steps: int) -> dict[str, np.ndarray]:
    """Return attack -> AUC, one a data seed, after fine-tuning for some steps; -1 means retraining."""
    rows = [powerful(seed, steps) for seed in POWER]
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}


def powerful(seed: int, steps: int) -> dict[str, float]:
    memo = models_of(seed)
    spec = Spec.parse(
        {
            "data": {"name": "moons", "n": 150, "noise": 0.35, "seed": seed},
            "request": {"choose": "random", "fraction": 0.2},
            "training": MEMORISE,
            "method": {"name": "fine_tune", "knobs": {**FINE_TUNE, "steps": max(0, steps)}},
            "evaluation": {"shadows": SHADOWS},
            "seed": seed,
        }
    )
    run = pipeline.Run(spec, memo)
    stack = pipeline.retrained_shadows(run) if steps < 0 else pipeline.shadows(run)
    labels, rows = pipeline.shadow_labels(run), run.sets.forget

    def auc(attack: Attack, unseen: int) -> float:
        seen = stack.member.shape[1] + unseen
        fewer = replace(stack, before=stack.before[:, :seen], after=stack.after[:, :seen])
        return over_models(attack, fewer, labels[:seen], rows, np.random.default_rng(seed)).auc

    # 64 times 100 trees: fitted on as many unseen as training points they take a third of the time and find no less.
    # They are left out where nothing is asserted of them.
    left_out = {"camu_asr"} if QUICK or steps < 0 else set()
    keys = ["u_lira", *(key for key in POPULATION if key not in left_out)]
    return {key: auc(CATALOG.attacks[key], UNSEEN_FOR_TREES if key == "camu_asr" else 2000) for key in keys}


@cache
def models_of(seed: int) -> Any:
    return remembering()


def differences(steps: int, title: str) -> dict[str, np.ndarray]:
    found = power(steps)
    print(f"\n{title}, {len(POWER)} data seeds, {SHADOWS} models")
    shown("U-LiRA AUC", found["u_lira"])
    return {key: shown(f"U-LiRA - {key}", found["u_lira"] - found[key]) for key in found if key != "u_lira"}


@pytest.mark.parametrize(("steps", "title"), [(0, "the original itself"), (FINE_TUNE["steps"], "fine-tuning")])
def test_u_lira_beats_every_population_attack_on_the_same_pairs(steps: int, title: str):
    for key, difference in differences(steps, title).items():
        error = difference.std(ddof=1) / np.sqrt(len(difference))
        bound = difference.mean() - stats.t.ppf(0.99, len(difference) - 1) * error
        print(f"  {key}: one-sided lower 99 % bound {bound:+.4f}")
        assert (difference.mean() if QUICK else bound) > 0, key


def test_for_retraining_u_lira_finds_no_more_than_the_others():
    differences(-1, "retraining")
    found = power(-1)["u_lira"]
    assert abs(found.mean() - 0.5) <= allowed(found)


# "Same accuracies, easiest to spot": a class is forgotten by wrong labels.


@cache
def same_accuracies(method: str) -> dict[str, np.ndarray]:
    """Return one number a data seed: gaps of accuracy (means over 5 models), question B's entropy AUC and its floor."""
    rows = [spotted(method, seed) for seed in SAME]
    found = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    print(f"\n{method}")
    for key, values in found.items():
        print(f"  {key:8s} {np.round(values, 3).tolist()}")
    return found


def spotted(method: str, seed: int) -> dict[str, float]:
    memo = remembering()
    knobs = {"lr": 0.01, "momentum": 0.9, "batch": 32, "steps": 125}
    spec = Spec.parse(
        {
            "data": {"name": "blobs", "n": 400, "noise": 0.9, "seed": seed},
            "request": {"choose": "class", "label": 0},
            "method": {"name": method, "knobs": knobs},
            "evaluation": {"attacks": ["entropy"]},
        }
    )
    run = pipeline.Run(spec, memo)
    accuracy = pipeline.compare(run).accuracy
    numbers = pipeline.attack_numbers(run)
    gaps = {
        name: abs(accuracy["unlearned"][name].mean - accuracy["retrained"][name].mean)
        for name in ("retain", "forget", "test")
    }
    b, floor = numbers.b["entropy"]["auc"], numbers.b_floor["entropy"]["auc"]
    assert len(b.finite) == 25 and len(floor.finite) == 10
    return {**gaps, "auc": b.mean, "floor": floor.mean}


def test_random_labels_have_retrained_accuracies_and_are_the_easiest_to_spot():
    found = same_accuracies("random_labels")
    assert (found["retain"] <= 0.03).all()
    assert (found["test"] <= 0.03).all()
    assert (found["forget"] <= 0.10).all()
    assert (found["auc"] >= 0.85).all()
    assert (found["auc"] > found["floor"]).all()
    for other in ("fine_tune", "neg_grad_plus"):
        assert (found["auc"] > same_accuracies(other)["auc"]).all()
