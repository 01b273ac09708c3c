"""*Train your own* on the page *CIFAR*: what to learn and to forget, then progress, cancel, and the run in the list.

What is asked is a Spec, kept with the browser tab. One training at a time runs for the whole server: it takes minutes,
goes on when nobody looks, and whoever opens the page sees it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from explorer import pipeline
from explorer.contents.recorded.own_run import (
    FIRST,
    choosers,
    estimate,
    followed,
    method_of,
    offers,
    refusal,
    with_chooser,
    with_data,
    with_kind,
    with_method,
    with_model,
    with_rows,
    with_time_left,
    with_weights,
)
from explorer.contents.recorded.runs import OWN
from explorer.contents.words import KINDS, method_title
from explorer.experiments.cifar import own
from explorer.pages.controls import export, picker
from explorer.pages.controls.knobs import knobs
from explorer.pages.frame import store as frame_store
from explorer.pages.frame.binding import act, controlled, current, on_change
from explorer.pages.frame.progress import progress, watched
from explorer.pipeline import images
from explorer.pipeline.images import sources
from explorer.session.jobs import Jobs
from explorer.session.tab import Tab
from explorer.spec import Spec, is_for_images, kind_fields
from explorer.spec.catalog import CATALOG
from explorer.view import View

POLL = 1.0
KEY, DOWNLOAD = "own", "download"
KEPT = "what was trained so far is kept, and Train goes on from there"
Change = Callable[[Spec, Any], Spec]


@cache
def jobs() -> Jobs:
    """Return the trainings and downloads of this server."""
    return Jobs()


def asked(tab: Tab) -> Spec:
    """Return what this tab would train."""
    if "own:spec" not in tab.shown:
        tab.shown["own:spec"] = with_method(Spec.parse(FIRST), FIRST["method"]["name"])
    return tab.shown["own:spec"]


def _making(change: Change) -> Callable[[View, Any], View]:
    """Return what a widget calls: it changes what is asked, and leaves the view as it is."""

    def make(view: View, value: Any) -> View:
        tab = current()
        before = asked(tab)
        tab.shown["own:spec"] = followed(before, change(before, value))
        tab.notice = ""
        return view

    return make


def _part(part: str) -> Callable[[View, str, Any], View]:
    """Return what the widgets of one part's knobs call."""

    def make(view: View, name: str, value: Any) -> View:
        return _making(lambda spec, value: spec.with_part(**{part: {**spec.as_json()[part], name: value}}))(view, value)

    return make


# --- the sidebar --------------------------------------------------------------------------------------------------


def sidebar(tab: Tab) -> None:
    """Draw what to train, and what every page has: how to share."""
    spec = asked(tab)
    with st.sidebar:
        st.html("<b>Train your own</b>")
        if "training" not in tab.view.hidden:
            _start(spec)
            groups: tuple[tuple[str, str, Callable[[Spec], None], bool], ...] = (
                ("request", "What to forget", _request, True),
                ("knobs", f"Method: {method_title(method_of(spec).name)}", _knobs, True),
                ("data", f"Data: {CATALOG.data_titles[spec.data.name].split(' (')[0]}", _data, False),
                ("model", "Model and training", _training, False),
            )
            for name, title, draw, open_ in groups:
                if name not in tab.view.hidden:
                    with st.expander(title, expanded=open_, key=f"group:own:{name}"):
                        draw(spec)
        if "export" not in tab.view.hidden:
            with st.expander("Share and export", expanded=False, key="group:export"):
                export.controls(tab.view)


def _start(spec: Spec) -> None:
    if not sources.available(spec.data.name):
        _missing(spec.data.name)
        return
    job = jobs().get(KEY)
    busy = job is not None and not job.finished
    reason = _refused(spec)
    st.button(
        "Train", type="primary", key="own:train", width="stretch", disabled=busy or bool(reason), on_click=start,
        icon=":material/model_training:",
        help="Trains what is missing, the original and the retrained models; then runs the method.",
    )  # fmt: skip
    said = "One training at a time runs here." if busy else reason or estimate(spec)
    if said:
        st.caption(said)


def _missing(name: str) -> None:
    """Say that the data are not here, and offer to fetch them."""
    title = CATALOG.data_titles[name].split(" (")[0]
    job = jobs().get(DOWNLOAD)
    busy = job is not None and not job.finished
    st.caption(
        f"{title} is not on this machine, and training needs it. Recorded runs open without it. It would be written to "
        f"{_short(sources.place())}; EXPLORER_DATA names another folder."
    )
    st.button(
        f"Download {title}", key="own:download", icon=":material/download:", width="stretch", disabled=busy,
        on_click=fetch, args=(name,), help="About 170 MB, from the data set's own site.",
    )  # fmt: skip


