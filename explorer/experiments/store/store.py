"""Keep results by their content, in memory and on disk, so that nothing is computed twice.

Place: EXPLORER_STORE, else the user's cache directory, else memory only, which `Store.notice` says.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from explorer import public
from explorer.experiments.store.disk import DISK_CAP, Disk
from explorer.experiments.store.memory import MISSING, Memory

T = TypeVar("T")
MEMORY_CAP = 200_000_000


class Store:
    """Results by key: those used last in memory, all of them on disk.

    Attributes:
        notice: "" or one sentence that a page shows: why nothing is kept on disk.
    """

    def __init__(
        self,
        place: Path | None,
        *,
        cap: int = DISK_CAP,
        memory: int = MEMORY_CAP,
        notice: str = "",
        version: str = "",
    ) -> None:
        """Open the store at a folder, which is made if need be; with None, keep results in memory only.

        `version` names what may be read; by default only what this very explorer wrote.
        """
        self.notice = notice
        self._memory = Memory(memory)
        self._turns: dict[str, tuple[threading.RLock, int]] = {}
        self._lock = threading.Lock()
        self._disk: Disk | None = None
        if place is not None:
            try:
                self._disk = Disk(place, cap, version)
            except OSError:
                self.notice = f"Results are kept in memory only: {place} cannot be written."

    @property
    def place(self) -> Path | None:
        """Return the folder on disk, or None if results are kept in memory only."""
        return self._disk.place if self._disk else None

    @property
    def cap(self) -> int:
        """Return the bytes that results may take on disk; 0 if they are kept in memory only."""
        return self._disk.cap if self._disk else 0

    @classmethod
    def default(cls) -> Store:
        """Open the store at EXPLORER_STORE or in the user's cache directory; a public demo's is smaller."""
        named = os.environ.get("EXPLORER_STORE")
        cap, memory = (public.DISK, public.MEMORY) if public.is_public() else (DISK_CAP, MEMORY_CAP)
        if named:
            return cls(Path(named).expanduser(), cap=cap, memory=memory)
        try:
            import platformdirs

            place = Path(platformdirs.user_cache_dir("unlearning-explorer", appauthor=False))
            return cls(place, cap=cap, memory=memory)
        except (OSError, RuntimeError) as error:  # no home at all
            return cls(None, notice=f"Results are kept in memory only: there is no cache directory ({error}).")

    def memo(self, key: str, thunk: Callable[[], T], about: Mapping[str, Any] | None = None) -> T:
        """Return the value of a key; compute it once if it is not known, however many threads ask.

        Args:
            key: names the content, for instance by a Spec's hash.
            thunk: computes the value; a value that cannot be written is kept in memory only.
            about: the Spec, as JSON values, for whoever reads the entry later.
        """
        value = self._memory.get(key)
        if value is not MISSING:
            return value
        with self._turn(key):
            value = self._memory.get(key)
            if value is MISSING:
                value = self._disk.read(key) if self._disk else MISSING
                if value is MISSING:
                    start = time.perf_counter()
                    value = thunk()
                    self._keep(key, value, about, time.perf_counter() - start)
                self._memory.put(key, value)
        return value

    def size(self) -> int:
        """Return the bytes that results take on disk, those of other versions included."""
        return self._disk.size() if self._disk else 0

    def forget(self) -> None:
        """Drop what is in memory; what is on disk stays."""
        self._memory.clear()

    def clear(self) -> None:
        """Remove every result, in memory and on disk, those of other versions included."""
        self.forget()
        if self._disk:
            self._disk.clear()

    def _keep(self, key: str, value: Any, about: Mapping[str, Any] | None, seconds: float) -> None:
        if self._disk is None:
            return
        try:
            self._disk.write(key, value, about, seconds)
        except OSError as error:
            why = f" ({error.strerror})" if error.strerror else ""
            self.notice = f"Results are kept in memory only: {self._disk.place} cannot be written{why}."

    @contextlib.contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        """Let one thread at a time in. Keys depend on each other without cycles, so this cannot deadlock."""
        with self._lock:
            lock, waiting = self._turns.get(key, (threading.RLock(), 0))
            self._turns[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._turns[key]
                if waiting == 1:
                    del self._turns[key]
                else:
                    self._turns[key] = (lock, waiting - 1)
