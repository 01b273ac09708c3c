"""Make numbers: distances to retrained and their floor, curves by step, cost."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import metrics, recording
from explorer.pipeline.attacks.judged import model_logits
from explorer.pipeline.memo import MODEL_PARTS, PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.paths import evaluate, path, path_on_screen
from explorer.pipeline.references import (
    AREA_CELLS,
    accuracies,
    bands_of,
    judged_rows,
    original,
    reference_areas,
    reference_logits,
    retrained,
    retrained_accuracy,
    signal_to_floor,
)
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds import images, points
from explorer.pipeline.worlds.own_weights import own_weights
from explorer.pipeline.worlds.points import ORIGINALS, examples_of, network_of
from explorer.records import Band, Comparison, Float, Int, Plane


@kept(lambda run: f"curves-{run.key(*PATH_PARTS)}-{run.seeds}")
def curves(run: Run) -> dict[str, NDArray[np.float64]]:
    """Return the method's numbers by step: "step" and an array (t,) a number; distances are means over retrained."""
    trajectory, plane = path(run), Plane.around(run.data.train.x).grid(AREA_CELLS)
    areas = evaluate(run, trajectory, slice(None), plane).argmax(axis=-1)
    rows = [
        {**accuracies(run, logits), **means(to_retrained(run, logits, area))}
        for logits, area in zip(trajectory.logits, areas, strict=True)
    ]
    return {"step": trajectory.step.astype(float), **{name: np.array([row[name] for row in rows]) for name in rows[0]}}


@kept(lambda run, spread=True: f"compare-{run.key(*PATH_PARTS)}-{run.seeds}-{spread}")
def compare(run: Run, *, spread: bool = True) -> Comparison:
    """Return the numbers that set original, unlearned and retrained models side by side.

    Args:
        run: the run, with a method.
        spread: also run the method from the other originals (five paths instead of one); images have one original.
    """
    return _of_images(run) if run.of_images else _of_points(run, ORIGINALS if spread else 1)


def _of_points(run: Run, count: int) -> Comparison:
    logits, areas = reference_logits(run), reference_areas(run)
    ends = [(model_logits(run, "unlearned", k), _end_area(run, k)) for k in range(count)]
    each = [to_retrained(run, *end) for end in ends]
    return Comparison(
        accuracy=_accuracy(run, [one for one, _ in ends]),
        to_retrained=each[0],
        spread=bands_of([means(one) for one in each]),
        floor=floor(run),
        untouched=to_retrained(run, logits["originals"][0], areas["originals"][0]),
        signal_to_floor=signal_to_floor(run),
        seconds=_seconds(run, run.references.seconds_train / ORIGINALS, _eager_seconds(run)),
        example_gradients=_example_gradients(run),
    )


def _of_images(run: Run) -> Comparison:
    end = model_logits(run, "unlearned")
    first, others = original(run.quiet, 0), [retrained(run.quiet, k) for k in range(run.seeds)]
    return Comparison(
        accuracy=_accuracy(run, [end]),
        to_retrained=to_retrained(run, end),
        spread={},
        floor=between_retrained(run),
        untouched=to_retrained(run, model_logits(run, "original")),
        signal_to_floor=float("nan"),
        seconds=_seconds(run, first.seconds, float(np.mean([one.seconds for one in others]))),
        example_gradients=_example_gradients(run),
    )


def _accuracy(run: Run, unlearned: Sequence[Float]) -> dict[str, dict[str, Band]]:
    originals = reference_logits(run)["originals"]
    return {
        "original": bands_of([accuracies(run, one) for one in originals]),
        "unlearned": bands_of([accuracies(run, one) for one in unlearned]),
        "retrained": retrained_accuracy(run),
    }


def _end_area(run: Run, original: int) -> Int:
    plane = Plane.around(run.data.train.x).grid(AREA_CELLS)
    return evaluate(run, path(run, original), slice(-1, None), plane)[0].argmax(axis=-1)


