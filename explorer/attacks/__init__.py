"""One file per membership inference attack: arrays in, one score per example out (higher = more member-like)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Attack:
    """A membership inference attack.

    Attributes:
        title: name on screen.
        questions: "A" (forgotten against unseen, on one model) and / or "B" (unlearned against retrained).
        needs: "logits" of one model, or "shadows": many models.
        score: see the file; returns one float per example, higher = more member-like.
        paper_rate: the rate that the attack's paper reports, where it has its own; None otherwise.
        source: paper and official code.
    """

    title: str
    questions: frozenset[Literal["A", "B"]]
    needs: frozenset[Literal["logits", "shadows"]]
    score: Callable[..., NDArray[np.float64]]
    paper_rate: Callable[..., float] | None = None
    source: str = ""
    notes: Mapping[str, Any] | None = None
