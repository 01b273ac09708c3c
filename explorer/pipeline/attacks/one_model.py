"""Ask every attack its questions about the Spec's models: a stage of its own, so that no picture waits for it.

Question A, forgotten against unseen points of the same classes, is asked of the originals, the unlearned and the
retrained models; question B, unlearned against retrained, of their outputs on the forgotten points. Attacks that need
shadow models are asked only where `evaluation.shadows` is above 0 and the method is live (see shadows.py).
"""

from __future__ import annotations

from collections.abc import Mapping
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
    scores_a,
    scores_worlds,
    trouble_a,
)
from explorer.metrics.roc import Roc, roc
from explorer.pipeline.attacks.shadows import not_live, retrained_shadows, shadow_labels, shadows
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.paths import PATH_PARTS, path
from explorer.pipeline.references import bands_of, reference_logits, retrained_seeds
from explorer.pipeline.sets import sets
from explorer.pipeline.worlds.points import ORIGINALS, data
from explorer.records import AttackNumbers, Band, Float
from explorer.seeds import child_seed
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

Role = Literal["original", "unlearned", "retrained"]
ROLES: tuple[Role, ...] = ("original", "unlearned", "retrained")
REFERENCE_PARTS = ("data", "request", "model", "training", "seed")
ByRole = dict[Role, dict[str, Band]]


def attack_numbers(spec: Spec, memo: Memo = no_memo, *, spread: bool = True, tick: Tick | None = None) -> AttackNumbers:
    """Return what every attack of the Spec says.

    Args:
        spec: the run, with a method. `evaluation.attacks` names the attacks; by default all that can be asked.
        memo: as everywhere; each attack is kept by itself, what it says of original and retrained models is shared by
            all methods.
        spread: also look at the unlearned models from the other originals and at the other originals; without it,
            question A is asked only of those on screen. Question B always looks at all pairs.
        tick: called as tick(done, total) in attacks.

    Raises:
        SpecError: if the Spec cannot be run.
    """
    names, left_out = asked(spec, memo)
    by_attack: dict[str, ByRole] = {}
    for done, name in enumerate(names):
        if tick:
            tick(done, len(names))
        if "A" in CATALOG.attacks[name].questions:
            by_attack[name] = _a(spec, memo, name, ORIGINALS if spread else 1)
    in_b = [name for name in names if "B" in CATALOG.attacks[name].questions]
    numbers = AttackNumbers(
        a={role: {name: found[role] for name, found in by_attack.items() if role in found} for role in ROLES},
        b={name: {"auc": _b(spec, memo, name)} for name in in_b},
        b_floor={name: {"auc": _b_floor(spec, memo, name)} for name in in_b},
        left_out=left_out,
    )
    if tick:
        tick(len(names), len(names))
    return numbers


def asked(spec: Spec, memo: Memo = no_memo) -> tuple[list[str], dict[str, str]]:
    """Return the attacks that can be asked about the Spec's run, and why the others that it names cannot.

    Args:
        spec: the run, with a method.
        memo: as everywhere.
    """
    names = spec.evaluation.attacks
    chosen = list(CATALOG.attacks) if names is None else [name for name in CATALOG.attacks if name in names]
    reasons = {name: _reason(spec, memo, CATALOG.attacks[name]) for name in chosen}
    left_out = {name: reason for name, reason in reasons.items() if reason}
    return [name for name in chosen if name not in left_out], left_out


def _reason(spec: Spec, memo: Memo, attack: Attack) -> str:
    if "shadows" in attack.needs:
        if spec.evaluation.shadows == 0:
            return f"{attack.title} needs shadow models; `evaluation.shadows` is 0"
        return not_live(spec)
    if "A" not in attack.questions:
        return ""
    return trouble_a(attack, judged(spec, memo, reference_logits(spec, memo)["retrained"][0]))


def judged(spec: Spec, memo: Memo, logits: Float) -> Judged:
    """Return what a model says of forget, retain and unseen points, from logits (n + test, c) on the run's probes.

    Forgotten and retained points carry the labels that the original saw.
    """
    have, made = data(spec, memo), sets(spec, memo)
    y, n = made.before.y, len(made.before)
    return Judged(
        Points(logits[made.forget], y[made.forget]),
        Points(logits[made.retain], y[made.retain]),
        Points(logits[n:], have.test.y),
    )


def model_logits(spec: Spec, memo: Memo, role: Role, index: int = 0) -> Float:
    """Return logits (n + test, c) of one model of a role on the run's probes; index 0 is the one on screen."""
    if role == "unlearned":
        return path(spec, memo, index).logits[-1]
    return reference_logits(spec, memo)["originals" if role == "original" else "retrained"][index]


def roc_curves(spec: Spec, attack: str, memo: Memo = no_memo) -> dict[Role, list[Roc]]:
    """Return the ROC curves of the very question that `attack_numbers` answers under this attack's key.

    Forgotten against unseen points: original and unlearned on screen, every retrained model. LiRA and U-LiRA, which
    cannot judge unseen points: one curve a role over all pairs (see `pair_curves`).

    Args:
        spec: the run, with a method.
        attack: key of an attack that can be asked (see `asked`).
        memo: as everywhere.
    """
    asked_of = CATALOG.attacks[attack]
    if not asked_of.judges_unseen:
        return {role: [curve] for role, curve in pair_curves(spec, attack, memo).items()}
    counts: dict[Role, int] = {"original": 1, "unlearned": 1, "retrained": retrained_seeds(spec)}
    if "shadows" in asked_of.needs:
        return {
            role: [roc(*one) for one in scores_worlds(*_asking(spec, memo, asked_of, role, n))]
            for role, n in counts.items()
        }
    return {
        role: [
            roc(*scores_a(asked_of, judged(spec, memo, model_logits(spec, memo, role, k)), rng_of(spec, attack)))
            for k in range(count)
        ]
        for role, count in counts.items()
    }


