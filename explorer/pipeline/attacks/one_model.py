"""Ask every attack its questions about the Spec's models: a stage of its own, so that no picture waits for it.

Question A, forgotten against unseen points of the same classes, is asked of the originals, the unlearned and the
retrained models; question B, unlearned against retrained, of their outputs on the forgotten points. Attacks that need
shadow models are asked only where `evaluation.shadows` is above 0 and shadow models can be made (see shadows.py). On
images one such attack is asked, RMIA, beside reference models (see reference_models.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.attacks import Attack, ask_a, question_a_worlds, question_b, question_b_floor, trouble_a
from explorer.pipeline.attacks.judged import ROLES, Role, judged, model_logits, seed_of
from explorer.pipeline.attacks.reference_models import RMIA, asks_rmia, reference_models
from explorer.pipeline.attacks.shadows import why_no_shadows
from explorer.pipeline.attacks.with_shadows import question_a_with_shadows
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.references import bands_of, judged_rows, reference_logits
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.images import groups
from explorer.pipeline.worlds.points import ORIGINALS
from explorer.records import AttackNumbers, Band, Float
from explorer.seeds import child_seed
from explorer.spec.catalog import CATALOG

ByRole = dict[Role, dict[str, Band]]


def attack_numbers(run: Run, *, spread: bool = True) -> AttackNumbers:
    """Return what every attack of the Spec says; the run's tick counts attacks.

    Each attack is kept by itself; what it says of original and retrained models is shared by all methods.

    Args:
        run: the run, with a method. `evaluation.attacks` names the attacks; by default all that can be asked.
        spread: also look at the unlearned models from the other originals and at the other originals; without it,
            question A is asked only of those on screen. Question B always looks at all pairs.

    Raises:
        SpecError: if the Spec cannot be run.
    """
    if run.of_images:
        return _of_images(run.quiet)
    tick, run = run.tick, run.quiet
    names, left_out = asked(run)
    by_attack: dict[str, ByRole] = {}
    for done, name in enumerate(names):
        if tick:
            tick(done, len(names))
        if "A" in CATALOG.attacks[name].questions:
            by_attack[name] = _a(run, name, ORIGINALS if spread else 1)
    in_b = [name for name in names if "B" in CATALOG.attacks[name].questions]
    numbers = AttackNumbers(
        a={role: {name: found[role] for name, found in by_attack.items() if role in found} for role in ROLES},
        b={name: {"auc": _b(run, name)} for name in in_b},
        b_floor={name: {"auc": _b_floor(run, name)} for name in in_b},
        left_out=left_out,
    )
    if tick:
        tick(len(names), len(names))
    return numbers


def asked(run: Run) -> tuple[list[str], dict[str, str]]:
    """Return the attacks that can be asked about the Spec's run, and why the others that it names cannot."""
    reasons = {name: _reason(run, CATALOG.attacks[name]) for name in _named(run)}
    left_out = {name: reason for name, reason in reasons.items() if reason}
    return [name for name in reasons if name not in left_out], left_out


def _named(run: Run) -> list[str]:
    names = run.spec.evaluation.attacks
    return [name for name in CATALOG.attacks if names is None or name in names]


def _reason(run: Run, attack: Attack) -> str:
    if "shadows" in attack.needs:
        if run.spec.evaluation.shadows == 0:
            return f"{attack.title} needs shadow models; `evaluation.shadows` is 0"
        return why_no_shadows(run.spec)
    if "A" not in attack.questions:
        return ""
    return trouble_a(attack, judged(run, reference_logits(run)["retrained"][0]))


def _a(run: Run, name: str, count: int) -> ByRole:
    """Return question A of one attack, by role, over `count` originals and as many unlearned models."""
    if "shadows" in CATALOG.attacks[name].needs:
        return question_a_with_shadows(run, name, count)
    references, method = f"{name}-{run.key(*REQUEST_PARTS)}", f"{name}-{run.key(*PATH_PARTS)}"
    return {
        "original": _ask(run, name, "original", count, references),
        "unlearned": _ask(run, name, "unlearned", count, method),
        "retrained": _ask(run, name, "retrained", run.seeds, references),
    }


