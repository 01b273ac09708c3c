"""Make numbers: distances to retrained and their floor, curves by step, cost."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import metrics, recording
from explorer.pipeline.memo import MODEL_PARTS, PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.paths import evaluate, path
from explorer.pipeline.references import (
    AREA_CELLS,
    accuracies,
    bands_of,
    reference_areas,
    reference_logits,
    retrained_accuracy,
    signal_to_floor,
)
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.points import ORIGINALS, examples_of, network_of, training_of
from explorer.records import Band, Comparison, Float, Int, Plane, Trajectory


@kept(lambda run: f"curves-{run.key(*PATH_PARTS)}-{run.seeds}")
def curves(run: Run) -> dict[str, NDArray[np.float64]]:
    """Return the method's numbers by step: "step" and an array (t,) a number; distances are means over retrained."""
    trajectory, plane = path(run), Plane.around(run.data.train.x).grid(AREA_CELLS)
    areas = evaluate(run, trajectory, slice(None), plane).argmax(axis=-1)
    rows = [
        {**accuracies(run, logits), **means(_distances(run, logits, area))}
        for logits, area in zip(trajectory.logits, areas, strict=True)
    ]
    return {"step": trajectory.step.astype(float), **{name: np.array([row[name] for row in rows]) for name in rows[0]}}


@kept(lambda run, spread=True: f"compare-{run.key(*PATH_PARTS)}-{run.seeds}-{spread}")
def compare(run: Run, *, spread: bool = True) -> Comparison:
    """Return the numbers that set original, unlearned and retrained models side by side.

    Args:
        run: the run, with a method.
        spread: also run the method from the other originals (five paths instead of one).
    """
    logits, areas = reference_logits(run), reference_areas(run)
    paths = [path(run, original) for original in range(ORIGINALS if spread else 1)]
    ends = [(one.logits[-1], _end_area(run, one)) for one in paths]
    each = [_distances(run, *end) for end in ends]
    return Comparison(
        accuracy={
            "original": bands_of([accuracies(run, one) for one in logits["originals"]]),
            "unlearned": bands_of([accuracies(run, one) for one, _ in ends]),
            "retrained": retrained_accuracy(run),
        },
        to_retrained=each[0],
        spread=bands_of([means(one) for one in each]),
        floor=floor(run),
        untouched=_distances(run, logits["originals"][0], areas["originals"][0]),
        signal_to_floor=signal_to_floor(run),
        seconds=_seconds(run, paths[0]),
        example_gradients=_example_gradients(run, paths[0]),
    )


def _end_area(run: Run, trajectory: Trajectory) -> Int:
    plane = Plane.around(run.data.train.x).grid(AREA_CELLS)
    return evaluate(run, trajectory, slice(-1, None), plane)[0].argmax(axis=-1)


def _distances(run: Run, logits: Float, area: Int) -> dict[str, Band]:
    """Return each distance of one model to every retrained model."""
    forget, refs, areas = run.sets.forget, reference_logits(run), reference_areas(run)
    pairs = zip(refs["retrained"], areas["retrained"], strict=True)
    rows = [metrics.distances(logits[forget], _widened(one[forget], logits), area, other) for one, other in pairs]
    change = metrics.change(area, areas["originals"][0], areas["retrained"])
    return {**bands_of(rows), **{name: Band((value,)) for name, value in change.items()}}


def _widened(logits: Float, like: Float) -> Float:
    """Return logits with an impossible shadow class where another model has one."""
    missing = like.shape[-1] - logits.shape[-1]
    return np.pad(logits, ((0, 0), (0, missing)), constant_values=recording.SHADOW_OFF)


@kept(lambda run: f"floor-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def floor(run: Run) -> dict[str, Band]:
    """Return the same distances from retrained to retrained, over all pairs."""
    areas = reference_areas(run)
    logits, regions = reference_logits(run)["retrained"][:, run.sets.forget], areas["retrained"]
    count = len(regions)
    pairs = [metrics.distances(logits[i], logits[j], regions[i], regions[j]) for i in range(count) for j in range(i)]
    changes = [metrics.change(regions[i], areas["originals"][0], np.delete(regions, i, axis=0)) for i in range(count)]
    return {**bands_of(pairs), **bands_of(changes)}


def means(bands: Mapping[str, Band]) -> dict[str, float]:
    """Return the mean of each band."""
    return {name: band.mean for name, band in bands.items()}


def _seconds(run: Run, trajectory: Trajectory) -> dict[str, float]:
    return {
        "train": run.references.seconds_train / ORIGINALS, "retrain": _eager_seconds(run),
        "unlearn": trajectory.seconds, "prepare": trajectory.seconds_prepare,
    }  # fmt: skip


@kept(lambda run: f"eager-{run.key(*MODEL_PARTS)}")
def _eager_seconds(run: Run) -> float:
    """Return what retraining one model takes in an ordinary eager loop: some steps are timed, the rest counted."""
    data, training, timed = run.data, training_of(run.spec), 40
    model = network_of(run.spec, data, run.references.originals[0]).train()
    examples = examples_of(data, data.train)
    optimizer = torch.optim.AdamW(model.parameters(), lr=training.lr)
    rows = torch.arange(min(training.batch, len(data.train)))
    start = time.perf_counter()
    for _ in range(timed):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(examples.x[rows]), examples.y[rows]).backward()
        optimizer.step()
    return (time.perf_counter() - start) / timed * training.steps


def _example_gradients(run: Run, trajectory: Trajectory) -> dict[str, float]:
    sets, training = run.sets, training_of(run.spec)
    whole = float(training.steps * min(training.batch, len(sets.before)))
    share = len(sets.retain) / len(sets.before) if sets.removes else 1.0
    return {
        "train": whole, "retrain": whole * share,
        "unlearn": trajectory.example_gradients, "prepare": trajectory.example_gradients_prepare,
    }  # fmt: skip
