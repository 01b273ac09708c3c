"""Keep trained image models for longer than a commit. They take minutes, and little code decides their weights.

What is kept is named by the hash of that code (`training_source`). All else that a run needs is kept in memory. Files:
<store>/trainings, and <store>/trainings/unfinished for checkpoints. Both are keyed by the hash of the training code, so
a checkpoint of other code is never resumed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from explorer import pipeline
from explorer.experiments.store import provenance
from explorer.experiments.store.reached import ROOT, Place, code_of, hash_of
from explorer.experiments.store.store import Store
from explorer.spec import Spec, is_for_images
from explorer.spec.catalog import CATALOG

T = TypeVar("T")
CAP = 4_000_000_000
KEPT = tuple(f"image-{what}-" for what in ("original", "poisoned", "retrained", "shadow", "way"))

#: Whose weights are kept. The code that they reach is the code that trains.
TRAINS = (pipeline.original, pipeline.retrained, pipeline.reference_model)

#: What they name and what decides no training of an image model.
STOPS = {
    "explorer.spec": "what a Spec says, every default filled in, is in the key of a training",
    "explorer.knobs": "says how knobs are declared and read; their values are in the Spec",
    "explorer.uploads": "finds files that a Spec names by their SHA-256",
    "explorer.models._weights": "reads weights of one's own, which are not trained here",
    "explorer.pipeline.chooser_scores": "refuses images",
    "explorer.pipeline.worlds.points": "trains networks for points",
    "explorer.methods": "a Run names its method; no training of images asks it",
    "explorer.data.toys": "makes points",
    "explorer.data.csv": "reads points",
    "explorer.data.cifar._fetch": "brings files, whose SHA-256 is checked when they are read",
}


class Trainings:
    """A memo for image runs.

    Attributes:
        place: where trainings are kept; None for memory only.
    """

    def __init__(self, place: Path | None) -> None:
        """Open the store's folder."""
        self.place, version = place, training_source()
        self._kept = Store(place / "trainings" if place else None, cap=CAP, version=version)
        self._rest = Store(None, memory=2_000_000_000)
        self.checkpoints: pipeline.Checkpoints | None = pipeline.checkpoints(
            place / "trainings" / "unfinished" if place else None, version
        )

    def memo(self, key: str, thunk: Callable[[], T], /) -> T:
        """Return the value of a key, computing it once."""
        return (self._kept if key.startswith(KEPT) else self._rest).memo(key, thunk)

    def run(self, spec: Spec, tick: pipeline.Tick | None = None) -> pipeline.Run:
        """Return a run that keeps its trainings here, and goes on from where a killed one left them."""
        return pipeline.Run(spec, self.memo, tick, self.checkpoints)


@cache
def trainings_at(place: str) -> Trainings:
    """Return the one memo of this process for a store's folder; "" for memory only."""
    return Trainings(Path(place) if place else None)


@cache
def training_source() -> str:
    """Return what names the code that trains image models: its hash, and the versions of torch and numpy.

    Trainings are kept by it, not by the fingerprint of all files: a change elsewhere leaves them as they are.
    """
    versions = provenance.versions()
    return f"{hash_of(training_code())}-{versions['torch']}-{versions['numpy']}"


def training_code(root: Path = ROOT) -> dict[Place, str]:
    """Return the definitions that decide how an image model is trained, under the folder that holds the packages.

    Networks and ways to choose images are found by the names of their files, so they are named here.
    """
    networks = [(f"explorer.models.{name}", "build") for name in CATALOG.models if is_for_images(name)]
    choosers = [
        (f"explorer.data.choosers.{name}", "CHOOSER")
        for name, chooser in CATALOG.choosers.items() if "image" in chooser.kinds
    ]  # fmt: skip
    return code_of(TRAINS, more=[*networks, *choosers], stops=STOPS, root=root)
