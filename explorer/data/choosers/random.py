"""Random points: a share of all points, or of one class.

The same option `seed` names the same points whatever the Spec's own seed, and a larger share includes a smaller one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import count, fraction_knob, label_knob
from explorer.knobs import KnobBase, knob
from explorer.records import Float, Int
from explorer.seeds import child_seed


class Options(KnobBase):
    """Random points."""

    fraction: float = fraction_knob(0.2, "Share of all points; with a class given, share of that class.")
    seed: int = knob(0, ge=0, le=2**31 - 1, title="Seed", help="Draws other points.")
    label: int | None = label_knob(None, "Only points of this class; empty for all.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return a random share of the rows, or of the rows of one class."""
    rows = np.arange(len(y)) if options.label is None else np.flatnonzero(y == options.label)
    order = np.random.default_rng(child_seed(options.seed, "random")).permutation(rows)
    return np.sort(order[: count(options.fraction, len(rows))])


CHOOSER = Chooser(title="Random points", options=Options, needs=frozenset(), choose=choose)
