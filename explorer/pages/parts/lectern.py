"""A class beside a lesson: open it, show how phones join, ask what the lesson asks, and show what was guessed.

The classroom is kept by the tab. The lecturer's key lies in the storage of the browser's tab too, so that a reload
finds the class again, and another tab does not. Counts come over a stream of their own (`lectern.js`): no guess makes
this page run.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from explorer.classroom import Classroom, Refusal, Tally, classrooms
from explorer.contents.lessons import asked, shown
from explorer.contents.lessons.staged import Staged
from explorer.contents.qr import scanned
from explorer.lessons import SKIPPED, Guess, Place
from explorer.pages.frame.binding import act, current
from explorer.service import CLASS, JOIN, under
from explorer.service.where import WayIn, address, way_in
from explorer.session.same import Same
from explorer.session.tab import Tab
from explorer.view import View

ROOM, DOOR, FORGET = "class:room", "class:door", "class:forget"  # of what the tab has shown
HOW = (
    "This app answers this machine alone, so no phone can join. Start it with `make run HOST=0.0.0.0`, or "
    "`unlearning-explorer app --host 0.0.0.0`, on a network that the phones are in too."
)


def room() -> Classroom | None:
    """Return the class of this tab while it goes on."""
    held: Classroom | None = current().shown.get(ROOM)
    return held if held is not None and not held.over else None


# --- open and end -----------------------------------------------------------------------------------------------------


def opener() -> None:
    """Draw the button that opens a class."""
    st.button(
        "With a class", key="class:open", type="tertiary", icon=":material/groups:", on_click=_open,
        help="Everybody guesses on a phone; the screen shows what all of them guessed.",
    )  # fmt: skip


def _open() -> None:
    tab = current()
    try:
        tab.shown[ROOM] = classrooms().open()
    except Refusal as refusal:
        tab.notice = str(refusal)
        return
    tab.shown |= {DOOR: True, "lesson:auto": False}
    act(lambda view: view.looking("lesson", g=()))  # what was guessed alone is not the class's


def _end() -> None:
    tab = current()
    held: Classroom | None = tab.shown.pop(ROOM, None)
    if held is not None:
        held.end()
    tab.shown[FORGET] = True
    tab.shown[DOOR] = False


def _again(key: str) -> None:
    """Take up the class that this browser had before a reload."""
    found = classrooms().of_lecturer(key)
    if found is not None:
        current().shown[ROOM] = found
    else:
        current().shown[FORGET] = True


def keep(tab: Tab) -> None:
    """Keep the lecturer's key in the browser while the class goes on; call it on every run of the page."""
    held: Classroom | None = tab.shown.get(ROOM)
    if held is not None and held.over:
        _end()
        tab.notice = "The class has ended" + (", after three hours." if classrooms().timed_out(held) else ".")
        held = None
    data = {"keep": held.key if held else "", "forget": bool(tab.shown.pop(FORGET, False))}

    def told() -> None:
        key = getattr(st.session_state["class:keep"], "again", None)
        if key and room() is None:
            _again(str(key))

    component = st.components.v2.component("explorer_keep", js=_KEEP)  # type: ignore[attr-defined]
    component(key="class:keep", data=data, on_again_change=told)


_KEEP = """
const STORED = "explorer-class-key";
export default function ({ data, setTriggerValue }) {
  try {
    if (data.keep) sessionStorage.setItem(STORED, data.keep);
    else if (data.forget) sessionStorage.removeItem(STORED);
    else if (sessionStorage.getItem(STORED)) setTriggerValue("again", sessionStorage.getItem(STORED));
  } catch {
    // a browser that stores nothing loses the class on reload
  }
}
"""


# --- the line of the class --------------------------------------------------------------------------------------------


def line(tab: Tab) -> None:
    """Draw the line of an open class: its code, where to type it, how many have joined."""
    held = room()
    if held is None:
        return
    way = _way()
    with st.container(key="class_line", horizontal=True, vertical_alignment="center", gap="medium"):
        st.html(
            f'<p class="ue-class"><b class="ue-code">{held.code}</b> <span>at <b>{escape(way.short)}</b></span></p>'
        )
        _count(held, "joined")
        at_door = bool(tab.shown.get(DOOR))
        st.button(
            "Hide the code" if at_door else "Show the code", key="class:door", type="tertiary",
            icon=":material/qr_code_2:", on_click=lambda: tab.shown.update({DOOR: not at_door}),
        )  # fmt: skip
        st.button("End the class", key="class:end", type="tertiary", icon=":material/logout:", on_click=_end)


def at_door(tab: Tab) -> bool:
    """Return whether the code is on screen in place of the lesson."""
    return bool(tab.shown.get(DOOR)) and room() is not None


