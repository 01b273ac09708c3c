"""Measure what presets claim: accuracies and areas of one View, and how far a boundary lies from a point."""

from typing import Any

import numpy as np

from explorer import metrics, pipeline, recording
from explorer.records import Band
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

KNOWN: dict[str, Any] = {}
ALONG = np.linspace(-10, 10, 8001, dtype=np.float32)  # data units


def memo(key: str, thunk: Any, /) -> Any:
    if key not in KNOWN:
        KNOWN[key] = thunk()
    return KNOWN[key]


def end(spec: Spec, step: int = -1) -> dict[str, float]:
    """Return the accuracies at a step of the method's path; the last is what it leaves, 0 the original."""
    run = pipeline.path(pipeline.Run(spec, memo))
    assert run.trouble == ""
    assert np.isfinite(run.logits[-1]).all()
    return pipeline.accuracies(pipeline.Run(spec, memo), run.logits[step])


def retrained(spec: Spec) -> dict[str, Band]:
    return pipeline.retrained_accuracy(pipeline.Run(spec, memo))


def loss(spec: Spec) -> float:
    """Return the mean loss of what the method leaves, on the whole training set."""
    made, run = pipeline.Run(spec, memo).sets, pipeline.path(pipeline.Run(spec, memo))
    return float(metrics.cross_entropy(run.logits[-1, : len(made.before)], made.before.y).mean())


def closed(spec: Spec) -> float:
    """Return the share of the gap in forget accuracy, original to retrained, that the method closes."""
    before, after, target = end(spec, 0)["forget"], end(spec)["forget"], retrained(spec)["forget"].mean
    return (before - after) / (before - target)


def all_originals(spec: Spec, name: str) -> list[float]:
    """Return an accuracy of what the method leaves of each of the five originals."""
    runs = [pipeline.path(pipeline.Run(spec, memo), original) for original in range(pipeline.ORIGINALS)]
    return [pipeline.accuracies(pipeline.Run(spec, memo), run.logits[-1])[name] for run in runs]


def crossing(spec: Spec, weights: np.ndarray, point: tuple[float, float], towards: np.ndarray) -> np.ndarray:
    """Return how far from a point class 1 turns into class 0 on the way to a place (t,); NaN where it never does."""
    have, start = pipeline.Run(spec, memo).data, np.array(point)
    way = (towards - start) / np.linalg.norm(towards - start)
    line = have.space.standardise((start + ALONG[:, None] * way).astype(np.float32))
    network = CATALOG.models["mlp"].build(spec.model.options, (2,), have.classes)
    logits = recording.evaluate(network, weights, line)
    return np.array([_first_turn(one[:, 1] - one[:, 0]) for one in logits])


def _first_turn(margin: np.ndarray) -> float:
    at = np.flatnonzero((margin[:-1] > 0) & (margin[1:] <= 0))
    if len(at) == 0:
        return float("nan")
    places = ALONG[at] + (ALONG[1] - ALONG[0]) * margin[at] / (margin[at] - margin[at + 1])
    return float(places[np.abs(places).argmin()])
