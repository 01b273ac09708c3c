"""Learn from the retained points how confident members are, with a support vector machine: SalUn's forget efficacy.

SVC(C = 3, RBF, gamma "auto") on the probability of the true label, retained against unseen points. The papers report
the share of forgotten points called *non*-members; higher means more forgotten, the other way round from
`retain_entropy`, and the goal is the retrained model's value.
Source: Jia et al., arXiv:2304.04934 and SalUn, arXiv:2310.12508, their `evaluation/SVC_MIA.py`. Of its five features
only confidence is kept, the one SalUn reports; their modified entropy is broken and not copied.
"""

from __future__ import annotations

import numpy as np

from explorer.attacks import Attack, Fit, Judged, Numbers, Points
from explorer.attacks._classify import balanced, two_kinds
from explorer.metrics import true_confidence

LIMIT = 2000  # a support vector machine's time grows with the square of the number of points


def feature(points: Points) -> Numbers:
    """Return the probability of the true label of each point as a column (n, 1)."""
    return true_confidence(points.logits, points.labels)[:, None]


def score(points: Points, fit: Fit | None) -> Numbers:
    """Return the signed distance from the machine's boundary (n,), positive = member."""
    from sklearn.svm import SVC

    if fit is None:
        raise ValueError("svc must be given points to fit on")
    rng = np.random.default_rng(fit.seed)
    x, y = two_kinds(*balanced(feature(fit.members), feature(fit.others), rng, limit=LIMIT))
    return SVC(C=3, kernel="rbf", gamma="auto").fit(x, y).decision_function(feature(points))


def paper_rate(judged: Judged, rng: np.random.Generator) -> float:
    """Return the share of forgotten points called non-members, fitted on retained against all unseen points."""
    fit = Fit(judged.retain, judged.unseen, seed=int(rng.integers(2**31)))
    return float((score(judged.forget, fit) <= 0).mean())


ATTACK = Attack(
    title="SVC on confidence",
    questions=frozenset({"A"}),
    needs=frozenset({"logits"}),
    score=score,
    fits="retain",
    slow=True,
    paper_rate=paper_rate,
    paper_rate_reads="Share of forgotten points called non-members (SalUn's efficacy); the goal is retrained's.",
    sentence="A support vector machine learns from the retained points how confident a member's answer is.",
    formula=r"b + \sum_i a_i \, e^{-\gamma (p_y(x) - p_{y_i}(x_i))^2}, \quad a_i, b \text{ fitted}",
    attacker="The model's probabilities, the labels, retained points known to be members, and unseen points.",
    source="arXiv:2304.04934; SalUn, arXiv:2310.12508, evaluation/SVC_MIA.py",
)
