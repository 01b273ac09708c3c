"""Let each who asks have a few requests under way; those that would wait are the latest alone, or stand in line.

Of a tab the latest stays: nobody looks at the older ones any more. Whoever gave no name, such as the frames of a page
elsewhere or a class behind one address, stands in line, and none overtakes another. All of it runs in the event loop,
before anything of a request is read, so whoever asks without end costs little.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from explorer.service.query import Refused

AT_ONCE = 2  # requests of one who asks under way
ASKERS = 256  # who have a request under way
LINE = 128  # requests that stand in line: four frames each in a class of thirty


@dataclass(eq=False)
class _Asker:
    """What one who asks has under way, and which wait."""

    under_way: int = 0
    waiting: deque[asyncio.Future[bool]] = field(default_factory=deque)

    def tell_next(self, granted: bool) -> bool:
        """Tell the first of those that wait; return whether there was one."""
        while self.waiting:
            if not (first := self.waiting.popleft()).done():  # done: its browser has gone away in this moment
                first.set_result(granted)
                return True
        return False


class Turns:
    """Who is under way, and who waits."""

    def __init__(self, at_once: int = AT_ONCE, askers: int = ASKERS, line: int = LINE) -> None:
        """Start with nobody.

        Args:
            at_once: requests of one who asks under way.
            askers: how many may have a request under way.
            line: requests that may stand in line, of one who asks.
        """
        self._at_once, self._most, self._line = at_once, askers, line
        self._askers: dict[str, _Asker] = {}

    @asynccontextmanager
    async def turn(self, who: str, *, in_line: bool = False) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Args:
            who: asks.
            in_line: wait behind those that wait already, instead of in their place.

        Raises:
            Refused: if a later request overtakes this one, the line is too long, or too many are served.
        """
        await self._wait(who, in_line)
        try:
            yield
        finally:
            self._pass_on(who)

    async def _wait(self, who: str, in_line: bool) -> None:
        asker = self._askers.get(who)
        if asker is None:
            if len(self._askers) >= self._most:
                raise Refused("too many people ask at once; try again", 503, {"Retry-After": "2"})
            asker = self._askers[who] = _Asker()
        if asker.under_way < self._at_once:
            asker.under_way += 1
            return
        if not in_line:
            while asker.tell_next(False):
                pass
        elif len(asker.waiting) >= self._line:
            said = f"at most {self._line} requests of one address may wait; try again"
            raise Refused(said, 429, {"Retry-After": "5"})
        mine: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        asker.waiting.append(mine)
        try:
            granted = await mine
        except asyncio.CancelledError:
            if mine in asker.waiting:
                asker.waiting.remove(mine)
            elif not mine.cancelled() and mine.result():
                self._pass_on(who)  # it was granted in the moment in which its browser went away
            raise
        if not granted:
            raise Refused("a later picture of this tab was asked for", 409)

    def _pass_on(self, who: str) -> None:
        """Hand a turn to who waits, or give it back."""
        asker = self._askers[who]
        if asker.tell_next(True):
            return
        asker.under_way -= 1
        if not asker.under_way:
            del self._askers[who]
