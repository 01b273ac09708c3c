"""Let an object stand in a key by which something is kept: equal to itself alone, whatever is in it.

The address of an object, `id`, does not do: once the object is gone, another one may lie there. Arrays do not do
either: they have no single answer to whether they are equal.
"""

from __future__ import annotations


class Same:
    """One object as a part of a key. It is held, so that as long as the key is there no other can take its place."""

    def __init__(self, held: object) -> None:
        """Hold an object."""
        self._held = held

    def __eq__(self, other: object) -> bool:
        """Say whether the other one holds the very same object."""
        return isinstance(other, Same) and other._held is self._held

    def __hash__(self) -> int:
        """Return the same for the very same object."""
        return id(self._held)
