"""Keep values on disk, each in a folder of its own that appears whole or not at all.

An entry is a folder with `arrays.npz` and `entry.json` (the value, the Spec if there is one, versions, commit, seconds,
hardware). It is written under a temporary name and renamed, so a killed run leaves nothing half-written, and two
processes that write the same entry do no harm. Entries stand in a folder named after what wrote them
(provenance.py): one written by another version or commit is not read. A damaged entry is removed, so that it is
computed anew and kept again. One that the system does not let read (too many open files, no permission) stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from explorer.experiments.store import provenance
from explorer.experiments.store.encode import NotEncodable, decode, encode
from explorer.experiments.store.memory import MISSING
from explorer.whole_files import UNREADABLE, move_folder

DISK_CAP = 500_000_000
LOOK = 0.05  # share of the cap that is written between two looks at what other processes wrote
ABANDONED = 3600.0  # seconds after which what a killed run left is swept away
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class Disk:
    """Values by key in one folder, the longest unused dropped when it is full; safe with several threads, processes.

    Attributes:
        place: the folder.
        cap: bytes that all entries may take; with several processes each may go beyond it by the share LOOK.
    """

    def __init__(self, place: Path, cap: int = DISK_CAP, version: str = "") -> None:
        """Open the folder, making it if need be.

        Args:
            place: the folder.
            cap: bytes that all entries may take.
            version: entries of another version are not read; by default the explorer's own fingerprint (provenance.py).

        Raises:
            OSError: if it cannot be written.
        """
        self.place, self.cap = place, cap
        self._own = place / f"results-{version or provenance.fingerprint()}"
        self._lock = threading.Lock()
        self._size, self._unseen = 0, cap + 1  # bytes at the last look and since, by this process; none was taken yet
        self._own.mkdir(parents=True, exist_ok=True)
        probe = self._new()
        probe.mkdir()
        probe.rmdir()
        self._sweep()

    def read(self, key: str) -> Any:
        """Return the value, or MISSING."""
        folder = self._folder(key)
        try:
            if not folder.is_dir():
                return MISSING
            value = _load(folder)
        except UNREADABLE as error:
            if isinstance(error, FileNotFoundError) or not isinstance(error, OSError):
                _remove(folder)
            return MISSING
        with contextlib.suppress(OSError):
            os.utime(folder)  # the longest unused entries go first
        return value

    def write(self, key: str, value: Any, about: Mapping[str, Any] | None, seconds: float) -> None:
        """Write a value, if it is of a kind that can be written.

        Raises:
            OSError: if the folder cannot be written; nothing half-written is left.
        """
        try:
            tree, arrays = encode(value)
        except NotEncodable:
            return
        entry = {
            "key": key, "spec": about, "value": tree, "versions": provenance.versions(), "commit": provenance.commit(),
            "seconds": seconds, "hardware": provenance.hardware(), "check": _check(tree),
        }  # fmt: skip
        new = self._new()
        try:
            new.mkdir(parents=True)
            named: dict[str, Any] = {f"a{number}": array for number, array in enumerate(arrays)}
            np.savez(new / "arrays.npz", **named)
            (new / "entry.json").write_text(json.dumps(entry, allow_nan=False), encoding="utf-8")
            size = sum(file.stat().st_size for file in new.iterdir())
            move_folder(new, self._folder(key))
        finally:
            shutil.rmtree(new, ignore_errors=True)
        self._keep_under_cap(size)

    def size(self) -> int:
        """Return the bytes of all entries, those of other versions included."""
        return sum(size for _, size, _ in self._entries())

    def clear(self) -> None:
        """Remove all entries, those of other versions included, and nothing else."""
        for folder, _, _ in self._entries():
            _remove(folder)
        with self._lock:
            self._size = self._unseen = 0

    def _new(self) -> Path:
        return self._own / f".new-{uuid.uuid4().hex}"

    def _folder(self, key: str) -> Path:
        return self._own / (key if _SAFE.fullmatch(key) else "key-" + hashlib.sha256(key.encode()).hexdigest())

    def _sweep(self) -> None:
        for left in self.place.glob("results-*/.new-*"):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > ABANDONED:
                    shutil.rmtree(left, ignore_errors=True)

    def _entries(self) -> list[tuple[Path, int, float]]:
        """Return folder, bytes and time of last use of every entry."""
        found: list[tuple[Path, int, float]] = []
        for folder in self.place.glob("results-*/*"):
            with contextlib.suppress(OSError):  # another process may remove it meanwhile
                if not folder.name.startswith("."):
                    size = sum(file.stat().st_size for file in folder.iterdir())
                    found.append((folder, size, folder.stat().st_mtime))
        return found

    def _keep_under_cap(self, added: int) -> None:
        with self._lock:
            self._unseen += added
            if self._unseen <= LOOK * self.cap and self._size + self._unseen <= self.cap:
                return
            entries = sorted(self._entries(), key=lambda entry: entry[2])
            self._size, self._unseen = sum(size for _, size, _ in entries), 0
            if self._size <= self.cap:
                return
            for folder, size, _ in entries:
                if self._size <= 0.8 * self.cap:  # some room, so that not every write has to look
                    break
                _remove(folder)
                self._size -= size


def _load(folder: Path) -> Any:
    """Return an entry's value; an OSError comes from the system, never from what stands in the files."""
    entry = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
    if entry["check"] != _check(entry["value"]):
        raise ValueError("the value is not the one that was written")
    packed = io.BytesIO((folder / "arrays.npz").read_bytes())  # zipfile would call what the system refuses damage
    with np.load(packed, allow_pickle=False) as stored:
        arrays = [stored[f"a{number}"] for number in range(len(stored.files))]
    return decode(entry["value"], arrays)


def _check(tree: Any) -> str:
    """Return the hash of an entry's value; its arrays carry their own."""
    return hashlib.sha256(json.dumps(tree, allow_nan=False).encode()).hexdigest()


def _remove(folder: Path) -> None:
    """Remove an entry so that no reader sees half of it."""
    aside = folder.with_name(f".new-{uuid.uuid4().hex}")
    with contextlib.suppress(OSError):
        folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)
