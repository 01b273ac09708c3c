"""Numbers over seeds: comparisons, what attacks say, scores."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Band:
    """One number over seeds.

    Attributes:
        values: one number a seed, or a pair of seeds; NaN where not defined.
    """

    values: tuple[float, ...]

    @property
    def finite(self) -> tuple[float, ...]:
        """Return the values that are defined."""
        return tuple(value for value in self.values if math.isfinite(value))

    @property
    def mean(self) -> float:
        """Return the mean over defined values, NaN where there is none."""
        return float(np.mean(self.finite)) if self.finite else float("nan")

    @property
    def low(self) -> float:
        """Return the smallest defined value, NaN where there is none."""
        return min(self.finite, default=float("nan"))

    @property
    def high(self) -> float:
        """Return the largest defined value, NaN where there is none."""
        return max(self.finite, default=float("nan"))

    def as_json(self) -> dict[str, float | int | None]:
        """Return mean, min, max and n, with null for what is not defined."""
        return {
            "mean": defined(self.mean),
            "min": defined(self.low),
            "max": defined(self.high),
            "n": len(self.finite),
        }


@dataclass(frozen=True)
class Comparison:
    """Originals, unlearned and retrained models, each over seeds, and the numbers that set them side by side.

    Attributes:
        accuracy: role ("original", "unlearned", "retrained") -> set ("retain", "forget", "test") -> Band over seeds;
            for original and unlearned, value 0 is the model on screen.
        to_retrained: name of a distance -> Band: the unlearned model on screen against each retrained model.
        spread: the same names -> Band over originals, each its mean over the retrained models (own spread).
        floor: the same names -> Band over pairs of retrained models.
        untouched: the same names -> Band: the original on screen against each retrained model.
        signal_to_floor: how many times more forgetting moves the boundary than a new seed; NaN where floor is 0.
        seconds: "train", "retrain", "unlearn", "prepare" -> wall seconds.
        example_gradients: "train", "retrain", "unlearn", "prepare" -> example-gradients.
    """

    accuracy: Mapping[str, Mapping[str, Band]]
    to_retrained: Mapping[str, Band]
    spread: Mapping[str, Band]
    floor: Mapping[str, Band]
    untouched: Mapping[str, Band]
    signal_to_floor: float
    seconds: Mapping[str, float]
    example_gradients: Mapping[str, float]


@dataclass(frozen=True)
class AttackNumbers:
    """What membership inference attacks say; no value is good or bad by itself, retrained's is the goal.

    Attributes:
        a: question A (can forgotten points be told from unseen ones?): role ("original", "unlearned", "retrained") ->
            attack -> statistic ("auc", ..., "paper_rate") -> Band over models; for original and unlearned, value 0 is
            the model on screen.
        b: question B (can unlearned be told from retrained?): attack -> statistic ("auc") -> Band over pairs of an
            unlearned and a retrained model; above .5 = less sure than retrained.
        b_floor: the same for pairs of retrained models, folded to at least .5.
        left_out: attack -> one sentence on why it could not be asked.
    """

    a: Mapping[str, Mapping[str, Mapping[str, Band]]]
    b: Mapping[str, Mapping[str, Band]]
    b_floor: Mapping[str, Mapping[str, Band]]
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class ModelScores:
    """Distances and scores beside those of a Comparison; names are keys of the table of metrics.

    Attributes:
        values: numbers that one model has, for which retrained's own value is the goal: role ("original", "unlearned",
            "retrained") -> name ("zrf", "displacement", "relearn_forget") -> Band; one value for the model on screen,
            one a seed for retrained.
        to_retrained: numbers between two models: name ("tow", "privacy_score", "boundary_mean", "boundary_hausdorff",
            "weight_distance") -> Band: the unlearned model on screen against each retrained one (weights: the paired).
        untouched: the same names -> Band: the original on screen instead.
        floor: the same names -> Band over pairs of retrained models; empty for weights.
        displacement: "unlearned" -> (1, m), "retrained" -> (r, m) float64: how far the boundary moved at each forget
            point, in data units, negative = towards or over it.
        relearn_forget: role -> (k, t) float64: forget accuracy at steps 0, 1, ... of learning the forget set again.
        points: how many forget points the privacy score looks at; it depends on that.
        joint_range: whether its thresholds go over both models' joint range, for the released grid is too short.
    """

    values: Mapping[str, Mapping[str, Band]]
    to_retrained: Mapping[str, Band]
    untouched: Mapping[str, Band]
    floor: Mapping[str, Band]
    displacement: Mapping[str, NDArray[np.float64]]
    relearn_forget: Mapping[str, NDArray[np.float64]]
    points: int = 0
    joint_range: bool = False


@dataclass(frozen=True)
class PairNumbers:
    """Question B over many models: as many unlearned as retrained ones, point by point, with the zero line.

    Attributes:
        models: how many of each.
        klom: set ("forget", "retain", "test") -> "mean", "p95" -> nats.
        klom_floor: the same, retrained against as many other retrained models.
        quality: the forgetting quality, in (0, 1].
        quality_floor: the same, retrained against other retrained models.
        infinite: share of the forget points whose epsilon is infinite (perfect separation, at any number of models).
        infinite_floor: the same, retrained against other retrained models.
        discarded: number of forget points without any usable threshold; they count as epsilon 0.
        cap: the largest finite epsilon that so many models can show, about ln of their number.
        trouble: "" or one sentence: in how many models the method broke down.
    """

    models: int
    klom: Mapping[str, Mapping[str, float]]
    klom_floor: Mapping[str, Mapping[str, float]]
    quality: float
    quality_floor: float
    infinite: float
    infinite_floor: float
    discarded: int
    cap: float
    trouble: str = ""


def defined(value: float) -> float | None:
    """Return the number, or None (JSON's null) where it is not finite."""
    return float(value) if np.isfinite(value) else None
