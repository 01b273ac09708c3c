"""Learn from the retained points how certain members look, then ask how many forgotten points look so.

Logistic regression (balanced) on the entropy of the answer, retained points against unseen ones. The papers report the
share of forgotten points called members; lower is called better there, but the goal is the retrained model's value.
Source: SSD and JiT, their `metrics.py` at c967614 (JiT); after Golatkar et al.
"""

from __future__ import annotations

import numpy as np

from explorer.attacks import Attack, Fit, Judged, Numbers, Points
from explorer.attacks._classify import two_kinds
from explorer.metrics import entropy


def feature(points: Points) -> Numbers:
    """Return the entropy of each point as a column (n, 1), in nats."""
    return entropy(points.logits)[:, None]


def score(points: Points, fit: Fit | None) -> Numbers:
    """Return the log-odds of membership (n,) that the regression gives each point."""
    from sklearn.linear_model import LogisticRegression

    if fit is None:
        raise ValueError("retain_entropy must be given points to fit on")
    x, y = two_kinds(feature(fit.members), feature(fit.others))
    return LogisticRegression(class_weight="balanced").fit(x, y).decision_function(feature(points))


def paper_rate(judged: Judged, rng: np.random.Generator) -> float:
    """Return the share of forgotten points called members, fitted on all retained against all unseen points."""
    return float((score(judged.forget, Fit(judged.retain, judged.unseen)) > 0).mean())


ATTACK = Attack(
    title="Entropy, learnt on the retain set",
    questions=frozenset({"A"}),
    needs=frozenset({"logits"}),
    score=score,
    fits="retain",
    paper_rate=paper_rate,
    paper_rate_reads="Share of forgotten points called members (the MIA of JiT and SSD); the goal is retrained's.",
    sentence="A regression learns from the retained points how certain a member's answer is.",
    formula=r"a - b \sum_k p_k(x) \log p_k(x), \quad a, b \text{ fitted}",
    attacker="The model's probabilities, retained points known to be members, and unseen points; no label.",
    source="SSD; JiT, metrics.py at c967614",
)
