"""Measure how far a stream of requests takes a model from models that are retrained on what remains each time.

d_t = mean over retrained models of the disagreement area, after t requests
broken after t: the retain accuracy is more than .05 below that of the model retrained from the original's seed
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from explorer import metrics
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS, Json
from explorer.pipeline.numbers.compare import training_cost
from explorer.pipeline.paths import evaluate, path
from explorer.pipeline.references import AREA_CELLS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.streams.answers import looked_at, stream
from explorer.pipeline.streams.references import classes_of, retrained_areas, stream_references
from explorer.pipeline.streams.requests import asked_by, batches_of, left_after
from explorer.pipeline.worlds.points import point_logits
from explorer.records import Drift, Float, Int, Plane, defined

BROKEN = 0.05  # of retain accuracy below retrained
Numbers = NDArray[np.float64]
Accuracies = Mapping[str, Numbers]


@kept(lambda run: f"stream-drift-{run.key(*PATH_PARTS)}-{run.seeds}")
def drift(run: Run) -> Drift:
    """Return the numbers of the Spec's method in its stream; the run's tick counts requests.

    Raises:
        SpecError: if the data cannot have the stream, or the method cannot answer such requests.
    """
    way, run = stream(run), run.quiet
    refs, goal = stream_references(run), paired_accuracies(run)
    own, at_once, times = accuracies(run, seen(run, way.states)), path(run), stream_references(run).times
    cells = Plane.around(run.data.train.x).grid(AREA_CELLS)
    end = evaluate(run, at_once, slice(-1, None), cells)[0].argmax(axis=-1)
    last = accuracies(run, at_once.logits[-1:], since=len(way.spent))
    return Drift(
        times=times,
        area={
            "unlearned": areas(run, looked_at(run, way.states[times], cells).argmax(axis=-1)),
            "original": areas(run, classes_of(run, refs.paired[:1])),
            "paired": areas(run, classes_of(run, refs.paired[times])),
        },
        accuracy={"unlearned": own, "paired": goal},
        breaks_at=first_broken(own["retain"], goal["retain"]),
        at_once={
            "disagreement_area": float(metrics.disagreement_area(end, retrained_areas(run)[-1]).mean()),
            **{name: float(values[0]) for name, values in last.items()},
        },
        spent=way.spent,
        prepared=way.prepared,
        spent_at_once=at_once.example_gradients + at_once.example_gradients_prepare,
        retraining=retraining(run),
        trouble=way.trouble,
    )


def areas(run: Run, classes: Int) -> Numbers:
    """Return the mean disagreement area (m,) of classes (m or 1, 80 * 80) to the retrained models of each time."""
    found = metrics.disagreement_area(classes[:, None], retrained_areas(run))
    return np.asarray(found, dtype=np.float64).mean(axis=1)


def first_broken(own: Numbers, goal: Numbers) -> int:
    """Return the first number of requests, from 1, after which a retain accuracy is too low; 0 for none.

    Args:
        own: (T + 1,) the model's retain accuracies.
        goal: (T + 1,) those of the paired retrained model.
    """
    low = np.flatnonzero(goal[1:] - own[1:] > BROKEN + 1e-9)
    return int(low[0]) + 1 if len(low) else 0


@kept(lambda run: f"stream-paired-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def paired_logits(run: Run) -> Float:
    """Return the logits (T + 1, n + m, c) of the paired retrained models on training points, then on test points."""
    return point_logits(run.spec, run.data, stream_references(run).paired, _probes(run))


def paired_accuracies(run: Run) -> Accuracies:
    """Return the accuracies of the paired retrained model after every number of requests, as `accuracies`."""
    return accuracies(run, paired_logits(run))


def seen(run: Run, states: Float) -> Float:
    """Return the logits (T + 1, n + m, c) of a stream's states on training points, then on test points."""
    return looked_at(run, states, _probes(run))


def accuracies(run: Run, logits: Float, since: int = 0) -> Accuracies:
    """Return accuracies by set after each number of requests, from logits on training points, then on test points.

    Args:
        run: the run.
        logits: (k, n + m, c).
        since: after how many requests the first of them stands.

    Returns:
        "retain", on what remains; "forget", on what has been asked for so far (NaN where that is nothing); "test".
    """
    y, test = run.sets.before.y, run.data.test.y
    right = logits.argmax(axis=-1) == np.concatenate([y, test])
    rows = [(left_after(run, since + k), asked_by(run, since + k)) for k in range(len(right))]
    return {
        "retain": np.array([one[left].mean() for one, (left, _) in zip(right, rows, strict=True)]),
        "forget": np.array(
            [one[gone].mean() if len(gone) else np.nan for one, (_, gone) in zip(right, rows, strict=True)]
        ),
        "test": right[:, len(y) :].mean(axis=1),
    }


def retraining(run: Run) -> Numbers:
    """Return the example-gradients (T,) of retraining on what remains once for each request."""
    (whole, _), n, requests = training_cost(run), len(run.sets.before), len(batches_of(run))
    return np.array([whole * len(left_after(run, t)) / n for t in range(1, requests + 1)])


def _probes(run: Run) -> Float:
    return np.concatenate([run.sets.before.x, run.data.test.x])


def drift_json(run: Run) -> Json:
    """Return the numbers of a stream as JSON values; what is not defined is None.

    "times" and "disagreement_area" go together, and so do requests 0 to T and "accuracy".
    """
    found = drift(run)
    return {
        "batches": batches_of(run).tolist(),
        "times": found.times.tolist(),
        "disagreement_area": {
            "unlearned": _listed(found.area["unlearned"]), "original": _listed(found.area["original"]),
            "retrained": _listed(found.area["paired"]),
        },
        "accuracy": {
            role: {name: _listed(values) for name, values in found.accuracy[at].items()}
            for role, at in (("unlearned", "unlearned"), ("retrained", "paired"))
        },
        "breaks_at": found.breaks_at or None,
        "at_once": {name: defined(value) for name, value in found.at_once.items()},
        "example_gradients": {
            "requests": _listed(found.spent), "prepare": found.prepared, "at_once": found.spent_at_once,
            "retrain": _listed(found.retraining),
        },
        "trouble": found.trouble,
    }  # fmt: skip


def _listed(values: Numbers) -> list[float | None]:
    return [defined(float(value)) for value in values]
