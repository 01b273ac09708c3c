"""Read the query of a route, strictly: what a link would ignore with a sentence is refused here with that sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from explorer.knobs import shorten

if TYPE_CHECKING:
    from explorer.view import View

LONGEST = 32_000  # bytes: 5,000 points picked by hand fit
MOST_PARTS = 100
_TAB = re.compile(r"[A-Za-z0-9_-]{1,40}")
_PANEL = re.compile(r"[0-9]{1,3}")


class Refused(Exception):
    """What is not answered; the message is one line for whoever asked."""

    def __init__(self, sentence: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        """Say why.

        Args:
            sentence: field, rule, value.
            status: of HTTP.
            headers: more of them.
        """
        super().__init__(" ".join(sentence.split()))
        self.status = status
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Parts:
    """A query taken apart.

    Attributes:
        view: the parts that say what is shown.
        own: the parameters that the route knows beside those, as text.
    """

    view: tuple[tuple[str, str], ...]
    own: Mapping[str, str]

    @property
    def panel(self) -> str | None:
        """Return the number of a panel as text, or None."""
        return self.own.get("panel")

    @property
    def tab(self) -> str:
        """Return who asks; "" where nobody said so."""
        return self.own.get("tab", "")


def parts_of(query: bytes, also: Collection[str] = ()) -> Parts:
    """Take a query apart.

    Args:
        query: as it was sent.
        also: parameters that a route knows beside those of a View, for instance "panel".

    Raises:
        Refused: if it is no query, names a parameter twice, or its tab is no name.
    """
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query), errors="strict",
            max_num_fields=MOST_PARTS,
        )  # fmt: skip
    except ValueError:
        raise Refused(f"a query must be name=value joined by &, at most {MOST_PARTS} of them, in UTF-8") from None
    given = dict(pairs)
    if len(given) < len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise Refused(f"{shorten(twice)}: it must be given once")
    own = {name: given.pop(name) for name in also if name in given}
    if "tab" in own and not _TAB.fullmatch(own["tab"]):
        raise Refused(f"tab: it must be 1 to 40 letters, digits, _ or -, got {shorten(own['tab'])}")
    return Parts(tuple(given.items()), own)


def view_of(parts: tuple[tuple[str, str], ...], owner: str = "") -> View:
    """Return the View that a query says; it takes some milliseconds, and seconds where torch is not imported yet.

    Args:
        parts: of the query.
        owner: the secret of a tab, which lets its own player ask for points that this tab was given.

    Raises:
        Refused: if any part of it would be ignored, is too large for a public demo, or names an uploaded file that is
            not its own tab's.
    """
    from explorer.session.tab import was_given

    view = _read(parts)
    data = view.base.data
    if data.name == "csv" and not was_given(owner, str(getattr(data.options, "sha256", None))):
        raise Refused("data: uploaded points are shown to their own tab only")
    return view


@lru_cache(256)
def _read(parts: tuple[tuple[str, str], ...]) -> View:
    from explorer.session.quota import over_quota
    from explorer.view import View

    view, ignored = View.from_query(dict(parts))
    if ignored:
        raise Refused(ignored[0].replace(" was ignored: ", ": "))
    if too_large := over_quota(view):
        raise Refused(too_large, 403)
    return view


def panel_of(text: str | None, view: View) -> int | None:
    """Return the number of a panel, None for all of them.

    Raises:
        Refused: if the view has no such panel.
    """
    if text is None:
        return None
    if not _PANEL.fullmatch(text) or int(text) >= len(view.panels):
        raise Refused(f"panel: it must lie in [0, {len(view.panels) - 1}], got {shorten(text)}")
    return int(text)
