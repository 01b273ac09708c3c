"""What the audits find, on seeds of data and run that no threshold was set on: 120 to 129.

tip = the default Spec; sub = one sub-cluster of three blobs; memorise = few noisy points, learnt by heart. A line that
asks for means asks for means over the seeds; one that says so, for every seed. The few seeds of QUICK are asked for the
same, but where a line says otherwise. Two lines that held where their thresholds were set do not hold here; they are
expected to fail, with their numbers.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.audits import linear_probe, relearning
from explorer.pipeline.audits.numbers import audit_of_retrained, audit_of_unlearned
from explorer.pipeline.audits.subject import matched, on_retrained, subject_of, unlearned_weights
from explorer.records import Float
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from tests.accept.seeds import QUICK, seeds

SEEDS = [120 + number for number in seeds(10, quick=2)]
TIP: dict[str, Any] = {}
SUB = {
    "data": {"name": "blobs", "n": 400, "noise": 0.7, "classes": 3, "second_cluster": True},
    "request": {"choose": "subclass", "label": 0},
}
MEMORISE = {
    "data": {"name": "moons", "n": 150, "noise": 0.35},
    "request": {"choose": "random", "fraction": 0.2},
    "training": {"recipe": "memorise"},
}
LOGISTIC = {
    "data": {"n": 200},
    "model": {"widths": []},
    "training": {"optimizer": "lbfgs", "weight_decay": 0.01, "steps": 2000},
}
SIXTEEN = {
    "data": {"n": 100, "noise": 0.3},
    "model": {"widths": [16]},
    "training": {"optimizer": "lbfgs", "weight_decay": 0.03, "steps": 2000},
}
STAY = [  # in the original's valley
    "ssd", "exact_influence", "influence_1", "camu", "fine_tune", "bad_teacher", "cf_k", "boundary_shrink", "jit",
    "amun", "scrub", "salun", "random_labels", "neg_grad_plus", "gradient_ascent", "msg", "l1_sparse",
]  # fmt: skip
KNOWN: dict[str, Any] = {}


def memo(key: str, thunk: Any, /) -> Any:
    if key not in KNOWN:
        KNOWN[key] = thunk()
    return KNOWN[key]


def run_of(base: dict[str, Any], seed: int, method: str, **parts: Any) -> pipeline.Run:
    """Return a run at a seed of data and run together."""
    given = copy.deepcopy({**base, **parts})
    given.setdefault("data", {})["seed"] = seed
    return pipeline.Run(Spec.parse({**given, "seed": seed, "method": {"name": method}}), memo)


def said(name: str, values: Any) -> np.ndarray:
    """Print numbers and return them."""
    found = np.asarray(values, dtype=np.float64)
    print(f"\n{name}: {np.round(found, 3).tolist()}, mean {np.nanmean(found, axis=0).round(3).tolist()}", end="")
    return found


# --- relearning -----------------------------------------------------------------------------------------------------


@cache
def relearnt(name: str, method: str) -> np.ndarray:
    """Return start and peak (means over 3 originals), and the peaks of control, retrained and matched, a row a seed."""
    audit, rows = CATALOG.audits["weight_path"], list[list[float]]()  # a subject that needs no more than weights
    for seed in SEEDS:
        run = run_of({"tip": TIP, "sub": SUB}[name], seed, method)
        given = subject_of(run, audit, unlearned=True)
        own = relearning.curves(given, np.stack([unlearned_weights(run, k) for k in range(3)]))
        longer = np.concatenate([matched(run, k) for k in range(3)])
        others = (relearning.curves(given, one) for one in (on_retrained(run), given.retrained, longer))
        rows.append([own[:, 0].mean(), *(one.max(axis=1).mean() for one in (own, *others))])
    return said(f"relearning, {name} {method}: start, peak, control, retrained, matched", rows)


def beyond(name: str, method: str) -> np.ndarray:
    """Return by how much the peak is above the higher of control and retrained, a number a seed."""
    found = relearnt(name, method)
    return said(f"relearning, {name} {method}: above both", found[:, 1] - np.maximum(found[:, 2], found[:, 3]))


def beyond_matched(name: str, method: str) -> np.ndarray:
    """Return by how much the peak is above that of the control that did as much damage, a number a seed."""
    found = relearnt(name, method)
    return said(f"relearning, {name} {method}: above matched", found[:, 1] - found[:, 4])


def test_a_forgotten_sub_cluster_comes_back_from_greedy_mislabelling():
    found = relearnt("sub", "greedy")
    assert found[:, 0].mean() <= 0.02 and found[:, 1].mean() >= 0.70


@pytest.mark.parametrize(
    ("name", "method", "least"),
    [("sub", "greedy", 0.45), ("tip", "greedy", 0.30), ("tip", "boundary_shrink", 0.40), ("tip", "jit", 0.15)],
)
def test_more_comes_back_than_in_models_that_never_saw_the_points(name: str, method: str, least: float):
    assert beyond(name, method).mean() >= least
    assert beyond_matched(name, method).mean() >= least


def test_the_land_of_a_forgotten_sub_cluster_comes_back_from_greedy_mislabelling():
    rows = list[list[float]]()
    for seed in SEEDS:
        run = run_of(SUB, seed, "greedy")
        given = subject_of(run, CATALOG.audits["weight_path"], unlearned=True)
        stacks = (unlearned_weights(run)[None], on_retrained(run), given.retrained)
        ways = [relearning.ways(given, one) for one in stacks]
        lands = [np.stack([relearning.land(given, one) for one in way[:, relearning.DRAWN]]) for way in ways]
        rows.append([lands[0][0, 0], *(land.max(axis=1).mean() for land in lands)])
    found = said("relearning, sub greedy: land at the start, highest, of control, of retrained", rows).mean(axis=0)
    assert found[1] - found[0] >= 0.3 and found[1] - found[2:].max() >= 0.3


def test_what_comes_back_after_gradient_ascent_is_not_memory():
    assert abs(beyond("tip", "gradient_ascent").mean()) <= 0.12


# --- the way through weights ----------------------------------------------------------------------------------------


#: On seeds 120 to 129 its barriers are .020, .013, .048, 0, .025, 0, .120, .017, .025 and 0 nats.
MSG = pytest.param("msg", marks=pytest.mark.xfail(strict=True, reason="MSG leaves the valley a little: up to .12 nats"))


@pytest.mark.parametrize("method", [MSG if method == "msg" else method for method in STAY])
def test_a_method_stays_in_the_original_s_valley_on_every_seed(method: str):
    barriers = [audit_of_unlearned(run_of(MEMORISE, seed, method), "weight_path")["barrier"].mean for seed in SEEDS]
    assert said(f"weight path, memorise {method}: barrier", barriers).max() <= 0.02


def test_a_retrained_model_of_another_seed_lies_behind_a_barrier_on_every_seed():
    found = [audit_of_retrained(run_of(MEMORISE, seed, "jit"), "weight_path")["barrier"] for seed in SEEDS]
    assert said("weight path, memorise retrained: lowest of 5", [band.low for band in found]).min() >= 0.15


@pytest.mark.parametrize(("method", "sign"), [("neg_grad_plus", -1), ("fine_tune", 1)])
def test_an_over_forgetter_is_nearest_to_retrained_half_way_and_a_timid_method_beyond_its_end(method: str, sign: int):
    nearest = [audit_of_unlearned(run_of(TIP, seed, method), "weight_path")["nearest"].mean for seed in SEEDS]
    found = said(f"weight path, tip {method}: nearest", nearest)
    assert (sign * (found - 1) > 0).mean() >= 0.9


# --- the ghost ------------------------------------------------------------------------------------------------------

JOBS = 3  # single points a seed


@cache
def errors(name: str, methods: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the error of each method and of the paired retrained model, a number a forgotten point."""
    base: dict[str, Any] = {"moons": {"data": {"n": 100}}, "logistic": LOGISTIC, "mlp": SIXTEEN}[name]
    found: dict[str, list[float]] = {method: [] for method in (*methods, "retrained")}
    audit = CATALOG.audits["reconstruction"]
    for seed in SEEDS:
        rows = np.random.default_rng(seed).choice(base["data"]["n"], JOBS, replace=False).tolist()
        for row in rows:
            asked = {"request": {"choose": "points", "index": [row]}, "evaluation": {"retrained_seeds": 2}}
            run = run_of(base, seed, "jit", **asked)
            for method in methods:
                run = run_of(base, seed, method, **asked)
                given = subject_of(run, audit, unlearned=True)
                found[method].append(float(audit.run(given, unlearned_weights(run)[None])["error"][0]))
            given = subject_of(run, audit, unlearned=False)
            found["retrained"].append(float(audit.run(given, given.paired[None])["error"][0]))
    return {method: said(f"ghost, {name} {method}", values) for method, values in found.items()}


