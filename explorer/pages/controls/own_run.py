"""Train a run of one's own: the offer to start, the download of the data, progress, cancel, the gallery to pick from.

What is asked stands in the View. One training at a time runs for the whole server. It takes minutes and goes on
when nobody looks. Whoever opens the page sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import streamlit as st

from explorer import pipeline, public
from explorer.contents.recorded.own_run import asked, asking, estimate, refusal, with_rows, with_time_left
from explorer.contents.recorded.runs import OWN
from explorer.experiments.cifar import own
from explorer.experiments.cifar.in_training import Growing
from explorer.pages.controls import picker
from explorer.pages.frame.binding import act, current, rerun
from explorer.pages.frame.progress import progress, watched
from explorer.pipeline.worlds import images as sources
from explorer.session import store as frame_store
from explorer.session.jobs import Job, Jobs
from explorer.session.tab import Tab
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.workers import count

KEY, DOWNLOAD = "own", "download"
BUSY = {KEY: "One training at a time runs here.", DOWNLOAD: "One download at a time runs here."}
KEPT = "what was trained so far is kept, and Train goes on from there"


@cache
def jobs() -> Jobs:
    """Return the trainings and downloads of this server."""
    return Jobs()


def offer(spec: Spec) -> None:
    """Draw the button that begins the training, or why it cannot begin. Without the data, offer the download."""
    if not sources.available(spec.data.name):
        _missing(spec.data.name)
        return
    busy, reason = _busy(KEY), _refused(spec)
    st.button(
        "Train", type="primary", key="own:train", width="stretch", disabled=bool(busy or reason), on_click=start,
        icon=":material/model_training:",
        help="Trains what is missing, the original and the retrained models; then runs the method.",
    )  # fmt: skip
    said = busy or reason or estimate(spec)
    if said:
        st.caption(said)


def _missing(name: str) -> None:
    """Say that the data are not here, and offer to fetch them."""
    title = CATALOG.data_titles[name].split(" (")[0]
    st.caption(
        f"{title} is not on this machine, and training needs it. Recorded runs open without it. It would be written to "
        f"{_short(sources.place())}; EXPLORER_DATA names another folder."
    )
    st.button(
        f"Download {title}", key="own:download", icon=":material/download:", width="stretch",
        disabled=bool(_busy(DOWNLOAD)), on_click=fetch, args=(name,),
        help="About 170 MB, from the data set's own site.",
    )  # fmt: skip


def _busy(key: str) -> str:
    """Return that a training or a download runs, for whichever tab, or ""."""
    job = jobs().get(key)
    return BUSY[key] if job is not None and not job.finished else ""


def _short(place: Path) -> str:
    """Return the path with the home folder as ~, because the page may be projected."""
    home = Path.home()
    return f"~/{place.relative_to(home).as_posix()}" if place.is_relative_to(home) else str(place)


def _refused(spec: Spec) -> str:
    """Return why what is asked cannot be run, or ""."""
    if frame_store.store().place is None:
        return "Nothing can be kept on disk here, so nothing can be trained."
    return refusal(spec, frame_store.memo(spec))


# --- the work -----------------------------------------------------------------------------------------------------


def start() -> None:
    """Begin the training that this tab asks for; never in a public demo, and not while another runs."""
    refused = public.NO_TRAINING if public.is_public() else _busy(KEY)
    if refused:
        current().notice = refused
        return
    spec, store = asked(current().view), frame_store.store()

    def work(tick: Callable[..., None]) -> Iterator[Growing | str]:
        for one in own.growing(spec, store, with_time_left(tick, time.monotonic), count()):
            yield OWN + one if isinstance(one, str) else one

    jobs().job(KEY, (spec.key(), time.monotonic()), work, in_turn=True)


def fetch(name: str) -> None:
    """Begin to download a data set; never in a public demo, and not while another comes."""
    refused = public.NO_TRAINING if public.is_public() else _busy(DOWNLOAD)
    if refused:
        current().notice = refused
        return
    title = CATALOG.data_titles[name].split(" (")[0]

    def work(tick: Callable[..., None]) -> Iterator[str]:
        def tell(done: int, total: int) -> None:
            of = f" of {total / 1e6:.0f}" if total else ""
            tick(done, total, f"Downloading {title}: {done / 1e6:.0f}{of} MB")

        tick(0, 0, f"Downloading {title}")
        sources.download(name, tell)
        yield name

    jobs().job(DOWNLOAD, (name, time.monotonic()), work, in_turn=True)


def under_way() -> Growing | None:
    """Return the run that is trained on this server as far as it is; None where there is none or nothing to see yet."""
    job = jobs().get(KEY)
    return _seen(job) if job is not None else None


def _seen(job: Job) -> Growing | None:
    return job.partial if isinstance(job.partial, Growing) and not job.finished else None


def status(tab: Tab, draw: Callable[[Growing], None] | None = None) -> None:
    """Draw what is under way, what just ended, and the gallery to pick from where images are picked by hand.

    Args:
        tab: the browser tab.
        draw: draws the run that is trained here as far as it is, below its line; None to leave it out.
    """
    if tab.notice:
        st.warning(tab.notice, icon=":material/info:")
    for key in (DOWNLOAD, KEY):
        _one(key, draw if key == KEY else None)
    spec = asked(tab.view)
    if spec.request.choose == "points" and not public.is_public() and sources.available(spec.data.name):
        _pick(spec)


def _one(key: str, below: Callable[[Growing], None] | None) -> None:
    job = jobs().get(key)
    if job is None:
        return
    seen_at_first = _seen(job) is not None

    def draw() -> None:
        if jobs().get(key) is not job:
            rerun()  # it was opened or dismissed here, which runs this part alone
        ended, seen = job.finished, _seen(job)
        if not ended and (seen is not None) != seen_at_first:
            rerun()  # the rest of the page makes room for it
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch", key=f"own:line:{key}"):
                progress(job, key, KEPT if key == KEY else "")
            if ended:
                if isinstance(job.partial, str) and not job.error and key == KEY:
                    st.button("Open your run", key="own:open", on_click=_open, args=(job.partial,), type="primary")
                st.button("Dismiss", key=f"own:dismiss:{key}", type="tertiary", on_click=lambda: jobs().forget(key))
        if below and seen is not None:
            below(seen)

    watched(job, f"own:status:{key}", draw)


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
    act(lambda view: asking(view, lambda spec: with_rows(spec, rows)))