def to_retrained(run: Run, logits: Float, area: Int | None = None) -> dict[str, Band]:
    """Return each distance of one model to every retrained model.

    Args:
        run: the run.
        logits: (m, c) of the model on the judged points.
        area: (80 * 80,) its classes on the plane; None for images.
    """
    forget, others = judged_rows(run).at_forget, reference_logits(run)["retrained"]
    if area is None:
        return bands_of([metrics.distances(logits[forget], other[forget]) for other in others])
    areas = reference_areas(run)
    rows = [
        metrics.distances(logits[forget], _widened(other[forget], logits), area, its_area)
        for other, its_area in zip(others, areas["retrained"], strict=True)
    ]
    change = metrics.change(area, areas["originals"][0], areas["retrained"])
    return {**bands_of(rows), **{name: Band((value,)) for name, value in change.items()}}


def _widened(logits: Float, like: Float) -> Float:
    """Return logits with an impossible shadow class where another model has one."""
    missing = like.shape[-1] - logits.shape[-1]
    return np.pad(logits, ((0, 0), (0, missing)), constant_values=recording.SHADOW_OFF)


@kept(lambda run: f"floor-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def floor(run: Run) -> dict[str, Band]:
    """Return the same distances from retrained to retrained, over all pairs; of points also by their areas."""
    areas = reference_areas(run)
    regions, count = areas["retrained"], run.seeds
    changes = [metrics.change(regions[i], areas["originals"][0], np.delete(regions, i, axis=0)) for i in range(count)]
    return {**between_retrained(run, regions), **bands_of(changes)}


def between_retrained(run: Run, regions: Int | None = None) -> dict[str, Band]:
    """Return the distances between all pairs of retrained models.

    Args:
        run: the run.
        regions: (k, 80 * 80) their classes on the plane; None for images.
    """
    logits = reference_logits(run)["retrained"][:, judged_rows(run).at_forget]
    pairs = [(i, j) for i in range(len(logits)) for j in range(i)]
    if regions is None:
        return bands_of([metrics.distances(logits[i], logits[j]) for i, j in pairs])
    return bands_of([metrics.distances(logits[i], logits[j], regions[i], regions[j]) for i, j in pairs])


def means(bands: Mapping[str, Band]) -> dict[str, float]:
    """Return the mean of each band."""
    return {name: band.mean for name, band in bands.items()}


def _seconds(run: Run, train: float, retrain: float) -> dict[str, float]:
    way = path_on_screen(run)
    return {"train": train, "retrain": retrain, "unlearn": way.seconds, "prepare": way.seconds_prepare}


@kept(lambda run: f"eager-{run.key(*MODEL_PARTS)}")
def _eager_seconds(run: Run) -> float:
    """Return what retraining one model takes in an ordinary eager loop: some steps are timed, the rest counted."""
    data, training, timed = run.data, points.training_of(run.spec), 40
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


def _example_gradients(run: Run) -> dict[str, float]:
    way, (train, retrain) = path_on_screen(run), training_cost(run)
    return {
        "train": train, "retrain": retrain,
        "unlearn": way.example_gradients, "prepare": way.example_gradients_prepare,
    }  # fmt: skip


def work(run: Run) -> float:
    """Return the work of the method from the original on screen, its preparation included, in times retraining."""
    spent = _example_gradients(run)
    return (spent["unlearn"] + spent["prepare"]) / spent["retrain"] if spent["retrain"] else float("nan")


def training_cost(run: Run) -> tuple[float, float]:
    """Return the example-gradients of training an original and of retraining; weights of one's own cost nothing."""
    sets, n = run.sets, len(run.sets.before)
    whole = images.training_cost(run.spec) if run.of_images else points.training_cost(run.spec, n)
    share = len(sets.retain) / n if sets.removes else 1.0
    return 0.0 if own_weights(run.spec) else whole, whole * share
