"""Count accuracies of recorded runs at every snapshot, on the probes; nothing here is slow to import.

The probes are up to 200 images a set, so these numbers are coarser than those of the table, which counts all images. On
images whose label is corrected the right label is the corrected one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.contents.recorded.runs import Opened
from explorer.records import Band, Probes, Snapshots

Numbers = NDArray[np.float64]
ACCURACIES = ("forget", "retain", "test")


def accuracy(one: Snapshots, probes: Probes, name: str) -> Numbers:
    """Return an accuracy at every recorded step (t,).

    Args:
        one: what was recorded.
        probes: the images looked at.
        name: "forget", "retain" or "test".
    """
    where = probes.part(name)
    right = one.logits[:, where].argmax(axis=-1) == probes.after_y[where]
    return right.mean(axis=1)


def accuracies(one: Snapshots, probes: Probes) -> dict[str, Numbers]:
    """Return all accuracies at every recorded step."""
    return {name: accuracy(one, probes, name) for name in ACCURACIES}


def goals(opened: Opened) -> dict[str, Band]:
    """Return the retrained models' accuracies, one value a seed."""
    probes, each = opened.scene.probes, opened.retrained.snapshots
    return {name: Band(tuple(float(accuracy(one, probes, name)[-1]) for one in each)) for name in ACCURACIES}
