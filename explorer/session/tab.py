"""Keep what one browser tab looks at: its View, the views before it (undo), and its address.

Every control makes a new View through `Tab.change`. Nothing else holds state. pages/frame/binding.py ties a Tab to
Streamlit's session and address bar.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from explorer.decks import Deck
from explorer.session.desk import Desk, Here
from explorer.session.jobs import Jobs
from explorer.session.news import News
from explorer.session.own_points import Given, named_in
from explorer.view import PAGES, View

#: Pages whose address says what no other page's does, and the group of fields that does so.
OWN = {"lessons": "lesson", "quiz": "quiz"}
UNDO = 100  # views kept
NUDGE = 1e-6  # of the animation; too little to see
#: Pages that open on a preset where there is no address -> the group of pages that share it; all others are "".
PRESET_FIRST: Mapping[str, str] = {"tradeoff": "attacks", "attacks": "attacks", "quiz": "attacks", "streams": "streams"}
LAG = 10.0  # seconds after which a browser that was silent since has surely heard of a new address
T = TypeVar("T")
_number = itertools.count()
_OWNERS: WeakValueDictionary[str, Tab] = WeakValueDictionary()  # tabs that told their player a secret, by it


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
        left: replaced addresses, oldest first, each with the time at which it was replaced or last asked with. A slow
            browser may still ask with one of them.
        drawn: key of a widget -> how many times it was made anew; see `binding.controlled`.
        said: key of a widget -> its last value, as drawn or as reported since; see `binding.on_change`.
        apart: groups of PRESET_FIRST whose pages have a recipe of their own; the others share one view.
        aside: group -> the view, and the views before it, of its pages while they are not on screen; empty while all
            pages share one view.
        given: the points that this tab was given, by their SHA-256; no other tab sees them.
        jobs: the work of this tab.
        slid: key of a widget -> the slider, of those drawn in this run; see `frame/live.py`.
        news: says which parts of the page have something new.
        deck: the user's own, as far as it is built.
        shown: what the last run drew. It stays on screen during an error or a wait.
        runs_on: the app asked for the next run itself; see `binding.rerun`.
        sent: the step at which the app itself last put the player.
        unseen: the player has not reported yet that it was put there.
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
    apart: set[str] = field(default_factory=set[str])
    aside: dict[str, tuple[View, list[View]]] = field(default_factory=dict[str, tuple[View, list[View]]])
    given: dict[str, Given] = field(default_factory=dict[str, Given])
    jobs: Jobs = field(default_factory=Jobs)
    name: str = field(default_factory=lambda: f"tab-{next(_number)}")
    desk: Desk = field(default_factory=Here)
    slid: dict[str, Slid] = field(default_factory=dict[str, Slid])
    news: News = field(default_factory=News)
    deck: Deck = field(default_factory=Deck)
    shown: dict[str, Any] = field(default_factory=dict[str, Any])
    runs_on: bool = False
    sent: float | None = None
    unseen: bool = False
    _said: tuple[View, dict[str, str]] | None = None
    _secret: str = ""

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
        return next((one for one in named_in(self.view) if not self.has(one)), None)

    def secret(self) -> str:
        """Return what shows to a route that it is this tab's own player that asks; for its page alone."""
        if not self._secret:
            self._secret = secrets.token_urlsafe(24)
            _OWNERS[self._secret] = self
        return self._secret

    def has(self, sha256: str) -> bool:
        """Say whether this tab was given points; if so they are at hand, also where later files had displaced them."""
        if sha256 not in self.given:
            return False
        from explorer.pipeline import keep_csv  # by then torch is imported

        keep_csv(self.given[sha256].points)
        return True

    def change(self, view: View) -> None:
        """Look at another view; the present one can be had back by `undo`."""
        if view == self.view:
            return
        self.past = [*self.past, self.view][-UNDO:]
        self.view = view
        self.notice, self.ignored = "", []

    def part_ways(self, view: View) -> None:
        """Show a recipe of the present page's own, and of those that share it; the other pages keep what they show."""
        self.aside[self.group(self.view.page)] = (self.view, self.past)
        self.apart.add(PRESET_FIRST[self.view.page])
        self.view, self.past = view, []

    def group(self, page: str) -> str:
        """Return the group whose view a page shows; "" is that of all pages without a recipe of their own."""
        own = PRESET_FIRST.get(page, "")
        return own if own in self.apart else ""

    def share(self) -> None:
        """Show on every page what the other pages show; the present page's own recipe can be had back by `undo`."""
        own = self.group(self.view.page)
        if not own:
            return
        self.apart.discard(own)
        view, _ = self.aside.pop("")
        self.change(replace(view, page=self.view.page))

    def set_step(self, step: float, given: float) -> None:
        """Note where the animation stands, as the player reports it. Undo does not go back to it.

        The player reports a moment after it came to rest. By then the app may have put it elsewhere; that holds.

        Args:
            step: where it stands; beyond [0, 1] the nearer end is meant.
            given: the step in the last picture that the player had when it reported.
        """
        if self.unseen and self.view.step == self.sent and given != self.sent:
            return
        self.unseen = False
        self.view = replace(self.view, step=min(1.0, max(0.0, step)))

    def put_step(self, step: float) -> None:
        """Let the player stand at a step in [0, 1]. Undo does not go back to it."""
        if step == self.sent:  # the player ignores a step equal to the last one that it was sent
            step += -NUDGE if step > NUDGE else NUDGE
        self.sent, self.unseen = step, True
        self.view = replace(self.view, step=step)

    def undo(self) -> None:
        """Go back to the view before."""
        if self.past:
            self.view = replace(self.past.pop(), page=self.view.page)
            self.notice, self.ignored = "", []

    def hear(self, query: Mapping[str, str]) -> None:
        """Note that the browser asked with an address: it hears of addresses in their order, so it knows those before.

        Args:
            query: the address of a run that the browser asked for.
        """
        there = _sorted(query)
        if there in self.left:
            now, known = time.monotonic(), list(self.left)
            self.left = dict.fromkeys(known[known.index(there) :], now)  # it is behind, and may stay so
        elif dict(query) == self.query:
            self.left.clear()  # from now on it means an older address

    def follow(self, query: Mapping[str, str], page: str, *, back: bool = False, asked: bool = True) -> None:
        """Take over the address to which the user went: a link, back, forward. Another page alone keeps the view.

        A slow browser may ask with an address that this tab has replaced. Then the view is newer than the address, and
        stays.

        Args:
            query: the address of this run.
            page: the page of this run.
            back: the user went there with the browser's own buttons. Then even an old address is meant.
            asked: the browser asked for this run; else the app did, and the browser may not have heard of the address.
        """
        late = not back and self._late(query)
        if asked:
            self.hear(query)
        if self._turns(query, page):
            return
        went = dict(query) != self.query and not (page != self.view.page and not query)
        if went and not late:
            view, ignored = View.from_query(query, page)
            self.aside, self.apart = {}, set()  # a link is meant for every page
            self.change(replace(view, page=page))
            self.ignored = ignored
            self._replace(query)
        if page != self.view.page:
            self.view = replace(self.view, page=page)

    def _turns(self, query: Mapping[str, str], page: str) -> bool:
        """Change places with the view that was put aside where the user goes to a page that shows it; say whether."""
        here, there = self.group(self.view.page), self.group(page)
        if here == there:
            return False
        view, past = self.aside[there]
        turned = replace(view, page=page)
        if query and dict(query) != _address(turned):
            return False
        del self.aside[there]
        self.aside[here] = (self.view, self.past)
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
            self.left.pop(_sorted(self.query), None)  # the last place in the order is its place
            self.left[_sorted(self.query)] = now
            self.query = dict(query)

    def _late(self, query: Mapping[str, str]) -> bool:
        return time.monotonic() - self.left.get(_sorted(query), -LAG) < LAG

    def address(self) -> dict[str, str]:
        """Return the address of the view: bare for the default view, except on pages that open on a preset."""
        if self._said is None or self._said[0] is not self.view:
            self._said = (self.view, _address(self.view))
        return self._said[1]


def was_given(secret: str, sha256: str) -> bool:
    """Say whether the tab with a secret is open and was given the points of a hash."""
    tab = _OWNERS.get(secret)
    return tab is not None and tab.has(sha256)


def _address(view: View) -> dict[str, str]:
    query = view.outside(OWN.get(view.page, "")).to_query()
    if view.page == PAGES[0]:
        return {}  # with a query it would be *Watch*'s
    return {} if set(query) == {"v"} and view.page not in PRESET_FIRST else query


def _sorted(query: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(query.items()))
