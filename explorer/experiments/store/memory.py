"""Keep the values used last in memory, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from explorer.experiments.store.encode import size_of

MISSING: Any = object()  # `Any`: stands for a value of every type


class Memory:
    """Values by key, the longest unused ones dropped first; safe with several threads."""

    def __init__(self, cap: int) -> None:
        """Hold at most about `cap` bytes; a single larger value is not held at all."""
        self._cap, self._bytes = cap, 0
        self._held: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Any:
        """Return the value, or MISSING."""
        with self._lock:
            if key not in self._held:
                return MISSING
            self._held.move_to_end(key)
            return self._held[key][0]

    def put(self, key: str, value: Any) -> None:
        """Hold a value, dropping others if need be."""
        size = size_of(value)
        with self._lock:
            if key in self._held:
                self._bytes -= self._held.pop(key)[1]
            if size > self._cap:
                return
            self._held[key] = (value, size)
            self._bytes += size
            while self._bytes > self._cap:
                self._bytes -= self._held.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._held.clear()
            self._bytes = 0
