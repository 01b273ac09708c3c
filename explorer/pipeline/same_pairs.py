"""Ask population attacks on the very pairs of a model and a point on which per-point attacks are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.attacks import over_models
from explorer.metrics.roc import pairs_interval
from explorer.pipeline.attacks.one_model import halves_rng, rng_of
from explorer.pipeline.memo import Memo, no_memo
from explorer.pipeline.sets import sets
from explorer.records import Shadows
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG


@dataclass(frozen=True)
class PairsAuc:
    """One attack over all pairs of a model and a forgotten point.

    Attributes:
        auc: averaged over the halves of the models.
        low: 95 % interval for other models on the same points (`pairs_interval`); NaN where not defined.
        high: its upper end.
    """

    auc: float
    low: float
    high: float


def same_pairs(
    spec: Spec, shadows: Shadows, labels: NDArray[np.integer], attacks: Sequence[str], memo: Memo = no_memo, *,
    unlearned: bool,
) -> dict[str, float]:  # fmt: skip
    """Return the AUC of each attack over the pairs, as `pairs_judged` does, without intervals."""
    found = pairs_judged(spec, shadows, labels, attacks, memo, unlearned=unlearned)
    return {name: one.auc for name, one in found.items()}


def pairs_judged(
    spec: Spec, shadows: Shadows, labels: NDArray[np.integer], attacks: Sequence[str], memo: Memo = no_memo, *,
    unlearned: bool,
) -> dict[str, PairsAuc]:  # fmt: skip
    """Return each attack's AUC over all pairs of a model and a forgotten point, seen against never seen, with interval.

    The same models are drawn anew for every attack.

    Args:
        spec: whose seed draws the halves of the models, and whose request names the points.
        shadows: the models.
        labels: (n + u,) from `shadow_labels`.
        attacks: keys of attacks of question A, on logits or over models.
        memo: as everywhere.
        unlearned: after unlearning; else before.
    """
    forget = sets(spec, memo).forget
    found: dict[str, PairsAuc] = {}
    for name in attacks:
        attack = CATALOG.attacks[name]
        one = over_models(attack, shadows, labels, forget, halves_rng(spec), unlearned=unlearned)
        found[name] = PairsAuc(one.auc, *pairs_interval(one.score, one.member, one.half, rng_of(spec, "bootstrap")))
    return found