def pair_curves(spec: Spec, attack: str, memo: Memo = no_memo) -> dict[Role, Roc]:
    """Return the ROC curves over all pairs of a shadow model and a forgotten point, seen against never seen, by role.

    Args:
        spec: the run, with a live method and `evaluation.shadows` above 0.
        attack: key of an attack of question A; the pairs are those of `same_pairs`, both halves of the models pooled.
        memo: as everywhere.
    """
    return {role: roc(*pairs) for role, pairs in _pairs(spec, memo, CATALOG.attacks[attack]).items()}


def rng_of(spec: Spec, name: str) -> np.random.Generator:
    """Return the generator that `ask_a` gives an attack: the same halves for every model, and in every curve."""
    return np.random.default_rng(child_seed(_seed(spec), "attack", name))


def halves_rng(spec: Spec) -> np.random.Generator:
    """Return the generator that splits shadow models into halves: one split for every attack, map and table."""
    return rng_of(spec, "halves")


def _seed(spec: Spec) -> int:
    return child_seed(spec.seed, "attacks")


def _a(spec: Spec, memo: Memo, name: str, count: int) -> ByRole:
    """Return question A of one attack, by role, over `count` originals and as many unlearned models."""
    attack = CATALOG.attacks[name]
    if "shadows" in attack.needs:
        tail = f"{name}-{spec.key(*PATH_PARTS)}-{retrained_seeds(spec)}-{spec.evaluation.shadows}-{count}"
        ask = _a_worlds if attack.judges_unseen else _a_over_models
        return memo(f"attack-{tail}", lambda: ask(spec, memo, attack, count))
    references = f"{name}-{spec.key(*REFERENCE_PARTS)}"

    def of(role: Role, models: int, tail: str) -> dict[str, Band]:
        return memo(f"attack-{role}-{tail}-{models}", lambda: _ask(spec, memo, attack, name, role, models))

    return {
        "original": of("original", count, references),
        "unlearned": of("unlearned", count, f"{name}-{spec.key(*PATH_PARTS)}"),
        "retrained": of("retrained", retrained_seeds(spec), references),
    }


def _ask(spec: Spec, memo: Memo, attack: Attack, name: str, role: Role, count: int) -> dict[str, Band]:
    models = [judged(spec, memo, model_logits(spec, memo, role, k)) for k in range(count)]
    return bands_of([ask_a({name: attack}, model, _seed(spec))[name] for model in models])


def _a_worlds(spec: Spec, memo: Memo, attack: Attack, count: int) -> ByRole:
    """Return question A of an attack that compares with models trained without the point, and judges unseen points."""
    counts: dict[Role, int] = {"original": count, "unlearned": count, "retrained": retrained_seeds(spec)}
    return {role: bands_of(question_a_worlds(*_asking(spec, memo, attack, role, n))) for role, n in counts.items()}


def _asking(spec: Spec, memo: Memo, attack: Attack, role: Role, count: int) -> tuple:
    """Return the arguments with which an attack that judges unseen points is asked about models of a role."""
    logits = np.stack([model_logits(spec, memo, role, k) for k in range(count)])
    stack, rows = shadows(spec, memo), sets(spec, memo).forget
    return attack, logits, stack, shadow_labels(spec, memo), rows, rng_of(spec, attack.title)


def _a_over_models(spec: Spec, memo: Memo, attack: Attack, _: int) -> ByRole:
    """Return how well an attack over many models tells those that saw a point from those that never did.

    "original" = the shadow models before unlearning, "unlearned" = after the method, "retrained" = retrained without
    the forget set. One number each: the models are spent on fitting and judging.
    """
    made, labels = sets(spec, memo), shadow_labels(spec, memo)
    return {
        role: {"auc": Band((over_models(attack, stack, labels, made.forget, halves_rng(spec), unlearned=after).auc,))}
        for role, (stack, after) in _stacks(spec, memo).items()
    }


def _stacks(spec: Spec, memo: Memo) -> dict[Role, tuple]:
    ours = shadows(spec, memo)
    return {"original": (ours, False), "unlearned": (ours, True), "retrained": (retrained_shadows(spec, memo), True)}


def _pairs(spec: Spec, memo: Memo, attack: Attack) -> Mapping[Role, tuple]:
    made, labels = sets(spec, memo), shadow_labels(spec, memo)
    found: dict[Role, tuple] = {}
    for role, (stack, after) in _stacks(spec, memo).items():
        over = over_models(attack, stack, labels, made.forget, halves_rng(spec), unlearned=after)
        there = ~np.isnan(over.score)
        found[role] = over.score[there], over.member[there]
    return found


def _b(spec: Spec, memo: Memo, name: str) -> Band:
    def ask() -> Band:
        made = sets(spec, memo)
        ours = [model_logits(spec, memo, "unlearned", k)[made.forget] for k in range(ORIGINALS)]
        theirs = list(reference_logits(spec, memo)["retrained"][:, made.forget])
        return question_b(CATALOG.attacks[name], ours, theirs, made.before.y[made.forget])

    return memo(f"attack-b-{name}-{spec.key(*PATH_PARTS)}-{retrained_seeds(spec)}", ask)


def _b_floor(spec: Spec, memo: Memo, name: str) -> Band:
    made, theirs = sets(spec, memo), reference_logits(spec, memo)["retrained"]
    key = f"attack-b-floor-{name}-{spec.key(*REFERENCE_PARTS)}-{retrained_seeds(spec)}"
    y = made.before.y[made.forget]
    return memo(key, lambda: question_b_floor(CATALOG.attacks[name], list(theirs[:, made.forget]), y))
