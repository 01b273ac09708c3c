"""Learn from losses alone who is a member: logistic regression on one number, as the challenge's starting kit does.

Linear in the loss, so it is blind where forgotten losses are two-sided: some too low, some too high.
Source: NeurIPS 2023 unlearning challenge, starting kit; the population attack of Kurmanji et al., arXiv:2302.09880.
"""

from __future__ import annotations

import numpy as np

from explorer.attacks import Attack, Fit, Judged, Numbers, Points
from explorer.attacks._classify import balanced, two_kinds
from explorer.metrics import cross_entropy

SPLITS = 10
LARGEST = 100.0


def feature(points: Points) -> Numbers:
    """Return the loss of each point in nats as a column (n, 1), at most 100: a broken model must not break the fit."""
    return np.minimum(cross_entropy(points.logits, points.labels), LARGEST)[:, None]


def score(points: Points, fit: Fit | None) -> Numbers:
    """Return the log-odds of membership (n,) that the regression gives each point."""
    from sklearn.linear_model import LogisticRegression

    if fit is None:
        raise ValueError("loss_regression must be given points to fit on")
    x, y = two_kinds(*balanced(feature(fit.members), feature(fit.others), np.random.default_rng(fit.seed)))
    return LogisticRegression(max_iter=1000).fit(x, y).decision_function(feature(points))


def paper_rate(judged: Judged, rng: np.random.Generator) -> float:
    """Return the kit's number: mean accuracy over 10 splits (10 % judged) on as many forgotten as unseen losses."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score

    x, y = two_kinds(*balanced(feature(judged.forget), feature(judged.unseen), rng))
    if len(y) < 2 * SPLITS:
        return float("nan")  # a tenth of the points would not hold both kinds
    splits = StratifiedShuffleSplit(n_splits=SPLITS, random_state=int(rng.integers(2**31)))
    return float(np.mean(cross_val_score(LogisticRegression(max_iter=1000), x, y, cv=splits, scoring="accuracy")))


ATTACK = Attack(
    title="Loss regression",
    questions=frozenset({"A"}),
    needs=frozenset({"logits"}),
    score=score,
    fits="forget",
    paper_rate=paper_rate,
    paper_rate_reads="Accuracy of telling forgotten from unseen losses; the goal is the retrained model's value.",
    sentence="A regression learns from half of the forgotten points which losses they have.",
    formula=r"a + b \, \min(-\log p_y(x), \, 100), \quad a, b \text{ fitted}",
    attacker="The model's probabilities, the labels, and the truth about half of the forgotten points and as "
    "many unseen ones.",
    source="NeurIPS 2023 unlearning challenge, starting kit; arXiv:2302.09880",
)
