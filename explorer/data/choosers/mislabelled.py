"""Every point whose label the generator of the data flipped."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.knobs import KnobBase
from explorer.records import Float, Int


class Options(KnobBase):
    """Mislabelled points; there is nothing to set."""


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows with a wrong label."""
    return np.flatnonzero(scores["mislabelled"])


CHOOSER = Chooser(
    title="Mislabelled points",
    options=Options,
    needs=frozenset({"mislabelled"}),
    choose=choose,
    kinds=frozenset({"toy"}),
)
