"""Points by hand: the rows that were clicked or drawn around on the picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.knobs import KnobBase, knob
from explorer.records import Float, Int


class Options(KnobBase):
    """Points by hand."""

    index: list[int] = knob([], title="Points", help="Rows of the training set, counted from 0.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows given, ascending, each once.

    Raises:
        ValueError: if one is not a row of the training set.
    """
    outside = [row for row in options.index if not 0 <= row < len(y)]
    if outside:
        raise ValueError(f"`request.index` must lie in [0, {len(y) - 1}], got {outside[0]}")
    return np.unique(np.array(options.index, dtype=np.int64))


CHOOSER = Chooser(title="Points picked by hand", options=Options, needs=frozenset(), choose=choose)
