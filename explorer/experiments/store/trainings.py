"""Keep trained image models for longer than a commit: they take minutes, and few files decide what comes out.

What is kept is named by the hash of those files (provenance.training_source). All else that a run needs is kept in
memory. Files: <store>/trainings, and <store>/trainings/unfinished for checkpoints. Both are keyed by the hash of the
training code, so a checkpoint of other code is never resumed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from explorer.experiments.store import provenance
from explorer.experiments.store.store import Store
from explorer.pipeline import images

T = TypeVar("T")
CAP = 4_000_000_000
KEPT = tuple(f"image-{what}-" for what in ("original", "poisoned", "retrained", "shadow"))


class Trainings:
    """A memo for image runs.

    Attributes:
        place: where trainings are kept; None for memory only.
    """

    def __init__(self, place: Path | None) -> None:
        """Open the store's folder."""
        self.place = place
        self._kept = Store(place / "trainings" if place else None, cap=CAP, version=provenance.training_source())
        self._rest = Store(None, memory=2_000_000_000)
        self.checkpoints: images.Checkpoints | None = images.checkpoints(
            place / "trainings" / "unfinished" if place else None, provenance.training_source()
        )

    def memo(self, key: str, thunk: Callable[[], T], /) -> T:
        """Return the value of a key, computing it once."""
        return (self._kept if key.startswith(KEPT) else self._rest).memo(key, thunk)


@cache
def trainings_at(place: str) -> Trainings:
    """Return the one memo of this process for a store's folder; "" for memory only."""
    return Trainings(Path(place) if place else None)
