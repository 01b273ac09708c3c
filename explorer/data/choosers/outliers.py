"""Outliers: the points that lie most sparsely among the points of their own class.

    sparseness = mean distance to the 10 nearest points of the same class, columns scaled to unit spread

A point is judged by its own class only, so a wrong label deep inside another class is an outlier too. Nothing is drawn
at random. (The local outlier factor says much the same, but is not defined where many points coincide.)

Source: Angiulli and Pizzuti, Fast Outlier Detection in High Dimensional Spaces, 2002; they take the sum.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import count, fraction_knob, smallest
from explorer.knobs import KnobBase
from explorer.records import Float, Int

_NEIGHBOURS = 10


class Options(KnobBase):
    """Outliers of their class."""

    fraction: float = fraction_knob(0.05, "Share of all points, those that lie most sparsely within their class.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows with the largest sparseness."""
    spread = x.std(axis=0)
    scaled = x / np.where(spread > 0, spread, 1)
    return smallest(-_sparseness(scaled, y), count(options.fraction, len(y)))


def _sparseness(x: NDArray[np.floating], y: Int) -> NDArray[np.float64]:
    """Return the mean distance (n,) to the nearest points of the same class; 0 for a class of one point."""
    from sklearn.neighbors import NearestNeighbors

    mean = np.zeros(len(y))
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        near = min(_NEIGHBOURS, len(rows) - 1)
        if near > 0:
            mean[rows] = NearestNeighbors(n_neighbors=near).fit(x[rows]).kneighbors()[0].mean(axis=1)
    return mean


CHOOSER = Chooser(title="Outliers", options=Options, needs=frozenset(), choose=choose, kinds=frozenset({"toy"}))