def _short(place: Path) -> str:
    """Return the path with the home folder as ~, because the page may be projected."""
    home = Path.home()
    return f"~/{place.relative_to(home).as_posix()}" if place.is_relative_to(home) else str(place)


def _refused(spec: Spec) -> str:
    """Return why what is asked cannot be run, or ""."""
    if frame_store.store().place is None:
        return "Nothing can be kept on disk here, so nothing can be trained."
    return refusal(spec, frame_store.memo(spec))


def _data(spec: Spec) -> None:
    names = [name for name in sources.NAMES if name in CATALOG.images]
    st.selectbox(
        "Data set", names, index=names.index(spec.data.name), key=controlled("own:data", spec.data.name),
        format_func=CATALOG.data_titles.__getitem__, **on_change("own:data", _making(with_data), names),
    )  # fmt: skip
    knobs(spec.data.options, f"own:data:{spec.data.name}", _part("data"))
    st.number_input(
        "Seed", 0, 2**31 - 1, value=spec.seed, step=1, key=controlled("own:seed", spec.seed),
        help="Draws other initialisations, batches and choices; the images stay.",
        **on_change("own:seed", _making(lambda spec, seed: spec.with_part(seed=int(seed)))),
    )  # fmt: skip


def _request(spec: Spec) -> None:
    request = spec.request
    kinds = [kind for kind in KINDS if kind != "erase_feature"]
    st.selectbox(
        "Request", kinds, index=kinds.index(request.kind), key=controlled("own:kind", request.kind),
        format_func=lambda kind: {"forget": "Forget images", "correct_labels": "Correct poisoned labels"}[kind],
        **on_change("own:kind", _making(with_kind), kinds),
    )  # fmt: skip
    offered = choosers(spec)
    titles = {"random": "Random images", "points": "Picked in the gallery", "subclass": "A sub-class"}
    st.selectbox(
        "Which images", offered, index=offered.index(request.choose), key=controlled("own:choose", request.choose),
        format_func=lambda name: titles.get(name, CATALOG.choosers[name].title),
        help="A random share of one class: random images, and a class.",
        **on_change("own:choose", _making(with_chooser), offered),
    )  # fmt: skip
    subclasses = sources.subclass_names(spec.data.name) if request.choose == "subclass" else ()
    knobs(
        request.options, f"own:request:{spec.data.name}:{request.choose}", _part("request"), leave_out=("index",),
        names=subclasses or sources.class_names(spec.data.name),
    )  # fmt: skip
    if request.choose == "points":
        st.caption(f"{len(getattr(request.options, 'index', []))} images picked in the gallery on the right.")
    if request.kind == "correct_labels":
        knobs(kind_fields("correct_labels").model_validate({"flip": request.flip}), "own:flip", _part("request"))


def _knobs(spec: Spec) -> None:
    can, why = offers(spec)
    method = method_of(spec)
    choices = can if method.name in can else [method.name, *can]
    st.selectbox(
        "Method", choices, index=choices.index(method.name), key=controlled("own:method", method.name),
        format_func=method_title, help="Not offered: " + "; ".join(why) + "." if why else None,
        **on_change("own:method", _making(with_method), choices),
    )  # fmt: skip

    def make(view: View, name: str, value: Any) -> View:
        def change(spec: Spec, value: Any) -> Spec:
            now = method_of(spec)
            if now.name != method.name:
                return spec  # the browser is behind
            return spec.with_part(method={"name": now.name, "knobs": {**now.as_json()["knobs"], name: value}})

        return _making(change)(view, value)

    st.caption(f"Knobs: {own.tuned_of(spec)}.")
    knobs(method.knobs, f"own:knob:{method.name}", make)


def _training(spec: Spec) -> None:
    models = [name for name in CATALOG.models if is_for_images(name)]
    st.selectbox(
        "Model", models, index=models.index(spec.model.name), key=controlled("own:model", spec.model.name),
        help="compact trains in minutes on a CPU; the others want a GPU.",
        **on_change("own:model", _making(with_model), models),
    )  # fmt: skip
    if not images.own_weights(spec):  # which know their network's shape
        knobs(spec.model.options, f"own:model:{spec.model.name}", _part("model"), leave_out=("sha256", "path"))
    _weights(spec)
    recipes = list(CATALOG.models[spec.model.name].RECIPES)
    recipe = str(getattr(spec.training, "recipe", recipes[0]))
    st.segmented_control(
        "Recipe", recipes, default=recipe, required=True, key=controlled("own:recipe", recipe),
        help="standard anneals and regularises; memorise leaves much to forget.",
        **on_change("own:recipe", _making(lambda spec, name: spec.with_part(training={"recipe": name})), recipes),
    )  # fmt: skip
    knobs(spec.training, f"own:training:{recipe}", _part("training"), leave_out=("recipe",))
    knobs(spec.evaluation, "own:evaluation", _part("evaluation"), leave_out=("attacks", "shadows"))


