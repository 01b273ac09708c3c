"""The stages of a run on images: one network at a time, looked at on probes and planes instead of a grid.

References and numbers have the shape of those of points; what is kept of a model is a snapshot, not its weights.
"""

from explorer.pipeline.images.numbers import (
    image_result,
    method_run,
    original_run,
    reference_model,
    retrained_run,
)
from explorer.pipeline.images.paths import cannot
from explorer.pipeline.images.references import REQUEST_PARTS, folder_of, original, request_name, retrained, scene
from explorer.pipeline.validation import trial
from explorer.pipeline.worlds.images import (
    Checkpoints,
    is_image,
    loaded,
    own_weights,
    remember_weights,
    resolve_weights,
    save_weights,
    weights_missing,
    without_weights,
)
from explorer.training.checkpoints import checkpoints

__all__ = [
    "REQUEST_PARTS",
    "Checkpoints",
    "cannot",
    "checkpoints",
    "folder_of",
    "image_result",
    "is_image",
    "loaded",
    "method_run",
    "original",
    "original_run",
    "own_weights",
    "reference_model",
    "remember_weights",
    "request_name",
    "resolve_weights",
    "retrained",
    "retrained_run",
    "save_weights",
    "scene",
    "trial",
    "weights_missing",
    "without_weights",
]
