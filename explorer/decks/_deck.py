"""A deck: its title and its slides; as a file, and as a text that fits behind the # of an address."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from explorer.decks._slide import MAX_TITLE, Slide
from explorer.knobs import shorten
from explorer.spec import SpecError
from explorer.spec.values import is_list, is_object

VERSION = 1
MAX_SLIDES = 200
MAX_FILE = 1_000_000  # bytes
_FIELDS = ("deck", "title", "slides")


@dataclass(frozen=True)
class Deck:
    """Slides in an order.

    Attributes:
        title: of the talk.
        slides: at most MAX_SLIDES.
    """

    title: str = ""
    slides: tuple[Slide, ...] = ()

    @classmethod
    def parse(cls, given: Any) -> Deck:
        """Read a deck from JSON values. A slide {"lesson": key} stands for all of that lesson.

        Raises:
            SpecError: one sentence, if it is none. A slide that cannot be shown is kept; see `Slide.trouble`.
        """
        if not is_object(given) or "slides" not in given:
            raise SpecError("a deck must be an object with `title` and `slides`; this is none")
        if given.get("deck", VERSION) != VERSION:
            raise SpecError(f"this deck is of version {shorten(given['deck'])}, this explorer reads version {VERSION}")
        if other := [name for name in given if name not in _FIELDS]:
            raise SpecError(f"`{shorten(other[0])}` is not a field of a deck: {', '.join(_FIELDS)}")
        title, slides = given.get("title", ""), given["slides"]
        if not isinstance(title, str) or len(title) > MAX_TITLE:
            raise SpecError(f"`title` must be text of at most {MAX_TITLE} characters, got {shorten(title)}")
        if not is_list(slides) or len(slides) > MAX_SLIDES:
            got = f"{len(slides)}" if is_list(slides) else shorten(slides)
            raise SpecError(f"`slides` must be a list of at most {MAX_SLIDES}, got {got}")
        found = [slide for number, one in enumerate(slides, 1) for slide in _parsed(number, one)]
        return cls(title, tuple(found[:MAX_SLIDES]))

    @classmethod
    def read(cls, content: bytes) -> Deck:
        """Read a deck's file.

        Raises:
            ValueError: one sentence, if it is none.
        """
        if len(content) > MAX_FILE:
            raise ValueError(f"a deck must be at most {MAX_FILE:,} bytes, got {len(content):,}")
        try:
            given = json.loads(content.decode("utf-8"))
        except (ValueError, RecursionError):
            raise ValueError("the file must hold a deck as JSON; this is not JSON") from None
        return cls.parse(given)

    def as_json(self) -> dict[str, Any]:
        """Return the deck; `parse` reads it back."""
        return {"deck": VERSION, "title": self.title, "slides": [slide.as_json() for slide in self.slides]}

    def packed(self) -> str:
        """Return the deck as text for an address, in letters, digits, - and _; the presenter's page unpacks it."""
        text = json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")

    def adding(self, slides: Iterable[Slide]) -> Deck:
        """Return the deck with more slides at its end.

        Raises:
            SpecError: one sentence, if they are too many.
        """
        found = (*self.slides, *slides)
        if len(found) > MAX_SLIDES:
            raise SpecError(f"a deck has at most {MAX_SLIDES} slides, and this would be {len(found)}")
        return replace(self, slides=found)


def _parsed(number: int, given: Any) -> tuple[Slide, ...]:
    """Return the slides of one entry: one, or those of a whole lesson."""
    try:
        if is_object(given) and "lesson" in given:
            return _of_lesson(given)
        return (Slide.parse(given),)
    except SpecError as error:
        raise SpecError(f"slide {number}: {error}") from None


def _of_lesson(given: Any) -> tuple[Slide, ...]:
    from explorer.decks._known import of_lesson
    from explorer.lessons import lessons

    if set(given) - {"lesson", "note"}:
        raise SpecError("a lesson in a deck has the fields `lesson` and `note`")
    key = given["lesson"]
    if key not in lessons():
        raise SpecError(f"`lesson` must be one of {', '.join(lessons())}, got {shorten(key)}")
    note = Slide.parse({"link": "", "note": given.get("note", "")}).note
    first, *rest = of_lesson(key).slides
    return (replace(first, note=f"{note}\n{first.note}".strip()), *rest)
