"""Take original 0 of images from a file of weights that a user hands in, and write such files."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from explorer.knobs import KnobBase
from explorer.models._weights import FILES, load
from explorer.pipeline.worlds.images import Trained, blank
from explorer.recording.evaluating import state_of
from explorer.records import Data
from explorer.spec import Named, Spec, SpecError
from explorer.uploads import FileOptions

remember_weights = FILES.remember


def resolve_weights(options: KnobBase) -> KnobBase:
    """Read the file of weights that a network's options name by `path`, and return them with its SHA-256.

    For the command line only, as `data.resolve`.

    Raises:
        ValueError: one sentence, if it cannot be read or is none.
    """
    return FILES.resolve(options) if isinstance(options, FileOptions) else options


def own_weights(spec: Spec) -> bool:
    """Say whether the Spec names a file of weights that is its original 0."""
    options = spec.model.options
    return isinstance(options, FileOptions) and not (options.sha256 is None and options.path is None)


def without_weights(spec: Spec) -> Spec:
    """Return the Spec of the same network, trained here."""
    if not own_weights(spec):
        return spec
    options = spec.model.options.model_copy(update={"sha256": None, "path": None})
    return replace(spec, model=Named(spec.model.name, options), _keys={})


def weights_missing(spec: Spec) -> str:
    """Return why the Spec's file of weights is not at hand, or ""."""
    try:
        if isinstance(spec.model.options, FileOptions):
            FILES.at_hand(spec.model.options)
    except ValueError as error:
        return str(error)
    return ""


def loaded(spec: Spec, data: Data) -> Trained:
    """Return the Spec's network with its own weights, in no time.

    Raises:
        SpecError: if the file is not at hand, or does not fit the network.
    """
    network = blank(spec, data)
    try:
        load(network, FILES.at_hand(cast(FileOptions, spec.model.options)) or b"")
    except ValueError as error:
        raise SpecError(str(error)) from None
    return Trained(state_of(network).cpu().numpy(), 0.0)
