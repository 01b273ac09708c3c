"""The points nearest to the decision boundary of the original model, on either side.

Near means a small |margin|: logit of the true class minus the largest other logit. That is not a length in the plane.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import count, fraction_knob, smallest
from explorer.knobs import KnobBase
from explorer.records import Float, Int


class Options(KnobBase):
    """Points nearest to the boundary."""

    fraction: float = fraction_knob(0.1, "Share of all points, those nearest to the original's boundary.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows with the smallest absolute margin."""
    return smallest(np.abs(scores["margin"]), count(options.fraction, len(y)))


CHOOSER = Chooser(title="Points nearest to the boundary", options=Options, needs=frozenset({"margin"}), choose=choose)