def test_a_method_whose_steps_come_from_the_point_alone_prints_it():
    found = errors("moons", ("jit", "greedy", "boundary_shrink", "fine_tune"))
    for method in ("jit", "greedy", "boundary_shrink"):
        assert np.median(found[method]) <= 0.02
    for method in ("retrained", "fine_tune"):
        assert np.median(found[method]) >= 0.4


def test_half_of_the_points_are_given_away_by_two_converged_networks():
    assert np.median(errors("mlp", ())["retrained"]) <= (0.5 if QUICK else 0.35)


#: On seeds 120 to 129 the median of 30 points is .16 and the 90 % quantile .50: for 3 of the 30 the pair converged to
#: another minimum (errors .58, 1.78 and 2.60), and there the point is lost.
MLP = pytest.param("mlp", 0.35, marks=pytest.mark.xfail(strict=True, reason="its 90 % quantile is .50 here, not .35"))


@pytest.mark.parametrize(("name", "most"), [("logistic", 0.2), MLP])
def test_even_exact_retraining_gives_the_point_away_where_training_converged(name: str, most: float):
    assert np.quantile(errors(name, ())["retrained"], 0.9) <= most


# --- two models -----------------------------------------------------------------------------------------------------


def test_deleting_tells_more_than_the_model_did():
    runs = [run_of(MEMORISE, seed, "random_labels") for seed in SEEDS]
    retrained = [
        {name: band.mean for name, band in audit_of_retrained(run, "two_model_membership").items()} for run in runs
    ]
    audit, paired = CATALOG.audits["two_model_membership"], list[float]()
    for run in runs:
        given = subject_of(run, audit, unlearned=False)
        paired.append(float(audit.run(given, given.paired[None])["auc"][0]))
    found = {name: said(f"two models, retrained: {name}", [one[name] for one in retrained]) for name in retrained[0]}
    labels = said(
        "two models, random labels", [audit_of_unlearned(run, "two_model_membership")["auc"].mean for run in runs]
    )
    assert found["auc"].mean() >= 0.57 and said("two models, retrained, paired", paired).mean() >= 0.57
    assert found["auc"].mean() - found["before_auc"].mean() >= 0.03
    assert 0.46 <= found["new_seed_auc"].mean() <= 0.54
    assert labels.mean() >= 0.65


