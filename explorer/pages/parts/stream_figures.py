"""Draw the figures of the page *streams*: a filmstrip, and the drift of every method."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.contents import streams as contents
from explorer.contents.streams import Streamed
from explorer.figures import drift as curves
from explorer.figures import filmstrip as film
from explorer.figures.numerals import number
from explorer.pages.frame.binding import current
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.view import View

FILM = (
    "Look at which rows keep their solid line on the dashed one, and which shatter, and when. d: drift, the share of "
    "the plane on which the model answers otherwise than retrained ones do. × broken: its retain accuracy is more than "
    ".05 below retrained's. What it does not show: what an answer cost."
)
DRIFT = (
    "Look at whether a curve stays low, and whether it ends above or below its open mark, which is the same method "
    "asked for all points at once. d is the mean over the retrained models of that time; even a model that is "
    "retrained each time differs from them (dash-dotted), as every new seed does. What it does not show: where on the "
    "plane models differ."
)


def show(view: View, now: Streamed, wide: int) -> None:
    """Draw both figures of the methods that are ready; each is kept until there is another.

    Args:
        view: the view.
        now: what is ready.
        wide: pixels.
    """
    titles = contents.methods(view, now)
    if not titles or now.scene is None:
        return
    made_of = (contents.work_key(view), tuple(titles), wide, mode())
    strip = current().kept("streams:film", made_of, lambda: _filmstrip(now, titles, wide))
    chart(strip, "streams:film")
    st.caption(FILM)
    drawn = current().kept("streams:drift", made_of, lambda: _drift(now, titles, wide))
    chart(drawn, "streams:drift")
    st.caption(DRIFT)


def _filmstrip(now: Streamed, titles: dict[str, str], wide: int) -> Any:
    scene = now.scene
    assert scene is not None and scene.moving is not None
    moving, requests = scene.moving, len(scene.moving.paired) - 1
    times = contents.times_shown(requests, film.fitting(wide))
    ground = film.Ground(
        scene.plane, scene.size, scene.names, times, [moving.paired[t] for t in times],
        [scene.x[scene.forget[moving.asked <= t]] for t in times],
    )  # fmt: skip
    strips = [_strip(now, name, title, times) for name, title in titles.items()]
    return film.filmstrip(strips, ground, width=wide, mode=mode())


def _strip(now: Streamed, name: str, title: str, times: tuple[int, ...]) -> film.Strip:
    found, areas = now.drifts[name], dict[int, float]()
    for t in times:
        near = int(abs(found.times - t).argmin())
        if found.times[near] == t:
            areas[t] = float(found.area["unlearned"][near])
    own, goal = found.accuracy["unlearned"]["retain"], found.accuracy["paired"]["retain"]
    below = [f"d {number(areas[t])}" if t in areas else f"retain {number(float(own[t]))}" for t in times]
    broken = [bool(goal[t] - own[t] > contents.BROKEN) for t in times]
    return film.Strip(title, [now.panels[name].logits[t] for t in times], below, broken)


def _drift(now: Streamed, titles: dict[str, str], wide: int) -> Any:
    first = now.drifts[next(iter(titles))]
    lines = [
        curves.Curve(
            title, now.drifts[name].area["unlearned"], now.drifts[name].at_once["disagreement_area"],
            now.drifts[name].breaks_at,
        )
        for name, title in titles.items()
    ]  # fmt: skip
    references = {"original": first.area["original"], "retrained": first.area["paired"]}
    return curves.drift(
        first.times.tolist(), lines, references, panel=next(iter(titles)), mode=mode(), width=wide
    )  # fmt: skip
