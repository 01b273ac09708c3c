"""Numbers from arrays: accuracy, agreement, divergences, geometry; numpy in, numbers out, no model in sight."""

from explorer.metrics.accuracy import accuracy, agreement
from explorer.metrics.boundary import boundary_distance, crossings, displacement, entropy_excess, local_slope
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
from explorer.metrics.forgetting_quality import forgetting_quality
from explorer.metrics.hardness import hardness
from explorer.metrics.klom import klom
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
from explorer.metrics.predictor import prediction_quality
from explorer.metrics.privacy_score import passes_grid, privacy_score
from explorer.metrics.reading import METRICS, Reading
from explorer.metrics.scores import KNOWN_AGAIN, relearn_forget, tow, weight_distance, zrf

__all__ = [
    "COLLECTIVE",
    "KNOWN_AGAIN",
    "METRICS",
    "PAIRWISE",
    "Reading",
    "accuracy",
    "activation_distance",
    "agreement",
    "boundary_distance",
    "change",
    "change_precision",
    "change_recall",
    "cross_entropy",
    "crossings",
    "disagreement_area",
    "disagreement_floor",
    "displacement",
    "distances",
    "entropy",
    "entropy_excess",
    "forgetting_quality",
    "hardness",
    "js_divergence",
    "klom",
    "local_slope",
    "log_softmax",
    "margin",
    "modified_entropy",
    "near",
    "needed_change",
    "passes_grid",
    "phi",
    "predicted",
    "prediction_quality",
    "privacy_score",
    "relearn_forget",
    "signal_to_floor",
    "softmax",
    "tow",
    "true_confidence",
    "weight_distance",
    "zrf",
]
