"""A sub-cluster of one class: its smallest; of equally small ones the one with the highest number.

Of images `label` names the sub-class itself: the fine classes of CIFAR-20 are counted from 0 to 99 over all classes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.data.choosers._pick import label_knob
from explorer.knobs import KnobBase
from explorer.records import Float, Int


class Options(KnobBase):
    """A sub-cluster of one class."""

    label: int = label_knob(0, "The class whose smallest sub-cluster is forgotten; of images the sub-class.")


def choose(x: Float, y: Int, scores: Mapping[str, Float], options: Options, rng: np.random.Generator) -> Int:
    """Return the rows of the smallest sub-cluster of the class, of images those of the sub-class.

    Raises:
        ValueError: if the class has only one.
    """
    if x.ndim > 2:
        return np.flatnonzero(scores["subclass"] == options.label)
    member = y == options.label
    numbers, sizes = np.unique(scores["subclass"][member], return_counts=True)
    if len(numbers) < 2:
        raise ValueError(f"a sub-cluster cannot be chosen here: class {options.label} has none")
    least = numbers[len(sizes) - 1 - np.argmin(sizes[::-1])]
    return np.flatnonzero(member & (scores["subclass"] == least))


CHOOSER = Chooser(title="A sub-cluster of a class", options=Options, needs=frozenset({"subclass"}), choose=choose)
