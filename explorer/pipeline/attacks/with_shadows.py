"""Ask attacks that compare with models trained without the point."""

from __future__ import annotations

import numpy as np

from explorer.attacks import Attack, over_models, question_a_worlds
from explorer.pipeline.attacks.judged import Role, halves_rng, model_logits, rng_of
from explorer.pipeline.attacks.shadows import retrained_shadows, shadow_labels, shadows
from explorer.pipeline.memo import PATH_PARTS
from explorer.pipeline.references import bands_of
from explorer.pipeline.run import Run, kept
from explorer.records import Band, Shadows
from explorer.spec.catalog import CATALOG


@kept(
    lambda run, name, count: f"attack-{name}-{run.key(*PATH_PARTS)}-{run.seeds}-{run.spec.evaluation.shadows}-{count}"
)
def question_a_with_shadows(run: Run, name: str, count: int) -> dict[Role, dict[str, Band]]:
    """Return question A of one attack, by role, over `count` originals and as many unlearned models.

    One that cannot judge unseen points is asked over many models instead: how well it tells those that saw a point from
    those that never did (see `stacks`). One number each: the models are spent on fitting and judging.
    """
    attack = CATALOG.attacks[name]
    if attack.judges_unseen:
        counts: dict[Role, int] = {"original": count, "unlearned": count, "retrained": run.seeds}
        return {role: bands_of(question_a_worlds(*asking(run, attack, role, n))) for role, n in counts.items()}
    labels, forget = shadow_labels(run), run.sets.forget
    return {
        role: {"auc": Band((over_models(attack, stack, labels, forget, halves_rng(run), unlearned=after).auc,))}
        for role, (stack, after) in stacks(run).items()
    }


def asking(run: Run, attack: Attack, role: Role, count: int) -> tuple:
    """Return the arguments with which an attack that judges unseen points is asked about models of a role."""
    logits = np.stack([model_logits(run, role, k) for k in range(count)])
    return attack, logits, shadows(run), shadow_labels(run), run.sets.forget, rng_of(run, attack.title)


def stacks(run: Run) -> dict[Role, tuple[Shadows, bool]]:
    """Return the many models of each role, and whether those after unlearning are meant.

    "original" = the shadow models before unlearning, "unlearned" = after the method, "retrained" = retrained without
    the forget set.
    """
    made = shadows(run)
    return {"original": (made, False), "unlearned": (made, True), "retrained": (retrained_shadows(run), True)}
