"""The shared controls in the sidebar: what is learnt, what is to be forgotten, and which methods stand side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from explorer import pipeline
from explorer.contents.sweep import knobs_of
from explorer.contents.words import ASKED, KINDS, method_title
from explorer.pages.controls import export, groups, of_a_spec, own_points, stream
from explorer.pages.controls.groups import Group
from explorer.pages.controls.of_a_spec import Editor
from explorer.pages.frame import live, sweep_request
from explorer.pages.frame.binding import act, controlled, on_change
from explorer.pipeline.chooser_scores import needs_model
from explorer.records import Sets
from explorer.session.changes import added, moved, removed, with_knob, with_method
from explorer.session.store import memo
from explorer.session.tab import Tab
from explorer.spec import Spec, changed_knobs, is_for_images
from explorer.spec import offers as methods_for
from explorer.spec.catalog import CATALOG
from explorer.view import MAX_PANELS, REFERENCES, View

Offered = tuple[list[str], list[str]]


RANGE_ICON = ":material/stacked_line_chart: shows what a knob does over its whole range, :material/replay: resets it."


def sidebar(tab: Tab) -> None:
    """Draw every group of controls that the view does not hide."""
    tab.slid.clear()
    view, editor = tab.view, _editor(tab.view)
    panel, offered = view.panels[view.focus], offers(view.base)
    data = f"Data: {CATALOG.data_titles[view.base.data.name]}"
    with st.sidebar:
        groups.undo(tab)
        groups.draw(
            [
                Group("panels", "Methods side by side", lambda: _panels(view, offered), True),
                Group("knobs", f"Knobs of {panel.title}", lambda: _knobs(view, offered), True),
                _request(view, editor),
                Group("data", data, lambda: of_a_spec.data(editor, lambda: own_points.controls(on_points)), False),
                Group("model", "Model", lambda: of_a_spec.model(editor), False),
                Group("training", "Training", lambda: of_a_spec.training(editor), False),
                Group("export", "Share and export", lambda: export.controls(view, _specs(view)), False),
            ],
            view,
        )
        live.tell(tab)


def _request(view: View, editor: Editor) -> Group:
    """Return the group of what is asked: on the page of streams, several requests."""
    if view.page == "streams":
        return Group("request", "Requests", lambda: stream.size(view, class_names(view.base)), True)
    return Group("request", ASKED[view.base.request.kind], lambda: of_a_spec.request(editor), True)


def _specs(view: View) -> Mapping[str, export.Json]:
    spec = view.specs()[view.focus]
    return {"Spec of the chosen panel": spec.as_json()} if spec.method else {}


def _editor(view: View) -> Editor:
    return Editor(
        view.base,
        _changed,
        what="points",
        where="",
        request_at="request",
        datasets=CATALOG.planes,
        kinds=KINDS,
        choosers={name: chooser.title for name, chooser in CATALOG.choosers.items() if "toy" in chooser.kinds},
        names=class_names(view.base),
        models=[name for name in CATALOG.models if not is_for_images(name)],
        with_data=_with_data,
        with_chooser=_chosen_by,
        with_model=lambda spec, name: spec.with_part(model={"name": name}),
        help_choose="Or click, shift-click and draw around points on the picture.",
        how_to_pick="Click, shift-click or draw around points on the picture.",
        place=("base",),
    )


def _changed(view: View, change: Callable[[Spec], Spec]) -> View:
    return replace(view, base=change(view.base))


# --- panels -------------------------------------------------------------------------------------------------------


def _panels(view: View, offered: Offered) -> None:
    names = [f"{index + 1}. {panel.title}" for index, panel in enumerate(view.panels)]
    st.radio(
        "Panel", range(len(names)), index=view.focus, key=controlled("focus", view.focus),
        format_func=lambda index: names[index], label_visibility="collapsed",
        **on_change("focus", _with_focus, range(len(names))),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for label, help_, make, off in (
            ("arrow_upward", "Move it forward", lambda v: moved(v, v.focus, -1), view.focus == 0),
            ("arrow_downward", "Move it back", lambda v: moved(v, v.focus, 1), view.focus == len(names) - 1),
            ("content_copy", "Add a copy, to compare two settings", _copied, len(names) >= MAX_PANELS),
            ("delete", "Take it out", lambda v: removed(v, v.focus), len(names) == 1),
        ):
            st.button(
                help_, icon=f":material/{label}:", key=f"panel:{label}", help=help_, disabled=off,
                on_click=lambda make=make: act(make),
            )  # fmt: skip
    if len(names) < MAX_PANELS:
        can, why = offered
        st.selectbox(
            "Add a method", can, index=None, key=controlled("add", None), placeholder="Add a method",
            format_func=method_title, help=of_a_spec.not_offered(why), **on_change("add", added, can),
        )  # fmt: skip
    else:
        st.caption(f"{MAX_PANELS} panels are the most; take one out to add another.")


def _with_focus(view: View, index: int) -> View:
    return replace(view, focus=min(index, len(view.panels) - 1))


def _copied(view: View) -> View:
    panels = (*view.panels[: view.focus + 1], view.panels[view.focus], *view.panels[view.focus + 1 :])
    return replace(view, panels=panels[:MAX_PANELS], focus=view.focus + 1)


def offers(base: Spec) -> Offered:
    """Return (the references and the methods that answer the request, why the other methods cannot)."""
    made = made_sets(base)
    can, why = methods_for(base, whole_class=made is not None and pipeline.whole_class(made))
    return [*REFERENCES, *can], why


def made_sets(base: Spec) -> Sets | None:
    """Return the sets of a request, or None where they cannot be had or would take long."""
    if needs_model(base):
        return None  # the job will find them
    try:
        return pipeline.Run(base, memo(base)).sets
    except ValueError:
        return None


def _knobs(view: View, offered: Offered) -> None:
    index, panel = view.focus, view.panels[view.focus]

    def below() -> None:
        if panel.knobs is None:
            st.caption(f"The {panel.name} model has no knobs: it is what the methods are compared with.")
        else:
            _presets(view, index)

    swept = () if view.page == "compare" or panel.knobs is None else knobs_of(panel.name)
    of_a_spec.method(
        panel.name, panel.knobs, offered, key=f"method:{index}", where=f"knob:{index}:{panel.name}",
        with_method=lambda view, name: with_method(view, index, name),
        with_knob=lambda view, name, value: with_knob(view, index, panel.name, name, value), below=below,
        sweep=sweep_request.open_, swept=swept, place=("panels", index, "knobs"),
    )  # fmt: skip
    if swept:
        st.caption(RANGE_ICON)


def _presets(view: View, index: int) -> None:
    panel = view.panels[index]
    assert panel.method is not None
    presets = {name: preset for name, preset in CATALOG.methods[panel.name].presets.items() if not preset.images}
    if not presets:
        return
    mine = panel.knobs.model_dump(mode="json") if panel.knobs else {}
    fitting = [name for name in presets if _with_preset(view, index, name).panels[index].knobs == panel.knobs]
    key = f"preset:{index}:{panel.name}"
    chosen = fitting[0] if fitting else None
    st.selectbox(
        "Preset", list(presets), index=list(presets).index(chosen) if chosen else None, key=controlled(key, chosen),
        placeholder="own values" if changed_knobs(panel.method) else "defaults",
        help="Named settings of this method.", format_func=lambda name: str(name).replace("_", " "),
        **on_change(key, lambda view, name: _with_preset(view, index, name), presets),
    )  # fmt: skip
    if chosen and presets[chosen].note and mine:
        st.caption(presets[chosen].note)


def _with_preset(view: View, index: int, preset: str) -> View:
    name = view.panels[index].name
    known = CATALOG.methods[name].presets if name in CATALOG.methods else {}
    return with_method(view, index, name, known[preset].knobs) if preset in known else view


# --- request and data ---------------------------------------------------------------------------------------------


def class_names(base: Spec) -> tuple[str, ...]:
    """Return the names of the classes, or none where the data cannot be had."""
    try:
        return pipeline.Run(base, memo(base)).data.names
    except ValueError:
        return ()


def _chosen_by(base: Spec, name: str) -> Spec:
    """Return the base with rows chosen another way. Points by hand start from the rows that are chosen now."""
    made = made_sets(base) if name == "points" else None
    index = {"index": made.forget.tolist()} if made is not None else {}
    return base.with_part(request={"kind": base.request.kind, "choose": name, **index})


def _with_data(base: Spec, name: str) -> Spec:
    """Return the base on another data set."""
    if name != "csv":
        return _on(base, {"name": name})
    sha256 = own_points.given_last()
    if sha256 is None:
        raise ValueError("Upload a CSV file first: two columns of numbers and a label.")
    return _on(base, {"name": "csv", "sha256": sha256})


def _on(base: Spec, data: export.Json) -> Spec:
    """Return the base on other data. A request that names something they do not have takes its default."""
    try:
        changed = base.with_part(data=data)
        if not needs_model(changed):
            _ = pipeline.Run(changed, memo(changed)).sets
        return changed
    except ValueError:
        return base.with_part(data=data, request={})


def on_points(view: View, sha256: str) -> View:
    """Return the view on points of one's own."""
    return _changed(view, lambda base: _on(base, {"name": "csv", "sha256": sha256}))
