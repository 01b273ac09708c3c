"""A cluster of one class: its points nearest to the class's anchor.

The share is of all points, so .2 of two balanced classes takes two fifths of the class; never more than the class has.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import count, fraction_knob, label_knob, smallest
from explorer.knobs import KnobBase
from explorer.records import Float, Int


class Options(KnobBase):
    """A cluster of one class."""

    label: int = label_knob(0, "The class that the cluster belongs to.")
    fraction: float = fraction_knob(0.2, "Share of all points, taken from this class, nearest to its anchor.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows of the class nearest to its anchor."""
    return smallest(scores["anchor_distance"], count(options.fraction, len(y)), y == options.label)


CHOOSER = Chooser(
    title="A cluster of a class",
    options=Options,
    needs=frozenset({"anchor_distance"}),
    choose=choose,
    kinds=frozenset({"toy"}),
)
