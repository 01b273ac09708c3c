"""Say the words of the field where they first matter on a page: what a title is short for, what an attack is."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from explorer.contents.glossary import marked
from explorer.contents.words import spelled_out
from explorer.view import View

ATTACK = (
    "A membership inference attack guesses, from a model's answers, whether a point was in its training set. After "
    "good unlearning it finds the forgotten points no better in the unlearned model than in a retrained model."
)


def spelled(view: View) -> None:
    """Spell out the titles of the view's methods, once a page."""
    titles(panel.name for panel in view.panels)


def titles(names: Iterable[str]) -> None:
    """Spell out the titles of some methods, by their keys, where they are short for something."""
    said = spelled_out(names)
    if said:
        st.caption(said)


def attack() -> None:
    """Say what a membership inference attack is."""
    st.html(f'<p class="ue-said">{marked(ATTACK)}</p>')
