"""Call the points with the smallest loss members.

    score = -cross-entropy

Source: Yeom et al., Privacy Risk in Machine Learning, 2018, arXiv:1709.01604.
"""

from __future__ import annotations

from explorer.attacks import Attack, Fit, Numbers, Points
from explorer.metrics import cross_entropy


def score(points: Points, fit: Fit | None = None) -> Numbers:
    """Return minus the loss of each point in nats (n,), at most 0."""
    return -cross_entropy(points.logits, points.labels)


ATTACK = Attack(
    title="Loss",
    questions=frozenset({"A", "B"}),
    needs=frozenset({"logits"}),
    score=score,
    leads=True,
    sentence="Points that the model fits well look like members.",
    formula=r"\log p_y(x)",
    attacker="The model's probabilities, and the label of the point.",
    source="Yeom et al. 2018, arXiv:1709.01604",
)
