"""Set one model beside retrained ones: every distance by name.

The same names serve unlearned against retrained and retrained against retrained. The second is the floor: read no
distance without it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from explorer.metrics.accuracy import agreement
from explorer.metrics.disagreement import change_precision, change_recall, disagreement_area, needed_change
from explorer.metrics.divergences import activation_distance, js_divergence
from explorer.metrics.outputs import Each

PAIRWISE = ("activation_distance", "js_divergence", "forget_agreement", "disagreement_area")
COLLECTIVE = ("change_precision", "change_recall")


def distances(
    logits: ArrayLike, others: ArrayLike, classes: ArrayLike | None = None, other_classes: ArrayLike | None = None
) -> dict[str, Each]:
    """Return the distances between two models, or between stacks of models (leading axes broadcast).

    Args:
        logits: (..., m, c) of one model on the forget points.
        others: (..., m, c) of the other.
        classes: (..., g) predicted class of each cell of the plane; None where there is no plane (images).
        other_classes: (..., g).

    Returns:
        activation_distance, js_divergence, forget_agreement and, with a plane, disagreement_area: a float each for one
        pair, arrays (...) for stacks. NaN where one is not defined.
    """
    found = {
        "activation_distance": activation_distance(logits, others),
        "js_divergence": js_divergence(logits, others),
        "forget_agreement": agreement(logits, others),
    }
    if classes is not None and other_classes is not None:
        found["disagreement_area"] = disagreement_area(classes, other_classes)
    return found


def change(classes: ArrayLike, original: ArrayLike, retrained: ArrayLike) -> dict[str, Each]:
    """Return how well the cells that a model changed fit those that retraining changes (see `disagreement`).

    Args:
        classes: (..., g) predicted class of each cell, of one model or of a stack.
        original: (g,) of the original.
        retrained: (r, g) of the retrained models, without the one that is judged.

    Returns:
        change_precision and change_recall; NaN where nothing changed or nothing needed to.
    """
    made, needed = np.asarray(classes) != np.asarray(original), needed_change(original, retrained)
    return {"change_precision": change_precision(made, needed), "change_recall": change_recall(made, needed)}
