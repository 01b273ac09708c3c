"""Keep trainings that are under way on disk, so that a killed one goes on where it was."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.whole_files import UNREADABLE, whole_file

ABANDONED = 7 * 24 * 3600.0  # seconds after which a training nobody went on with is forgotten


class FileCheckpoint:
    """One training's state in one file, replaced as a whole; where it cannot be written, nothing is kept."""

    def __init__(self, file: Path) -> None:
        """Name the file; it need not be there."""
        self._file = file

    def load(self) -> dict[str, Tensor] | None:
        """Return what was saved last; None if nothing was, or it cannot be read."""
        try:
            with np.load(self._file, allow_pickle=False) as held:
                return {name: torch.from_numpy(held[name]) for name in held.files}
        except UNREADABLE:
            return None

    def save(self, state: dict[str, Tensor]) -> None:
        """Keep a state in place of the one before."""
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(self._file) as stream:
                np.savez(stream, **{name: value.numpy() for name, value in state.items()})  # type: ignore[arg-type]

    def clear(self) -> None:
        """Forget the training."""
        with contextlib.suppress(OSError):
            self._file.unlink()


def checkpoints(folder: Path | None, version: str = "") -> Callable[[str], FileCheckpoint] | None:
    """Return where each key's training is kept under a folder; None keeps none. What is long abandoned goes.

    Args:
        folder: the folder, shared by all versions.
        version: of the code that trains. A checkpoint of another version is never resumed.
    """
    if folder is None:
        return None
    with contextlib.suppress(OSError):
        for file in folder.rglob("*.npz"):
            if time.time() - file.stat().st_mtime > ABANDONED:
                file.unlink()
    return lambda key: FileCheckpoint(folder / version / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz")
