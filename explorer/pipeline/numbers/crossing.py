"""Measure how far a boundary lies from a forgotten point of two classes, along one direction, before and after."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.pipeline.paths import evaluate, path
from explorer.pipeline.run import Run
from explorer.pipeline.worlds.points import point_logits
from explorer.records import Float

ALONG = np.linspace(-10, 10, 8001, dtype=np.float32)  # data units from the point


def boundary_moved(run: Run, towards: ArrayLike, which: Literal["unlearned", "paired"]) -> float:
    """Return how much farther the boundary lies from the forgotten point than the original's, in data units.

    Args:
        run: the run, with a request for one point and, for "unlearned", a method.
        towards: (2,) the place to which one looks from the point, such as the centre of the other class.
        which: the model that is looked at. "paired": retrained, with the original's initialisation and batches.

    Returns:
        Below 0 the boundary has come closer; NaN where a model has none on the line.

    Raises:
        ValueError: if the request does not name one point.
    """
    if len(run.sets.forget) != 1:
        raise ValueError(f"`request` must name one point, got {len(run.sets.forget)}")
    start = run.sets.before.x[run.sets.forget[0]]
    way = np.asarray(towards, dtype=np.float32) - start
    line = (start + ALONG[:, None] * way / np.linalg.norm(way)).astype(np.float32)
    if which == "paired":
        known = run.references
        before, after = point_logits(run.spec, run.data, np.stack([known.originals[0], known.paired]), line)
    else:
        before, after = evaluate(run, path(run), np.array([0, -1]), line)
    return crossing(after) - crossing(before)


def crossing(logits: Float) -> float:
    """Return where along ALONG class 1 turns into class 0, nearest to its zero; NaN where it never does.

    Args:
        logits: (8001, 2), one row a place.
    """
    margin = logits[:, 1] - logits[:, 0]
    at: NDArray[np.intp] = np.flatnonzero((margin[:-1] > 0) & (margin[1:] <= 0))
    if len(at) == 0:
        return float("nan")
    places = ALONG[at] + (ALONG[1] - ALONG[0]) * margin[at] / (margin[at] - margin[at + 1])
    return float(places[np.abs(places).argmin()])
