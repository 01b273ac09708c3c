"""Measure on the plane what papers claim there, one seed at a time. On no seed from 100 on was a setting chosen.

kept.py keeps what is measured.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.records.read_off import FORGET, STEP, height
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

SEEDS = tuple(range(100, 110))
Numbers = dict[str, float]

GAP, INNER = 198, 199  # rows of the two planted points
OTHER_CENTRE = (-2.0, -1.7)  # of the class on the other side, in data units
NEAR = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)  # forget points of the sigmoid near its boundary, on either side
STATIONARY = {"optimizer": "lbfgs", "weight_decay": 1e-3, "steps": 300}
TOGETHER = {"kind": "correct_labels", "choose": "wedge", "label": 1, "above": 1.2}
EVENLY = {"kind": "correct_labels", "choose": "random", "fraction": 0.21}
ERASED = {
    "kind": "erase_feature", "choose": "threshold", "column": 0, "above": 0.8, "erase_column": 1, "fill": 0.25,
}  # fmt: skip
ONE_STEP: Mapping[str, Mapping[str, Any]] = {
    "first": {"name": "influence_1", "knobs": {"tau": 0.1}},
    "second": {"name": "influence_2", "knobs": {"delta": 0.3, "decay": 1e-3}},
}


@dataclass(frozen=True)
class Measure:
    """One thing that is measured for each seed.

    Attributes:
        specs: seed -> the runs that it makes, by name; empty where it makes none.
        numbers: (seed, runs by name) -> its numbers, NaN where not defined.
    """

    specs: Callable[[int], Mapping[str, Spec]]
    numbers: Callable[[int, Mapping[str, pipeline.Run]], Numbers]

    def at(self, seed: int) -> Numbers:
        """Return its numbers for a seed; the same on every call."""
        memo = Store(None).memo
        return self.numbers(seed, {name: pipeline.Run(spec, memo) for name, spec in self.specs(seed).items()})

    def asked(self) -> str:
        """Return a hash by which kept numbers are known to be of other runs.

        It is of the name of `numbers` and of the Specs at the first of SEEDS. A change of these is noticed, a knob's
        default included. A change of the code is not: of `numbers`, of a constant that only it reads, of a method or of
        the training; nor one of the Specs that leaves those at the first seed.
        """
        keys = [f"{name}:{spec.key()}" for name, spec in sorted(self.specs(SEEDS[0]).items())]
        return hashlib.sha256("\n".join([self.numbers.__name__, *keys]).encode()).hexdigest()[:16]


def _spec(seed: int, **parts: Any) -> Spec:
    parts["data"] = {**parts["data"], "seed": seed}
    return Spec.parse({"evaluation": {"retrained_seeds": 2}, **parts, "seed": seed})


def _preset(method: str, preset: str) -> dict[str, Any]:
    return {"name": method, "knobs": dict(CATALOG.methods[method].presets[preset].knobs)}


# --- JiT ----------------------------------------------------------------------------------------------------------


def _one_point(row: int) -> Callable[[int], Mapping[str, Spec]]:
    def specs(seed: int) -> Mapping[str, Spec]:
        methods = {
            "stated": _preset("jit", "stated loss"), "reading": _preset("jit", "toy point"),
            "greedy": {"name": "greedy"},
        }  # fmt: skip
        return {
            name: _spec(
                seed,
                data={"name": "two_gaussians", "n": 200},
                request={"choose": "points", "index": [row]},
                method=method,
            )
            for name, method in methods.items()
        }

    return specs


def _boundary(seed: int, runs: Mapping[str, pipeline.Run]) -> Numbers:
    found = {name: pipeline.boundary_moved(run, OTHER_CENTRE, "unlearned") for name, run in runs.items()}
    return {**found, "retrained": pipeline.boundary_moved(runs["reading"], OTHER_CENTRE, "paired")}


def _sigmoid(seed: int, runs: Mapping[str, pipeline.Run]) -> Numbers:
    """Return how far one step brings the boundary towards near points, and how far its heights are from the picture.

    The first is a median over the points: a sigmoid that is nearly flat has its boundary anywhere.
    """
    published, x, found = np.array([height(x) for x in FORGET]), np.array(FORGET), Numbers()
    near = np.isin(np.abs(x), NEAR)
    signs: Mapping[str, Literal["descent", "ascent"]] = {"down": "descent", "up": "ascent"}
    for way, sign in signs.items():
        w, b = pipeline.one_sigmoid(FORGET, STEP, sign, seed).T
        heights = 1 / (1 + np.exp(-(w * x + b)))
        found[f"toward, {way}"] = float(np.median((-b / w * np.sign(x))[near]))
        found[f"picture, {way}"] = float(np.sqrt(np.square(heights - published).mean()))
    return found


# --- TMU and CaMU -------------------------------------------------------------------------------------------------


def _part_of_a_class(seed: int) -> Mapping[str, Spec]:
    training = {"recipe": "memorise", "optimizer": "adam", "lr": 0.01, "batch": 100, "steps": 2000}
    parts: dict[str, Any] = {
        "data": {"name": "moons", "n": 300, "noise": 0.35},
        "request": {"choose": "random", "fraction": 0.3, "label": 0},
        "model": {"widths": [64, 64, 64], "activation": "relu"},
    }
    return {"tmu": _spec(seed, **parts, training=training, method={"name": "tmu", "knobs": {"lr": 0.003}})}


def _alignment(seed: int, runs: Mapping[str, pipeline.Run]) -> Numbers:
    original, unlearned, retrained = _accuracies(runs["tmu"])
    return {
        "original": original["forget"], "unlearned": unlearned["forget"], "retrained": retrained["forget"],
        "original test": original["test"], "test": unlearned["test"], "retrained test": retrained["test"],
    }  # fmt: skip


#: A model that is not too sure of itself; the default recipe makes surer ones.
SOFT = {"optimizer": "adam", "lr": 0.001, "weight_decay": 0.0, "schedule": "constant", "steps": 1000}


def _class(training: Mapping[str, Any]) -> Callable[[int], Mapping[str, Spec]]:
    parts: dict[str, Any] = {
        "data": {"name": "blobs", "n": 800, "noise": 0.9},
        "request": {"choose": "class", "label": 0},
        "model": {"widths": [64, 64], "activation": "relu"},
    }
    return lambda seed: {"camu": _spec(seed, **parts, training=training, method={"name": "camu"})}


def _removal(seed: int, runs: Mapping[str, pipeline.Run]) -> Numbers:
    run = runs["camu"]
    original, unlearned, retrained = _accuracies(run)
    back = {role: float(values.max()) for role, values in pipeline.returning(run).items()}
    return {
        "original forgotten": original["forget"], "forgotten": unlearned["forget"],
        "retrained forgotten": retrained["forget"], "original kept": original["retain"], "kept": unlearned["retain"],
        "retrained kept": retrained["retain"], "back": back["unlearned"], "retrained back": back["retrained"],
    }  # fmt: skip


# --- DUI ----------------------------------------------------------------------------------------------------------


def _wrong_labels(request: Mapping[str, Any]) -> Callable[[int], Mapping[str, Spec]]:
    def specs(seed: int) -> Mapping[str, Spec]:
        methods = {"unlearned": {"name": "dui"}, **ONE_STEP}
        return {
            name: _spec(
                seed, data={"name": "moons", "n": 600, "noise": 0.2}, request=request, training=STATIONARY,
                method=method,
            )
            for name, method in methods.items()
        }  # fmt: skip

    return specs


def _repaired(seed: int, runs: Mapping[str, pipeline.Run]) -> Numbers:
    original, _, retrained = (one["test"] for one in _accuracies(runs["unlearned"]))
    ends = {name: _accuracies(run)[1]["test"] for name, run in runs.items()}
    behind = {f"behind, {name}": retrained - end for name, end in (("none", original), *ends.items())}
    return {"original": original, "retrained": retrained, **ends, **behind}


def _erased(seed: int) -> Mapping[str, Spec]:
    return {
        name: _spec(
            seed, data={"name": "moons", "n": 400, "noise": 0.2}, request=ERASED, training=STATIONARY,
            method={"name": "dui", "knobs": {"lambda_i": weight}},
        )
        for name, weight in (("with", 1.0), ("without", 0.0))
    }  # fmt: skip


def _feature(seed: int, runs: Mapping[str, pipeline.Run]) -> Numbers:
    left = {name: pipeline.correction(run).left for name, run in runs.items()}
    original, unlearned, retrained = (one["test"] for one in _accuracies(runs["with"]))
    return {
        "sensitivity": left["with"]["unlearned"].sensitivity, "without": left["without"]["unlearned"].sensitivity,
        "retrained": left["with"]["retrained"].sensitivity, "original": left["with"]["original"].sensitivity,
        "test": unlearned, "retrained test": retrained, "original test": original,
    }  # fmt: skip


def _accuracies(run: pipeline.Run) -> tuple[Numbers, Numbers, Numbers]:
    """Return the accuracies of the original on screen, of the unlearned, and the mean over the retrained models."""
    logits = pipeline.reference_logits(run)
    retrained = {name: band.mean for name, band in pipeline.retrained_accuracy(run).items()}
    return (
        pipeline.accuracies(run, logits["originals"][0]),
        pipeline.accuracies(run, pipeline.path(run).logits[-1]),
        retrained,
    )


MEASURES: Mapping[str, Measure] = {
    "a point in the gap": Measure(_one_point(GAP), _boundary),
    "an inner point": Measure(_one_point(INNER), _boundary),
    "one sigmoid": Measure(lambda seed: {}, _sigmoid),
    "part of a class": Measure(_part_of_a_class, _alignment),
    "a class": Measure(_class(SOFT), _removal),
    "a class, surer original": Measure(_class({}), _removal),
    "wrong labels together": Measure(_wrong_labels(TOGETHER), _repaired),
    "wrong labels evenly": Measure(_wrong_labels(EVENLY), _repaired),
    "an erased feature": Measure(_erased, _feature),
}
