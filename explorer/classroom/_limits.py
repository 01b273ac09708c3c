"""Say how often something may happen: a budget that refills, and a count over the last while."""

from __future__ import annotations

from collections import Counter, deque


class Allowance:
    """How often one phone may send: `burst` at once, then `rate` a second."""

    def __init__(self, burst: float, rate: float, now: float) -> None:
        """Start with all of it, at a time in seconds."""
        self._burst, self._rate = burst, rate
        self._left, self._at = burst, now

    def take(self, now: float) -> bool:
        """Take one if there is any left; say whether there was."""
        self._left = min(self._burst, self._left + self._rate * (now - self._at))
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Recent:
    """What happened within the last while, by address.

    It holds at most `of_all` entries, because nobody asks it to note more once `full` says so.
    """

    def __init__(self, of_one: int, of_all: int, span: float) -> None:
        """Start with nothing.

        Args:
            of_one: how many of one address are too many.
            of_all: how many of all addresses together are too many.
            span: seconds after which one no longer counts.
        """
        self._of_one, self._of_all, self._span = of_one, of_all, span
        self._noted: deque[tuple[float, str]] = deque()
        self._by: Counter[str] = Counter()

    def full(self, address: str, now: float) -> bool:
        """Return whether there were too many, of this address or of all."""
        while self._noted and self._noted[0][0] <= now - self._span:
            _, gone = self._noted.popleft()
            self._by[gone] -= 1
            if not self._by[gone]:
                del self._by[gone]
        return self._by[address] >= self._of_one or len(self._noted) >= self._of_all

    def note(self, address: str, now: float) -> None:
        """Count one more."""
        self._noted.append((now, address))
        self._by[address] += 1
