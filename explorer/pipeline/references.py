"""Train the references that every run carries: originals, retrained models and the paired one."""

from __future__ import annotations

import time

import numpy as np
import torch

from explorer import metrics
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.sets import sets
from explorer.pipeline.worlds.points import (
    ORIGINALS,
    data,
    examples_of,
    grids,
    layout_of,
    needs_model,
    originals,
    row,
    training_of,
)
from explorer.records import (
    Band,
    Float,
    Int,
    References,
)
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.training.stack import forward_many, train_many

AREA_CELLS = 80


def references(spec: Spec, memo: Memo = no_memo, tick: Tick | None = None) -> References:
    """Return original and retrained models, trained together in one stack, and the paired retrained model."""
    key = f"references-{spec.key('data', 'request', 'model', 'training', 'seed')}-{retrained_seeds(spec)}"
    return memo(key, lambda: _references(spec, memo, tick))


def _references(spec: Spec, memo: Memo, tick: Tick | None) -> References:
    have, made = data(spec, memo), sets(spec, memo)
    layout, count = layout_of(spec, have), retrained_seeds(spec)
    both = [examples_of(have, made.before), examples_of(have, made.after)]
    known = needs_model(CATALOG.choosers[spec.request.choose].needs) and spec.request.kind != "correct_labels"
    everyone, left = torch.ones(len(made.before)), torch.ones(len(made.before))
    if made.removes:
        left[torch.from_numpy(made.forget)] = 0.0
    first = [] if known else [row(spec, f"original:{k}", 0, everyone) for k in range(ORIGINALS)]
    again = [row(spec, f"retrained:{k}", 1, left) for k in range(count)] + [row(spec, "original:0", 1, left)]
    start = time.perf_counter()
    weights = train_many(layout, both, first + again, training_of(spec), tick=tick)[0].numpy()
    seconds = (time.perf_counter() - start) / len(first + again)
    if not np.isfinite(weights).all():
        raise SpecError(
            f"training broke down: the weights are not finite; lower `training.lr` ({training_of(spec).lr:g})"
        )
    trained = originals(spec, memo) if known else weights[:ORIGINALS]
    retrained = weights[len(first) :]
    return References(trained, retrained[:count], retrained[count], seconds * ORIGINALS, seconds * count)


def retrained_seeds(spec: Spec) -> int:
    """Return how many retrained models the Spec asks for."""
    return spec.evaluation.retrained_seeds


def _probe_logits(spec: Spec, memo: Memo, weights: Float) -> Float:
    """Return logits (t, n + test, c) of flat weights on the rows of before, then test."""
    have, made = data(spec, memo), sets(spec, memo)
    points = torch.from_numpy(have.space.standardise(np.concatenate([made.before.x, have.test.x])))
    return forward_many(layout_of(spec, have), torch.from_numpy(np.atleast_2d(weights)), points).numpy()


def reference_logits(spec: Spec, memo: Memo = no_memo) -> dict[str, Float]:
    """Return logits of "originals", "retrained" and "paired" on the run's probes (k, n + test, c)."""
    key = f"reference_logits-{spec.key('data', 'request', 'model', 'training', 'seed')}-{retrained_seeds(spec)}"

    def compute() -> dict[str, Float]:
        refs = references(spec, memo)
        k, r = len(refs.originals), len(refs.retrained)
        stacked = np.concatenate([refs.originals, refs.retrained, refs.paired[None]])
        logits = _probe_logits(spec, memo, stacked)
        return {"originals": logits[:k], "retrained": logits[k : k + r], "paired": logits[k + r :]}

    return memo(key, compute)


def reference_areas(spec: Spec, memo: Memo = no_memo) -> dict[str, Int]:
    """Return the classes (k, 80 * 80) of "originals", "retrained" and "paired" on the plane."""
    key = f"reference_areas-{spec.key('data', 'request', 'model', 'training', 'seed')}-{retrained_seeds(spec)}"

    def compute() -> dict[str, Int]:
        refs, have = references(spec, memo), data(spec, memo)
        k, r = len(refs.originals), len(refs.retrained)
        stacked = np.concatenate([refs.originals, refs.retrained, refs.paired[None]])
        areas = grids(spec, have, stacked, AREA_CELLS).argmax(axis=-1)
        return {"originals": areas[:k], "retrained": areas[k : k + r], "paired": areas[k + r :]}

    return memo(key, compute)


def accuracies(spec: Spec, memo: Memo, logits: Float) -> dict[str, float]:
    """Return accuracy on retain, forget and test from logits (n + test, c) on the run's probes.

    On rows that a request corrects, the right label is the corrected one.
    """
    have, made = data(spec, memo), sets(spec, memo)
    n = len(made.before)
    return {
        "retain": metrics.accuracy(logits[made.retain], made.after.y[made.retain]),
        "forget": metrics.accuracy(logits[made.forget], made.after.y[made.forget]),
        "test": metrics.accuracy(logits[n:], have.test.y),
    }


def retrained_accuracy(spec: Spec, memo: Memo = no_memo) -> dict[str, Band]:
    """Return the retrained models' accuracies over seeds."""
    return bands_of([accuracies(spec, memo, logits) for logits in reference_logits(spec, memo)["retrained"]])


def bands_of(rows: list[dict[str, float]]) -> dict[str, Band]:
    """Return one Band a name from one dict a seed."""
    return {name: Band(tuple(row[name] for row in rows)) for name in rows[0]}


def signal_to_floor(spec: Spec, memo: Memo = no_memo) -> float:
    """Return how many times more forgetting moves the boundary than a new seed does; NaN where the floor is 0."""
    areas = reference_areas(spec, memo)
    return metrics.signal_to_floor(areas["originals"], areas["retrained"])


def hardness(spec: Spec, memo: Memo = no_memo) -> dict[str, float]:
    """Return how hard the choice of points is: see metrics.hardness."""
    made, logits = sets(spec, memo), reference_logits(spec, memo)
    y = made.after.y[made.forget]
    return metrics.hardness(logits["originals"][0, made.forget], logits["retrained"][:, made.forget], y)
