"""The shared controls in the sidebar: what is learnt, what is to be forgotten, and which methods stand side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from explorer import pipeline
from explorer.contents.sweep import knobs_of
from explorer.contents.words import KINDS, method_title
from explorer.knobs import KnobBase
from explorer.pages.controls import export
from explorer.pages.controls.knobs import knobs
from explorer.pages.frame import sweep_request
from explorer.pages.frame.binding import act, controlled, current, on_change
from explorer.pages.frame.store import memo
from explorer.records import Data, Sets
from explorer.session.changes import added, moved, removed, with_knob, with_method, with_part, with_whole_part
from explorer.session.tab import Tab
from explorer.spec import REQUEST_KINDS, changed_knobs, kind_fields, mismatch
from explorer.spec.catalog import CATALOG
from explorer.view import MAX_PANELS, REFERENCES, View


def sidebar(tab: Tab) -> None:
    """Draw every group of controls that the view does not hide."""
    groups = (
        ("panels", "Methods side by side", _panels, True),
        ("knobs", "Knobs", _knobs, True),
        ("request", "What to forget", _request, True),
        ("data", "Data", _data, False),
        ("model", "Model", _model, False),
        ("training", "Training", _training, False),
        ("export", "Share and export", export.controls, False),
    )
    with st.sidebar:
        _undo(tab)
        for name, title, draw, open_ in groups:
            if name not in tab.view.hidden:
                with st.expander(_title(name, title, tab.view), expanded=open_, key=f"group:{name}"):
                    draw(tab.view)


def _title(name: str, title: str, view: View) -> str:
    if name == "knobs":
        return f"Knobs of {view.panels[view.focus].title}"
    if name == "data":
        return f"Data: {CATALOG.data_titles[view.base.data.name]}"
    return title


def _undo(tab: Tab) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Undo", icon=":material/undo:", key="undo", disabled=not tab.past, on_click=tab.undo, type="tertiary",
            help="Back to what was there before the last change.",
        )  # fmt: skip
        st.button(
            "Reset all", icon=":material/restart_alt:", key="reset", type="tertiary",
            on_click=lambda: act(lambda view: replace(View.default(), page=view.page)),
            disabled=not tab.address(),
            help="Back to the picture on which the explorer opens.",
        )  # fmt: skip


# --- panels -------------------------------------------------------------------------------------------------------


def _panels(view: View) -> None:
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
                f":material/{label}:", key=f"panel:{label}", help=help_, disabled=off,
                on_click=lambda make=make: act(make),
            )  # fmt: skip
    offered, refused = offers(view)
    if len(names) < MAX_PANELS:
        st.selectbox(
            "Add a method", offered, index=None, key=controlled("add", None), placeholder="Add a method",
            format_func=method_title, help="Not offered: " + "; ".join(refused) + "." if refused else None,
            **on_change("add", added, offered),
        )  # fmt: skip
    else:
        st.caption(f"{MAX_PANELS} panels are the most; take one out to add another.")


def _with_focus(view: View, index: int) -> View:
    return replace(view, focus=min(index, len(view.panels) - 1))


def _copied(view: View) -> View:
    panels = (*view.panels[: view.focus + 1], view.panels[view.focus], *view.panels[view.focus + 1 :])
    return replace(view, panels=panels[:MAX_PANELS], focus=view.focus + 1)


def offers(view: View) -> tuple[list[str], list[str]]:
    """Return what can be added: references and the methods that answer the request; and why others cannot."""
    made = made_sets(view)
    whole = made is not None and pipeline.whole_class(made)
    offered: list[str] = list(REFERENCES)
    refused: list[str] = []
    for name in CATALOG.methods:
        reason = mismatch(with_method(view, 0, name).specs()[0], whole_class=whole)
        if reason:
            refused.append(reason)
        else:
            offered.append(name)
    return offered, refused


def made_sets(view: View) -> Sets | None:
    """Return the sets of a view's request, or None where they cannot be had or would take long."""
    needs = CATALOG.choosers[view.base.request.choose].needs
    if needs & {"margin", "loss", "loss_out"}:
        return None  # needs a trained model: the job will find it
    try:
        return pipeline.Run(view.base, memo(view.base)).sets
    except ValueError:
        return None


def _knobs(view: View) -> None:
    index, panel = view.focus, view.panels[view.focus]
    offered, _ = offers(view)
    choices = offered if panel.name in offered else [panel.name, *offered]
    st.selectbox(
        "Method", choices, index=choices.index(panel.name), key=controlled(f"method:{index}", panel.name),
        format_func=method_title,
        **on_change(f"method:{index}", lambda view, name: with_method(view, index, name), choices),
    )  # fmt: skip
    if panel.knobs is None:
        st.caption(f"The {panel.name} model has no knobs: it is what the methods are compared with.")
        return
    _presets(view, index)
    method = panel.name
    knobs(
        panel.knobs, f"knob:{index}:{method}", lambda view, name, value: with_knob(view, index, method, name, value),
        sweep=sweep_request.open_, swept=() if view.page == "compare" else knobs_of(method),
    )  # fmt: skip


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


# --- request, data, model, training -------------------------------------------------------------------------------


def class_names(view: View) -> tuple[str, ...]:
    """Return the names of the classes, or none where the data cannot be had."""
    have = drawn(view)
    return have.names if have else ()


def drawn(view: View) -> Data | None:
    """Return the sets of a view's data, or None where they cannot be had."""
    try:
        return pipeline.Run(view.base, memo(view.base)).data
    except ValueError:
        return None


