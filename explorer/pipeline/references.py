"""Train the references of a request and look at them: originals, retrained models and, of points, the paired one.

Of points all are trained in one stack (`Run.references`); of images each by itself, when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer import metrics
from explorer.pipeline.memo import MODEL_PARTS, REQUEST_PARTS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import few_points
from explorer.pipeline.worlds import Rows, images, points
from explorer.pipeline.worlds.images import Trained, trained
from explorer.pipeline.worlds.known import read_known, weights_name
from explorer.pipeline.worlds.own_weights import loaded, own_weights, without_weights
from explorer.records import Band, Float, Int, References, Snapshots
from explorer.spec import Spec, SpecError

AREA_CELLS = 80
POISONED = "weights of your own cannot be corrected here: the labels are poisoned anew, and they have not seen them"
Reference = Literal["original", "retrained"]
N = TypeVar("N", bound=np.generic)
T = TypeVar("T")


def original(run: Run, k: int) -> Trained:
    """Return original k of images: trained on what was there before the request; the run's tick counts updates.

    Weights of one's own are original 0.

    Raises:
        SpecError: if the Spec names weights of one's own and asks to correct labels that nobody else has poisoned.
    """
    poisoned, own = run.spec.request.kind == "correct_labels", own_weights(run.spec)
    if own and poisoned:
        raise SpecError(POISONED)
    if own and k == 0:
        return weights_given(run)
    seen = run.sets.before if poisoned else run.data.train
    return trained(
        without_weights(run.spec), run.data, f"original:{k}", seen, None,
        key=key_of(run.spec, "original", k), memo=run.memo, checkpoints=run.checkpoints, tick=run.tick,
    )  # fmt: skip


def key_of(spec: Spec, role: Reference, k: int) -> str:
    """Return under which key a memo keeps an original or a retrained model of images."""
    spec = without_weights(spec)
    if role == "retrained":
        return f"image-retrained-{spec.key(*REQUEST_PARTS)}-{k}"
    if spec.request.kind == "correct_labels":
        return f"image-poisoned-{spec.key(*REQUEST_PARTS)}-{k}"
    return f"image-original-{spec.key(*MODEL_PARTS)}-{k}"


def with_known(
    run: Run, files: Mapping[tuple[Reference, int], Path], grow: Callable[[Snapshots], None] | None = None
) -> Run:
    """Return a run that reads some of its models from files of `write_known` and trains none of them.

    What follows from them is kept by their weights: from files that are written anew it is made anew.

    Args:
        run: of images.
        files: role and number -> file.
        grow: as a Run's.
    """
    there = {key_of(run.spec, role, k): file for (role, k), file in files.items()}
    memo, spec, weights = run.memo, without_weights(run.spec), weights_name(files.values())

    def known(key: str, thunk: Callable[[], T], /) -> T:
        """Keep all that follows from these models apart from what follows from models that were trained here."""
        file = there.get(key)
        read = thunk if file is None else lambda: tuple(read_known(spec, run.data, file))
        return memo(f"known-{weights}-{key}", read)  # type: ignore[arg-type,return-value]

    return replace(run, memo=known, grow=grow)


def trained_here(run: Run, file: Path) -> bool:
    """Say whether the run's memo holds original 0 of images, and with the very weights of a file of `write_known`."""
    held = held_state(run, "original", 0)
    return held is not None and np.array_equal(held, read_known(without_weights(run.spec), run.data, file).state)


def held_state(run: Run, role: Reference, k: int) -> Float | None:
    """Return the state (p + b,) of a model of images that the run's memo holds; None where it was not trained yet."""

    def missing() -> Trained:
        raise LookupError("it is not trained yet")

    try:
        return run.memo(key_of(run.spec, role, k), missing)[0]
    except LookupError:
        return None


def weights_given(run: Run) -> Trained:
    """Return the Spec's network for images with its own weights, in no time.

    Raises:
        SpecError: if the file is not at hand, or does not fit the network.
    """
    return loaded(run.spec, run.data)


def retrained(run: Run, k: int) -> Trained:
    """Return retrained model k of images: trained on what should have been there; the run's tick counts updates.

    Where fewer than 5 % of the images are named a new seed moves more than forgetting does; then model k shares
    initialisation and batches with original k (paired).
    """
    spec, sets = without_weights(run.spec), run.sets
    name = f"original:{k}" if few_points(sets) else f"retrained:{k}"
    left_out = np.isin(np.arange(len(sets.before)), sets.forget) if sets.removes else None
    return trained(
        spec, run.data, name, sets.after, left_out,
        key=key_of(spec, "retrained", k), memo=run.memo, checkpoints=run.checkpoints,
        tick=run.tick,
    )  # fmt: skip


def models_of(seeds: int) -> list[tuple[Reference, int]]:
    """Return role and number of the original and of so many retrained models."""
    return [("original", 0), *(("retrained", k) for k in range(seeds))]


def reference(run: Run, role: Reference, k: int) -> Trained:
    """Return "original" or "retrained" k of images."""
    return original(run, k) if role == "original" else retrained(run, k)


