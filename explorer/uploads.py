"""Files of one's own, such as points or weights: read once, and kept in memory under a SHA-256.

So a Spec holds no content: it names a file by `sha256`. On the command line `path` says where it lies. What is hashed
is the room's choice: of weights the file's bytes, of points the table that they make.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from explorer.knobs import KnobBase, knob, shorten

T = TypeVar("T")
_HEX = re.compile(r"[0-9a-f]{64}")
_OF_A_FILE = ("deviations",)  # what options say of a file of weights, and nothing where there is none


class FileOptions(KnobBase):
    """Options that may name a file."""

    sha256: str | None = knob(None, title="File", help="SHA-256 of the content, as 64 hexadecimal digits.")
    path: str | None = knob(None, title="Path", help="Where the file lies; for the command line.")

    @property
    def named(self) -> bool:
        """Say whether they name a file."""
        return not (self.sha256 is None and self.path is None)

    def set_values(self) -> dict[str, Any]:
        """Return name -> JSON value of what is set and counts: without a file nothing that is said of one."""
        found = super().set_values()
        return found if self.named else {name: value for name, value in found.items() if name not in _OF_A_FILE}


_PLAIN = FileOptions()


class Uploads(Generic[T]):
    """The files of one kind that this process was given; safe with several threads.

    Attributes:
        where: the part of a Spec that names one, for its sentences.
        kept: how many are kept; beyond that the one unused for longest goes.
    """

    def __init__(
        self, where: str, read: Callable[[bytes, FileOptions], tuple[T, str]], *, most: int,
        too_large: Callable[[int], str], kept: int,
    ) -> None:  # fmt: skip
        """Say how a file is read.

        Args:
            where: the part of a Spec that names one.
            read: what is in a file, as its options say, and the SHA-256 (hex) that names it; raises ValueError with one
                sentence.
            most: bytes of a file.
            too_large: the sentence for a file of so many bytes.
            kept: how many are kept.
        """
        self.where, self.kept = where, kept
        self._parse, self._most, self._too_large = read, most, too_large
        self._files: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def remember(self, content: bytes, options: FileOptions = _PLAIN) -> str:
        """Read a file, keep what is in it for `recall`, and return its SHA-256 (hex).

        Raises:
            ValueError: one sentence, if the file is malformed; nothing is kept then.
        """
        return self.keep(*self._parse(content, options))

    def keep(self, parsed: T, key: str) -> str:
        """Keep what was read of a file under its SHA-256 (hex), and return that."""
        with self._lock:
            self._files[key] = parsed
            self._files.move_to_end(key)
            while len(self._files) > self.kept:
                self._files.popitem(last=False)
        return key

    def recall(self, sha256: str) -> T:
        """Return what is in a file that was remembered.

        Raises:
            ValueError: if it was not, or is no longer.
        """
        if not _HEX.fullmatch(sha256):
            raise ValueError(f"`{self.where}.sha256` must be 64 hexadecimal digits, got {shorten(sha256)}")
        with self._lock:
            if sha256 not in self._files:
                raise ValueError(f"the file with SHA-256 {sha256[:12]}... is not here: please give it again")
            self._files.move_to_end(sha256)
            return self._files[sha256]

    def resolve(self, options: FileOptions) -> FileOptions:
        """Read the file at `path`, remember it, and return the options with its SHA-256: for the command line only.

        What comes from an address bar must not pass here, or a stranger could have any file of the server read.

        Raises:
            ValueError: one sentence, if it cannot be read, is malformed, or is not the file that `sha256` names.
        """
        if options.path is None:
            return options
        key = self.remember(self._read(options.path), options)
        if options.sha256 not in (None, key):
            said = f"the file at `{self.where}.path` is not that of `{self.where}.sha256`"
            raise ValueError(f"{said}: its SHA-256 is {key[:12]}...")
        return options.model_copy(update={"sha256": key})

    def at_hand(self, options: FileOptions) -> T | None:
        """Return what is in the file that options name, or None where they name none.

        A file unknown to this process (a worker's) is read from `path`, but only where its SHA-256 is given too: who
        does not already know what stands in a file learns nothing about it.

        Raises:
            ValueError: one sentence, if the file is not at hand.
        """
        if options.sha256 is None:
            if options.path is not None:
                raise ValueError(f"`{self.where}.path` is read on the command line only: in the page, upload the file")
            return None
        try:
            return self.recall(options.sha256)
        except ValueError:
            if options.path is None or not self._read_if_same(options.path, options):
                raise
            return self.recall(options.sha256)

    def holds(self, sha256: str) -> bool:
        """Say whether a file is at hand."""
        with self._lock:
            return sha256 in self._files

    def clear(self) -> None:
        """Forget every file."""
        with self._lock:
            self._files.clear()

    def _read(self, path: str) -> bytes:
        file = Path(path)
        try:
            if not file.is_file():
                raise ValueError(f"`{self.where}.path` must name a file, got {shorten(path)}")
            if file.stat().st_size > self._most:
                raise ValueError(self._too_large(file.stat().st_size))
            with file.open("rb") as stream:
                return stream.read(self._most + 1)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise ValueError(f"`{self.where}.path` cannot be read: {reason}, {shorten(path)}") from None

    def _read_if_same(self, path: str, options: FileOptions) -> bool:
        """Remember the file at a path if it is the one asked for; say whether it is."""
        try:
            parsed, key = self._parse(self._read(path), options)
        except ValueError:
            return False
        if key == options.sha256:
            self.keep(parsed, key)
        return key == options.sha256
