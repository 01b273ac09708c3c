"""Where the tab stands in its lesson, and how it goes on from there."""

from __future__ import annotations

from typing import Any

from explorer.lessons import Place, answered, first_of, lessons, moved, place_of
from explorer.pages.frame.binding import act, current
from explorer.view import View


def here(view: View | None = None) -> Place:
    """Return the place of a View, of the tab's own unless another is given."""
    return place_of(view or current().view, lessons())


def answer(value: Any) -> None:
    """Keep the answer of the step at hand."""
    act(lambda view: answered(view, here(view), value))


def go(at: int) -> None:
    """Go to another step; before the first is the list of lessons."""
    act(lambda view: moved(view, at) if at >= 0 else first_of(view, ""))
