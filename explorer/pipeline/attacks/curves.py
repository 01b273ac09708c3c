"""Draw what an attack says as curves: ROC curves of each role, and the AUC at every step of a path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.attacks import over_models, scores_a, scores_worlds
from explorer.metrics.roc import Roc, auc, roc
from explorer.pipeline.attacks.judged import Role, halves_rng, judged, model_logits, rng_of
from explorer.pipeline.attacks.shadows import shadow_labels
from explorer.pipeline.attacks.with_shadows import asking, stacks
from explorer.pipeline.memo import PATH_PARTS
from explorer.pipeline.paths import path
from explorer.pipeline.run import Run, kept
from explorer.spec.catalog import CATALOG


def roc_curves(run: Run, attack: str) -> dict[Role, list[Roc]]:
    """Return the ROC curves of the very question that `attack_numbers` answers under this attack's key.

    Forgotten against unseen points: original and unlearned on screen, every retrained model. LiRA and U-LiRA, which
    cannot judge unseen points: one curve a role over all pairs (see `pair_curves`).

    Args:
        run: the run, with a method.
        attack: key of an attack that can be asked (see `asked`).
    """
    declared = CATALOG.attacks[attack]
    if not declared.judges_unseen:
        return {role: [curve] for role, curve in pair_curves(run, attack).items()}
    counts: dict[Role, int] = {"original": 1, "unlearned": 1, "retrained": run.seeds}
    if "shadows" in declared.needs:
        return {
            role: [roc(*one) for one in scores_worlds(*asking(run, declared, role, count))]
            for role, count in counts.items()
        }
    return {
        role: [
            roc(*scores_a(declared, judged(run, model_logits(run, role, k)), rng_of(run, attack))) for k in range(count)
        ]
        for role, count in counts.items()
    }


def pair_curves(run: Run, attack: str) -> dict[Role, Roc]:
    """Return the ROC curves over all pairs of a shadow model and a forgotten point, seen against never seen, by role.

    Args:
        run: the run, with a method for which shadow models can be made, and `evaluation.shadows` above 0.
        attack: key of an attack of question A; the pairs are those of `pairs_judged`, both halves of the models pooled.
    """
    labels, curves = shadow_labels(run), dict[Role, Roc]()
    for role, (stack, after) in stacks(run).items():
        over = over_models(CATALOG.attacks[attack], stack, labels, run.sets.forget, halves_rng(run), unlearned=after)
        there = ~np.isnan(over.score)
        curves[role] = roc(over.score[there], over.member[there])
    return curves


@kept(lambda run, attack: f"attack-path-{attack}-{run.key(*PATH_PARTS)}")
def attack_path(run: Run, attack: str) -> NDArray[np.float64]:
    """Return the AUC (t,) of question A at every recorded step of the model on screen.

    Args:
        run: the run, with a method.
        attack: key of an attack on one model's logits that learns nothing, and so asks all steps alike.

    Raises:
        ValueError: if the attack learns or needs other models, or cannot be asked about these points.
    """
    declared = CATALOG.attacks[attack]
    if declared.fits is not None or "logits" not in declared.needs:
        raise ValueError(f"{declared.title} cannot be asked step by step: it learns from points or models first")
    rng = np.random.default_rng(0)  # never drawn from: nothing is fitted
    return np.array([auc(*scores_a(declared, judged(run, logits), rng)) for logits in path(run).logits])
