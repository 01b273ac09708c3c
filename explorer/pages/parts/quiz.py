"""Draw the quiz: one question with what an attacker sees, and at the end of a round what everybody reached."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import nullcontext
from html import escape

import streamlit as st

from explorer.contents import quiz as contents
from explorer.contents.quiz import Score
from explorer.contents.tables import cells
from explorer.figures.attackers import attackers
from explorer.figures.closeup import closeup
from explorer.figures.numerals import number
from explorer.figures.sheet import Sheet
from explorer.figures.svg import svg
from explorer.figures.theme import COLOURS
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.records import Quiz
from explorer.view import QUESTIONS

YES, NO = "It was in the training set", "It was not"
LOOK_POINT = (
    "The model's answers around the point; deep colour is a sure one. Look at whether it bends around this very point."
)
LOOK_ROC = (
    "Look at whether your star lies above the dotted line by more than its arms are long. It does not show other "
    "points: on another 20 every mark lies elsewhere."
)
HEADS = (("Members found", "of 10"), ("Others called members", "of 10"), ("Right answers", "of 20"))


def question(quiz: Quiz, turn: str, so_far: str, draw: int, answer: Callable[[str], None], where: str) -> None:
    """Draw the next question of a round.

    Args:
        quiz: the round.
        turn: the model that is attacked.
        so_far: the answers before it.
        draw: the round's number.
        answer: takes "y", "n", or "" to take the last one back.
        where: what the keys of the buttons start with.
    """
    at = contents.order_of(turn, draw)[len(so_far)]
    with st.container(key="quiz_two"):  # side by side where the window is wide; see style.css
        with st.container(key="quiz_ask"):
            done = 100 * len(so_far) / QUESTIONS
            st.html(
                f'<p class="ue-say ue-ask">{len(so_far) + 1} of {QUESTIONS}. Was this '
                f"{'point' if quiz.x is not None else 'image'} in the training set?</p>"
                f'<div class="ue-place" role="img" aria-label="Question {len(so_far) + 1} of {QUESTIONS}">'
                f'<i style="width:{done:.0f}%"></i></div>'
            )
            st.html(_says(quiz, turn, at))
            with st.container(horizontal=True, gap="small", key="quiz_answers"):
                st.button(YES, key=f"{where}:yes", on_click=answer, args=("y",), shortcut="Y", type="primary")
                st.button(NO, key=f"{where}:no", on_click=answer, args=("n",), shortcut="N", type="primary")
            st.button(
                "Take the last answer back", key=f"{where}:back", type="tertiary", icon=":material/undo:",
                on_click=answer, args=("",), disabled=not so_far,
            )  # fmt: skip
        with st.container(key="quiz_seen"):
            if quiz.x is not None:
                drawn = _drawn(quiz, turn, at)
                source = base64.b64encode(svg(drawn).encode()).decode()
                alt = escape(drawn.alt, quote=True)
                st.html(f'<img class="ue-closeup" src="data:image/svg+xml;base64,{source}" alt="{alt}">')
                st.caption(LOOK_POINT)
            else:
                st.caption(contents.NO_PICTURES)


def _says(quiz: Quiz, turn: str, at: int) -> str:
    """Return what the model says of a point: bars of its likeliest classes, the label's marked."""
    label = quiz.names[int(quiz.y[at])]
    colour = COLOURS[mode()].models["unlearned"]
    rows = "".join(
        f'<tr><th scope="row">{"<b>" if name == label else ""}{escape(name)}{"</b>" if name == label else ""}</th>'
        f'<td><i style="width:{100 * p:.1f}%;background:{colour}"></i></td><td>{_sure(p)}</td></tr>'
        for name, p in contents.says(quiz, turn, at)
    )
    return (
        f'<p class="ue-say">Its label is <b>{escape(label)}</b>. The model says:</p>'
        f'<table class="ue-says"><tbody>{rows}</tbody></table>'
    )


def _sure(p: float) -> str:
    """Return a probability as text; one next to 0 or 1 by how far it is from there."""
    if p > 0.999:
        return f"1 − {1 - p:.0e}" if 1 - p >= 1e-12 else "1"
    return f"{p:.0e}" if 0 < p < 0.001 else number(p) if p else "0"


def _drawn(quiz: Quiz, turn: str, at: int) -> Sheet:
    assert quiz.x is not None
    label = int(quiz.y[at])
    first, p = contents.says(quiz, turn, at)[0]
    alt = f"What the model answers around a point labelled {quiz.names[label]}; at the point: {first}, {p:.3f}."
    return closeup(quiz.planes[at], quiz.around[turn][at], quiz.x[at], label, quiz.names, alt, mode())


# --- what it comes to -------------------------------------------------------------------------------------------------


def reached(quiz: Quiz, turn: str, said: str, draw: int, careful: str, *, folded: bool = False) -> None:
    """Draw what you and the attacks reached on the model of a turn.

    Args:
        quiz: the round.
        turn: the model.
        said: all your answers; "" where you left it to the attacks.
        draw: the round's number.
        careful: a sentence that must be known; "" for none.
        folded: the table is folded up: there are other words on the page.
    """
    found = contents.scores(quiz, turn, said, draw)
    if found and found[0].name == contents.YOU and found[0].reached is not None:
        st.html(f'<p class="ue-say" role="status">{escape(contents.sentence(found[0].reached))}</p>')
    if careful:
        st.info(careful, icon=":material/balance:")
    with st.container(key="quiz_result"):
        figure = attackers(
            contents.dots(found), members=QUESTIONS // 2,
            others=QUESTIONS // 2, mode=mode(),
        )  # fmt: skip
        with st.container(key="quiz_figure"):
            chart(figure, f"quiz:{turn}")
        with st.expander("All numbers") if folded else nullcontext(), st.container(key="quiz_table"):
            st.html(table(found))
            st.caption(f"{LOOK_ROC} Small print: 95 % intervals. Each attack knows that half are members, as you do.")
            for reason in quiz.left_out.values():
                st.caption(reason[:1].upper() + reason[1:] + ("" if reason.endswith(".") else "."))


def _cell(text: str) -> str:
    """Return how many of how many, its interval below it."""
    value, _, interval = text.partition(" (")
    return escape(value) + (f"<small>{escape(interval.rstrip(')'))}</small>" if interval else "")


def table(found: list[Score]) -> str:
    """Return what every attacker reached as HTML."""
    body = "".join(
        cells.row(name, "", "".join(f"<td>{_cell(one)}</td>" for one in values), strong=name == contents.YOU)
        for name, *values in contents.rows(found)
    )
    return cells.table([cells.head(*head) for head in HEADS], body, classes="ue-numbers ue-wide")
