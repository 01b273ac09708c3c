"""Beside *CIFAR*: files of weights that are the original, or the unlearned model, of a run on images.

What is fed to them is said once, above both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer import pipeline, public
from explorer.contents.recorded.own_run import asked, asking, method_of, with_given, with_weights, without_given
from explorer.knobs import KnobBase
from explorer.pages.controls.give import give
from explorer.pages.frame.binding import act, controlled, current, on_change
from explorer.session import store
from explorer.spec import Spec
from explorer.view import View

Json = dict[str, Any]  # JSON values
FILES = "own:weights"  # names of the files of weights that this tab was given, by SHA-256
ENDINGS = ("safetensors", "pt", "pth")
DEVIATIONS = {"": "as here (.247, .2435, .2616)", "of_images": "of single images (.2023, .1994, .201)"}
_FED = (
    "Every model here is fed images less the data set's published means, divided by its published deviations. Weights "
    "that learnt from others answer wrongly."
)
_DIVIDED = (
    "Many repositories divide CIFAR-10 by the means of single images' deviations. The first convolution is scaled for "
    "it, which is exact. Weights that learnt from other means, or from plain pixels, cannot be used."
)
_KIND = (
    "a safetensors file, or what torch.save writes of a state_dict (read as tensors only), by the names of this "
    "network or of the usual CIFAR ResNet-18 and VGG-11, with or without `module.` before them."
)
_WEIGHTS = f"{_KIND[:1].upper()}{_KIND[1:]} It becomes the original; retrained models are trained here."
_UNLEARNED = (
    f"Checks a claim without its code: {_KIND} It stands beside the methods as Given, with all numbers, attacks and "
    "planes. Give its original too."
)


def used(spec: Spec) -> bool:
    """Say whether a file of weights is part of what is asked."""
    return pipeline.own_weights(spec) or pipeline.is_given(spec)


def both(spec: Spec) -> None:
    """Take files of weights that are to be the original or the unlearned model, or let go of them."""
    st.caption(_FED)
    _original(spec)
    _unlearned(spec)


def _original(spec: Spec) -> None:
    """Take a file of weights that is to be the original, or let go of it."""
    if pipeline.own_weights(spec):
        st.caption(f"The original is your **{_name_of(spec.model.options)}**; retrained models are trained here.")
        _deviations(spec, spec.model.options, "own:weights", lambda spec, options: spec.with_part(
            model={"name": spec.model.name, **options}
        ))  # fmt: skip
        st.button(
            "Train the original here", key="own:weights:drop",
            on_click=lambda: act(lambda view: asking(view, pipeline.without_weights)),
        )  # fmt: skip
        if not _missing(pipeline.weights_missing(spec)):
            return
    give("Start from your own weights", "own:weights:file", ENDINGS, _given, help_=_WEIGHTS, most=100)


def _unlearned(spec: Spec) -> None:
    """Take a file of weights that is to be the unlearned model, or let go of it."""
    if pipeline.is_given(spec):
        method = method_of(spec)
        st.caption(f"No method is run: the unlearned model is your **{_name_of(method.knobs)}**.")
        _deviations(spec, method.knobs, "own:given", lambda spec, knobs: spec.with_part(
            method={"name": method.name, "knobs": knobs}
        ))  # fmt: skip
        st.button(
            "Run a method instead", key="own:given:drop",
            on_click=lambda: act(lambda view: asking(view, without_given)),
        )  # fmt: skip
        if not _missing(pipeline.given_missing(spec)):
            return
    give("Compare your own unlearned model", "own:given:file", ENDINGS, _unlearned_given, help_=_UNLEARNED, most=100)


def _name_of(options: KnobBase) -> str:
    """Return the name of a file that this tab was given, or the beginning of its SHA-256."""
    sha256 = str(options.set_values().get("sha256", ""))
    return current().shown.get(FILES, {}).get(sha256, f"file {sha256[:12]}...")


def _missing(sentence: str) -> bool:
    """Say that a file is not at hand; return whether it is not."""
    if sentence:
        st.warning(sentence[:1].upper() + sentence[1:] + ".", icon=":material/upload_file:")
    return bool(sentence)


def _deviations(spec: Spec, options: KnobBase, key: str, with_options: Callable[[Spec, Json], Spec]) -> None:
    """Let the user say by what the images were divided that a file's weights learnt from."""
    if spec.data.name != "cifar10":
        return
    said, key = str(options.set_values().get("deviations", "")), f"{key}:deviations"

    def change(view: View, chosen: str) -> View:
        changed = {**options.set_values(), "deviations": chosen}
        return asking(view, lambda spec: with_options(spec, {name: value for name, value in changed.items() if value}))

    names = list(DEVIATIONS)
    st.selectbox(
        "Learnt from images divided by", names, index=names.index(said), key=controlled(key, said),
        format_func=DEVIATIONS.__getitem__, help=_DIVIDED, **on_change(key, change, names),
    )  # fmt: skip


def _given(name: str, content: bytes) -> None:
    """Take an original."""
    _take(name, content, with_weights, pipeline.weights_given)


def _unlearned_given(name: str, content: bytes) -> None:
    """Take an unlearned model."""
    _take(name, content, with_given, lambda run: pipeline.given_state(run.spec, run.data))


def _take(
    name: str, content: bytes, asked_with: Callable[[Spec, str], Spec], fits: Callable[[pipeline.Run], object]
) -> None:  # fmt: skip
    if public.is_public():
        raise ValueError("a public demo takes no files of weights")
    tab = current()
    sha256 = pipeline.remember_weights(content)
    changed = asked_with(asked(tab.view), sha256)
    fits(pipeline.Run(changed, store.memo(changed)))
    tab.shown.setdefault(FILES, {})[sha256] = name
    tab.change(asking(tab.view, lambda spec: asked_with(spec, sha256)))
