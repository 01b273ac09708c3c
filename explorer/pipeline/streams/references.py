"""Retrain on what remains while requests come: several models now and then, and one of the original's seed each time.

The seeds are the same at every time, so what moves a model from one time to the next is what was asked for.
"""

from __future__ import annotations

import numpy as np
import torch

from explorer.pipeline.memo import REQUEST_PARTS
from explorer.pipeline.references import AREA_CELLS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.streams.requests import asked_by, batches_of
from explorer.pipeline.worlds.points import examples_of, grids, layout_of, row, training_of
from explorer.records import Float, Int, StreamReferences
from explorer.spec import SpecError
from explorer.training.stack import train_many

TIMES = 11  # at which there are several retrained models, beside the time after the first request


def times_of(requests: int) -> Int:
    """Return after how many requests there are several retrained models: after none, one, and evenly spread ones."""
    return np.unique([1, *np.linspace(0, requests, TIMES).round()]).astype(np.int64)


@kept(lambda run: f"stream-references-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def stream_references(run: Run) -> StreamReferences:
    """Return the retrained models of a stream; the run's tick counts the training of those that are not known.

    Raises:
        SpecError: if the data cannot have the stream, or training breaks down.
    """
    requests, known = len(batches_of(run)), run.references  # those of after the last request
    times, spec = times_of(requests), run.spec
    names = [(f"retrained:{k}", int(t)) for t in times[:-1] for k in range(run.seeds)]
    names += [("original:0", t) for t in range(1, requests)]
    rows = [row(spec, name, 0, _weight(run, t)) for name, t in names]
    seen = [examples_of(run.data, run.sets.before)]
    weights = train_many(layout_of(spec, run.data), seen, rows, training_of(spec), tick=run.tick)[0].numpy()
    if not np.isfinite(weights).all():
        raise SpecError(
            f"training broke down: the weights are not finite; lower `training.lr` ({training_of(spec).lr:g})"
        )
    several, one = np.split(weights, [run.seeds * (len(times) - 1)])
    retrained = [*several.reshape(len(times) - 1, run.seeds, -1), known.retrained]
    return StreamReferences(times, np.stack(retrained), np.concatenate([known.originals[:1], one, known.paired[None]]))


def _weight(run: Run, t: int) -> torch.Tensor:
    left = torch.ones(len(run.sets.before))
    left[torch.from_numpy(asked_by(run, t))] = 0.0
    return left


@kept(lambda run: f"stream-areas-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def retrained_areas(run: Run) -> Int:
    """Return the classes (m, r, 80 * 80) of the retrained models at each of their times."""
    refs = stream_references(run)
    flat = refs.retrained.reshape(-1, refs.retrained.shape[-1])
    return classes_of(run, flat).reshape(*refs.retrained.shape[:2], -1)


def classes_of(run: Run, weights: Float) -> Int:
    """Return the classes (t, 80 * 80) of flat weights (t, p) of the Spec's network on the plane of areas."""
    return grids(run.spec, run.data, weights, AREA_CELLS).argmax(axis=-1)
