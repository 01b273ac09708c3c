"""Turn a recorded plane through three images into what the player draws: one scene, and frames for every panel.

Where there are more classes than colours, the classes seen most keep a colour each. The others share the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.contents.recorded.probed import accuracies, goals
from explorer.contents.recorded.runs import Opened
from explorer.experiments.cifar.files import REFERENCES
from explorer.figures import theme
from explorer.metrics.outputs import true_confidence
from explorer.records import Float, ImageRun, ImageScene, Int, PanelFrames, Scene, Snapshots

COLOURS = len(theme.SYMBOLS)
OTHERS = "other classes"
LEAST = 0.05  # the smallest margin: where very many classes share a colour, a region still keeps its class
ROLES = ("the image to forget", "the nearest image of another class", "a retained image of the same class")
WRONG = "the image to correct"


@dataclass(frozen=True)
class Slots:
    """Which classes have a colour of their own.

    Attributes:
        of: (c,) int64, slot of each class.
        names: one name a slot.
    """

    of: Int
    names: tuple[str, ...]


def slots(names: Sequence[str], first: Sequence[int], seen: Sequence[int]) -> Slots:
    """Return the slots of classes. Where there are too many, needed ones come first, then those seen most.

    Args:
        names: one a class.
        first: classes that must have a slot.
        seen: (c,) how much there is of each.
    """
    if len(names) <= COLOURS:
        return Slots(np.arange(len(names)), tuple(names))
    order = list(dict.fromkeys([*map(int, first), *np.argsort(-np.asarray(seen), kind="stable").tolist()]))
    kept = order[: COLOURS - 1]
    of = np.full(len(names), len(kept), dtype=np.int64)
    of[kept] = np.arange(len(kept))
    return Slots(of, (*(names[k] for k in kept), OTHERS))


def places_in_probes(scene: ImageScene, cut: int) -> Int:
    """Return where the three images of a plane stand among the probes (3,)."""
    rows = np.concatenate([scene.probes.forget, scene.probes.retain])
    return np.array([int(np.flatnonzero(rows == row)[0]) for row in scene.planes[cut].rows])


def confidences(one: Snapshots, y: Int, where: Int | slice = slice(None)) -> Float:
    """Return the probability of a label at each probe (t, n).

    Args:
        one: what was recorded.
        y: a label for each probe of `where`.
        where: which probes.
    """
    return true_confidence(one.logits[:, where], y).astype(np.float32)


class Cut:
    """One plane of a recorded folder, as the player draws it."""

    def __init__(self, opened: Opened, cut: int, runs: Sequence[str]) -> None:
        """Lay out the plane for some methods.

        Args:
            opened: the folder.
            cut: which plane.
            runs: keys of the methods drawn.
        """
        self.opened, self.cut = opened, cut
        scene = opened.scene
        self.at = places_in_probes(scene, cut)
        drawn = [opened.original, opened.retrained, *(opened.methods[key] for key in runs)]
        regions = np.concatenate([one.region[:, cut].ravel() for run in drawn for one in run.snapshots])
        labels = np.concatenate([scene.probes.y[self.at], scene.probes.after_y[self.at]])
        self.slots = slots(scene.names, labels.tolist(), np.bincount(regions, minlength=len(scene.names)).tolist())

    def scores(self, one: Snapshots) -> Float:
        """Return class scores (t, cells, slots): 0 for the region's class, below for the others by its margin."""
        classes, count = self.opened.classes, len(self.slots.names)
        region = self.slots.of[one.region[:, self.cut]]
        margin = one.margin[:, self.cut].astype(np.float32) / 16
        if count != classes:  # the same probability against fewer others
            margin = np.maximum(margin + np.log((count - 1) / (classes - 1)), LEAST).astype(np.float32)
        scores = np.repeat(-margin[..., None], count, axis=-1).astype(np.float32)
        np.put_along_axis(scores, region[..., None], 0.0, axis=-1)
        return scores

    def scene(self) -> Scene:
        """Return what all panels share."""
        scene, place = self.opened.scene, self.opened.scene.planes[self.cut]
        retrained = np.stack([self.scores(one)[-1] for one in self.opened.retrained.snapshots])
        y, after = (self.slots.of[labels[self.at]] for labels in (scene.probes.y, scene.probes.after_y))
        return Scene(
            plane=place.plane, size=scene.cells, x=place.at, y=y, forget=np.array([0]), names=self.slots.names,
            original=self.scores(self.opened.original.snapshots[0])[-1], retrained=retrained, paired=retrained[0],
            after_x=place.at[:1], after_y=after[:1], images=self.images(), goals=goals(self.opened),
        )  # fmt: skip

    def images(self) -> NDArray[np.uint8]:
        """Return the three images (3, 32, 32, 3)."""
        scene = self.opened.scene
        rows = [int(np.flatnonzero(scene.image_rows == row)[0]) for row in scene.planes[self.cut].rows]
        return scene.images[rows]

    def roles(self) -> tuple[tuple[str, str], ...]:
        """Return for each of the three images its class and what it is there for."""
        scene = self.opened.scene
        first, second, third = (int(k) for k in scene.probes.y[self.at])
        true = int(scene.probes.after_y[self.at[0]])
        role, of = (ROLES[0], "class") if first == true else (WRONG, "label")
        name = scene.names[first] if first == true else f"{scene.names[true]}, labelled {scene.names[first]}"
        last = ROLES[2] if third == first else f"an image of yet another {of}"
        roles = (role, ROLES[1].replace("class", of), last.replace("class", of))
        return tuple(zip((name, scene.names[second], scene.names[third]), roles, strict=True))

    def panel(self, name: str, title: str, run: ImageRun, kind: str) -> PanelFrames:
        """Return one panel's frames.

        Args:
            name: unique in the picture.
            title: what stands above it.
            run: what is drawn; of several seeds the first.
            kind: "reference", "exact", "certified" or "approximate".
        """
        one = run.snapshots[0]
        return PanelFrames(
            name=name, title=title, kind=kind, step=one.step, logits=self.scores(one),
            confidence=confidences(one, self.opened.scene.probes.after_y[self.at], self.at),
            accuracy=accuracies(one, self.opened.scene.probes),
            several=len(run.snapshots) if run.name == "retrained" else 0, cost=self._cost(run),
            note=run.numbers.note, trouble=run.numbers.trouble, straight=run.numbers.straight,
        )  # fmt: skip

    def _cost(self, run: ImageRun) -> float:
        """Return the work of a method in times retraining; NaN for a reference, or where it was not counted."""
        if run.name in REFERENCES:
            return float("nan")
        return run.numbers.example_gradients.work / self.opened.retrained.numbers.example_gradients.work
