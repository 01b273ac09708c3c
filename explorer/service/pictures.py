"""Where the routes meet the computing: each function takes a View and returns a Future at once.

Threads compute, in the order in which they are asked. A Future that is cancelled ends its work at the next tick. The
blobs that were asked for last are kept, up to KEPT bytes.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TypeVar

from explorer.contents import blobs
from explorer.contents.picture import Picture, pictures
from explorer.session.jobs import Cancelled, Tick
from explorer.session.store import memo
from explorer.view import View

WORKERS = 2
KEPT = 64_000_000  # bytes of blobs in memory
T = TypeVar("T")
_log = logging.getLogger(__name__)


def asked(view: View, panel: int | None, tab: str) -> Future[bytes]:
    """Return the player's bytes of one panel, of the whole view where `panel` is None.

    Args:
        view: what to show.
        panel: its place among the panels.
        tab: who asks.

    Returns:
        A Future. It fails with ValueError, one sentence, where there can be no such picture.
    """
    key = (tuple(view.to_query().items()), panel)
    known = KNOWN.get(key)
    if known is not None:
        done: Future[bytes] = Future()
        done.set_result(known)
        return done

    def made(tick: Tick) -> bytes:
        kept = memo(view.base)
        blob = blobs.whole(view, kept, tick) if panel is None else blobs.panel(view, panel, kept, tick)
        KNOWN.put(key, blob)
        return blob

    return _begun(made, tab)


def pieces(view: View, tab: str, tell: Callable[[Picture], None], tick: Tick) -> Future[None]:
    """Compute a view piece by piece.

    Args:
        view: what to show.
        tab: who asks.
        tell: called with each piece in the thread that computes.
        tick: tick(done, total, sentence), called there too.

    Returns:
        A Future that ends after the last piece; it fails as that of `asked`.
    """

    def told(check: Tick) -> None:
        def both(done: int, total: int, sentence: str = "") -> None:
            check(done, total, sentence)
            tick(done, total, sentence)

        for piece in pictures(view, memo(view.base), both):
            check(0, 0)
            tell(piece)

    return _begun(told, tab)


@cache
def _workers() -> ThreadPoolExecutor:
    atexit.register(_stop)
    return ThreadPoolExecutor(WORKERS, "explorer-picture")


def _begun(work: Callable[[Tick], T], tab: str) -> Future[T]:
    """Return the Future of some work that is now in the queue. It can be cancelled at any time until it is done."""
    future: Future[T] = Future()

    def tick(done: int, total: int, sentence: str = "") -> None:
        if future.cancelled() or _ending.is_set():
            raise Cancelled

    def run() -> None:
        try:
            tick(0, 0)
            result = work(tick)
        except Cancelled:
            future.cancel()
        except BaseException as error:
            if not isinstance(error, ValueError):
                _log.exception("a picture for %s failed", tab or "somebody")
            with suppress(InvalidStateError):  # nobody waits any more
                future.set_exception(error)
        else:
            with suppress(InvalidStateError):
                future.set_result(result)

    _workers().submit(run)
    return future


class Known:
    """The blobs that were asked for last."""

    def __init__(self, most: int) -> None:
        """Keep at most so many bytes."""
        self._most = most
        self._blobs: OrderedDict[object, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: object) -> bytes | None:
        """Return a blob, or None where it is not kept."""
        with self._lock:
            if key in self._blobs:
                self._blobs.move_to_end(key)
            return self._blobs.get(key)

    def put(self, key: object, blob: bytes) -> None:
        """Keep a blob; those asked for longest ago make room for it."""
        with self._lock:
            self._bytes += len(blob) - len(self._blobs.pop(key, b""))
            self._blobs[key] = blob
            while self._bytes > self._most:
                self._bytes -= len(self._blobs.popitem(last=False)[1])


KNOWN = Known(KEPT)
_ending = threading.Event()


def _stop() -> None:
    """End all work, so that Ctrl-C is not followed by threads that compute on."""
    _ending.set()
    _workers().shutdown(wait=False, cancel_futures=True)