def image_seconds(run: Run) -> tuple[float, float]:
    """Return what one image of a step and a whole training take on this machine, in seconds of a core, measured now."""
    step = images.seconds_of_an_image(run.spec, run.data, run.memo)
    return step, step * images.training_cost(run.spec)


def judged_rows(run: Run) -> Rows:
    """Return the points on which numbers are measured, and where they stand among the logits of one model."""
    return images.judged_rows(run.spec, run.sets) if run.of_images else points.judged_rows(run.sets)


def judged_images(run: Run) -> Tensor:
    """Return standardised images: the judged rows of forget and retain as the original saw them, then test."""
    rows = judged_rows(run)
    seen = images.standardised(run.data, run.sets.before, np.concatenate([rows.forget, rows.retain]))
    return torch.cat([seen, images.standardised(run.data, run.data.test)])


@kept(lambda run, role, k: f"image-logits-{role}-{run.key(*REQUEST_PARTS)}-{k}")
def judged_logits(run: Run, role: Reference, k: int) -> Float:
    """Return logits (forget + retain + test, c) of "original" or "retrained" k of images on `judged_images`."""
    return images.logits_of(run.spec, run.data, reference(run, role, k).state, judged_images(run))


def reference_logits(run: Run) -> dict[str, Float]:
    """Return logits (k, m, c) of "originals", "retrained" and, of points, "paired" on the judged points.

    Points: the rows of before, then test. Images: see `judged_logits`; there is one original.
    """
    if not run.of_images:
        return _point_logits(run)
    each = [judged_logits(run, "retrained", k) for k in range(run.seeds)]
    return {"originals": judged_logits(run, "original", 0)[None], "retrained": np.stack(each)}


@kept(lambda run: f"reference_logits-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def _point_logits(run: Run) -> dict[str, Float]:
    probes = np.concatenate([run.sets.before.x, run.data.test.x])
    return _by_role(run.references, points.point_logits(run.spec, run.data, _stacked(run.references), probes))


@kept(lambda run: f"reference_areas-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def reference_areas(run: Run) -> dict[str, Int]:
    """Return the classes (k, 80 * 80) of "originals", "retrained" and "paired" of points on the plane."""
    areas = points.grids(run.spec, run.data, _stacked(run.references), AREA_CELLS).argmax(axis=-1)
    return _by_role(run.references, areas)


def _stacked(references: References) -> Float:
    return np.concatenate([references.originals, references.retrained, references.paired[None]])


def _by_role(references: References, seen: NDArray[N]) -> dict[str, NDArray[N]]:
    first, last = len(references.originals), len(references.originals) + len(references.retrained)
    return {"originals": seen[:first], "retrained": seen[first:last], "paired": seen[last:]}


def accuracies(run: Run, logits: Float) -> dict[str, float]:
    """Return accuracy on retain, forget and test from logits (m, c) of one model on the judged points."""
    return {name: float(each[0]) for name, each in accuracies_by_model(run, logits[None]).items()}


def accuracies_by_model(run: Run, logits: Float) -> dict[str, NDArray[np.float64]]:
    """Return accuracies (k,) on retain, forget and test from logits (k, m, c) of models on the judged points.

    On rows that a request corrects, the right label is the corrected one. Where a class or a sub-class of images is
    forgotten, test images are counted apart too: "test_forget" are those of what is forgotten (of a sub-class: its own,
    not its class's), "test_retain" all others.
    """
    rows, y, test = judged_rows(run), run.sets.after.y, run.data.test.y
    seen = logits[:, rows.at_test]
    found = {
        "retain": metrics.accuracy(logits[:, rows.at_retain], y[rows.retain]),
        "forget": metrics.accuracy(logits[:, rows.at_forget], y[rows.forget]),
        "test": metrics.accuracy(seen, test),
    }
    apart = images.counted_apart(run.spec, run.data, run.sets) if run.of_images else None
    if apart is not None:
        found["test_retain"] = metrics.accuracy(seen[:, ~apart], test[~apart])
        found["test_forget"] = metrics.accuracy(seen[:, apart], test[apart])
    return {name: np.asarray(each) for name, each in found.items()}


def retrained_accuracy(run: Run) -> dict[str, Band]:
    """Return the retrained models' accuracies over seeds."""
    return bands_of([accuracies(run, logits) for logits in reference_logits(run)["retrained"]])


def bands_of(rows: list[dict[str, float]]) -> dict[str, Band]:
    """Return one Band a name from one dict a seed."""
    return {name: Band(tuple(row[name] for row in rows)) for name in rows[0]}


def signal_to_floor(run: Run) -> float:
    """Return how many times more forgetting moves the boundary of points than a new seed does; NaN for a floor of 0."""
    areas = reference_areas(run)
    return metrics.signal_to_floor(areas["originals"], areas["retrained"])


def hardness(run: Run) -> dict[str, float]:
    """Return how hard the choice of points is: see metrics.hardness."""
    forget, logits = run.sets.forget, reference_logits(run)
    y = run.sets.after.y[forget]
    return metrics.hardness(logits["originals"][0, forget], logits["retrained"][:, forget], y)
