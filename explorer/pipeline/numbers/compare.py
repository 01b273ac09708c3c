"""Make numbers: distances to retrained and their floor, curves by step, cost."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import metrics, recording
from explorer.pipeline.memo import Memo, no_memo
from explorer.pipeline.paths import PATH_PARTS, evaluate, path
from explorer.pipeline.references import (
    AREA_CELLS,
    accuracies,
    bands_of,
    reference_areas,
    reference_logits,
    references,
    retrained_accuracy,
    retrained_seeds,
    signal_to_floor,
)
from explorer.pipeline.sets import sets
from explorer.pipeline.worlds.points import MODEL_PARTS, ORIGINALS, data, examples_of, network_of, training_of
from explorer.records import (
    Band,
    Comparison,
    Float,
    Int,
    Plane,
    Trajectory,
)
from explorer.spec import Spec


def curves(spec: Spec, memo: Memo = no_memo) -> dict[str, NDArray[np.float64]]:
    """Return the method's numbers by step: "step" and an array (t,) a number; distances are means over retrained."""
    run = path(spec, memo)

    def compute() -> dict[str, NDArray[np.float64]]:
        have = data(spec, memo)
        plane = Plane.around(have.train.x).grid(AREA_CELLS)
        areas = evaluate(spec, memo, run, slice(None), plane).argmax(axis=-1)
        rows = [
            {**accuracies(spec, memo, logits), **means(_distances(spec, memo, logits, area))}
            for logits, area in zip(run.logits, areas, strict=True)
        ]
        return {"step": run.step.astype(float), **{name: np.array([row[name] for row in rows]) for name in rows[0]}}

    return memo(f"curves-{spec.key(*PATH_PARTS)}-{retrained_seeds(spec)}", compute)


def compare(spec: Spec, memo: Memo = no_memo, *, spread: bool = True) -> Comparison:
    """Return the numbers that set original, unlearned and retrained models side by side.

    Args:
        spec: the run, with a method.
        memo: as everywhere.
        spread: also run the method from the other originals (five paths instead of one).
    """
    key = f"compare-{spec.key(*PATH_PARTS)}-{retrained_seeds(spec)}-{spread}"
    return memo(key, lambda: _compare(spec, memo, ORIGINALS if spread else 1))


def _compare(spec: Spec, memo: Memo, count: int) -> Comparison:
    logits, areas = reference_logits(spec, memo), reference_areas(spec, memo)
    runs = [path(spec, memo, original) for original in range(count)]
    ends = [(run.logits[-1], _end_area(spec, memo, run)) for run in runs]
    each = [_distances(spec, memo, *end) for end in ends]
    untouched = _distances(spec, memo, logits["originals"][0], areas["originals"][0])
    return Comparison(
        accuracy={
            "original": bands_of([accuracies(spec, memo, one) for one in logits["originals"]]),
            "unlearned": bands_of([accuracies(spec, memo, one) for one, _ in ends]),
            "retrained": retrained_accuracy(spec, memo),
        },
        to_retrained=each[0],
        spread=bands_of([means(one) for one in each]),
        floor=floor(spec, memo),
        untouched=untouched,
        signal_to_floor=signal_to_floor(spec, memo),
        seconds=_seconds(spec, memo, runs[0]),
        example_gradients=_example_gradients(spec, memo, runs[0]),
    )


def _end_area(spec: Spec, memo: Memo, run: Trajectory) -> Int:
    plane = Plane.around(data(spec, memo).train.x).grid(AREA_CELLS)
    return evaluate(spec, memo, run, slice(-1, None), plane)[0].argmax(axis=-1)


def _distances(spec: Spec, memo: Memo, logits: Float, area: Int) -> dict[str, Band]:
    """Return each distance of one model to every retrained model."""
    made, refs, areas = sets(spec, memo), reference_logits(spec, memo), reference_areas(spec, memo)
    pairs = zip(refs["retrained"], areas["retrained"], strict=True)
    rows = [
        metrics.distances(logits[made.forget], _widened(one[made.forget], logits), area, other) for one, other in pairs
    ]
    change = metrics.change(area, areas["originals"][0], areas["retrained"])
    return {**bands_of(rows), **{name: Band((value,)) for name, value in change.items()}}


def _widened(logits: Float, like: Float) -> Float:
    """Return logits with an impossible shadow class where another model has one."""
    missing = like.shape[-1] - logits.shape[-1]
    return np.pad(logits, ((0, 0), (0, missing)), constant_values=recording.SHADOW_OFF)


def floor(spec: Spec, memo: Memo = no_memo) -> dict[str, Band]:
    """Return the same distances from retrained to retrained, over all pairs."""
    key = f"floor-{spec.key('data', 'request', 'model', 'training', 'seed')}-{retrained_seeds(spec)}"
    return memo(key, lambda: _floor(spec, memo))


def _floor(spec: Spec, memo: Memo) -> dict[str, Band]:
    made, refs, areas = sets(spec, memo), reference_logits(spec, memo), reference_areas(spec, memo)
    logits, regions, count = refs["retrained"][:, made.forget], areas["retrained"], len(areas["retrained"])
    pairs = [metrics.distances(logits[i], logits[j], regions[i], regions[j]) for i in range(count) for j in range(i)]
    changes = [metrics.change(regions[i], areas["originals"][0], np.delete(regions, i, axis=0)) for i in range(count)]
    return {**bands_of(pairs), **bands_of(changes)}


def means(bands: Mapping[str, Band]) -> dict[str, float]:
    """Return the mean of each band."""
    return {name: band.mean for name, band in bands.items()}


def _seconds(spec: Spec, memo: Memo, run: Trajectory) -> dict[str, float]:
    refs = references(spec, memo)
    eager = memo(f"eager-{spec.key(*MODEL_PARTS)}", lambda: _eager_seconds(spec, memo))
    return {
        "train": refs.seconds_train / ORIGINALS, "retrain": eager,
        "unlearn": run.seconds, "prepare": run.seconds_prepare,
    }  # fmt: skip


def _eager_seconds(spec: Spec, memo: Memo) -> float:
    """Return what retraining one model takes in an ordinary eager loop: some steps are timed, the rest counted."""
    have, training, timed = data(spec, memo), training_of(spec), 40
    model = network_of(spec, have, references(spec, memo).originals[0]).train()
    examples = examples_of(have, have.train)
    optimizer = torch.optim.AdamW(model.parameters(), lr=training.lr)
    rows = torch.arange(min(training.batch, len(have.train)))
    start = time.perf_counter()
    for _ in range(timed):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(examples.x[rows]), examples.y[rows]).backward()
        optimizer.step()
    return (time.perf_counter() - start) / timed * training.steps


def _example_gradients(spec: Spec, memo: Memo, run: Trajectory) -> dict[str, float]:
    made, training = sets(spec, memo), training_of(spec)
    whole = float(training.steps * min(training.batch, len(made.before)))
    share = len(made.retain) / len(made.before) if made.removes else 1.0
    return {
        "train": whole, "retrain": whole * share,
        "unlearn": run.example_gradients, "prepare": run.example_gradients_prepare,
    }  # fmt: skip
