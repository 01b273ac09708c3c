"""Compare each point's rise in probability with that of points nobody saw: RMIA, offline.

    ratio(x) = p_model(x) / p(x),   p(x) = ((1 + a) * mean over out-models of p(x) + (1 - a)) / 2,   a = .3
    score = share of population points z with ratio(x) / ratio(z) > gamma,   gamma = 1

p is the probability of the true label; the same p(.) is used for x and z, and equality does not count.
Works with very few models. Source: Zarifzadeh et al., 2024, arXiv:2312.03262; official code at e384af8.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.attacks import Attack, Numbers, Worlds
from explorer.metrics import true_confidence

A = 0.3
GAMMA = 1.0


def score(logits: NDArray[np.floating], worlds: Worlds) -> Numbers:
    """Return the share of the population that each point beats (j, n), in [0, 1]; NaN without out-models."""
    if len(worlds.population) == 0:
        raise ValueError("rmia must be given points that no model saw to compare with")
    known = true_confidence(worlds.logits, worlds.labels)
    count = worlds.outside.sum(axis=0)
    total = np.where(worlds.outside, known, 0.0).sum(axis=0)
    out = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    ratio = true_confidence(logits, worlds.labels) / (((1 + A) * out + (1 - A)) / 2)
    return np.stack([_beaten(row, row[worlds.population]) for row in ratio])


def _beaten(ratio: Numbers, population: Numbers) -> Numbers:
    share = np.searchsorted(np.sort(GAMMA * population), ratio, side="left") / len(population)
    return np.where(np.isnan(ratio), np.nan, share)


ATTACK = Attack(
    title="RMIA",
    questions=frozenset({"A"}),
    needs=frozenset({"shadows"}),
    score=score,
    worlds="before",
    sentence="Did the point gain more probability over models without it than points that nobody saw?",
    formula=r"\Pr_z \left[ \frac{p_y(x)}{\bar p_y(x)} > \frac{p_{y_z}(z)}{\bar p_{y_z}(z)} \right],"
    r" \quad \bar p = .65 \, \text{mean}_{\text{out}} \, p + .35, \quad z \text{ unseen}",
    attacker="The model's probabilities, the label, some models like it without the point, and points that nobody saw.",
    source="Zarifzadeh et al. 2024, arXiv:2312.03262, code at e384af8",
)
