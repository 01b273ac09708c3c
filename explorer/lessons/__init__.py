"""Lessons: one file each, data only, found by its name and listed here in the order of the story.

    LESSON = Lesson(title=..., question=..., goal=..., minutes=4, steps=(Look(...), Guess(...), Try(...)))

`_lesson.py` says what a lesson is, `_kinds.py` what can be guessed, `_place.py` keeps the place in one in the address.
What a step shows is a View; its truth has a name, and `explorer.contents.lessons` computes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from explorer.lessons._kinds import Answer, Choice, Kind, Line, Number, Order, Points, Wrong
from explorer.lessons._lesson import Above, Attack, Below, Done, Guess, InBand, Lesson, Look, Shown, Step, Try
from explorer.lessons._place import SKIPPED, Place, answered, first_of, moved, place_of, standing
from explorer.spec.catalog import declared

#: The order of the story; `declared` finds the files.
ORDER = (
    "never_saw", "right_anyway", "too_much", "seeds", "what_it_reads", "gap_or_inside", "be_the_attacker", "exact",
    "cliff", "shift", "comes_back", "gives_away", "photographs",
)  # fmt: skip


@cache
def lessons() -> Mapping[str, Lesson]:
    """Return every lesson by its key, in the order of the story.

    Raises:
        ImportError: if a file declares no lesson, or is not in ORDER.
    """
    found = declared("explorer.lessons", "LESSON")
    if set(found) != set(ORDER):
        raise ImportError(f"explorer/lessons/__init__.py must list {', '.join(sorted(found))}, got {', '.join(ORDER)}")
    return {key: found[key] for key in ORDER}  # type: ignore[misc]  # what a file declares is held by a test


__all__ = [
    "ORDER", "SKIPPED", "Above", "Answer", "Attack", "Below", "Choice", "Done", "Guess", "InBand", "Kind", "Lesson",
    "Line", "Look", "Number", "Order", "Place", "Points", "Shown", "Step", "Try", "Wrong", "answered", "first_of",
    "lessons", "moved", "place_of", "standing",
]  # fmt: skip
