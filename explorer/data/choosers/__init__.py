"""One file per way to choose what to forget; the file's name is the key.

A file declares `CHOOSER = Chooser(...)`. Choosers know numpy and scikit-learn only; the scores that they need are
computed beforehand from the original model (never from a retrained one) and handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explorer.knobs import KnobBase
from explorer.records import Float, Int

Score = Literal["margin", "loss", "loss_out", "mislabelled", "subclass", "anchor_distance"]


@dataclass(frozen=True)
class Chooser:
    """A way to choose the forget set.

    Attributes:
        title: name on screen.
        options: its frozen set of knobs.
        needs: names of the scores it reads, each (n,):
            margin = logit of the true class minus the largest other, under the original;
            loss = training loss under the original; loss_out = loss under models that never saw the point (8-fold);
            mislabelled = 1 where the generator flipped the label; subclass = number of the sub-cluster;
            anchor_distance = distance (standardised) to the anchor of the point's own class.
        choose: (x (n, ...), y (n,), scores, options, rng) -> rows (m,) int64, ascending, without repeats.
        kinds: data it is for: "toy", "image".
    """

    title: str
    options: type[KnobBase]
    needs: frozenset[Score]
    # `Any`: each chooser's own options
    choose: Callable[
        [Float, Int, Mapping[str, Float], Any, np.random.Generator], Int
    ]  # `Any`: each chooser's own options
    kinds: frozenset[Literal["toy", "image"]] = frozenset({"toy", "image"})
