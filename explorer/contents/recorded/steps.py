"""Make numbers by step of recorded runs, from what was kept of every snapshot: the curves, and the trade-off plane.

They are measured on the probes (up to 200 images a set), so they are coarser than those of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.contents.recorded.cut import confidences
from explorer.contents.recorded.probed import Numbers, accuracies, accuracy
from explorer.contents.recorded.runs import Opened
from explorer.figures.tradeoff import Axis, Oracle, Path
from explorer.records import Band, Probes, Snapshots

AUC = "auc"
ACROSS: Mapping[str, Axis] = {
    "forget": Axis("Forget accuracy", "share, on the probes", "match"),
    AUC: Axis("Loss attack, forgotten against unseen", "AUC, on the probes", "match"),
}
CORRECTED: Mapping[str, Axis] = {
    "forget": Axis("Accuracy on corrected images", "share, on the probes", "match"),
    AUC: Axis("Loss attack, poisoned against unseen", "AUC, on the probes", "match"),
}
UP = Axis("Test accuracy", "share, on the probes", "higher")


@dataclass(frozen=True)
class Plane:
    """The trade-off plane.

    Attributes:
        paths: one a method.
        retrained: Bands of x and y.
        original: x and y.
        oracle: where methods end with the knobs that the oracle puts first.
    """

    paths: tuple[Path, ...]
    retrained: tuple[Band, Band]
    original: tuple[float, float]
    oracle: tuple[Oracle, ...] = ()


def axis(opened: Opened, across: str) -> Axis:
    """Return what the axis across says of its number, in the words of the folder's request."""
    return (CORRECTED if opened.corrects else ACROSS)[across]


def by_step(one: Snapshots, probes: Probes, name: str) -> Numbers:
    """Return a number at every recorded step (t,).

    Args:
        one: what was recorded.
        probes: the images looked at.
        name: "forget", "retain", "test" or "auc".
    """
    if name == AUC:
        return auc(one, probes)
    return accuracy(one, probes, name)


def auc(one: Snapshots, probes: Probes) -> Numbers:
    """Return how well the loss tells forgotten images from unseen ones of the same classes, at every step (t,).

    It is the share of pairs in which the forgotten image has the smaller loss, ties counting half; NaN where no probe
    of the test set is of a forgotten class. All steps are counted at once. `metrics.roc.auc` counts one model at a time
    and rounds each image's share, so that its last bit is another.
    """
    forget, test = probes.part("forget"), probes.part("test")
    same = np.isin(probes.y[test], probes.y[forget])
    if not same.any():
        return np.full(len(one.step), np.nan)
    inside = confidences(one, probes.y[forget], forget).astype(np.float64)
    outside = confidences(one, probes.y[test], test)[:, same].astype(np.float64)
    above = (inside[:, :, None] > outside[:, None, :]).mean(axis=(1, 2))
    level = (inside[:, :, None] == outside[:, None, :]).mean(axis=(1, 2))
    return above + level / 2


def numbers(opened: Opened, method: str) -> dict[str, Numbers]:
    """Return the accuracies of a method's path by step, with the steps."""
    one = opened.methods[method].snapshots[0]
    return {"step": one.step.astype(float), **accuracies(one, opened.scene.probes)}


def retrained(opened: Opened, name: str) -> Band:
    """Return a number of the retrained models, one value a seed."""
    return Band(tuple(float(by_step(one, opened.scene.probes, name)[-1]) for one in opened.retrained.snapshots))


def plane(opened: Opened, runs: Sequence[str], across: str, title: Callable[[str], str]) -> Plane:
    """Return the trade-off plane: a measure of forgetting across, test accuracy up.

    Args:
        opened: the folder.
        runs: keys of the methods drawn.
        across: a key of ACROSS.
        title: the name on screen of a method.
    """
    probes, first = opened.scene.probes, opened.original.snapshots[0]

    def path(key: str) -> Path:
        one = opened.methods[key].snapshots[0]
        return Path(key, title(key), one.step, by_step(one, probes, across), by_step(one, probes, "test"))

    found = [(key, opened.oracle[key].probes) for key in runs if key in opened.oracle]
    return Plane(
        tuple(path(key) for key in runs), (retrained(opened, across), retrained(opened, "test")),
        (float(by_step(first, probes, across)[-1]), float(by_step(first, probes, "test")[-1])),
        tuple(Oracle(key, title(key), ends[across], ends["test"]) for key, ends in found),
    )  # fmt: skip
