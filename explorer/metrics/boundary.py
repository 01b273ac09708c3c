"""Find where the decision boundary runs and how far it moved at the forget points.

On the plane's grid the boundary crosses every edge between neighbouring cells of different classes; the place on the
edge follows by linear interpolation of the two logits. Signed distance of a point = distance to the nearest crossing,
positive where the model gives the point its label. Displacement = signed distance under one model minus that under
another: negative = the boundary came nearer or passed over the point.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.outputs import Numbers, entropy, softmax
from explorer.records import Plane


def crossings(logits: ArrayLike, plane: Plane, size: int) -> Numbers:
    """Return points of the decision boundary (b, 2) in data units; none where the model is constant.

    Args:
        logits: (size * size, c) at the cells of `Plane.grid(size)`.
        plane: the rectangle.
        size: cells a side.
    """
    z = np.asarray(logits, dtype=np.float64).reshape(size, size, -1)
    places = plane.grid(size).astype(np.float64).reshape(size, size, 2)
    along = _edges(z[:, :-1], z[:, 1:], places[:, :-1], places[:, 1:])
    across = _edges(z[:-1], z[1:], places[:-1], places[1:])
    return np.concatenate([along, across])


def _edges(z: Numbers, z_next: Numbers, place: Numbers, place_next: Numbers) -> Numbers:
    here, there = z.argmax(axis=-1), z_next.argmax(axis=-1)
    cut = here != there
    before = _gap(z[cut], here[cut], there[cut])
    after = -_gap(z_next[cut], here[cut], there[cut])
    total = before + after
    share = np.divide(before, total, out=np.full(total.shape, 0.5), where=total > 0)[:, None]
    return place[cut] + share * (place_next[cut] - place[cut])


def _gap(z: Numbers, one: NDArray[np.intp], other: NDArray[np.intp]) -> Numbers:
    rows = np.arange(len(z))
    return z[rows, one] - z[rows, other]


def signed_distance(points: ArrayLike, right: ArrayLike, boundary: ArrayLike) -> Numbers:
    """Return how far each point lies from the boundary, positive where the model is right about it.

    Args:
        points: (m, 2), data units.
        right: (m,) bool, whether the model gives the point its label.
        boundary: (b, 2) from `crossings`.

    Returns:
        (m,) in data units; NaN where there is no boundary.
    """
    from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs]  # it has none

    points, boundary = np.asarray(points, dtype=np.float64), np.asarray(boundary)
    if len(boundary) == 0:
        return np.full(len(points), np.nan)
    distance = _nearest(KDTree(boundary), points)
    return np.where(np.asarray(right), distance, -distance)


def displacement(
    points: ArrayLike, right: ArrayLike, boundary: ArrayLike, other_right: ArrayLike, other_boundary: ArrayLike
) -> Numbers:
    """Return how much farther inside its label each point lies under one model than under another (m,), data units."""
    return signed_distance(points, right, boundary) - signed_distance(points, other_right, other_boundary)


def boundary_distance(boundary: ArrayLike, other: ArrayLike) -> tuple[float, float]:
    """Return the mean and the Hausdorff distance between two boundaries, in data units; 0 = the same.

    Args:
        boundary: (b, 2).
        other: (b', 2).

    Returns:
        mean: average of the two mean distances to the other's nearest point; Hausdorff: the largest of all distances to
        the other's nearest point. NaN where either boundary is missing.
    """
    from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs]  # it has none

    one, two = np.asarray(boundary), np.asarray(other)
    if len(one) == 0 or len(two) == 0:
        return float("nan"), float("nan")
    there, back = _nearest(KDTree(two), one), _nearest(KDTree(one), two)
    return float(there.mean() + back.mean()) / 2, float(max(there.max(), back.max()))


def local_slope(logits: ArrayLike, plane: Plane, size: int) -> Numbers:
    """Return how steep the predicted probabilities are at each cell, in 1 / data unit.

    Args:
        logits: (size * size, c) at the cells of `Plane.grid(size)`.
        plane: the rectangle.
        size: cells a side, at least 2.

    Returns:
        (size * size,) Frobenius norm of the probabilities' derivative by x, from central differences.
    """
    p = softmax(logits).reshape(size, size, -1)
    step = (plane.high - plane.low).astype(np.float64) / size
    by_x2, by_x1 = np.asarray(np.gradient(p, step[1], axis=0)), np.asarray(np.gradient(p, step[0], axis=1))
    return np.sqrt((by_x1**2 + by_x2**2).sum(axis=-1)).ravel()


def entropy_excess(logits: ArrayLike, retrained: ArrayLike) -> Numbers:
    """Return the Streisand map: entropy under one model minus the mean entropy under the retrained ones, in nats.

    Above 0 the model is less sure than if it had never seen the points: forgetting left a mark.

    Args:
        logits: (g, c).
        retrained: (r, g, c).

    Returns:
        (g,) in [-ln c, ln c].
    """
    return entropy(logits) - entropy(retrained).mean(axis=0)


def _nearest(tree: Any, points: NDArray[Any]) -> NDArray[np.float64]:  # `Any`: scipy's tree has no types
    """Return the distance (m,) from each point to the nearest one of a tree."""
    return np.asarray(tree.query(points)[0])
