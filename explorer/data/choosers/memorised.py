"""The most memorised points: those that models get right only because they saw them.

    memorisation = loss under models that never saw the point - loss under the original, which did

Source: in the spirit of Feldman, Does Learning Require Memorization?, 2020, arXiv:1906.05271, who takes the difference
of the probabilities of the true label; a difference of losses tells the most confident points apart too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import count, fraction_knob, smallest
from explorer.knobs import KnobBase
from explorer.records import Float, Int


class Options(KnobBase):
    """The most memorised points."""

    fraction: float = fraction_knob(0.1, "Share of all points, those whose loss rises most when they are left out.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows whose loss without them exceeds their training loss most."""
    return smallest(scores["loss"] - scores["loss_out"], count(options.fraction, len(y)))


CHOOSER = Chooser(
    title="The most memorised points",
    options=Options,
    needs=frozenset({"loss", "loss_out"}),
    choose=choose,
    kinds=frozenset({"toy"}),  # of images, eight more models would have to be trained first
)
