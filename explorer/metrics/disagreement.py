"""Compare the class regions of models, cell by cell, on one grid over the plane.

    disagreement area  A(U, R) = |cells where U and R differ| / |cells|
    needed change      C_R = cells where at least half of the retrained models differ from the original
    made change        C_U = cells where the unlearned model differs from the original
    change precision   |C_U and C_R| / |C_U|   low = collateral change
    change recall      |C_U and C_R| / |C_R|   low = incomplete change

Precision and recall ignore which class a cell changes to: read them beside the disagreement area.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.accuracy import share
from explorer.metrics.outputs import Each

Cells = NDArray[np.bool_]


def disagreement_area(classes: ArrayLike, others: ArrayLike) -> Each:
    """Return the share of cells in which two models predict different classes, in [0, 1].

    Args:
        classes: (..., g) whole numbers, the class of each cell.
        others: (..., g), leading axes broadcast against those of `classes`.
    """
    return share(np.asarray(classes) != np.asarray(others))


def needed_change(original: ArrayLike, retrained: ArrayLike) -> Cells:
    """Return the cells (g,) in which at least half of the retrained models differ from the original.

    Args:
        original: (g,) class of each cell.
        retrained: (r, g); exactly half of them counts as needed.
    """
    differ = np.asarray(retrained) != np.asarray(original)
    return 2 * differ.sum(axis=0) >= len(differ)


def change_precision(made: Cells, needed: Cells) -> Each:
    """Return the share of the changed cells (..., g) that retraining changes too (g,), in [0, 1]; NaN without any."""
    return _ratio(made & needed, made)


def change_recall(made: Cells, needed: Cells) -> Each:
    """Return the share of the cells that retraining changes (g,) that changed too (..., g), in [0, 1]; NaN without."""
    return _ratio(made & needed, np.broadcast_to(needed, np.broadcast_shapes(made.shape, needed.shape)))


def near(cells: ArrayLike, points: ArrayLike, radius: float) -> Cells:
    """Return which cells lie within a radius of any of some points, to measure locally.

    Args:
        cells: (g, 2) cell centres, data units.
        points: (m, 2), data units.
        radius: in data units; a cell at exactly this distance counts.

    Returns:
        (g,) bool.
    """
    from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs]  # it has none

    cells, points = np.asarray(cells), np.asarray(points)
    if len(points) == 0:
        return np.zeros(len(cells), dtype=bool)
    tree: Any = KDTree(points)  # `Any`: scipy's tree has no types
    return np.asarray(tree.query(cells)[0]) <= radius


def signal_to_floor(originals: ArrayLike, retrained: ArrayLike) -> float:
    """Return how many times more forgetting moves the boundary than a new seed does.

    Mean disagreement area over all original x retrained pairs, divided by the mean over all pairs of retrained models.
    Below 2, what differs on the picture is mostly the seed.

    Args:
        originals: (k, g) class of each cell; no seed is one of `retrained`.
        retrained: (r, g).

    Returns:
        A number of at least 0; NaN where all retrained models agree (the floor is 0) or there are no pairs.
    """
    before, after = np.asarray(originals), np.asarray(retrained)
    distance = disagreement_area(before[:, None], after[None])
    floor = disagreement_floor(after)
    if distance.size == 0 or not floor > 0:
        return float("nan")
    return float(distance.mean()) / floor


def disagreement_floor(retrained: ArrayLike) -> float:
    """Return the mean disagreement area over all pairs of retrained models (r, g); NaN for fewer than two."""
    models = np.asarray(retrained)
    rows, columns = np.triu_indices(len(models), k=1)
    if len(rows) == 0:
        return float("nan")
    areas: NDArray[np.float64] = np.asarray(disagreement_area(models[rows], models[columns]))
    return float(areas.mean())


def _ratio(part: Cells, whole: Cells) -> Each:
    top, bottom = part.sum(axis=-1, dtype=np.float64), whole.sum(axis=-1, dtype=np.float64)
    empty: NDArray[np.float64] = np.full(np.shape(top), np.nan)
    return np.divide(top, bottom, out=empty, where=bottom > 0)[()]
