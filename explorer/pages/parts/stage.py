"""Draw the middle of a page: the player, one line of progress above it, and the rest of the page below it.

A fragment runs again whenever the job has more. Each time it mounts the player with the panels that are ready and hands
the picture to the page. The line of progress has a fixed height, so nothing jumps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from explorer.contents import picture as contents_picture
from explorer.contents.picture import Picture
from explorer.pages.frame import player
from explorer.pages.frame.binding import act, current, publish, rerun
from explorer.pages.frame.progress import soon, status, waiting, watched
from explorer.player import SHIPPED, movie, standalone
from explorer.session.changes import with_whole_part
from explorer.session.desk import SCREEN, silent
from explorer.session.jobs import Job
from explorer.session.tab import Tab
from explorer.view import LAYERS, View


@dataclass
class Shown:
    """What a page has on screen: the picture, its bytes, and what they were made of."""

    picture: Picture | None = None
    blob: bytes | None = None
    made_of: object = None


def stage(
    tab: Tab, below: Callable[[View, Picture], None], *, only: int | None = None, curves: bool = False,
    exposure: bool = False,
) -> None:  # fmt: skip
    """Draw the player of the tab's view and what stands below it, and keep both up to date.

    Args:
        tab: the browser tab.
        below: draws the rest of the page from what is ready.
        only: show this panel alone.
        curves: also compute the numbers by step.
        exposure: also compute how much there is to forget, once the panels are on screen.
    """
    view, page = tab.view, tab.view.page
    wanted = view if only is None else view.alone(only)
    content = (
        page,
        contents_picture.scene_key(view.base),
        wanted.specs(),
        contents_picture.panel_names(wanted),
        curves,
    )
    job = tab.jobs.job(
        page, content,
        lambda tick: contents_picture.pictures(wanted, tab.desk, tick, with_curves=curves, with_exposure=exposure),
    )  # fmt: skip
    soon(job, lambda partial: partial.ready(wanted))

    def draw() -> None:
        if _beyond_step(current().view) != _beyond_step(view):
            rerun()  # something in the player changed the view
        shown = _update(current(), job, wanted)
        status(current(), job)
        _mount(current(), shown)
        if shown.picture is not None:
            below(wanted, shown.picture)
        publish()

    watched(job, f"stage:{page}", draw)


def _beyond_step(view: View) -> View:
    return replace(view, step=1.0)


def _update(tab: Tab, job: Job, view: View) -> Shown:
    """Return what the page shows now: the latest picture of the job, and until there is one, the picture before."""
    shown: Shown = tab.shown.setdefault(tab.view.page, Shown())
    picture: Picture | None = job.partial
    if shown.picture is None and tab.view.page == "watch" and not tab.address() and SHIPPED.exists():
        shown.blob = shown.blob or SHIPPED.read_bytes()
        if picture is None or not picture.ready(view):
            return shown  # the shipped picture stands until all of it is computed here
    if picture is None:
        return shown
    made_of = (job, job.version, view.layout, view.hidden, view.layers)
    if made_of != shown.made_of:
        before = shown.picture
        shown.blob = contents_picture.blob(picture, replace(view, step=tab.view.step), before)
        shown.picture, shown.made_of = _kept(picture, before), made_of
    return shown


def _kept(now: Picture, before: Picture | None) -> Picture:
    """Return the picture; parts that are not computed yet come from the one before, if the scene is the same."""
    if before is None or before.scene_key != now.scene_key:
        return now
    return replace(
        now,
        facts=now.facts or before.facts,
        panels={**before.panels, **now.panels},
        numbers={**before.numbers, **now.numbers},
        curves={**before.curves, **now.curves},
        exposure=now.exposure or before.exposure,
        stale=frozenset(before.numbers) - frozenset(now.numbers),
    )


def _mount(tab: Tab, shown: Shown) -> None:
    if shown.blob is None:
        waiting()
        return
    player.mount(
        shown.blob, key=f"player:{tab.view.page}", on_pick=_picked, on_step=tab.set_step, on_layers=switched,
        on_focus=_focused, on_capture=filmed,
    )  # fmt: skip
    if "export" not in tab.view.hidden:
        take_away(tab, shown.blob or b"", tab.view.base.data.name)


def take_away(tab: Tab, blob: bytes, title: str) -> None:
    """Offer the picture as one page that plays without a server; hand the film that was just taken to the player."""
    with st.container(horizontal=True, key="take_away", gap="small"):
        st.download_button(
            "Page that plays by itself", lambda: standalone.page(blob, f"Unlearning Explorer: {title}"),
            "unlearning.html", "text/html", icon=":material/download:", on_click="ignore", type="tertiary",
            help="One HTML file with this picture and the player; it needs no server and no network.",
        )  # fmt: skip
        made: bytes | None = tab.shown.get("film")
        if made is not None:
            player.offer_films(made, key="films")


def filmed(value: dict[str, Any]) -> None:
    """Have films made of the pictures that the player took; a worker makes them."""
    from explorer.contents import export

    tab, films = current(), dict[str, bytes]()
    number: int = tab.shown.get("films", 0) + 1
    try:
        wish = tab.desk.ask(
            f"film-{tab.news.name}-{number}", tab.view.base, export.filming, value["frames"], float(value["fps"]),
            urgency=SCREEN, tick=silent,
        )  # fmt: skip
        films = tab.desk.first([wish], silent).result()
    except (ValueError, RuntimeError) as error:  # no pictures, or no worker lives through them
        tab.notice = str(error)
    tab.shown["films"], tab.shown["film"] = number, movie.packed(films, number)


def _picked(value: dict[str, Any]) -> None:
    """Make the points picked on the picture the ones to forget."""
    rows = [int(row) for row in value["index"]]
    act(
        lambda view: with_whole_part(
            view, "request", {"kind": view.base.request.kind, "choose": "points", "index": rows}
        )
    )


def switched(layers: list[str]) -> None:
    """Draw the layers that were switched on in the player."""
    act(lambda view: replace(view, layers=tuple(name for name in LAYERS if name in layers)))


def _focused(name: str) -> None:
    act(lambda view: replace(view, focus=int(name.partition(":")[0])))
