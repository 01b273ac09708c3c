"""Say how strongly a correction shifts the data, and whether a model still depends on what was to be removed.

For an erased feature the probes are affected rows with another value in the erased column, drawn without regard to the
rest: a model that no longer depends on the feature says the same of all of them. For corrected labels the question is
whether what a model gets wrong reveals which rows were affected. Source: our reading of DUI, see methods/dui.py.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from explorer.metrics.dependence import Dependence, dependence, probes, sensitivity, sweep
from explorer.metrics.outputs import softmax
from explorer.metrics.shift import shift
from explorer.pipeline.memo import Memo, no_memo
from explorer.pipeline.paths import PATH_PARTS, evaluate, path
from explorer.pipeline.references import reference_logits, references
from explorer.pipeline.sets import sets
from explorer.pipeline.worlds.points import data, point_logits
from explorer.records import Float
from explorer.seeds import child_seed
from explorer.spec import Spec

PROBES = 256
STOPS = 21  # places at which the erased feature is put to measure sensitivity
ROWS = 400  # rows looked at for labels
ROLES = ("original", "retrained", "unlearned")


@dataclass(frozen=True)
class Left:
    """What a model still shows of what was to be removed.

    Attributes:
        p: (m,) probability of the last class on the probes; empty for labels.
        dependence: nHSIC with its band of chance.
        sensitivity: mean range of the probabilities as the erased feature sweeps its range; NaN for labels.
    """

    p: Float
    dependence: Dependence
    sensitivity: float


@dataclass(frozen=True)
class Removal:
    """The numbers of a correction.

    Attributes:
        shift: name of a measure of the shift -> value, see metrics.shift.
        value: (m,) what was put into the erased column, in data units; empty for labels.
        left: role -> what that model still shows.
    """

    shift: dict[str, float]
    value: Float
    left: dict[str, Left]


def removal(spec: Spec, memo: Memo = no_memo) -> Removal:
    """Return the numbers of a request that corrects labels or erases a feature.

    Args:
        spec: the run, with a method that answers the request.
        memo: as everywhere.
    """
    if spec.request.kind == "forget":
        raise ValueError("`request.kind` must be correct_labels or erase_feature, got forget")
    return memo(f"removal-{spec.key(*PATH_PARTS)}", lambda: _removal(spec, memo))


def _removal(spec: Spec, memo: Memo) -> Removal:
    have, made = data(spec, memo), sets(spec, memo)
    rng = np.random.default_rng(child_seed(spec.seed, "removal"))
    affected = np.isin(np.arange(len(made.before)), made.forget)
    strength = shift(made.before, made.after, affected, have.classes, rng)
    if spec.request.kind == "correct_labels":
        return Removal(asdict(strength), np.empty(0, np.float32), _labels(spec, memo, affected, rng))
    value, left = _feature(spec, memo, rng)
    return Removal(asdict(strength), value, left)


def _feature(spec: Spec, memo: Memo, rng: np.random.Generator) -> tuple[Float, dict[str, Left]]:
    made, column = sets(spec, memo), spec.request.erase_column
    rows, marginal = made.before.x[made.forget], made.before.x[:, column]
    points, value = probes(rows, column, marginal, PROBES, rng)
    stops = sweep(rows, column, np.linspace(marginal.min(), marginal.max(), STOPS))
    order = rng.integers(2**31)  # the same pairings for every model
    left = {}
    for role in ROLES:
        p = softmax(_logits(spec, memo, role, points))[:, -1]
        swept = _logits(spec, memo, role, stops.reshape(-1, stops.shape[-1])).reshape(*stops.shape[:2], -1)
        found = dependence(p, value, np.random.default_rng(order))
        left[role] = Left(p.astype(np.float32), found, sensitivity(swept))
    return value.astype(np.float32), left


def _labels(spec: Spec, memo: Memo, affected: np.ndarray, rng: np.random.Generator) -> dict[str, Left]:
    made, n = sets(spec, memo), len(sets(spec, memo).before)
    rows, order = rng.permutation(n)[:ROWS], rng.integers(2**31)
    right, flag = np.eye(data(spec, memo).classes)[made.after.y[rows]], affected[rows].astype(float)
    known = reference_logits(spec, memo)
    logits = {
        "original": known["originals"][0],
        "retrained": known["retrained"][0],
        "unlearned": path(spec, memo).logits[-1],
    }
    return {
        role: Left(
            np.empty(0, np.float32),
            dependence(softmax(logits[role][rows]) - right, flag, np.random.default_rng(order)),
            float("nan"),
        )
        for role in ROLES
    }


def _logits(spec: Spec, memo: Memo, role: str, x: np.ndarray) -> Float:
    """Return logits (m, c) of the model of a role on screen, on points (m, 2) in data units."""
    x = x.astype(np.float32)
    if role == "unlearned":
        return evaluate(spec, memo, path(spec, memo), slice(-1, None), x)[0]
    refs = references(spec, memo)
    weights = refs.originals[:1] if role == "original" else refs.retrained[:1]
    return point_logits(spec, data(spec, memo), weights, x)[0]
