"""Draw what one guesses with: buttons, a slider, an order; or how to guess on the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.lessons import Choice, Guess, Line, Number, Order, Place
from explorer.pages.frame.binding import current
from explorer.pages.parts.lesson import steps


def show(place: Place, step: Guess) -> None:
    """Draw what a guess is made with, unless it is made on the picture."""
    kind, where = step.kind, f"guess:{place.key}:{place.at}"
    if isinstance(kind, Choice):
        with st.container(horizontal=True, gap="small", key="lesson_choices"):
            for number, option in enumerate(kind.options):
                st.button(option, key=f"{where}:{number}", on_click=steps.answer, args=(number,))
    elif isinstance(kind, Number):
        _ask_number(kind, where)
    elif isinstance(kind, Order):
        _ask_order(kind, step, where)
    else:
        how = "Draw it with the mouse or a finger." if isinstance(kind, Line) else "Click points, or draw around them."
        keys = (
            "By keyboard: the arrows move a cross, Enter sets a place of the line."
            if isinstance(kind, Line)
            else "By keyboard: up and down walk from point to point, Enter chooses one."
        )
        st.caption(how, help=keys)


def _ask_number(kind: Number, where: str) -> None:
    whole = float(kind.step).is_integer()
    number: Callable[[float], Any] = int if whole else float
    with st.form(where, border=False):
        st.slider(
            "Your guess", number(kind.low), number(kind.high), number((kind.low + kind.high) / 2),
            step=number(kind.step), key=f"{where}:number", format=None if whole else "%g",
            label_visibility="collapsed",
        )  # fmt: skip
        st.form_submit_button("That is my guess", type="primary", on_click=lambda: _answer_of(f"{where}:number"))


def _answer_of(key: str) -> None:
    steps.answer(float(st.session_state[key]))


def _ask_order(kind: Order, step: Guess, where: str) -> None:
    titles = {panel.name: panel.title for panel in step.picture.panels}
    chosen: list[str] = current().shown.setdefault(where, [])

    def choose(name: str) -> None:
        if name in chosen:
            chosen.remove(name)
        else:
            chosen.append(name)
        if len(chosen) == len(kind.panels):
            steps.answer(tuple(chosen))
            chosen.clear()

    st.caption(f"Click them in your order, {kind.first} first.")
    for name in kind.panels:
        rank = f"{chosen.index(name) + 1}. " if name in chosen else ""
        st.button(
            f"{rank}{titles[name]}", key=f"{where}:{name}", on_click=choose, args=(name,), width="stretch",
            type="primary" if rank else "secondary",
        )  # fmt: skip