def door(tab: Tab) -> None:
    """Draw how phones join, large enough for the last row."""
    held, way = room(), _way()
    assert held is not None
    if way.alone:
        st.warning(HOW, icon=":material/wifi_off:")
    with st.container(key="class_door"):
        picture = escape(scanned(way.ticket(held.ticket)))
        st.html(
            '<h2 class="ue-lesson">Join the class</h2>'
            f'<div class="ue-door"><img class="ue-qr" src="{picture}" alt="QR code of the address to join">'
            f'<div><p>Scan, or open</p><p class="ue-large">{escape(way.short)}</p><p>and type</p>'
            f'<p class="ue-huge">{held.code}</p>'
            "<p>No name and no account. Guesses are counted, and forgotten at the end of the class.</p></div></div>"
        )
        st.button(
            "Begin", key="class:begin", type="primary", on_click=lambda: tab.shown.update({DOOR: False})
        )  # fmt: skip


def _way() -> WayIn:
    host, port = st.get_option("server.address") or "0.0.0.0", int(st.get_option("server.port"))
    url = getattr(st.context, "url", None)
    return way_in(url, address(host, port), under(st.get_option("server.baseUrlPath"), JOIN))


@cache
def _script() -> str:
    return Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def _count(held: Classroom, what: str) -> None:
    """Draw a count that follows by itself: "joined", or "answered" with a bar."""
    people, answered = held.counts()
    route = under(st.get_option("server.baseUrlPath"), CLASS)
    data = {"address": f"{route}?key={held.key}", "what": what, "people": people, "answered": answered}
    component = st.components.v2.component("explorer_count", js=_script())  # type: ignore[attr-defined]
    component(key=f"class:count:{what}", data=data, on_over_change=lambda: None)


# --- a question -------------------------------------------------------------------------------------------------------


def sync(place: Place, view: View, found: Staged | None) -> None:
    """Let phones show what the lesson is at; call it whenever the step or its picture is new."""
    held, step = room(), place.step
    if held is None:
        return
    if not isinstance(step, Guess) or found is None or not found.complete:
        held.rest()
        return
    question = current().kept(
        "class:question", (place.key, place.at), lambda: asked.question_of(place, view, found)
    )  # fmt: skip
    if place.locked:
        held.ask(question)
    else:
        held.tell(question, *asked.said_of(step, view, found))


def rest() -> None:
    """Let phones wait: the page shows no step."""
    held = room()
    if held is not None:
        held.rest()


def ask(found: Staged | None) -> None:
    """Draw how many have answered, and the button that reveals."""
    held = room()
    assert held is not None
    if found is None or not found.complete:
        st.html('<p class="ue-say">…</p>')
        return
    _count(held, "answered")
    st.button("Reveal", key="class:reveal", type="primary", icon=":material/visibility:", on_click=_reveal)


def _reveal() -> None:
    from explorer.lessons import answered, lessons, place_of

    act(lambda view: answered(view, place_of(view, lessons()), SKIPPED))


def tally(place: Place, found: Staged | None) -> Tally | None:
    """Return what the class has guessed of the step at hand; None without a class, or while its answer is not told."""
    held, step = room(), place.step
    standing = held.standing if held is not None else None
    if standing is None or held is None or found is None or not found.complete or not isinstance(step, Guess):
        return None
    question = standing.question
    if standing.phase != "told" or question is None or question.key != f"{place.key}:{place.at}":
        return None
    return current().kept(
        "class:tally", (held.key, question.key), lambda: asked.tallied(question, held.guesses(question), found)
    )  # fmt: skip


def marks(place: Place, found: Staged, counted: Tally | None) -> shown.Marks | None:
    """Return what draws the class's guesses into the picture; None where there are none."""
    step = place.step
    if counted is None or not counted.people or not isinstance(step, Guess):
        return None
    return lambda named: asked.marks(step, counted, found, named)


def told(place: Place, view: View, found: Staged, counted: Tally) -> None:
    """Draw what the class has guessed, beside the picture."""
    st.html(current().kept("class:said", Same(counted), lambda: _said(place, view, found, counted)))


def _said(place: Place, view: View, found: Staged, counted: Tally) -> str:
    step = place.step
    assert isinstance(step, Guess)
    rows = "".join(_row(bar, counted.people) for bar in asked.bars(step, view, counted, found.truth))
    first = "<tr><th></th><td colspan=2><small>put first by</small></td></tr>" if rows and _ordered(step) else ""
    table = f'<table class="ue-bars">{first}{rows}</table>' if rows else ""
    sentence = escape(asked.summary(step, counted, found))
    return f'{table}<p class="ue-say ue-class-said" role="status">{sentence}</p>'


def _ordered(step: Guess) -> bool:
    from explorer.lessons import Order

    return isinstance(step.kind, Order)


def _row(bar: asked.Bar, people: int) -> str:
    share = 100 * bar.count / max(1, people)
    return (
        f'<tr class="{"ue-true" if bar.right else ""}"><th scope="row">{escape(bar.title)}</th>'
        f'<td><span><i style="width:{share:.1f}%"></i></span></td><td>{bar.count}</td></tr>'
    )
