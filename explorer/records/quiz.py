"""What the quiz asks: points of which half were in a training set, and what models and attacks say of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.records.data import Bool, Float, Int, Plane


@dataclass(frozen=True)
class Quiz:
    """Some points, in the order in which they are asked.

    Attributes:
        y: (k,) int64, their labels.
        member: (k,) bool, whether each was in the original's training set; these are points to forget.
        names: one name a class.
        logits: role ("original", "unlearned", "retrained") -> (k, c) float32, what one model of the role says there.
        scores: role -> key of an attack -> (k,) float64, higher = more member-like; NaN where it cannot judge.
        left_out: key of an attack -> one sentence on why it is not asked.
        x: (k, 2) float32, their places in data units; None for images.
        planes: the rectangle around each that is drawn; () for images.
        around: role -> (k, g * g, c) float32, what the model says in each rectangle; empty for images.
    """

    y: Int
    member: Bool
    names: tuple[str, ...]
    logits: Mapping[str, Float]
    scores: Mapping[str, Mapping[str, NDArray[np.float64]]] = field(
        default_factory=dict[str, Mapping[str, NDArray[np.float64]]]
    )
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])
    x: Float | None = None
    planes: tuple[Plane, ...] = ()
    around: Mapping[str, Float] = field(default_factory=dict[str, Float])

    def __len__(self) -> int:
        """Return how many points there are."""
        return len(self.y)
