"""What DELETE, UNSC, SFRon, NoT, L2UL, UNDO and GDR-GMA do to the plane, on seeds of data and run 120 to 129.

No setting was chosen on these seeds. Two lines that held where their thresholds were set do not hold here; they are
expected to fail, with their numbers. tip = the default Spec; corner = class 0 of four blobs, noise .7; toy = UNSC's:
four blobs of 500 points a class, ReLU 2-10-4. Area = mean share of the plane in which the unlearned model and each of
five retrained models differ. The few seeds of QUICK are asked for the same.

    python -m pytest -m accept -s tests/accept/test_newer_methods.py
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import numpy as np
import pytest

from explorer import metrics, pipeline
from explorer.methods.unsc import TOY
from explorer.pipeline.paths import evaluate
from explorer.records import Plane
from explorer.spec import Spec
from tests.accept.seeds import QUICK, seeds

SEEDS = [120 + number for number in seeds(10, quick=2)]
BASES: dict[str, dict[str, Any]] = {
    "tip": {},
    "corner": {"data": {"name": "blobs", "n": 400, "noise": 0.7}, "request": {"choose": "class", "label": 0}},
    "toy": {
        "data": {"name": "blobs", "n": 2000, "noise": 1.1},
        "request": {"choose": "class", "label": 0},
        "model": {"widths": [10], "activation": "relu"},
        "training": {
            "optimizer": "adam", "lr": 0.01, "weight_decay": 0.0, "batch": 100, "steps": 200, "schedule": "constant",
        },
    },
}  # fmt: skip
KNOWN: dict[str, Any] = {}


def memo(key: str, thunk: Any, /) -> Any:
    if key not in KNOWN:
        KNOWN[key] = thunk()
    return KNOWN[key]


def run_of(base: str, seed: int, method: str, **knobs: Any) -> pipeline.Run:
    """Return a run at a seed of data and run together."""
    given = copy.deepcopy(BASES[base])
    given.setdefault("data", {})["seed"] = seed
    return pipeline.Run(Spec.parse({**given, "seed": seed, "method": {"name": method, "knobs": knobs}}), memo)


def outcome(run: pipeline.Run) -> tuple[float, float, float]:
    """Return area, forget accuracy and retain accuracy of what a method leaves."""
    path = pipeline.path(run)
    assert path.trouble == ""
    cells = Plane.around(run.data.train.x).grid(pipeline.AREA_CELLS)
    ours = evaluate(run, path, slice(-1, None), cells).argmax(axis=-1)
    area = float(np.mean(metrics.disagreement_area(ours, pipeline.reference_areas(run)["retrained"])))
    accuracy = pipeline.accuracies(run, path.logits[-1])
    return area, accuracy["forget"], accuracy["retain"]


def outcomes(base: str, method: str, **knobs: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return areas, forget accuracies and retain accuracies, a number a seed."""
    area, forget, retain = np.array([outcome(run_of(base, seed, method, **knobs)) for seed in SEEDS]).T
    print(f"\n{base}, {method} {knobs or 'at its defaults'}:", end="")
    for name, values in (("area", area), ("forget", forget), ("retain", retain)):
        print(f"\n  {name:7s} {np.round(values, 3).tolist()}, mean {values.mean():.3f}", end="")
    return area, forget, retain


def test_delete_divides_a_class_among_its_heirs():
    area, forget, retain = outcomes("corner", "delete", lr=0.05, steps=40)
    assert area.mean() <= 0.08 and area.max() <= 0.15
    assert (forget == 0).all() and (retain >= 0.98).all()


@cache
def unsc() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return outcomes("tip", "unsc")


def test_unsc_forgets_the_tip_and_keeps_the_rest():
    area, _, retain = unsc()
    assert area.mean() <= 0.08 and (retain >= 0.96).all()


def test_unsc_is_nearer_to_retrained_than_the_same_labels_without_the_null_space():
    area, _, _ = outcomes("tip", "unsc", project="off")
    assert (unsc()[0] < area).all()


def test_in_unsc_s_toy_the_null_space_is_nearer_to_retrained_than_random_labels():
    ours, *_ = outcomes("toy", "unsc", **TOY)
    labels, *_ = outcomes("toy", "greedy", lr=0.01, steps=80, batch=100)  # 20 epochs of 400 points
    assert (ours <= labels).mean() >= 0.8


def test_sfron_forgets_the_tip_and_keeps_the_rest():
    area, _, retain = outcomes("tip", "sfron")
    assert area.mean() <= 0.06 and area.max() <= 0.09
    assert (retain >= 0.97).all()


def test_weight_negation_is_nearer_to_retrained_than_fine_tuning_alone():
    negated, *_ = outcomes("tip", "weight_negation")
    tuned, *_ = outcomes("tip", "fine_tune", lr=0.05, steps=300)
    assert negated.mean() <= 0.045 and negated.mean() < tuned.mean()


def test_l2ul_forgets_a_class_and_keeps_the_rest():
    area, _, retain = outcomes("corner", "l2ul")
    assert area.mean() <= 0.10 and (retain >= 0.97).all()


@cache
def undo_on_a_class() -> tuple[np.ndarray, np.ndarray]:
    """Return the areas of UNDO and of its teacher."""
    return outcomes("corner", "undo")[0], outcomes("corner", "random_labels")[0]


def test_undo_ends_nearer_to_retrained_than_its_teacher_on_a_class():
    ours, teacher = undo_on_a_class()
    assert ours.mean() < teacher.mean()


@pytest.mark.xfail(not QUICK, strict=True, reason="its mean is .062 and its teacher's .074: nearer by .013, not .015")
def test_undo_ends_much_nearer_to_retrained_than_its_teacher_on_a_class():
    ours, teacher = undo_on_a_class()
    assert ours.mean() <= teacher.mean() - 0.015


@cache
def relearnt(method: str, alpha: float | None = None) -> np.ndarray:
    """Return the steps after which a model that learns the forget set again knows it as well as the original did."""
    knobs = {} if alpha is None else {"alpha": alpha}
    found = [pipeline.scores(run_of("tip", seed, method, **knobs)).values for seed in SEEDS]
    steps = np.array([[one[role]["relearn_forget"].mean for role in ("unlearned", "retrained")] for one in found])
    print(f"\ntip, {method} {knobs}: steps to relearn {steps[:, 0].tolist()}, mean {steps[:, 0].mean():.1f}", end="")
    print(f"; retrained {steps[:, 1].mean():.1f}", end="")
    return steps[:, 0]


def test_after_undo_relearning_is_slower_than_after_its_teacher():
    assert (relearnt("undo", 0.8) >= relearnt("random_labels")).all()
    assert relearnt("undo", 0.8).mean() >= relearnt("random_labels").mean() + 2


#: On seeds 120 to 129 it takes 11, 11, 11, 10, 10, 8, 8, 9, 9 and 10 steps; on 0 to 3, 11, 21, 10 and 21.
@pytest.mark.xfail(not QUICK, strict=True, reason="it takes 9.7 steps in the mean (its teacher 7.2, retrained 12.2)")
def test_after_undo_relearning_takes_ten_steps():
    assert relearnt("undo", 0.8).mean() >= 10


def test_gdr_gma_stopped_early_forgets_the_tip():
    area, *_ = outcomes("tip", "gdr_gma")
    assert area.mean() <= 0.08
