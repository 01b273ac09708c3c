"""Keep trained image models for longer than a commit: they take minutes, and few files decide what comes out.

What is kept is named by those files' own hash (origin.training_source); all else that a run needs is kept in memory.
Place: the folder `trainings` in the store's own, with what is under way in `trainings/unfinished`, there too by hash:
what other code began is never gone on with.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from explorer.experiments import origin
from explorer.experiments.store import Store
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
        self._kept = Store(place / "trainings" if place else None, cap=CAP, version=origin.training_source())
        self._rest = Store(None, memory=2_000_000_000)
        self.checkpoints: images.Places | None = images.checkpoints(
            place / "trainings" / "unfinished" if place else None, origin.training_source()
        )

    def memo(self, key: str, thunk: Callable[[], T], /) -> T:
        """Return the value of a key, computing it once."""
        return (self._kept if key.startswith(KEPT) else self._rest).memo(key, thunk)
