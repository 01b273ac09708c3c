"""Ask population attacks on the very pairs of a model and a point on which per-point attacks are asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.attacks import over_models
from explorer.catalog import CATALOG
from explorer.pipeline.attacks import halves_rng
from explorer.pipeline.memo import Memo, no_memo
from explorer.pipeline.sets import sets
from explorer.records import Shadows
from explorer.spec import Spec


def same_pairs(
    spec: Spec, shadows: Shadows, labels: NDArray[np.integer], attacks: Sequence[str], memo: Memo = no_memo, *,
    unlearned: bool,
) -> dict[str, float]:  # fmt: skip
    """Return the AUC of each attack over all pairs of a model and a forgotten point, seen against never seen.

    Args:
        spec: whose seed draws the halves of the models, and whose request names the points.
        shadows: the models.
        labels: (n + u,) from `shadow_labels`.
        attacks: keys of attacks of question A, on logits or over models.
        memo: as everywhere.
        unlearned: after unlearning; else before.
    """
    forget = sets(spec, memo).forget
    return {
        name: over_models(CATALOG.attacks[name], shadows, labels, forget, halves_rng(spec), unlearned=unlearned).auc
        for name in attacks
    }
