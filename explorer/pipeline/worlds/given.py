"""Take the unlearned model of images from a file that a user hands in: the method named `given`."""

from __future__ import annotations

from typing import cast

from explorer.models._weights import FILES, load
from explorer.pipeline.worlds.images import blank
from explorer.recording.evaluating import state_of
from explorer.records import Data, Float
from explorer.spec import GIVEN, MethodSpec, Spec, SpecError
from explorer.uploads import FileOptions


def is_given(spec: Spec) -> bool:
    """Say whether the Spec's unlearned model comes from a file, so that no method is run."""
    return spec.method is not None and spec.method.name == GIVEN


def resolve_given(spec: Spec) -> Spec:
    """Read the file of an unlearned model that a Spec names by `path`, and return the Spec with its SHA-256.

    For the command line only, as `data.resolve`.

    Raises:
        SpecError: one sentence, if it cannot be read or is none.
    """
    if not is_given(spec):
        return spec
    try:
        return spec.with_method(MethodSpec(GIVEN, FILES.resolve(_options(spec))))
    except ValueError as error:
        raise SpecError(_said(str(error))) from None


def given_missing(spec: Spec) -> str:
    """Return why the file of the Spec's unlearned model is not at hand, or ""; "" too where a method is run."""
    if not is_given(spec):
        return ""
    try:
        return "" if FILES.at_hand(_options(spec)) is not None else "no file of an unlearned model is named"
    except ValueError as error:
        return _said(str(error))


def given_state(spec: Spec, data: Data) -> Float:
    """Return the state (p + b,) float32 of the unlearned model in the Spec's file.

    Raises:
        SpecError: if no file is named or at hand, or it does not fit the Spec's network.
    """
    network = blank(spec, data)
    try:
        content = FILES.at_hand(_options(spec))
        if content is None:
            raise SpecError("`method.knobs` must name the file of the unlearned model: by `path`, or by `sha256`")
        load(network, content)
    except ValueError as error:
        raise SpecError(_said(str(error))) from None
    return state_of(network).cpu().numpy()


def _said(sentence: str) -> str:
    """Return a sentence on a file of weights, by the place in a Spec that names this one."""
    return sentence.replace("`model.", "`method.knobs.")


def _options(spec: Spec) -> FileOptions:
    assert spec.method is not None  # whoever asks knows that it is given
    return cast(FileOptions, spec.method.knobs)
