"""A wedge: the points of one class whose x1 or x2 lies above a value.

On moons, class 1 beyond x1 = 1.2 is a fifth of all points, in one place: a removal that is not spread evenly.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import above_knob, column_knob, half_plane, label_knob
from explorer.knobs import KnobBase
from explorer.records import Float, Int


class Options(KnobBase):
    """Points of one class beyond a threshold."""

    label: int = label_knob(1, "The class that the points belong to.")
    column: int = column_knob()
    above: float = above_knob(1.2)


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows of the class beyond the threshold."""
    return half_plane(x, y, options.column, options.above, options.label)


CHOOSER = Chooser(
    title="A wedge of a class", options=Options, needs=frozenset(), choose=choose, kinds=frozenset({"toy"})
)
