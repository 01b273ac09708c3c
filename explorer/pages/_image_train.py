"""*Train your own* on the page *CIFAR*: what to learn and to forget, then progress, cancel, and the run in the list.

What is asked is a Spec, kept with the browser tab. One training at a time runs for the whole server: it takes minutes,
goes on when nobody looks, and whoever opens the page sees it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from explorer import pipeline
from explorer.catalog import CATALOG
from explorer.experiments import record, recorded
from explorer.experiments.image_presets import knobs_of
from explorer.pages import _export, _image_picker, _memo
from explorer.pages._controls import KINDS, method_title
from explorer.pages._image_runs import OWN, open_runs, places
from explorer.pages._jobs import Jobs
from explorer.pages._knobs import knobs
from explorer.pages._progress import progress, watched
from explorer.pages._state import Tab
from explorer.pages._tab import act, controlled, current, on_change
from explorer.pipeline import images
from explorer.pipeline.images import sources
from explorer.spec import MethodSpec, Spec, is_for_images, kind_fields, mismatch
from explorer.view import View

POLL = 1.0
LEAP = 0.05  # share of the whole that takes more than a second unless it was known
READING = 10.0  # seconds within which a first step is heard of, which may go on from where another training stopped
KEY, DOWNLOAD = "own", "download"
KEPT = "what was trained so far is kept, and Train goes on from there"
AT_ONCE = frozenset({"subclass"})  # scores that choosing needs no trained model for
FIRST: dict[str, Any] = {
    "data": {"name": "cifar10"},
    "training": {"recipe": "memorise"},
    "request": {"choose": "random", "fraction": 0.1},
    "method": {"name": "jit"},
}
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
                ("knobs", f"Method: {method_title(_method(spec).name)}", _knobs, True),
                ("data", f"Data: {CATALOG.data_titles[spec.data.name].split(' (')[0]}", _data, False),
                ("model", "Model and training", _training, False),
            )
            for name, title, draw, open_ in groups:
                if name not in tab.view.hidden:
                    with st.expander(title, expanded=open_, key=f"group:own:{name}"):
                        draw(spec)
        if "export" not in tab.view.hidden:
            with st.expander("Share and export", expanded=False, key="group:export"):
                _export.controls(tab.view)


def _method(spec: Spec) -> MethodSpec:
    assert spec.method is not None  # FIRST has one, and every change keeps one
    return spec.method


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
    said = "One training at a time runs here." if busy else reason or _estimate(spec)
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
    """Return a folder as a person writes it, for a page that a room looks at."""
    home = Path.home()
    return f"~/{place.relative_to(home).as_posix()}" if place.is_relative_to(home) else str(place)


def _refused(spec: Spec) -> str:
    """Return why what is asked cannot be run, or ""."""
    if _memo.store().place is None:
        return "Nothing can be kept on disk here, so nothing can be trained."
    return refusal(spec)


def refusal(spec: Spec) -> str:
    """Return why the method cannot answer the request, or ""."""
    whole = spec.request.kind == "forget" and spec.request.choose == "class"
    try:
        return mismatch(spec, whole_class=whole) or images.cannot(spec, _memo.memo(spec)) or _nothing(spec)
    except ValueError as error:
        return str(error)


def _nothing(spec: Spec) -> str:
    if spec.request.choose == "points" and not getattr(spec.request.options, "index", []):
        return "Pick some images to forget first, on the right."
    return ""


def _estimate(spec: Spec) -> str:
    """Say how long the trainings took where runs of the same network were recorded, scaled to what is asked."""
    speed = _speed(spec.model.name)
    work = getattr(spec.training, "steps", 0) * getattr(spec.training, "batch", 0)
    if math.isnan(speed) or not work:
        return ""
    minutes = speed * work * (1 + spec.evaluation.retrained_seeds) / 60
    return f"About {minutes:.0f} min of training on the machine of the recorded runs." if minutes >= 1 else ""


def _speed(model: str) -> float:
    """Return the seconds of one example-gradient in recorded trainings of a network, NaN where there are none."""
    for name, place in places(recorded.SHIPPED, None).items():
        try:
            opened = open_runs(name, place)
        except recorded.Unreadable:
            continue
        numbers = opened.original.numbers
        work = numbers.get("example_gradients", {}).get("train")
        if opened.scene.spec.get("model", {}).get("name") == model and work:
            return float(numbers.get("seconds", {}).get("train", math.nan)) / float(work)
    return math.nan


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


def with_data(spec: Spec, name: str) -> Spec:
    """Return what is asked on another data set; a request that it does not have takes its default."""
    spec = images.without_weights(spec)  # they learnt the other
    try:
        return spec.with_part(data={**spec.as_json()["data"], "name": name})
    except ValueError:
        return spec.with_part(data={"name": name}, request=FIRST["request"])


def choosers(spec: Spec) -> list[str]:
    """Return the ways to choose images that need no trained model."""
    return [
        name for name, chooser in CATALOG.choosers.items()
        if "image" in chooser.kinds and chooser.needs <= AT_ONCE
        and (name != "subclass" or sources.subclass_names(spec.data.name))
    ]  # fmt: skip


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


def with_kind(spec: Spec, kind: str) -> Spec:
    """Return what is asked with another kind of request; a method that cannot answer it stays, and says so."""
    request = spec.request
    options = request.options.model_dump(mode="json", exclude_none=True)
    return spec.with_part(request={"kind": kind, "choose": request.choose, **options})


def with_chooser(spec: Spec, name: str) -> Spec:
    """Return what is asked with images chosen another way."""
    fraction = {"fraction": 0.1} if name == "random" else {}
    return spec.with_part(request={"kind": spec.request.kind, "choose": name, **fraction})


def offers(spec: Spec) -> tuple[list[str], list[str]]:
    """Return the methods that can answer what is asked, and why others cannot."""
    can, why = [], []
    whole = spec.request.kind == "forget" and spec.request.choose == "class"
    for name, method in CATALOG.methods.items():
        reason = mismatch(with_method(spec, name), whole_class=whole)
        if name in images.CANNOT:
            reason = f"{method.title} {images.CANNOT[name]}"
        (why if reason else can).append(reason or name)
    return can, why


def _knobs(spec: Spec) -> None:
    can, why = offers(spec)
    method = _method(spec)
    choices = can if method.name in can else [method.name, *can]
    st.selectbox(
        "Method", choices, index=choices.index(method.name), key=controlled("own:method", method.name),
        format_func=method_title, help="Not offered: " + "; ".join(why) + "." if why else None,
        **on_change("own:method", _making(with_method), choices),
    )  # fmt: skip

    def make(view: View, name: str, value: Any) -> View:
        def change(spec: Spec, value: Any) -> Spec:
            now = _method(spec)
            if now.name != method.name:
                return spec  # the browser is behind
            return spec.with_part(method={"name": now.name, "knobs": {**now.as_json()["knobs"], name: value}})

        return _making(change)(view, value)

    st.caption(f"Knobs: {record.tuned_of(spec)}.")
    knobs(method.knobs, f"own:knob:{method.name}", make)


def with_method(spec: Spec, name: str) -> Spec:
    """Return what is asked with another method, at the knobs that recorded runs of the request have."""
    return spec.with_part(method={"name": name, "knobs": knobs_of(name, spec)[0]})


def followed(before: Spec, after: Spec) -> Spec:
    """Return what is asked with the knobs of its own request, unless they were changed by hand."""
    name = _method(before).name
    touched = _method(after) != _method(before) or _method(with_method(before, name)) != _method(before)
    return after if touched else with_method(after, name)


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
        images.loaded(changed, _memo.memo(changed))  # does it fit?
    except ValueError as error:
        tab.notice = f"{file.name}: {error}"
        return
    tab.shown["own:spec"], tab.shown["own:weights"], tab.notice = changed, file.name, ""


def with_weights(spec: Spec, sha256: str) -> Spec:
    """Return what is asked, of an original that is a file of weights."""
    return spec.with_part(model={**spec.model.as_json(), "sha256": sha256})


def _drop_weights() -> None:
    tab = current()
    tab.shown["own:spec"] = images.without_weights(asked(tab))


def with_model(spec: Spec, name: str) -> Spec:
    """Return what is asked of another network, with its own recipe of the same name where it has one."""
    recipe = str(getattr(spec.training, "recipe", "standard"))
    known = CATALOG.models[name].RECIPES
    return spec.with_part(model={"name": name}, training={"recipe": recipe if recipe in known else next(iter(known))})


# --- the work -----------------------------------------------------------------------------------------------------


def start() -> None:
    """Begin the training that this tab asks for."""
    spec, store = asked(current()), _memo.store()

    def work(tick: Callable[..., None]) -> Iterator[str]:
        yield OWN + record.own(spec, store, with_time_left(tick, time.monotonic))

    jobs().job(KEY, (spec.key(), time.monotonic()), work, patience=math.inf)


def with_time_left(tick: Callable[..., None], clock: Callable[[], float]) -> Callable[[int, int, str], None]:
    """Return a tick that adds to its sentence how far the whole is and how long the rest will take at this pace.

    What is known already (a model of an earlier run, weights of one's own) goes by in a leap, and tells nothing of it.
    """
    start, began = 0.0, clock()  # of the stretch at work since the last leap

    def tell(done: int, total: int, sentence: str) -> None:
        nonlocal start, began
        share, now = done / total if total else 0.0, clock()
        known = share - start > LEAP and now - began < 1
        if known or (share > 0 == start and now - began < READING):
            start, began = share, now
        gone, made = now - began, share - start
        said = f"{100 * share:.0f} %: {sentence}"
        if made > 0.01 and gone > 2:
            said += f", about {_minutes(gone * (1 - share) / made)} left"
        tick(done, total, said)

    return tell


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{max(1, round(seconds))} s"


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
    act(lambda view: replace(view, folder=name, runs=(), shown="", cut=0))
    jobs().forget(KEY)


def _pick(spec: Spec) -> None:
    with st.expander("Pick images to forget", expanded=True, key="own:picker"):
        try:
            have = pipeline.data(spec, _memo.memo(spec))
        except ValueError as error:
            st.warning(str(error), icon=":material/info:")
            return
        _image_picker.show(have, frozenset(getattr(spec.request.options, "index", [])), _picked)


def _picked(rows: list[int]) -> None:
    act(lambda view: _making(_with_rows)(view, rows))


def _with_rows(spec: Spec, rows: list[int]) -> Spec:
    return spec.with_part(request={"kind": spec.request.kind, "choose": "points", "index": sorted(rows)})