# --- completeness ---------------------------------------------------------------------------------------------------


def complete(base: dict[str, Any], method: str, of: str) -> dict[str, float]:
    """Return means over seeds of every field, of "unlearned", "retrained" or "original"."""
    audit, each = CATALOG.audits["completeness"], list[dict[str, float]]()
    for seed in SEEDS:
        run = run_of(base, seed, method)
        given = subject_of(run, audit, unlearned=False)
        weights: Float = {
            "unlearned": lambda run=run: unlearned_weights(run)[None],
            "retrained": lambda given=given: given.retrained,
            "original": lambda given=given: given.original[None],
        }[of]()
        each.append({name: float(np.mean(values)) for name, values in audit.run(given, weights).items()})
    name = "memorise" if base is MEMORISE else "tip"
    means = said(f"completeness, {name} {method if of == 'unlearned' else of}", [list(one.values()) for one in each])
    return dict(zip(each[0], means.mean(axis=0).tolist(), strict=True))


def test_retrained_models_are_complete_and_the_original_is_known():
    retrained, original = complete(TIP, "jit", "retrained"), complete(TIP, "jit", "original")
    assert 0.95 <= retrained["c"] <= 1.05 and retrained["inside"] >= 0.95
    assert original["inside"] <= 0.15


def test_fine_tuning_leaves_points_known_and_random_labels_forget_too_much():
    assert complete(TIP, "fine_tune", "unlearned")["above"] >= 0.6
    found = complete(MEMORISE, "random_labels", "unlearned")
    assert found["c"] >= 1.7 and found["below"] >= 0.5


# --- the probe ------------------------------------------------------------------------------------------------------


@cache
def probed() -> dict[str, np.ndarray]:
    """Return few3 on tip by model: (seeds,) of methods and of the head's copy, (seeds, r) of retrained."""
    audit, found = CATALOG.audits["linear_probe"], dict[str, list[Any]]()
    for seed in SEEDS:
        for method in ("random_labels", "eu_k"):
            run = run_of(TIP, seed, method)
            found.setdefault(method, []).append(audit_of_unlearned(run, "linear_probe")["few3"].mean)
        run = run_of(TIP, seed, "random_labels")
        found.setdefault("retrained", []).append(audit_of_retrained(run, "linear_probe")["few3"].values)
        given = subject_of(run, audit, unlearned=False)
        copies = np.stack([linear_probe.head_copy(given, one) for one in given.retrained])
        found.setdefault("head", []).append(audit.run(given, copies)["few3"])
        x, y = given.before.x[given.forget], given.labels[given.forget]
        found.setdefault("head's forget accuracy", []).append((given.logits(copies, x).argmax(-1) == y).mean())
    return {name: said(f"probe, tip {name}", values) for name, values in found.items()}


def test_a_new_head_alone_has_retrained_s_accuracies_and_the_original_s_hidden_layer():
    found = probed()
    assert found["head"].mean() - found["retrained"].mean() >= 0.25
    assert (found["head"].min(axis=1) > found["retrained"].max(axis=1)).all()


@pytest.mark.parametrize("method", ["random_labels", "eu_k"])
def test_the_hidden_layer_knows_what_the_answers_have_lost(method: str):
    found = probed()
    assert found[method].mean() - found["retrained"].mean() >= (0.1 if QUICK else 0.15)


def test_every_line_has_seeds_that_no_threshold_was_set_on():
    used: Sequence[int] = SEEDS
    assert min(used) >= 120
