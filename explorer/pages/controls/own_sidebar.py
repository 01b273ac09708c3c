"""The sidebar of the page *CIFAR*: *Train your own* asks for a run on images, and says what it offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer import pipeline, public
from explorer.contents.recorded import moved
from explorer.contents.recorded.own_run import (
    asked,
    asking,
    choosers,
    method_of,
    offers,
    with_chooser,
    with_data,
    with_method,
    with_model,
)
from explorer.contents.words import ASKED, method_title
from explorer.experiments.cifar import own
from explorer.pages.controls import export, groups, of_a_spec, own_run, own_weights
from explorer.pages.controls.groups import Group
from explorer.pages.controls.knobs import knobs
from explorer.pages.controls.of_a_spec import Editor
from explorer.pipeline.worlds import images as sources
from explorer.records import ImageRun
from explorer.session.tab import Tab
from explorer.spec import Spec, is_for_images
from explorer.spec.catalog import CATALOG
from explorer.view import View

KINDS = {"forget": "Forget images", "correct_labels": "Correct poisoned labels"}
CHOOSERS = {"random": "Random images", "points": "Picked in the gallery", "subclass": "A sub-class"}


def sidebar(tab: Tab, looked_at: ImageRun | None, movable: Spec | None = None) -> None:
    """Draw what to train, and what every page has: the way back, and how to share.

    Args:
        tab: the browser tab.
        looked_at: the recorded run that the page looks at closely, whose Spec is offered too.
        movable: the Spec whose knobs can be moved beside that run, with nothing trained; None where none can.
    """
    view, spec = tab.view, asked(tab.view)
    with st.sidebar:
        groups.undo(tab)
        if movable is not None and "knobs" not in view.hidden:
            title = method_title(method_of(movable).name)
            groups.draw([Group("moved", f"Knobs: {title}", lambda: _moved(movable), True)], view, "own:")
        if public.is_public():
            st.caption(public.NO_TRAINING)
        elif "training" not in view.hidden:
            st.html("<b>Train your own</b>")
            _beside(spec, looked_at)
            own_run.offer(spec)
            groups.draw(_groups(spec, folded=movable is not None), view, "own:")
        share = Group("export", "Share and export", lambda: export.controls(view, _specs(spec, looked_at)), False)
        groups.draw([share], view)


def _beside(spec: Spec, looked_at: ImageRun | None) -> None:
    """Say that what is asked here is not what the recorded runs were asked, where these differ in kind."""
    recorded = str((looked_at.spec.get("request") or {}).get("kind", "forget")) if looked_at else spec.request.kind
    if recorded != spec.request.kind:
        st.caption(f"The recorded runs on the right: {KINDS.get(recorded, recorded).lower()}. Here you ask anew.")


def _moved(spec: Spec) -> None:
    """Draw the knobs of the method looked at closely: what is moved here runs from the recorded original."""
    method = method_of(spec)
    st.caption("Move one: it runs from the recorded original, beside the recorded run. Nothing is trained.")
    knobs(
        method.knobs, f"moved:{method.name}", lambda view, name, value: moved.with_knob(view, spec, name, value),
        main=CATALOG.methods[method.name].main_knobs,
    )  # fmt: skip


def _groups(spec: Spec, *, folded: bool) -> list[Group]:
    editor = _editor(spec)
    data = f"Data: {CATALOG.data_titles[spec.data.name].split(' (')[0]}"
    return [
        Group("request", ASKED[spec.request.kind], lambda: of_a_spec.request(editor), not folded),
        Group("knobs", f"Method: {method_title(method_of(spec).name)}", lambda: _method(spec), not folded),
        Group("weights", "Weights of your own", lambda: own_weights.both(spec), own_weights.used(spec)),
        Group("data", data, lambda: of_a_spec.data(editor), False),
        Group("model", "Model and training", lambda: _model(editor), False),
    ]


def _specs(spec: Spec, looked_at: ImageRun | None) -> Mapping[str, Mapping[str, Any]]:
    recorded = {f"Spec of the recorded run: {method_title(looked_at.name)}": looked_at.spec} if looked_at else {}
    return {"Spec of what you would train": spec.as_json(), **recorded}


def _editor(spec: Spec) -> Editor:
    titles = {name: CHOOSERS.get(name, CATALOG.choosers[name].title) for name in choosers(spec)}
    subclasses = sources.subclass_names(spec.data.name) if spec.request.choose == "subclass" else ()
    return Editor(
        spec,
        asking,
        what="images",
        where="own:",
        request_at=f"own:request:{spec.data.name}",
        datasets=[name for name in sources.NAMES if name in CATALOG.images],
        kinds=KINDS,
        choosers=titles,
        names=subclasses or sources.class_names(spec.data.name),
        models=[name for name in CATALOG.models if is_for_images(name)],
        with_data=with_data,
        with_chooser=with_chooser,
        with_model=with_model,
        help_choose="A random share of one class: random images, and a class.",
        how_to_pick="The gallery is on the right.",
    )


def _method(spec: Spec) -> None:
    method = method_of(spec)

    def with_knob(view: View, name: str, value: Any) -> View:
        now = method_of(asked(view))
        if now.name != method.name:
            return view  # the browser is behind
        knobs = {**now.as_json()["knobs"], name: value}
        return asking(view, lambda spec: spec.with_part(method={"name": now.name, "knobs": knobs}))

    given = pipeline.is_given(spec)
    of_a_spec.method(
        method.name, None if given else method.knobs, offers(spec), key="own:method", where=f"own:knob:{method.name}",
        with_method=lambda view, name: asking(view, lambda spec: with_method(spec, name)), with_knob=with_knob,
        below=lambda: st.caption("No method is run: see below." if given else f"Knobs: {own.tuned_of(spec)}."),
    )  # fmt: skip


def _model(editor: Editor) -> None:
    fixed = own_weights.used(editor.spec)  # a file knows its network's shape
    of_a_spec.model(editor, fixed=fixed)
    of_a_spec.training(editor)
