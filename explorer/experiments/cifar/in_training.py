"""Show a run of one's own on images while its models are trained, from their checkpoints, and while its method runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from explorer import pipeline
from explorer.experiments.store.trainings import trainings_at
from explorer.records import ImageRun, ImageScene, Snapshots
from explorer.spec import Spec

LEARNING = "original in training"  # in place of a method's key: the path of the original's own training
SHARE = 0.1  # of the time that looking may take
SOONEST = 5.0  # seconds between two looks; checkpoints are 20 apart


@dataclass(frozen=True, eq=False)  # the same only where it is the very same: it holds arrays
class Growing:
    """A run of one's own as far as it is.

    Attributes:
        scene: what is looked at.
        original: the original, as it is.
        retrained: the retrained models, as they are, those of which nothing is known yet left out.
        run: what grows: the training of the original, by update, or the method.
    """

    scene: ImageScene
    original: ImageRun
    retrained: ImageRun
    run: ImageRun


class Watch:
    """Look now and then at the trainings of a request."""

    def __init__(self, spec: Spec, place: str, show: Callable[[Growing], None]) -> None:
        """Take a Spec whose original is trained, the store's folder where checkpoints lie, and who is shown."""
        self._run = trainings_at(place).run(spec.with_part(method=None))
        self._models = pipeline.models_of(spec.evaluation.retrained_seeds)
        self._show, self._next = show, 0.0
        self._scene: ImageScene | None = None
        self._path: list[tuple[int, Snapshots]] = []

    def look(self) -> None:
        """Show what the checkpoints hold, if it is time and if there is something new of the original."""
        start = time.monotonic()
        if start < self._next:
            return
        known = {one: found for one in self._models if (found := pipeline.so_far(self._run, *one)) is not None}
        first = known.get(("original", 0))
        others = [one for one in known if one[0] == "retrained"]
        if first is not None and others and (not self._path or first[0] > self._path[-1][0]):
            self._scene, seen = pipeline.seen_so_far(
                self._run, {one: state for one, (_, state) in known.items()}, self._scene
            )
            self._path.append((first[0], seen["original", 0]))
            self._show(self._growing(self._scene, [seen[one] for one in others]))
        self._next = time.monotonic() + max(SOONEST, (time.monotonic() - start) / SHARE)

    def _growing(self, scene: ImageScene, retrained: Sequence[Snapshots]) -> Growing:
        return Growing(
            scene, _run("original", [self._path[-1][1]], scene), _run("retrained", retrained, scene),
            _run(LEARNING, [joined(self._path)], scene),
        )  # fmt: skip


def joined(path: Sequence[tuple[int, Snapshots]]) -> Snapshots:
    """Return snapshots of one step each as one path, at the steps given."""
    arrays = {
        one.name: np.concatenate([getattr(seen, one.name) for _, seen in path])
        for one in fields(Snapshots) if one.name != "step"
    }  # fmt: skip
    return Snapshots(step=np.array([step for step, _ in path], dtype=np.int64), **arrays)


def _run(name: str, snapshots: Sequence[Snapshots], scene: ImageScene) -> ImageRun:
    numbers = pipeline.numbers_so_far(snapshots[0], scene.probes)
    return ImageRun(name, scene.spec, tuple(snapshots), numbers, name.capitalize())