@kept(lambda run, name, role, count, tail: f"attack-{role}-{tail}-{count}")
def _ask(run: Run, name: str, role: Role, count: int, tail: str) -> dict[str, Band]:
    """Return question A of one attack over `count` models of a role; `tail` says in the key on what they depend."""
    models = [judged(run, model_logits(run, role, k)) for k in range(count)]
    return bands_of([ask_a({name: CATALOG.attacks[name]}, model, seed_of(run))[name] for model in models])


@kept(lambda run, name: f"attack-b-{name}-{run.key(*PATH_PARTS)}-{run.seeds}")
def _b(run: Run, name: str) -> Band:
    return b_of(run, name, [model_logits(run, "unlearned", k) for k in range(ORIGINALS)])


@kept(lambda run, name: f"attack-b-floor-{name}-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def _b_floor(run: Run, name: str) -> Band:
    return b_floor_of(run, name)


def b_of(run: Run, name: str, unlearned: Sequence[Float]) -> Band:
    """Return question B of one attack from the logits (m, c) of unlearned models on the judged points."""
    rows = judged_rows(run)
    retrained = list(reference_logits(run)["retrained"][:, rows.at_forget])
    judged = [logits[rows.at_forget] for logits in unlearned]
    return question_b(CATALOG.attacks[name], judged, retrained, run.sets.before.y[rows.forget])


def b_floor_of(run: Run, name: str) -> Band:
    """Return what a new seed alone does in question B of one attack."""
    rows = judged_rows(run)
    retrained = list(reference_logits(run)["retrained"][:, rows.at_forget])
    return question_b_floor(CATALOG.attacks[name], retrained, run.sets.before.y[rows.forget])


def _of_images(run: Run) -> AttackNumbers:
    counts: dict[Role, int] = {"original": 1, "unlearned": 1, "retrained": run.seeds}
    a: dict[str, dict[str, dict[str, Band]]] = {}
    for role, count in counts.items():
        models = [a_of_image_model(run, model_logits(run, role, k)) for k in range(count)]
        a[role] = {name: bands_of([one[name] for one in models]) for name in models[0]}
    in_b = image_attacks_in_b(run)
    return AttackNumbers(
        a=a,
        b={name: {"auc": b_of(run, name, [model_logits(run, "unlearned")])} for name in in_b},
        b_floor={name: {"auc": b_floor_of(run, name)} for name in in_b},
    )


def image_attacks_in_b(run: Run) -> list[str]:
    """Return the attacks that are asked question B about image models."""
    return [name for name in _named(run) if "B" in CATALOG.attacks[name].questions]


def a_of_image_model(run: Run, logits: Float) -> dict[str, dict[str, float]]:
    """Return question A of every attack about one image model, from its logits (m, c) on the judged images.

    Unseen images are test images of the forgotten classes, or of the forgotten sub-class.
    """
    declared = {name: CATALOG.attacks[name] for name in _named(run)}
    alone = {name: one for name, one in declared.items() if "A" in one.questions and "logits" in one.needs}
    found = ask_a(alone, judged(run, logits), seed_of(run))
    return {**found, RMIA: _rmia(run, logits)} if asks_rmia(run.spec) else found


def _rmia(run: Run, logits: Float) -> dict[str, float]:
    rows, before, test = judged_rows(run), run.sets.before, run.data.test
    seen = np.concatenate([rows.forget, rows.retain])
    labels = np.concatenate([before.y[seen], test.y])
    alike = np.concatenate([groups(run.spec, before)[seen], groups(run.spec, test)])
    rng = np.random.default_rng(child_seed(run.spec.seed, "attacks", RMIA))
    forget = np.arange(len(rows.forget))
    return question_a_worlds(
        CATALOG.attacks[RMIA], logits[None], reference_models(run), labels, forget, rng, groups=alike
    )[0]
