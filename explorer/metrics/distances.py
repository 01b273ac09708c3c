"""Set a model beside the retrained ones: every distance by name, over seeds, with its floor.

One model is described by `Outputs`; `against` gives each distance as a Band over the retrained models, `floor` the same
for pairs of retrained models, so that no distance ever stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.accuracy import agreement
from explorer.metrics.disagreement import change_precision, change_recall, disagreement_area, needed_change
from explorer.metrics.divergences import activation_distance, js_divergence
from explorer.records import Band

PAIRWISE = ("activation_distance", "js_divergence", "forget_agreement", "disagreement_area")
COLLECTIVE = ("change_precision", "change_recall")


@dataclass(frozen=True)
class Outputs:
    """What one model says.

    Attributes:
        forget: (m, c) logits on the forget points.
        classes: (g,) predicted class of each cell of the plane; None where there is no plane (images).
    """

    forget: NDArray[np.floating]
    classes: NDArray[np.integer] | None = None


def distances(
    unlearned: Outputs, retrained: Outputs, *, original: Outputs | None = None, needed: NDArray[np.bool_] | None = None
) -> dict[str, float]:
    """Return the distances of one model to one retrained model, by name.

    Args:
        unlearned: the model in question.
        retrained: the model it is compared with.
        original: with `needed`: the model from which change is counted.
        needed: (g,) bool, cells of needed change (`needed_change` of all retrained models); both None leaves change
            precision and recall out.

    Returns:
        activation_distance, js_divergence, forget_agreement; with a plane also disagreement_area, change_precision and
        change_recall. NaN where one is not defined.
    """
    found = {
        "activation_distance": float(activation_distance(unlearned.forget, retrained.forget)),
        "js_divergence": float(js_divergence(unlearned.forget, retrained.forget)),
        "forget_agreement": float(agreement(unlearned.forget, retrained.forget)),
    }
    if unlearned.classes is None or retrained.classes is None:
        return found
    found["disagreement_area"] = float(disagreement_area(unlearned.classes, retrained.classes))
    if original is not None and needed is not None:
        found |= _change(unlearned, original, needed)
    return found


def _change(unlearned: Outputs, original: Outputs, needed: NDArray[np.bool_]) -> dict[str, float]:
    made = np.asarray(unlearned.classes) != np.asarray(original.classes)
    return {
        "change_precision": float(change_precision(made, needed)),
        "change_recall": float(change_recall(made, needed)),
    }


def against(unlearned: Outputs, retrained: Sequence[Outputs], original: Outputs) -> dict[str, Band]:
    """Return every distance of one model to the retrained models.

    Args:
        unlearned: the model in question.
        retrained: the reference models.
        original: the model from which change is counted.

    Returns:
        Pairwise distances with one value a retrained model; change precision and recall with one value, because they
        are measured against all retrained models together.
    """
    needed = _needed(original, retrained)
    rows = [distances(unlearned, other) for other in retrained]
    bands = {name: Band(tuple(row[name] for row in rows)) for name in rows[0]} if rows else {}
    if needed is not None and unlearned.classes is not None:
        bands |= {name: Band((value,)) for name, value in _change(unlearned, original, needed).items()}
    return bands


def floor(retrained: Sequence[Outputs], original: Outputs) -> dict[str, Band]:
    """Return every distance between retrained models: what a new seed alone does.

    Args:
        retrained: at least two models.
        original: the model from which change is counted.

    Returns:
        Pairwise distances with one value a pair; change precision and recall with one value a retrained model, each
        measured against the change that the others call needed.
    """
    count = len(retrained)
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    rows = [distances(retrained[i], retrained[j]) for i, j in pairs]
    bands = {name: Band(tuple(row[name] for row in rows)) for name in rows[0]} if rows else {}
    if original.classes is None or count < 2:
        return bands
    changes = [_left_out(retrained, original, i) for i in range(count)]
    return bands | {name: Band(tuple(change[name] for change in changes)) for name in COLLECTIVE}


def spread(unlearned: Sequence[Outputs], retrained: Sequence[Outputs], originals: Sequence[Outputs]) -> dict[str, Band]:
    """Return a method's own spread: every distance, one value per original, each the mean over the retrained models.

    Args:
        unlearned: the method's result from each original.
        retrained: the reference models.
        originals: the models it started from, in the same order as `unlearned`.
    """
    rows = [against(model, retrained, original) for model, original in zip(unlearned, originals, strict=True)]
    return {name: Band(tuple(row[name].mean for row in rows)) for name in rows[0]} if rows else {}


def _left_out(retrained: Sequence[Outputs], original: Outputs, index: int) -> dict[str, float]:
    others = [model for i, model in enumerate(retrained) if i != index]
    needed = _needed(original, others)
    return _change(retrained[index], original, needed) if needed is not None else dict.fromkeys(COLLECTIVE, np.nan)


def _needed(original: Outputs, retrained: Sequence[Outputs]) -> NDArray[np.bool_] | None:
    grids = [model.classes for model in retrained if model.classes is not None]
    if original.classes is None or not grids:
        return None
    return needed_change(original.classes, np.stack(grids))
