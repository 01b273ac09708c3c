"""Let the picture under a hand come first, and then the page that follows the hand.

A slider that a key moves, or that is let go, asks for its picture and tells the page at the same time. Both are made in
one process, so the page would slow down what the eye waits for. A tab's page waits a moment for the tab's own pictures,
and for no others'.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

PATIENCE = 0.15  # seconds that a page waits; then it comes beside the picture

_under_way: Counter[str] = Counter()
_news = threading.Condition()


@contextmanager
def asking(tab: str) -> Generator[None]:
    """Say that the player of a tab asks for a picture until the block ends."""
    with _news:
        _under_way[tab] += 1
    try:
        yield
    finally:
        with _news:
            _under_way[tab] -= 1
            if not _under_way[tab]:
                del _under_way[tab]
                _news.notify_all()


def after(tab: str, seconds: float = PATIENCE) -> bool:
    """Wait until the player of a tab asks for nothing, at most so many seconds; return whether it does."""
    with _news:
        return _news.wait_for(lambda: tab not in _under_way, seconds)
