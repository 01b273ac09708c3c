"""A whole class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import label_knob
from explorer.knobs import KnobBase
from explorer.records import Float, Int


class Options(KnobBase):
    """A whole class."""

    label: int = label_knob(0, "The class to forget.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return every row of the class."""
    return np.flatnonzero(y == options.label)


CHOOSER = Chooser(title="A whole class", options=Options, needs=frozenset(), choose=choose)