def _weights(spec: Spec) -> None:
    """Take a file of weights that is to be the original, or let go of it."""
    if images.own_weights(spec):
        name = current().shown.get("own:weights", "a file")
        st.caption(f"The original is your **{name}**; retrained models are trained here.")
        st.button("Train the original here", key="own:weights:drop", on_click=_drop_weights)
        return
    st.file_uploader(
        "Start from your own weights", type=["safetensors"], key="own:weights:file", on_change=_given,
        max_upload_size=100,
        help="A safetensors file of this network's state_dict, trained on images standardised by the data set's "
        "published means and deviations. It becomes the original; retrained models are trained here.",
    )  # fmt: skip


def _given() -> None:
    file, tab = st.session_state["own:weights:file"], current()
    if file is None:
        return
    spec = asked(tab)
    try:
        changed = with_weights(spec, images.remember_weights(file.getvalue()))
        images.loaded(changed, frame_store.memo(changed))  # does it fit?
    except ValueError as error:
        tab.notice = f"{file.name}: {error}"
        return
    tab.shown["own:spec"], tab.shown["own:weights"], tab.notice = changed, file.name, ""


def _drop_weights() -> None:
    tab = current()
    tab.shown["own:spec"] = images.without_weights(asked(tab))


# --- the work -----------------------------------------------------------------------------------------------------


def start() -> None:
    """Begin the training that this tab asks for."""
    spec, store = asked(current()), frame_store.store()

    def work(tick: Callable[..., None]) -> Iterator[str]:
        yield OWN + own.own(spec, store, with_time_left(tick, time.monotonic))

    jobs().job(KEY, (spec.key(), time.monotonic()), work, patience=math.inf)


def fetch(name: str) -> None:
    """Begin to download a data set."""
    title = CATALOG.data_titles[name].split(" (")[0]

    def work(tick: Callable[..., None]) -> Iterator[str]:
        def tell(done: int, total: int) -> None:
            of = f" of {total / 1e6:.0f}" if total else ""
            tick(done, total, f"Downloading {title}: {done / 1e6:.0f}{of} MB")

        tick(0, 0, f"Downloading {title}")
        sources.download(name, tell)
        yield name

    jobs().job(DOWNLOAD, (name, time.monotonic()), work, patience=math.inf)


def status(tab: Tab) -> None:
    """Draw what is under way, what just ended, and the gallery to pick from where images are picked by hand."""
    if tab.notice:
        st.warning(tab.notice, icon=":material/info:")
    for key in (DOWNLOAD, KEY):
        _one(key)
    spec = asked(tab)
    if spec.request.choose == "points" and sources.available(spec.data.name):
        _pick(spec)


def _one(key: str) -> None:
    job = jobs().get(key)
    if job is None:
        return

    def draw() -> None:
        if jobs().get(key) is not job:
            st.rerun()  # it was opened or dismissed here, which runs this part alone
        ended = job.finished
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch", key=f"own:line:{key}"):
                progress(job, key, KEPT if key == KEY else "")
            if ended:
                if job.partial and not job.error and key == KEY:
                    st.button("Open your run", key="own:open", on_click=_open, args=(job.partial,), type="primary")
                st.button("Dismiss", key=f"own:dismiss:{key}", type="tertiary", on_click=lambda: jobs().forget(key))

    watched(job, f"own:status:{key}", draw, poll=POLL)


def _open(name: str) -> None:
    act(lambda view: view.looking("images", folder=name, runs=(), shown="", cut=0))
    jobs().forget(KEY)


def _pick(spec: Spec) -> None:
    with st.expander("Pick images to forget", expanded=True, key="own:picker"):
        try:
            have = pipeline.Run(spec, frame_store.memo(spec)).data
        except ValueError as error:
            st.warning(str(error), icon=":material/info:")
            return
        picker.show(have, frozenset(getattr(spec.request.options, "index", [])), _picked)


def _picked(rows: list[int]) -> None:
    act(lambda view: _making(with_rows)(view, rows))
