"""Say what a membership inference attack is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """What one model says of some points.

    Attributes:
        logits: (n, c) float.
        labels: (n,) int.
        groups: (n,) int, by which points are alike where that is finer than the class (a sub-class); None for labels.
    """

    logits: NDArray[np.floating]
    labels: NDArray[np.integer]
    groups: NDArray[np.integer] | None = None

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.labels)

    def take(self, rows: NDArray[np.integer] | slice) -> Points:
        """Return some of the points."""
        return Points(self.logits[rows], self.labels[rows], None if self.groups is None else self.groups[rows])

    @property
    def alike(self) -> NDArray[np.integer]:
        """Return the group of each point (n,): points of one group can be exchanged, had none been trained on."""
        return self.labels if self.groups is None else self.groups


@dataclass(frozen=True)
class Fit:
    """What an attack on one model may learn from; no point that it is judged on.

    Attributes:
        members: points the model was trained on (retained, or the other half of the forgotten).
        others: unseen points.
        seed: for attacks whose fitting draws.
    """

    members: Points
    others: Points
    seed: int = 0


@dataclass(frozen=True)
class Worlds:
    """What an attack over models may learn from; no model that it is judged on.

    Attributes:
        logits: (k, n, c) of k shadow models on n points.
        labels: (n,).
        inside: (k, n) bool, worlds in which the point was trained on (and, for U-LiRA, then unlearned).
        outside: (k, n) bool, worlds in which it never was; equally many for every point that is judged. A model in
            neither is not used for that point.
        population: (q,) rows of points that no model saw and nobody judges, for attacks that compare with a population.
    """

    logits: NDArray[np.floating]
    labels: NDArray[np.integer]
    inside: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    population: NDArray[np.integer]


class Judged(NamedTuple):
    """What one model says of everything that a paper's own protocol may use."""

    forget: Points
    retain: Points
    unseen: Points

    def beside(self) -> Points:
        """Return the unseen points that are set beside the forgotten ones: those of the same groups."""
        return self.unseen.take(np.flatnonzero(np.isin(self.unseen.alike, self.forget.alike)))


@dataclass(frozen=True)
class Attack:
    """A membership inference attack.

    Attributes:
        title: name on screen.
        questions: "A" (forgotten against unseen, on one model) and / or "B" (unlearned against retrained).
        needs: "logits" of one model, or "shadows": many models.
        score: for "logits": (points, fit) -> (n,), where fit is a Fit, or None if `fits` is None;
            for "shadows": (logits (j, n, c) of the models attacked, worlds) -> (j, n), NaN where there are no worlds.
            Higher = more member-like.
        fits: which points stand for members while fitting: "retain", "forget" (one half, judged on the other), or None
            for an attack that learns nothing.
        worlds: for "shadows": whether the fit models are taken before or after unlearning.
        judges_unseen: whether points outside the training set can be judged (they have no in-models).
        paper_rate: (judged, rng) -> the rate that the attack's paper reports, by its own protocol, where it has one.
        paper_rate_reads: one sentence on that rate and its direction; "" where there is none.
        slow: it takes seconds a method, so it is asked only where somebody asks for every attack.
        leads: it stands first among the attacks that need the same; the others follow by key.
        sentence: one sentence on what the attack looks at.
        formula: the score in LaTeX, where p_k(x) is the probability that the model gives class k and y is the label.
        attacker: one sentence on what the attacker must have.
        source: paper and official code.
    """

    title: str
    questions: frozenset[Literal["A", "B"]]
    needs: frozenset[Literal["logits", "shadows"]]
    score: Callable[..., Numbers]
    fits: Literal["retain", "forget"] | None = None
    worlds: Literal["before", "after"] = "after"
    judges_unseen: bool = True
    paper_rate: Callable[[Judged, np.random.Generator], float] | None = None
    paper_rate_reads: str = ""
    slow: bool = False
    leads: bool = False
    sentence: str = ""
    formula: str = ""
    attacker: str = ""
    source: str = ""
