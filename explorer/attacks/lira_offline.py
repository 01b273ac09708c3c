"""Ask how unusually large a point's margin is for a world without it: LiRA, offline.

    score = (phi - mean_out) / spread_out     (the paper's 1 - Pr[N(mean_out, spread_out) > phi], which ranks alike)

Needs no model that saw the point, so it can judge unseen points too, with equally many out-models for both kinds.
Source: Carlini et al., Membership Inference Attacks From First Principles, 2022, arXiv:2112.03570, sec. V.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.attacks import Attack, Numbers, Worlds
from explorer.attacks._gaussians import normal
from explorer.metrics import phi


def score(logits: NDArray[np.floating], worlds: Worlds) -> Numbers:
    """Return how many spreads each margin lies above the out-models' mean (j, n); NaN without out-models."""
    mean, spread = normal(phi(worlds.logits, worlds.labels), worlds.outside)
    return (phi(logits, worlds.labels) - mean) / spread


ATTACK = Attack(
    title="LiRA, offline",
    questions=frozenset({"A"}),
    needs=frozenset({"shadows"}),
    score=score,
    worlds="before",
    sentence="Is the point's margin larger than models trained without it would give?",
    formula=r"\frac{\phi - \mu_{\text{out}}}{\sigma_{\text{out}}}, \quad \phi = \log \frac{p_y(x)}{1 - p_y(x)}",
    attacker="The model's probabilities, the label, and data to train many models like it without the point.",
    source="Carlini et al. 2022, arXiv:2112.03570, sec. V",
)
