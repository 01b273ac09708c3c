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
from explorer.pipeline.memo import PATH_PARTS
from explorer.pipeline.paths import evaluate, path
from explorer.pipeline.references import reference_logits
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.points import point_logits
from explorer.records import Float
from explorer.seeds import child_seed

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
class Correction:
    """The numbers of a correction.

    Attributes:
        shift: name of a measure of the shift -> value, see metrics.shift.
        value: (m,) what was put into the erased column, in data units; empty for labels.
        left: role -> what that model still shows.
    """

    shift: dict[str, float]
    value: Float
    left: dict[str, Left]


@kept(lambda run: f"removal-{run.key(*PATH_PARTS)}")
def correction(run: Run) -> Correction:
    """Return the numbers of a request that corrects labels or erases a feature.

    Args:
        run: the run, with a method that answers the request.

    Raises:
        ValueError: if the request is to forget.
    """
    if run.spec.request.kind == "forget":
        raise ValueError("`request.kind` must be correct_labels or erase_feature, got forget")
    sets = run.sets
    rng = np.random.default_rng(child_seed(run.spec.seed, "removal"))
    affected = np.isin(np.arange(len(sets.before)), sets.forget)
    strength = shift(sets.before, sets.after, affected, run.data.classes, rng)
    if run.spec.request.kind == "correct_labels":
        return Correction(asdict(strength), np.empty(0, np.float32), _labels(run, affected, rng))
    value, left = _feature(run, rng)
    return Correction(asdict(strength), value, left)


def _feature(run: Run, rng: np.random.Generator) -> tuple[Float, dict[str, Left]]:
    sets, column = run.sets, run.spec.request.erase_column
    rows, marginal = sets.before.x[sets.forget], sets.before.x[:, column]
    points, value = probes(rows, column, marginal, PROBES, rng)
    stops = sweep(rows, column, np.linspace(marginal.min(), marginal.max(), STOPS))
    order = rng.integers(2**31)  # the same pairings for every model
    left = {}
    for role in ROLES:
        p = softmax(_logits(run, role, points))[:, -1]
        swept = _logits(run, role, stops.reshape(-1, stops.shape[-1])).reshape(*stops.shape[:2], -1)
        found = dependence(p, value, np.random.default_rng(order))
        left[role] = Left(p.astype(np.float32), found, sensitivity(swept))
    return value.astype(np.float32), left


def _labels(run: Run, affected: np.ndarray, rng: np.random.Generator) -> dict[str, Left]:
    sets, n = run.sets, len(run.sets.before)
    rows, order = rng.permutation(n)[:ROWS], rng.integers(2**31)
    right, flag = np.eye(run.data.classes)[sets.after.y[rows]], affected[rows].astype(float)
    known = reference_logits(run)
    logits = {
        "original": known["originals"][0],
        "retrained": known["retrained"][0],
        "unlearned": path(run).logits[-1],
    }
    return {
        role: Left(
            np.empty(0, np.float32),
            dependence(softmax(logits[role][rows]) - right, flag, np.random.default_rng(order)),
            float("nan"),
        )
        for role in ROLES
    }


def _logits(run: Run, role: str, x: np.ndarray) -> Float:
    """Return logits (m, c) of the model of a role on screen, on points (m, 2) in data units."""
    x = x.astype(np.float32)
    if role == "unlearned":
        return evaluate(run, path(run), slice(-1, None), x)[0]
    refs = run.references
    weights = refs.originals[:1] if role == "original" else refs.retrained[:1]
    return point_logits(run.spec, run.data, weights, x)[0]
