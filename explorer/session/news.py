"""Say which parts of a page have something new, to whoever listens for its tab; `explorer.service` tells the browser.

The browser then asks for a run of that part, as if the user had. So every run has the address and the widgets of that
moment, in the order in which the browser sent them.
"""

from __future__ import annotations

import secrets
import threading
import weakref
from collections.abc import Callable

Listener = Callable[[], None]
_tabs: weakref.WeakValueDictionary[str, News] = weakref.WeakValueDictionary()


class News:
    """The news of one browser tab.

    Attributes:
        name: by which the browser asks for them; nobody can guess it.
        alive: says whether the tab is connected.
    """

    def __init__(self) -> None:
        """Start with none."""
        self.name = secrets.token_urlsafe(12)
        self.alive: Callable[[], bool] = lambda: True
        self._counts: dict[str, int] = {}
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        _tabs[self.name] = self

    def count(self, part: str) -> int:
        """Return how often there was something new for a part of the page."""
        return self._counts.get(part, 0)

    def counts(self) -> dict[str, int]:
        """Return that of every part."""
        with self._lock:
            return dict(self._counts)

    def tell(self, part: str) -> None:
        """Say that there is something new for a part; from any thread."""
        with self._lock:
            self._counts[part] = self._counts.get(part, 0) + 1
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call a function whenever there is something new; return what ends that."""
        with self._lock:
            self._listeners.append(listener)

        def leave() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return leave


def of(name: str) -> News | None:
    """Return the news of a tab; None where there is no such tab."""
    return _tabs.get(name)
