"""One slide: a picture by its address in the app, and what is said of it.

A View holds the place in a lesson too, so a step of a lesson is a View like any other. What cannot be shown is said by
the slide itself, so that a talk goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from explorer.knobs import shorten
from explorer.lessons import lessons, place_of
from explorer.spec import SpecError
from explorer.spec.values import is_object
from explorer.view import PAGES, View

MAX_TITLE, MAX_SAYS, MAX_NOTE, MAX_LINK = 160, 400, 4000, 32_000  # characters
#: Pages without a picture that can stand on a slide: a quiz hides who was forgotten, a report is paper.
BARE = ("start", "decks", "quiz", "report")
_FIELDS = {"title": MAX_TITLE, "says": MAX_SAYS, "note": MAX_NOTE}
READABLE = "():,~[]/"  # marks of an address that mean nothing to a query; so a person can read a file of a deck
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


@dataclass(frozen=True)
class Slide:
    """A picture, and what is said of it.

    Attributes:
        link: the picture's address without the server: "watch?v=1&panels=jit", or "lessons?v=1&lesson=cliff&at=2".
        title: what stands above it.
        says: one sentence below it.
        note: what only who speaks sees.
    """

    link: str
    title: str = ""
    says: str = ""
    note: str = ""

    @classmethod
    def of(cls, view: View, title: str = "", says: str = "", note: str = "") -> Slide:
        """Return the slide of a View; of a View on the page *lessons* the step at which it stands."""
        shown = view if view.page == "lessons" else view.outside()
        return cls(f"{view.page}?{urlencode(shown.to_query(), safe=READABLE)}", title, says, note)

    @classmethod
    def parse(cls, given: Any) -> Slide:
        """Read a slide from JSON values: its address as `link`, or its View as `view`.

        Raises:
            SpecError: one sentence, if it is none. A link that cannot be shown is no fault here; see `trouble`.
        """
        if not is_object(given):
            raise SpecError(f"a slide must be an object with named fields, got {shorten(given)}")
        if other := [name for name in given if name not in ("link", "view", *_FIELDS)]:
            raise SpecError(f"`{shorten(other[0])}` is not a field of a slide: link, view, {', '.join(_FIELDS)}")
        texts = {name: _text(name, given.get(name, ""), most) for name, most in _FIELDS.items()}
        if ("link" in given) == ("view" in given):
            raise SpecError("a slide must have either a `link` or a `view`")
        if "view" in given:
            return cls.of(View.parse(given["view"]), **texts)
        return cls(_text("link", given["link"], MAX_LINK), **texts)

    def as_json(self) -> dict[str, str]:
        """Return the slide; `parse` reads it back."""
        return {"link": self.link, "title": self.title, "says": self.says, "note": self.note}

    @property
    def view(self) -> View | None:
        """Return what it shows; None where it cannot be shown."""
        return self._read[0]

    @property
    def trouble(self) -> str:
        """Return why it cannot be shown, in one sentence; "" where it can."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[View | None, str]:
        parts = urlsplit(self.link)
        page = parts.path.rstrip("/").rpartition("/")[2] or "watch"
        if page not in PAGES or page in BARE:
            return None, f"`link` must lead to a page with a picture, got {shorten(self.link)}"
        view, ignored = View.from_query(dict(parse_qsl(parts.query, keep_blank_values=True)), page)
        view = replace(view, page=page)
        if ignored:
            return None, ignored[0].replace(" was ignored: ", ": ")
        if page == "lessons" and (trouble := _no_step(view)):
            return None, trouble
        return view, ""


def _no_step(view: View) -> str:
    """Return why a View stands at no step of a lesson; "" where it does, or at a lesson's end."""
    place = place_of(view, lessons())
    return place.trouble or ("" if place.lesson else "`lesson` must name a lesson")


def _text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        got = f"{len(value):,}" if isinstance(value, str) else shorten(value)
        raise SpecError(f"`{name}` must be text of at most {most:,} characters, got {got}")
    return value


def slides_of(view: View, title: str = "", says: str = "", note: str = "") -> tuple[Slide, ...]:
    """Return the slides of what a page shows: one, but of a poster with rows one a row, so that each one plays."""
    if view.page != "compare" or not view.rows:
        shown = replace(view, page="watch") if view.page == "compare" else view
        return (Slide.of(shown, title, says, note),)
    count = len(view.rows)
    shown = [replace(one, page="watch", rows=()) for one in _by_row(view)]
    named = [f"{title} ({k} of {count})".strip() if count > 1 else title for k in range(1, count + 1)]
    return tuple(Slide.of(one, name[:MAX_TITLE], says, note) for one, name in zip(shown, named, strict=True))


def _by_row(view: View) -> list[View]:
    """Return a View a row; a request that a row's data set does not know takes its default there."""
    found = list[View]()
    for row in view.rows:
        try:
            found.append(replace(view, base=view.base.with_part(**row.as_json())))
        except SpecError:
            found.append(replace(view, base=view.base.with_part(**row.as_json(), request={})))
    return found


def first_sentence(text: str) -> str:
    """Return a text up to the end of its first sentence; a slide says no more."""
    return _SENTENCE.split(text.strip(), maxsplit=1)[0][:MAX_SAYS]
