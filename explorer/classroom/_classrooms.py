"""All classrooms of a server: opened by lecturers, entered by a code that cannot be found by trying."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from explorer.classroom._classroom import OVER, Classroom
from explorer.classroom._limits import Recent
from explorer.classroom._question import Refusal

MOST_ROOMS = 20
#: No vowels, so that no code is a word; none that looks like another.
LETTERS = "BCDFGHJKLMNPQRSTVWXYZ"
LENGTH = 4
WRONG_OF_ONE, WRONG_OF_ALL, SPAN = 10, 200, 60.0  # wrong codes a minute: of one address, of all together


class Classrooms:
    """The classrooms of a server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with none; `clock` returns seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, Classroom] = {}  # by code
        self._wrong = Recent(WRONG_OF_ONE, WRONG_OF_ALL, SPAN)

    def open(self) -> Classroom:
        """Open a classroom. Where all are taken, one that nobody has joined makes way.

        Raises:
            Refusal: if people are in all of them.
        """
        with self._lock:
            self._sweep()
            if len(self._rooms) >= MOST_ROOMS:
                empty = next((room for room in self._rooms.values() if not room.counts()[0]), None)
                if empty is None:
                    raise Refusal("full", f"{MOST_ROOMS} classes are open on this server; one must end first.")
                empty.end()
                del self._rooms[empty.code]
            room = Classroom(self._new_code(), self._clock)
            self._rooms[room.code] = room
            return room

    def enter(self, code: str, address: str, token: str = "") -> tuple[Classroom, str]:
        """Join a classroom; return it and the phone's token.

        Args:
            code: as it was typed, or a ticket as it was scanned. Tickets are not counted: nobody finds one by trying.
            address: from where; counted for a minute if the code is wrong.
            token: that the phone has already; it stays the same phone where that is of this classroom.

        Raises:
            Refusal: if there is no such classroom, too many codes were wrong, or the classroom is full.
        """
        room = self._found(code.strip(), address)
        return room, token if room.holds(token) else room.join()

    def _found(self, code: str, address: str) -> Classroom:
        with self._lock:
            self._sweep()
            scanned = next((room for room in self._rooms.values() if _same(room.ticket, code)), None)
            if scanned is not None:
                return scanned
            now = self._clock()
            if self._wrong.full(address, now):
                raise Refusal("codes", "Too many wrong codes were tried. Wait a minute, or scan the picture.")
            room = self._rooms.get(code.upper()) if len(code) == LENGTH else None
            if room is None:
                self._wrong.note(address, now)
                raise Refusal("code", "There is no class with this code.")
            return room

    def of_phone(self, token: str) -> Classroom:
        """Return the classroom that a phone has joined.

        Raises:
            Refusal: if it is over; a token that was never given is of no class either.
        """
        with self._lock:
            self._sweep()
            rooms = list(self._rooms.values())
        room = next((room for room in rooms if room.holds(token)), None)
        if room is None:
            raise Refusal("over", OVER)
        return room

    def of_lecturer(self, key: str) -> Classroom | None:
        """Return the classroom of a lecturer's key; None where it is over."""
        with self._lock:
            self._sweep()
            return next((room for room in self._rooms.values() if _same(room.key, key)), None)

    def timed_out(self, room: Classroom) -> bool:
        """Return whether the time of a classroom is up."""
        return self._clock() >= room.ends

    def __len__(self) -> int:
        """Return how many are open."""
        with self._lock:
            self._sweep()
            return len(self._rooms)

    def _sweep(self) -> None:
        """End what is over by the clock, and forget what has ended."""
        for code, room in list(self._rooms.items()):
            if room.over:
                room.end()
                del self._rooms[code]

    def _new_code(self) -> str:
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
            if code not in self._rooms:
                return code


def _same(secret: str, given: str) -> bool:
    """Compare in a time that says nothing of where they differ."""
    return secrets.compare_digest(secret.encode(), given.encode())
