"""A half-plane: the points whose x1 or x2 lies above a value, of all classes or of one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import above_knob, column_knob, half_plane, label_knob
from explorer.knobs import KnobBase
from explorer.records import Float, Int


class Options(KnobBase):
    """Points beyond a threshold."""

    column: int = column_knob()
    above: float = above_knob(0.8)
    label: int | None = label_knob(None, "Only points of this class; empty for all.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows beyond the threshold."""
    return half_plane(x, y, options.column, options.above, options.label)


CHOOSER = Chooser(
    title="Points beyond a threshold", options=Options, needs=frozenset(), choose=choose, kinds=frozenset({"toy"})
)
