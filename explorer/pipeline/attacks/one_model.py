"""Ask every attack its questions about the Spec's models: a stage of its own, so that no picture waits for it.

Question A, forgotten against unseen points of the same classes, is asked of the originals, the unlearned and the
retrained models; question B, unlearned against retrained, of their outputs on the forgotten points. Attacks that need
shadow models are asked only where `evaluation.shadows` is above 0 and shadow models can be made (see shadows.py).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from explorer.attacks import (
    Attack,
    Judged,
    Points,
    ask_a,
    over_models,
    question_a_worlds,
    question_b,
    question_b_floor,
    trouble_a,
)
from explorer.pipeline.attacks.shadows import retrained_shadows, shadow_labels, shadows, why_no_shadows
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.paths import path
from explorer.pipeline.references import bands_of, reference_logits
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.points import ORIGINALS
from explorer.records import AttackNumbers, Band, Float, Shadows
from explorer.seeds import child_seed
from explorer.spec.catalog import CATALOG

Role = Literal["original", "unlearned", "retrained"]
ROLES: tuple[Role, ...] = ("original", "unlearned", "retrained")
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
    names = run.spec.evaluation.attacks
    chosen = list(CATALOG.attacks) if names is None else [name for name in CATALOG.attacks if name in names]
    reasons = {name: _reason(run, CATALOG.attacks[name]) for name in chosen}
    left_out = {name: reason for name, reason in reasons.items() if reason}
    return [name for name in chosen if name not in left_out], left_out


def _reason(run: Run, attack: Attack) -> str:
    if "shadows" in attack.needs:
        if run.spec.evaluation.shadows == 0:
            return f"{attack.title} needs shadow models; `evaluation.shadows` is 0"
        return why_no_shadows(run.spec)
    if "A" not in attack.questions:
        return ""
    return trouble_a(attack, judged(run, reference_logits(run)["retrained"][0]))


def judged(run: Run, logits: Float) -> Judged:
    """Return what a model says of forget, retain and unseen points, from logits (n + test, c) on the run's probes.

    Forgotten and retained points carry the labels that the original saw.
    """
    sets, y, n = run.sets, run.sets.before.y, len(run.sets.before)
    return Judged(
        Points(logits[sets.forget], y[sets.forget]),
        Points(logits[sets.retain], y[sets.retain]),
        Points(logits[n:], run.data.test.y),
    )


def model_logits(run: Run, role: Role, index: int = 0) -> Float:
    """Return logits (n + test, c) of one model of a role on the run's probes; index 0 is the one on screen."""
    if role == "unlearned":
        return path(run, index).logits[-1]
    return reference_logits(run)["originals" if role == "original" else "retrained"][index]


def rng_of(run: Run, name: str) -> np.random.Generator:
    """Return the generator that `ask_a` gives an attack: the same halves for every model, and in every curve."""
    return np.random.default_rng(child_seed(_seed(run), "attack", name))


def halves_rng(run: Run) -> np.random.Generator:
    """Return the generator that splits shadow models into halves: one split for every attack, map and table."""
    return rng_of(run, "halves")


def _seed(run: Run) -> int:
    return child_seed(run.spec.seed, "attacks")


def _a(run: Run, name: str, count: int) -> ByRole:
    """Return question A of one attack, by role, over `count` originals and as many unlearned models."""
    if "shadows" in CATALOG.attacks[name].needs:
        return _a_with_shadows(run, name, count)
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
    return bands_of([ask_a({name: CATALOG.attacks[name]}, model, _seed(run))[name] for model in models])


@kept(
    lambda run, name, count: f"attack-{name}-{run.key(*PATH_PARTS)}-{run.seeds}-{run.spec.evaluation.shadows}-{count}"
)
def _a_with_shadows(run: Run, name: str, count: int) -> ByRole:
    """Return question A of an attack that compares with models trained without the point.

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


@kept(lambda run, name: f"attack-b-{name}-{run.key(*PATH_PARTS)}-{run.seeds}")
def _b(run: Run, name: str) -> Band:
    forget = run.sets.forget
    unlearned = [model_logits(run, "unlearned", k)[forget] for k in range(ORIGINALS)]
    retrained = list(reference_logits(run)["retrained"][:, forget])
    return question_b(CATALOG.attacks[name], unlearned, retrained, run.sets.before.y[forget])


@kept(lambda run, name: f"attack-b-floor-{name}-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def _b_floor(run: Run, name: str) -> Band:
    forget = run.sets.forget
    retrained = list(reference_logits(run)["retrained"][:, forget])
    return question_b_floor(CATALOG.attacks[name], retrained, run.sets.before.y[forget])
