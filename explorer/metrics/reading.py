"""Say how to read every number: its title, unit, direction, one sentence and its source.

A page shows a number only through this table, always beside retrained's value and the seed-to-seed floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Better = Literal["match", "lower", "higher", "cheaper"]
_DIRECTION: dict[Better, str] = {
    "match": "closer to retrained's value is better",
    "lower": "lower is closer to retrained, down to the floor",
    "higher": "higher is closer to retrained, up to the floor",
    "cheaper": "lower is cheaper; retrained stands at 1",
}


@dataclass(frozen=True)
class Reading:
    """How to read one number.

    Attributes:
        title: name on screen.
        unit: "share", "nats", "data units", ...; "" for a bare number.
        low: smallest value it can take.
        high: largest value it can take; inf for none.
        better: "match" = the goal is retrained's own value; "lower" or "higher" = it measures a distance to retrained;
            "cheaper" = a cost.
        sentence: one sentence on what it says.
        source: where the definition comes from.
        floor: whether two retrained models say how near a distance can come.
    """

    title: str
    unit: str
    low: float
    high: float
    better: Better
    sentence: str
    source: str
    floor: bool = True

    @property
    def direction(self) -> str:
        """Return the direction in words."""
        words = _DIRECTION[self.better]
        return words if self.floor else words.partition(",")[0]

    @property
    def mark(self) -> str:
        """Return the direction as what fits into the head of a column."""
        return {"match": "= retrained", "lower": "↓ to floor", "higher": "↑ to floor", "cheaper": "↓"}[self.better]


_INF, _LN2, _ROOT2 = float("inf"), 0.6931471805599453, 1.4142135623730951

METRICS: Mapping[str, Reading] = {
    "retain": Reading(
        "Retain accuracy", "share", 0, 1, "match",
        "Share of the points to be kept that the model still gets right; a drop is damage.", "folklore",
    ),
    "forget": Reading(
        "Forget accuracy", "share", 0, 1, "match",
        "Share of the forgotten points that the model gets right; 0 is not the goal: retrained models get many right.",
        "folklore; the field calls it FA, or 1 minus it UA",
    ),
    "test": Reading(
        "Test accuracy", "share", 0, 1, "match",
        "Share of new points that the model gets right.", "folklore",
    ),
    "forget_agreement": Reading(
        "Agreement on the forget points", "share", 0, 1, "higher",
        "Share of the forgotten points on which the model says what a retrained model says, right or wrong.", "ours",
    ),
    "activation_distance": Reading(
        "Activation distance", "", 0, _ROOT2, "lower",
        "Mean distance between the probabilities predicted here and by a retrained model, on the forgotten points.",
        "Golatkar et al. 2021; L2 as in bad teaching and SSD",
    ),
    "js_divergence": Reading(
        "Jensen-Shannon divergence", "nats", 0, _LN2, "lower",
        "How well one could tell from one answer whether it came from this model or a retrained one.",
        "Lin 1991; the formula, not the field's released code, which divides by the number of classes",
    ),
    "disagreement_area": Reading(
        "Disagreement area", "share of the plane", 0, 1, "lower",
        "Share of the plane on which the model and a retrained one predict different classes.", "ours",
    ),
    "change_precision": Reading(
        "Change precision", "share", 0, 1, "higher",
        "Share of the area the method changed that retraining changes too; the rest is collateral.", "ours",
    ),
    "change_recall": Reading(
        "Change recall", "share", 0, 1, "higher",
        "Share of the area retraining changes that the method changed too; the rest is unfinished.", "ours",
    ),
    "boundary_mean": Reading(
        "Mean boundary distance", "data units", 0, _INF, "lower",
        "How far the decision boundary runs from a retrained one, on average.", "ours",
    ),
    "boundary_hausdorff": Reading(
        "Largest boundary distance", "data units", 0, _INF, "lower",
        "The farthest that either boundary strays from the other (Hausdorff); one stray island is enough.", "ours",
    ),
    "displacement": Reading(
        "Displacement at the forget points", "data units", -_INF, _INF, "match",
        "How far the boundary moved at the forgotten points; negative = towards or over them.", "ours",
    ),
    "weight_distance": Reading(
        "Weight distance to the paired retrained model", "share of its length", 0, _INF, "lower",
        "How far the weights are from those of the retrained model with the same initialisation and batches; no floor: "
        "other seeds number their units differently.",
        "Golatkar et al. 2020; equal functions have many weights, so only the pair is compared", floor=False,
    ),
    "zrf": Reading(
        "ZRF", "", 1 - _LN2, 1, "match",
        "How random the answers on the forgotten points are; a retrained model's are not, so 1 is not the goal.",
        "Chundawat et al. 2023, arXiv:2205.08096",
    ),
    "tow": Reading(
        "Tug of war", "", 0, 1, "higher",
        "Product over the three accuracies of 1 minus the gap to retrained; crowds near 1, so look at its band.",
        "Zhao et al. 2024, arXiv:2406.01257",
    ),
    "klom": Reading(
        "KLoM", "nats", 0, _INF, "lower",
        "How differently the margins of a point are distributed over many unlearned and many retrained models.",
        "Georgiev et al. 2024, arXiv:2410.23232",
    ),
    "forgetting_quality": Reading(
        "Forgetting quality", "", 0, 1, "higher",
        "How hard it is, point by point, to tell unlearned from retrained models; depends on how many went in.",
        "Triantafillou et al. 2024, arXiv:2406.09073",
    ),
    "privacy_score": Reading(
        "Worst-case privacy score", "", 0, 1, "higher",
        "How hard it is to tell the answers on the forgotten points from a retrained model's, at the worst threshold.",
        "Unlearning Comparator 2025, arXiv:2508.12730",
    ),
    "relearn_forget": Reading(
        "Relearn time on the forget set", "steps", 0, _INF, "match",
        "Steps of training on the forgotten points until they are known again; fewer than retrained: traces are left.",
        "Golatkar et al. 2020; AIN: Chundawat et al. 2023",
    ),
    "auc": Reading(
        "Loss attack, forgotten against unseen", "AUC", 0, 1, "match",
        "How well the loss tells forgotten points from points nobody saw; .5 is chance, but retrained's is the goal.",
        "Yeom et al. 2018, arXiv:1709.01604",
    ),
    "cost": Reading(
        "Cost, share of retraining", "example-gradients", 0, _INF, "cheaper",
        "What the method computes, what it prepares included, as a share of training anew; not the search for knobs.",
        "ours",
    ),
    "signal_to_floor": Reading(
        "Signal to floor", "times", 0, _INF, "match",
        "How many times as much as a new seed forgetting moves the boundary; below 2 the picture shows mostly seeds.",
        "ours",
    ),
}  # fmt: skip
