"""Call the points members of which the model is surest, whatever their label.

    score = max_j p_j   (ranked by log(p_max / (1 - p_max)), which does not saturate)

With two classes it ranks as entropy does: count the two as one attack.
Source: Salem et al., ML-Leaks, 2019, arXiv:1806.01246.
"""

from __future__ import annotations

from explorer.attacks import Attack, Fit, Numbers, Points
from explorer.metrics.privacy_score import log_odds


def score(points: Points, fit: Fit | None = None) -> Numbers:
    """Return the log-odds of the likeliest class of each point (n,)."""
    return log_odds(points.logits)


ATTACK = Attack(
    title="Confidence",
    questions=frozenset({"A", "B"}),
    needs=frozenset({"logits"}),
    score=score,
    sentence="Points that the model is sure about, rightly or not, look like members.",
    formula=r"\log \frac{\max_k p_k(x)}{1 - \max_k p_k(x)}",
    attacker="The model's probabilities; no label.",
    source="Salem et al. 2019, arXiv:1806.01246",
)
