"""Call the points members that the model answers with certainty *and* rightly.

    score = -M,  M = -(1 - p_y) log p_y - sum over j != y of p_j log(1 - p_j)

The version released with several unlearning papers reads the probabilities of the whole batch's labels and log p for
log(1 - p); this one follows the formula. With two classes it ranks as the loss does: count the two as one attack.
Source: Song and Mittal, 2021, arXiv:2003.10595.
"""

from __future__ import annotations

from explorer.attacks import Attack, Fit, Numbers, Points
from explorer.metrics import modified_entropy


def score(points: Points, fit: Fit | None = None) -> Numbers:
    """Return minus the modified entropy of each point (n,), at most 0."""
    return -modified_entropy(points.logits, points.labels)


ATTACK = Attack(
    title="Modified entropy",
    questions=frozenset({"A"}),
    needs=frozenset({"logits"}),
    score=score,
    sentence="Points with a certain and right answer look like members.",
    formula=r"(1 - p_y) \log p_y + \sum_{k \neq y} p_k \log(1 - p_k)",
    attacker="The model's probabilities, and the label of the point.",
    source="Song and Mittal 2021, arXiv:2003.10595",
)
