"""Blobs: one Gaussian of standard deviation `noise` for each of 2 to 5 classes, on a circle of radius sqrt(8).

Class c of k stands at angle 225 + 360 c / k degrees. So two classes stand at (-2, -2), (2, 2); four at (-2, -2),
(2, -2), (2, 2), (-2, 2), class 2 diagonal to class 0; three at (-2, -2), (2.73, -0.73), (-0.73, 2.73); five at
(-2, -2), (1.28, -2.52), (2.79, 0.44), (0.44, 2.79), (-2.52, 1.28).

With `second_cluster` class 0 has another blob in the middle, as large as the others: to forget it leaves the class
known and gives the middle to the neighbours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toy_data._draw import balanced, generator, spread

TITLE = "Blobs"
RANGES: dict[str, dict] = {
    "noise": {"default": 0.7},
    "classes": {"default": 4, "low": 2, "high": 5, "title": "Classes", "help": "How many classes there are."},
    "second_cluster": {
        "default": False,
        "title": "Second cluster",
        "help": "Class 0 has a second cluster in the middle.",
    },
}


def make(
    n: int, noise: float, seed: int, classes: int = 4, second_cluster: bool = False
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32 and their labels (n,) int64."""
    group, rng = _groups(n, seed, classes, second_cluster)
    places = np.vstack([centres(classes), np.zeros((1, 2))])
    return spread(places[group], noise, rng), np.where(group == classes, 0, group)


def subclasses(
    n: int, noise: float, seed: int, classes: int = 4, second_cluster: bool = False
) -> NDArray[np.int64] | None:
    """Return 1 for points of the second cluster and 0 for the others (n,) int64; None without one."""
    group, _ = _groups(n, seed, classes, second_cluster)
    return (group == classes).astype(np.int64) if second_cluster else None


def classes(classes: int = 4, second_cluster: bool = False) -> int:
    """Return the number of classes."""
    return classes


def anchors(classes: int = 4, second_cluster: bool = False) -> NDArray[np.float32]:
    """Return the middle for every class (classes, 2) float32: *cluster* takes the inner side, or the second cluster."""
    return np.zeros((classes, 2), dtype=np.float32)


def centres(classes: int) -> NDArray[np.float64]:
    """Return the centres of the classes' first clusters (classes, 2)."""
    angle = np.deg2rad(225 + 360 * np.arange(classes) / classes)
    return np.sqrt(8) * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _groups(n: int, seed: int, classes: int, second: bool) -> tuple[NDArray[np.int64], np.random.Generator]:
    """Return the cluster of each point; number `classes` is the second cluster of class 0."""
    rng = generator("blobs", n, seed)
    return balanced(n, classes + second, rng), rng
