"""Classrooms: a lecturer asks, everybody who has joined by a code guesses. All of it is in memory; nobody has a name.

    room = classrooms().open()                       # the lecturer keeps room.key
    room, token = classrooms().enter("BKTR", "…")    # a phone keeps the token
    room.ask(Question("lesson:1", "Which one?", Choice(("A", "B"), "")))
    room.guess(token, "lesson:1", "0")               # until room.tell(...)

The lecturer's page and the routes of `explorer.service` run in one process and meet here. Each call takes microseconds
and may come from any thread.
"""

from __future__ import annotations

from functools import cache

from explorer.classroom._classroom import LONGEST, MOST_PEOPLE, MOST_QUESTIONS, Classroom, Standing
from explorer.classroom._classrooms import LETTERS, MOST_ROOMS, Classrooms
from explorer.classroom._limits import Allowance, Recent
from explorer.classroom._question import Question, Refusal
from explorer.classroom._tally import Bin, Tally, tally_of


@cache
def classrooms() -> Classrooms:
    """Return the classrooms of this server."""
    return Classrooms()


__all__ = [
    "LETTERS", "LONGEST", "MOST_PEOPLE", "MOST_QUESTIONS", "MOST_ROOMS", "Allowance", "Bin", "Classroom", "Classrooms",
    "Question", "Recent", "Refusal", "Standing", "Tally", "classrooms", "tally_of",
]  # fmt: skip
