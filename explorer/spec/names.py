"""Name a run on images in words for files: data, model, recipe and request."""

from __future__ import annotations

from explorer.spec.spec import Spec


def folder_of(spec: Spec) -> str:
    """Return the folder of the request's recorded runs: <data>-<model>-<recipe>-<request>."""
    return "-".join([spec.data.name, spec.model.name, training_recipe(spec), request_name(spec)])


def training_recipe(spec: Spec) -> str:
    """Return the name of the training recipe."""
    return str(getattr(spec.training, "recipe", "standard"))


def request_name(spec: Spec) -> str:
    """Return a request in one word: random, part, class, subclass, points or poisoned."""
    if spec.request.kind == "correct_labels":
        return "poisoned"
    if spec.request.choose == "random":
        return "random" if getattr(spec.request.options, "label", None) is None else "part"
    return spec.request.choose
