"""Train networks for points of a plane, many in one stack, restore them from flat weights, and look at them on a grid.

What is trained is kept as weights (p,) float32.
"""

from __future__ import annotations

import time

import numpy as np
import torch

from explorer.models import Network, load_flat
from explorer.pipeline.memo import MODEL_PARTS, Memo, Tick
from explorer.pipeline.worlds import Rows
from explorer.records import Data, Float, Int, Plane, References, Sets, Split
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, Training
from explorer.training.stack import Layout, Row, forward_many, train_many

ORIGINALS = 5


def examples_of(data: Data, split: Split, rows: Int | slice = slice(None)) -> Examples:
    """Return a split, or some of its rows, as standardised tensors."""
    return Examples(torch.from_numpy(data.space.standardise(split.x[rows])), torch.from_numpy(split.y[rows]))


def training_of(spec: Spec) -> Training:
    """Return how the Spec's models are trained."""
    assert isinstance(spec.training, Training)  # parse_training makes nothing else
    return spec.training


def layout_of(spec: Spec, data: Data) -> Layout:
    """Return the shape of the Spec's network."""
    return CATALOG.models[spec.model.name].layout(spec.model.options, (data.train.x.shape[1],), data.classes)


def network_of(spec: Spec, data: Data, weights: Float) -> Network:
    """Return the Spec's network in eval mode, with flat weights (p,)."""
    model = CATALOG.models[spec.model.name].build(spec.model.options, data.train.x.shape[1:], data.classes)
    load_flat(model, torch.from_numpy(weights))
    return model.eval()


def row(spec: Spec, name: str, which: int, weight: torch.Tensor) -> Row:
    """Return a model to train: its name gives its seeds; `which` of the data sets it sees, with what weights (n,)."""
    return Row(child_seed(spec.seed, "init", name), child_seed(spec.seed, "batches", name), which, weight)


def originals(spec: Spec, data: Data, memo: Memo) -> Float:
    """Return the originals' weights (5, p), trained on the data set as it is."""

    def train() -> Float:
        everyone = torch.ones(len(data.train))
        rows = [row(spec, f"original:{k}", 0, everyone) for k in range(ORIGINALS)]
        return train_many(layout_of(spec, data), [examples_of(data, data.train)], rows, training_of(spec))[0].numpy()

    return memo(f"originals-{spec.key(*MODEL_PARTS)}", train)


def train_references(spec: Spec, data: Data, sets: Sets, known: Float | None, tick: Tick | None) -> References:
    """Train originals, retrained models and the paired one in one stack.

    Args:
        spec: the run.
        data: its data.
        sets: what its request makes of them.
        known: (5, p) the originals' weights where they are trained already.
        tick: called after each update with (updates done, all).

    Raises:
        SpecError: if training breaks down.
    """
    layout, count = layout_of(spec, data), spec.evaluation.retrained_seeds
    both = [examples_of(data, sets.before), examples_of(data, sets.after)]
    everyone, left = torch.ones(len(sets.before)), torch.ones(len(sets.before))
    if sets.removes:
        left[torch.from_numpy(sets.forget)] = 0.0
    first = [row(spec, f"original:{k}", 0, everyone) for k in range(ORIGINALS)] if known is None else []
    others = [row(spec, f"retrained:{k}", 1, left) for k in range(count)] + [row(spec, "original:0", 1, left)]
    start = time.perf_counter()
    weights = train_many(layout, both, first + others, training_of(spec), tick=tick)[0].numpy()
    seconds = (time.perf_counter() - start) / len(first + others)
    if not np.isfinite(weights).all():
        raise SpecError(
            f"training broke down: the weights are not finite; lower `training.lr` ({training_of(spec).lr:g})"
        )
    retrained = weights[len(first) :]
    return References(
        weights[:ORIGINALS] if known is None else known, retrained[:count], retrained[count], seconds * ORIGINALS
    )


def training_cost(spec: Spec, n: int) -> float:
    """Return the example-gradients of one training on n points."""
    training = training_of(spec)
    return float(training.steps * min(training.batch, n))


def wrong_labels(y: Int, classes: int, rng: np.random.Generator) -> Int:
    """Return what poisoned labels say (m,): any other class, each as likely."""
    return (y + 1 + rng.integers(classes - 1, size=len(y))) % classes


def judged_rows(sets: Sets) -> Rows:
    """Return the points on which numbers are measured: all. Logits stand in the order of `before`, then test."""
    return Rows(sets.forget, retain := sets.retain, sets.forget, retain, slice(len(sets.before), None))


def grids(spec: Spec, data: Data, weights: Float, size: int) -> Float:
    """Return logits (t, size * size, c) of flat weights (t, p) on the plane."""
    return point_logits(spec, data, weights, Plane.around(data.train.x).grid(size))


def point_logits(spec: Spec, data: Data, weights: Float, x: Float) -> Float:
    """Return logits (t, m, c) of flat weights (t, p) or (p,) on points x (m, 2) in data units."""
    points = torch.from_numpy(data.space.standardise(x))
    return forward_many(layout_of(spec, data), torch.from_numpy(np.atleast_2d(weights)), points).numpy()