def _request(view: View) -> None:
    request = view.base.request
    st.selectbox(
        "Request", REQUEST_KINDS, index=REQUEST_KINDS.index(request.kind), key=controlled("kind", request.kind),
        format_func=lambda kind: KINDS[kind],
        **on_change("kind", lambda view, kind: with_whole_part(view, "request", _of_kind(view, kind)), REQUEST_KINDS),
    )  # fmt: skip
    choosers = [name for name, chooser in CATALOG.choosers.items() if "toy" in chooser.kinds]
    st.selectbox(
        "Which points", choosers, index=choosers.index(request.choose), key=controlled("choose", request.choose),
        format_func=lambda name: CATALOG.choosers[name].title,
        help="Or click, shift-click and draw around points on the picture.",
        **on_change("choose", lambda view, name: with_whole_part(view, "request", _chosen_by(view, name)), choosers),
    )  # fmt: skip
    knobs(
        request.options, f"request:{request.choose}",
        lambda view, name, value: with_part(view, "request", **{name: value}),
        leave_out=("index",), names=class_names(view),
    )  # fmt: skip
    if request.choose == "points":
        count = len(getattr(request.options, "index", []))
        st.caption(f"{count} points picked. Click, shift-click or draw around points on the picture.")
    fields = {"correct_labels": ("flip",), "erase_feature": ("erase_column", "fill")}.get(request.kind, ())
    if fields:
        _kind_knobs(view, fields)


def _kind_knobs(view: View, fields: tuple[str, ...]) -> None:
    group: KnobBase = kind_fields(view.base.request.kind)(**{name: getattr(view.base.request, name) for name in fields})
    knobs(group, "request", lambda view, name, value: with_part(view, "request", **{name: value}))


def _of_kind(view: View, kind: str) -> dict[str, Any]:
    request = view.base.request
    return {"kind": kind, "choose": request.choose, **request.options.model_dump(mode="json", exclude_none=True)}


def _chosen_by(view: View, name: str) -> dict[str, Any]:
    """Return the request with another chooser; changing to points by hand starts from what is chosen now."""
    content = {"kind": view.base.request.kind, "choose": name}
    made = made_sets(view) if name == "points" else None
    return {**content, "index": made.forget.tolist()} if made is not None else content


def _data(view: View) -> None:
    names = list(CATALOG.planes)
    st.selectbox(
        "Data set", names, index=names.index(view.base.data.name), key=controlled("data", view.base.data.name),
        format_func=lambda name: CATALOG.data_titles[name],
        **on_change("data", _with_data, names),
    )  # fmt: skip
    if view.base.data.name == "csv" or "csv" in names:
        _upload(view)
    leave = ("sha256", "path") if view.base.data.name == "csv" else ()
    knobs(
        view.base.data.options, f"data:{view.base.data.name}",
        lambda view, name, value: with_part(view, "data", **{name: value}), leave_out=leave,
    )  # fmt: skip
    st.number_input(
        "Seed", 0, 2**31 - 1, value=view.base.seed, step=1, key=controlled("seed", view.base.seed),
        help="Draws other initialisations, batches and choices; the points stay.",
        **on_change("seed", lambda view, seed: replace(view, base=view.base.with_part(seed=int(seed)))),
    )  # fmt: skip


def _with_data(view: View, name: str) -> View:
    """Change the data set; what the request names may not exist there, then the request takes its default."""
    if name == "csv":
        sha256 = current().shown.get("csv")
        if sha256 is None:
            raise ValueError("Upload a CSV file first: columns x1, x2, label.")
        return with_whole_part(view, "data", {"name": "csv", "sha256": sha256})
    data = {"name": name}
    try:
        return fitting(with_whole_part(view, "data", data))
    except ValueError:
        return replace(view, base=view.base.with_part(data=data, request={}))


def fitting(view: View) -> View:
    """Return the view if its request names something in its data.

    Raises:
        ValueError: one sentence, if it does not.
    """
    needs = CATALOG.choosers[view.base.request.choose].needs
    if not needs & {"margin", "loss", "loss_out"}:
        _ = pipeline.Run(view.base, memo(view.base)).sets
    return view


def _upload(view: View) -> None:
    def given() -> None:
        file = st.session_state["upload"]
        if file is None:
            return
        tab = current()
        try:
            sha256 = pipeline.remember_csv(file.getvalue())
            tab.shown["csv"] = sha256
            content = {"name": "csv", "sha256": sha256}
            try:
                tab.change(fitting(with_whole_part(tab.view, "data", content)))
            except ValueError:
                tab.change(replace(tab.view, base=tab.view.base.with_part(data=content, request={})))
        except ValueError as error:
            tab.notice = f"{file.name}: {error}"

    st.file_uploader(
        "Bring your own points", type=["csv"], key="upload", on_change=given, max_upload_size=60,
        help="A CSV file with the columns x1, x2, label: 2 to 10 classes, at most 5,000 rows.",
    )  # fmt: skip


def _model(view: View) -> None:
    knobs(view.base.model.options, "model", lambda view, name, value: with_part(view, "model", **{name: value}))


def _training(view: View) -> None:
    training, evaluation = view.base.training, view.base.evaluation

    def make(view: View, name: str, value: Any) -> View:
        if name == "recipe":  # a recipe fills the other fields
            return with_whole_part(view, "training", {"recipe": value})
        return with_part(view, "training", **{name: value})

    leave = () if getattr(training, "optimizer", "") == "sgd" else ("momentum",)
    knobs(training, "training", make, leave_out=leave)
    knobs(
        evaluation, "evaluation", lambda view, name, value: with_part(view, "evaluation", **{name: value}),
        leave_out=("attacks", "shadows"),
    )  # fmt: skip
