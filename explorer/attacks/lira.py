"""Compare, point by point, how likely its margin is in worlds with and without the point: LiRA, online.

    score = log N(phi; mean_in, spread_in) - log N(phi; mean_out, spread_out),   phi = log(p_y / (1 - p_y))

The in-models were trained with the point and never unlearned: an attacker who does not know that unlearning took
place. Needs models that saw the point, so it cannot judge unseen points. With fewer than 64 models all points share one
spread.
Source: Carlini et al., Membership Inference Attacks From First Principles, 2022, arXiv:2112.03570.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.attacks import Attack, Numbers, Worlds
from explorer.attacks._gaussians import log_density, normal
from explorer.metrics import phi


def score(logits: NDArray[np.floating], worlds: Worlds) -> Numbers:
    """Return the log likelihood ratio (j, n) of each point under each attacked model; NaN without in- or out-models."""
    seen, known = phi(logits, worlds.labels), phi(worlds.logits, worlds.labels)
    return log_density(seen, *normal(known, worlds.inside)) - log_density(seen, *normal(known, worlds.outside))


ATTACK = Attack(
    title="LiRA",
    questions=frozenset({"A"}),
    needs=frozenset({"shadows"}),
    score=score,
    worlds="before",
    judges_unseen=False,
    sentence="Is the point's margin likelier under models trained with it than under models trained without it?",
    formula=r"\ell_{\text{in}} - \ell_{\text{out}}, \quad \ell = \log \mathcal{N}(\phi; \mu, \sigma),"
    r" \quad \phi = \log \frac{p_y(x)}{1 - p_y(x)}",
    attacker="The model's probabilities, the label, and data to train many models like it, with the point "
    "and without; no word of the unlearning.",
    source="Carlini et al. 2022, arXiv:2112.03570",
)
