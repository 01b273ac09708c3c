"""Ask an attack that learns nothing at every step of a path: how membership fades, and whether it comes back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.attacks import scores_a
from explorer.metrics.roc import auc
from explorer.pipeline.attacks.one_model import judged
from explorer.pipeline.memo import Memo, no_memo
from explorer.pipeline.paths import PATH_PARTS, path
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG


def attack_path(spec: Spec, attack: str, memo: Memo = no_memo) -> NDArray[np.float64]:
    """Return the AUC (t,) of question A at every recorded step of the model on screen.

    Args:
        spec: the run, with a method.
        attack: key of an attack on one model's logits that learns nothing, and so asks all steps alike.
        memo: as everywhere.

    Raises:
        ValueError: if the attack learns or needs other models, or cannot be asked about these points.
    """
    asked = CATALOG.attacks[attack]
    if asked.fits is not None or "logits" not in asked.needs:
        raise ValueError(f"{asked.title} cannot be asked step by step: it learns from points or models first")

    def ask() -> NDArray[np.float64]:
        rng = np.random.default_rng(0)  # never drawn from: nothing is fitted
        return np.array([auc(*scores_a(asked, judged(spec, memo, one), rng)) for one in path(spec, memo).logits])

    return memo(f"attack-path-{attack}-{spec.key(*PATH_PARTS)}", ask)
