"""Use one loss threshold for everybody, set on unseen points of the same class: TMU's population attack.

    call a point a member if its loss <= the alpha-quantile of the losses of unseen points;  alpha = .1

On a retrained model the rate must be about alpha. As a ranking it is the loss attack; what differs is the rate.
Source: Ye et al., Enhanced Membership Inference Attacks, CCS 2022, arXiv:2111.09679, as used by TMU. TMU's alpha is not
published; .1 is our choice.
"""

from __future__ import annotations

import numpy as np

from explorer.attacks import Attack, Judged
from explorer.attacks.loss import score
from explorer.metrics import cross_entropy

ALPHA = 0.1


def paper_rate(judged: Judged, rng: np.random.Generator) -> float:
    """Return the share of forgotten points called members at a false positive rate of alpha on unseen points."""
    unseen = judged.beside()
    if len(unseen) == 0:
        return float("nan")
    cut = np.quantile(cross_entropy(unseen.logits, unseen.labels), ALPHA)
    return float((cross_entropy(judged.forget.logits, judged.forget.labels) <= cut).mean())


ATTACK = Attack(
    title="Population loss",
    questions=frozenset({"A"}),
    needs=frozenset({"logits"}),
    score=score,
    paper_rate=paper_rate,
    paper_rate_reads="Share of forgotten points called members where .1 of unseen are; retrained gives about .1.",
    sentence="One loss threshold for all points, set on unseen points of the same classes.",
    formula=r"\text{member if } -\log p_y(x) \leq q, \quad q = .1 \text{ quantile of unseen losses}",
    attacker="The model's probabilities, the label of the point, and unseen points of its class.",
    source="Ye et al. 2022, arXiv:2111.09679, as used by TMU",
)
