"""Learn from whole sorted answers who is a member, with boosted trees: CaMU's attack success rate.

100 boosted trees on the sorted probabilities of the unlearned model, retained (members) against equally many unseen
points (fitted on all of a few members and many others, the trees call nobody a member). The paper reports the accuracy
on all forgotten points (as members) and equally many later unseen ones; lower means that forgotten points look unseen
(.5: none is found), and the goal is the retrained model's value.
Source: CaMU, SDM 2024, `main.py`. Differs: its XGBoost is replaced by scikit-learn's gradient boosting with XGBoost's
default rate (.3) and depth (6). Above 2,000 points to fit on it is scikit-learn's histogram-based boosting, at the same
rate. Its trees also end at 31 leaves, and keep 20 points or more in each; a full tree of depth 6 has 64. So they are
usually smaller than XGBoost's. The points to fit on are drawn, where the paper takes the first 4,000 of each.
"""

from __future__ import annotations

import numpy as np

from explorer.attacks import Attack, Fit, Judged, Numbers, Points
from explorer.attacks._classify import balanced, two_kinds
from explorer.metrics import softmax

TREES = 100
LIMIT = 4000  # of each kind
MANY = 2000  # points to fit on, above which splits are looked for among 255 bins: fifteen times as fast


def feature(points: Points) -> Numbers:
    """Return the probabilities of each point from largest to smallest (n, c)."""
    return -np.sort(-softmax(points.logits), axis=-1)


def score(points: Points, fit: Fit | None) -> Numbers:
    """Return the log-odds of membership (n,) that the trees give each point."""
    from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier

    if fit is None:
        raise ValueError("camu_asr must be given points to fit on")
    rng = np.random.default_rng(fit.seed)
    x, y = two_kinds(*balanced(feature(fit.members), feature(fit.others), rng, limit=LIMIT))
    if len(y) > MANY:
        trees = HistGradientBoostingClassifier(
            max_iter=TREES, learning_rate=0.3, max_depth=6, random_state=0,
            early_stopping=False,  # pyright: ignore[reportArgumentType]  # the stub says text only
        )  # fmt: skip
    else:
        trees = GradientBoostingClassifier(n_estimators=TREES, learning_rate=0.3, max_depth=6, random_state=0)
    return trees.fit(x, y).decision_function(feature(points))


def paper_rate(judged: Judged, rng: np.random.Generator) -> float:
    """Return the accuracy on all forgotten points and as many unseen ones (at most half) that were not fitted on."""
    order = rng.permutation(len(judged.unseen))
    later = order[: min(len(judged.forget), len(judged.unseen) // 2)]
    fit = Fit(judged.retain, judged.unseen.take(order[len(later) :]), seed=int(rng.integers(2**31)))
    unseen = judged.unseen.take(later)
    both = np.concatenate([judged.forget.logits, unseen.logits])
    member = np.arange(len(both)) < len(judged.forget)
    called = score(Points(both, np.concatenate([judged.forget.labels, unseen.labels])), fit) > 0
    return float((called == member).mean())


ATTACK = Attack(
    title="Boosted trees (CaMU)",
    questions=frozenset({"A"}),
    needs=frozenset({"logits"}),
    score=score,
    fits="retain",
    slow=True,
    paper_rate=paper_rate,
    paper_rate_reads="Accuracy of calling forgotten points members, unseen not (CaMU's ASR); the goal is retrained's.",
    sentence="Boosted trees learn from retained and as many unseen points how a member's sorted probabilities look.",
    formula=r"\sum_{t=1}^{100} 0.3 \, f_t(p_{(1)}, \ldots, p_{(c)}),"
    r" \quad p_{(1)} \geq \ldots \geq p_{(c)}, \; f_t \text{ fitted trees}",
    attacker="The model's probabilities, retained points known to be members, and unseen points; no label.",
    source="CaMU, SDM 2024, main.py; XGBoost replaced by scikit-learn's gradient boosting",
)
