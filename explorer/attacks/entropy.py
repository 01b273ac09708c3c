"""Call the points members whose predicted distribution has the least entropy; no label is needed.

    score = -H(p)

In question B (unlearned against retrained) an AUC near 1 is the Streisand effect: the model is conspicuously unsure
about what it forgot; near 0 it is conspicuously sure.
Source: Salem et al., ML-Leaks, 2019, arXiv:1806.01246.
"""

from __future__ import annotations

from explorer.attacks import Attack, Fit, Numbers, Points
from explorer.metrics import entropy


def score(points: Points, fit: Fit | None = None) -> Numbers:
    """Return minus the entropy of each point in nats (n,), at most 0."""
    return -entropy(points.logits)


ATTACK = Attack(
    title="Entropy",
    questions=frozenset({"A", "B"}),
    needs=frozenset({"logits"}),
    score=score,
    sentence="Points with a certain answer look like members.",
    formula=r"\sum_k p_k(x) \log p_k(x)",
    attacker="The model's probabilities; no label.",
    source="Salem et al. 2019, arXiv:1806.01246",
)
