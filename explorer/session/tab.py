"""Keep what one browser tab looks at: its View, the views before it (undo), and its address.

Every control makes a new View through `Tab.change`. Nothing else holds state. pages/frame/binding.py ties a Tab to
Streamlit's session and address bar.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from explorer.session.desk import Desk, Here
from explorer.session.jobs import Jobs
from explorer.session.news import News
from explorer.spec import Named
from explorer.view import PAGES, View

if TYPE_CHECKING:
    from explorer.pipeline import Points, Table


@dataclass(frozen=True)
class Given:
    """A CSV file that a tab was given, and the points that were read of it."""

    name: str
    table: Table
    points: Points


LESSONS = "lessons"  # the page whose address says the place in a lesson
UNDO = 100  # views kept
PRESET_FIRST = ("tradeoff", "attacks")  # without an address these pages open on a preset
LAG = 10.0  # seconds after a new address in which a slow browser may still ask with the old one
T = TypeVar("T")
_number = itertools.count()


@dataclass(frozen=True)
class Slid:
    """A slider that the player follows while it moves.

    Attributes:
        place: the way to its value in the View's JSON, for instance ("base", "data", "noise").
        at: where it stands: its value, or the number of a stop.
        stops: what its places mean, where it is a list of them.
    """

    place: tuple[str | int, ...]
    at: float
    stops: tuple[Any, ...] | None


@dataclass
class Tab:
    """The mutable state of one browser tab.

    Attributes:
        view: what is on screen.
        name: of the tab, for whoever serves several.
        desk: who computes what it shows.
        past: the views before it, oldest first.
        query: the address as it was last read or written.
        bare: it was opened without an address. Then a page may choose what to show first.
        ignored: one sentence for each part of the last link that was not used.
        notice: one sentence about the last thing that the user did, for instance why a file was refused.
        left: replaced addresses, each with its time. A slow browser may still ask with one of them.
        drawn: key of a widget -> how many times it was made anew; see `binding.controlled`.
        said: key of a widget -> its last value, as drawn or as reported since; see `binding.on_change`.
        aside: the view, and the views before it, of the pages that are not on screen, while those of PRESET_FIRST have
            a recipe of their own; None while all pages share one view.
        given: the points that this tab was given, by their SHA-256; no other tab sees them.
        jobs: the work of this tab.
        slid: key of a widget -> the slider, of those drawn in this run; see `frame/live.py`.
        news: says which parts of the page have something new.
        shown: what the last run drew. It stays on screen during an error or a wait.
    """

    view: View
    past: list[View] = field(default_factory=list[View])
    query: dict[str, str] = field(default_factory=dict[str, str])
    bare: bool = True
    ignored: list[str] = field(default_factory=list[str])
    notice: str = ""
    left: dict[tuple[tuple[str, str], ...], float] = field(default_factory=dict[tuple[tuple[str, str], ...], float])
    drawn: dict[str, int] = field(default_factory=dict[str, int])
    said: dict[str, Any] = field(default_factory=dict[str, Any])
    aside: tuple[View, list[View]] | None = None
    given: dict[str, Given] = field(default_factory=dict[str, Given])
    jobs: Jobs = field(default_factory=Jobs)
    name: str = field(default_factory=lambda: f"tab-{next(_number)}")
    desk: Desk = field(default_factory=Here)
    slid: dict[str, Slid] = field(default_factory=dict[str, Slid])
    news: News = field(default_factory=News)
    shown: dict[str, Any] = field(default_factory=dict[str, Any])
    _said: tuple[View, dict[str, str]] | None = None

    @classmethod
    def open(cls, query: Mapping[str, str], page: str) -> Tab:
        """Return the state that an address describes."""
        view, ignored = View.from_query(query, page)
        return cls(replace(view, page=page), query=dict(query), bare=not query, ignored=ignored)

    def kept(self, key: str, made_of: object, make: Callable[[], T]) -> T:
        """Return what was made last time under a key; make it anew where it would be made of something else.

        Args:
            key: of `shown`, which then holds (made_of, what was made).
            made_of: all that goes into it; compared by equality.
            make: makes it.
        """
        held = self.shown.get(key)
        if held is None or held[0] != made_of:
            held = self.shown[key] = (made_of, make())
        return held[1]

    def lacks(self) -> str | None:
        """Return the SHA-256 of points that the view shows and this tab was not given; "" where it names no file.

        None where nothing is lacking. A link names points by their hash, and whoever opens it gives the file again.
        """
        rows = [row.value for row in self.view.rows if isinstance(row.value, Named)]
        files = [data.options for data in (self.view.base.data, *rows) if data.name == "csv"]
        named = [str(getattr(options, "sha256", None) or "") for options in files]
        return next((one for one in named if not self._has(one)), None)

    def _has(self, sha256: str) -> bool:
        if sha256 not in self.given:
            return False
        from explorer.pipeline import csv_at_hand  # by then torch is imported

        return csv_at_hand(sha256)

    def change(self, view: View) -> None:
        """Look at another view; the present one can be had back by `undo`."""
        if view == self.view:
            return
        self.past = [*self.past, self.view][-UNDO:]
        self.view = view
        self.notice, self.ignored = "", []

    def part_ways(self, view: View) -> None:
        """Show a recipe of the present page's own, and of those that share it; the other pages keep what they show."""
        self.aside = (self.view, self.past)
        self.view, self.past = view, []

    def share(self) -> None:
        """Show on every page what the other pages show; the present page's own recipe can be had back by `undo`."""
        if self.aside is None:
            return
        (view, _), self.aside = self.aside, None
        self.change(replace(view, page=self.view.page))

    def set_step(self, step: float) -> None:
        """Note where the animation stands. Undo does not go back to it."""
        self.view = replace(self.view, step=min(1.0, max(0.0, step)))

    def undo(self) -> None:
        """Go back to the view before."""
        if self.past:
            self.view = replace(self.past.pop(), page=self.view.page)
            self.notice, self.ignored = "", []

    def follow(self, query: Mapping[str, str], page: str, *, back: bool = False) -> None:
        """Take over the address to which the user went: a link, back, forward. Another page alone keeps the view.

        A slow browser may ask with an address that this tab has just replaced. Then the view is newer than the address,
        and stays.

        Args:
            query: the address of this run.
            page: the page of this run.
            back: the user went there with the browser's own buttons. Then even an old address is meant.
        """
        if dict(query) == self.query and _sorted(query) not in self.left:
            self.left.clear()  # the browser knows the new address; from now on it means an older one
        if self._turns(query, page):
            return
        went = dict(query) != self.query and not (page != self.view.page and not query)
        if went and (back or not self._late(query)):
            view, ignored = View.from_query(query, page)
            self.aside = None  # a link is meant for every page
            self.change(replace(view, page=page))
            self.ignored = ignored
            self._replace(query)
        if page != self.view.page:
            self.view = replace(self.view, page=page)

    def _turns(self, query: Mapping[str, str], page: str) -> bool:
        """Change places with the view that was put aside where the user goes to a page that shows it; say whether."""
        if self.aside is None or (page in PRESET_FIRST) == (self.view.page in PRESET_FIRST):
            return False
        view, past = self.aside
        turned = replace(view, page=page)
        if query and dict(query) != _address(turned):
            return False
        self.aside = (self.view, self.past)
        self.view, self.past = turned, past
        self.notice, self.ignored = "", []
        return True

    def publish(self) -> dict[str, str]:
        """Return the address that the browser must show now."""
        self._replace(self.address())
        return self.query

    def _replace(self, query: Mapping[str, str]) -> None:
        if dict(query) != self.query:
            now = time.monotonic()
            self.left = {one: at for one, at in self.left.items() if now - at < LAG}
            self.left[_sorted(self.query)] = now
            self.query = dict(query)

    def _late(self, query: Mapping[str, str]) -> bool:
        return time.monotonic() - self.left.get(_sorted(query), -LAG) < LAG

    def address(self) -> dict[str, str]:
        """Return the address of the view: bare for the default view, except on pages that open on a preset."""
        if self._said is None or self._said[0] is not self.view:
            self._said = (self.view, _address(self.view))
        return self._said[1]


def _address(view: View) -> dict[str, str]:
    query = (view if view.page == LESSONS else view.outside()).to_query()
    if view.page == PAGES[0]:
        return {}  # with a query it would be *Watch*'s
    return {} if set(query) == {"v"} and view.page not in PRESET_FIRST else query


def _sorted(query: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(query.items()))
