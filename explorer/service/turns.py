"""Let each tab have a few requests under way and one that waits; of those that would wait the latest stays.

All of it runs in the event loop, before anything of a request is read, so a tab that asks without end costs little.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from explorer.service.query import Refused

AT_ONCE = 2  # requests of a tab under way
TABS = 256  # tabs with a request under way


class Turns:
    """Who is under way, and who waits."""

    def __init__(self, at_once: int = AT_ONCE, tabs: int = TABS) -> None:
        """Start with nobody.

        Args:
            at_once: requests of one tab under way.
            tabs: tabs that may have a request under way.
        """
        self._at_once = at_once
        self._tabs = tabs
        self._under_way: dict[str, int] = {}
        self._next: dict[str, asyncio.Future[bool]] = {}

    @asynccontextmanager
    async def turn(self, tab: str) -> AsyncIterator[None]:
        """Wait for a turn of a tab and hold it.

        Raises:
            Refused: if a later request of the tab overtakes this one, or too many tabs are served.
        """
        await self._wait(tab)
        try:
            yield
        finally:
            self._pass_on(tab)

    async def _wait(self, tab: str) -> None:
        if self._under_way.get(tab, 0) < self._at_once:
            if tab not in self._under_way and len(self._under_way) >= self._tabs:
                raise Refused("too many people ask at once; try again", 503, {"Retry-After": "2"})
            self._under_way[tab] = self._under_way.get(tab, 0) + 1
            return
        if tab in self._next:
            self._next[tab].set_result(False)
        mine = self._next[tab] = asyncio.get_running_loop().create_future()
        try:
            granted = await mine
        except asyncio.CancelledError:
            if self._next.get(tab) is mine:
                del self._next[tab]
            elif mine.done() and not mine.cancelled() and mine.result():
                self._pass_on(tab)  # it was granted in the moment in which its browser went away
            raise
        if not granted:
            raise Refused("a later picture of this tab was asked for", 409)

    def _pass_on(self, tab: str) -> None:
        """Hand a turn to who waits, or give it back."""
        if tab in self._next:
            self._next.pop(tab).set_result(True)
            return
        self._under_way[tab] -= 1
        if not self._under_way[tab]:
            del self._under_way[tab]
