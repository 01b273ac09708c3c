"""Numbers from arrays: accuracy, agreement, divergences, geometry; numpy in, numbers out, no model in sight."""

from explorer.metrics.accuracy import accuracy, agreement
from explorer.metrics.disagreement import (
    change_precision,
    change_recall,
    disagreement_area,
    disagreement_floor,
    near,
    needed_change,
    signal_to_floor,
)
from explorer.metrics.distances import COLLECTIVE, PAIRWISE, change, distances
from explorer.metrics.divergences import activation_distance, js_divergence
from explorer.metrics.hardness import hardness
from explorer.metrics.outputs import (
    cross_entropy,
    entropy,
    log_softmax,
    margin,
    modified_entropy,
    phi,
    predicted,
    softmax,
    true_confidence,
)

__all__ = [
    "COLLECTIVE",
    "PAIRWISE",
    "accuracy",
    "activation_distance",
    "agreement",
    "change",
    "change_precision",
    "change_recall",
    "cross_entropy",
    "disagreement_area",
    "disagreement_floor",
    "distances",
    "entropy",
    "hardness",
    "js_divergence",
    "log_softmax",
    "margin",
    "modified_entropy",
    "near",
    "needed_change",
    "phi",
    "predicted",
    "signal_to_floor",
    "softmax",
    "true_confidence",
]
