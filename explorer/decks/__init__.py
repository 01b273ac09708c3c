"""Decks: pictures and steps of lessons in an order, each with a title, one sentence and a note for who speaks.

    {"deck": 1, "title": "...",
     "slides": [{"link": "watch?v=1&panels=jit", "title": "...", "says": "...", "note": "..."}]}

That is a deck's file. `_deck.py` reads and writes it, `_slide.py` says what a slide is, `_known.py` makes a deck of
every group of presets and of every lesson. Nothing is computed here, and nothing of Streamlit is needed.
"""

from __future__ import annotations

from explorer.decks._deck import MAX_FILE, MAX_SLIDES, Deck
from explorer.decks._known import GROUPS, alone, at_step, known, moves, of_lesson, slide_of_step
from explorer.decks._slide import BARE, MAX_NOTE, MAX_SAYS, MAX_TITLE, Slide, first_sentence, slides_of

__all__ = [
    "BARE", "GROUPS", "MAX_FILE", "MAX_NOTE", "MAX_SAYS", "MAX_SLIDES", "MAX_TITLE", "Deck", "Slide", "alone",
    "at_step", "first_sentence", "known", "moves", "of_lesson", "slide_of_step", "slides_of",
]  # fmt: skip
