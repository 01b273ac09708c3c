"""Ask an attack one of the two questions of one model, fitting and judging on different points.

Question A, forgotten against unseen points of the same classes (where a sub-class of images is forgotten, of the same
sub-class). No point on which an attack is judged is used in fitting it: one that fits on the retained points learns
from half of the unseen and is judged on all forgotten points against the other half; one that fits on forgotten points
learns from half of them too. (Judged on what it was fitted on, a blind attack shows .507 to .539.) An attack that
learns nothing is judged on everything.

Question B, unlearned against retrained on the forgotten points: P(score under unlearned < score under retrained), each
point with each, ties half. Above .5 = less sure than retrained. Its floor is the mean of max(a, 1 - a) over pairs of
retrained models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.attacks._attack import Attack, Fit, Judged, Numbers, Points
from explorer.metrics.roc import auc, statistics
from explorer.records import Band
from explorer.seeds import child_seed

Logits = NDArray[np.floating]
Labels = NDArray[np.integer]
Models = Sequence[Logits] | Logits
FEWEST = 4  # of forgotten and of unseen points: two to fit on, two to judge


def ask_a(attacks: Mapping[str, Attack], judged: Judged, seed: int) -> dict[str, dict[str, float]]:
    """Return question A's numbers of every attack that can be asked about these points; the others are left out.

    Args:
        attacks: key -> attack; those that need shadow models are left out too.
        judged: what one model says of forget, retain and unseen points.
        seed: the same seed gives every model the same halves, so that models can be compared.

    Returns:
        By key the `statistics` of metrics/roc.py (auc, auc_low, auc_high, balanced_accuracy, tpr_at_1, tpr_at_01,
        members, others) and, where the attack has one, paper_rate. NaN where one is not defined.
    """
    return {
        key: _asked(attack, judged, np.random.default_rng(child_seed(seed, "attack", key)))
        for key, attack in attacks.items()
        if not trouble_a(attack, judged)
    }


def _asked(attack: Attack, judged: Judged, rng: np.random.Generator) -> dict[str, float]:
    score, member = scores_a(attack, judged, rng)
    found = statistics(score, member, rng)
    if attack.paper_rate is not None:
        found["paper_rate"] = attack.paper_rate(judged, rng)
    return found


def trouble_a(attack: Attack, judged: Judged) -> str:
    """Return why an attack cannot be asked question A about these points, or ""."""
    if "A" not in attack.questions or "logits" not in attack.needs:
        return f"{attack.title} does not answer question A from one model"
    unseen = len(judged.beside())
    if len(judged.forget) < FEWEST:
        return f"{attack.title} needs at least {FEWEST} forgotten points, got {len(judged.forget)}"
    if unseen < FEWEST:
        return f"{attack.title} needs at least {FEWEST} unseen points of the forgotten classes, got {unseen}"
    if attack.fits == "retain" and len(judged.retain) < FEWEST:
        return f"{attack.title} needs at least {FEWEST} retained points, got {len(judged.retain)}"
    return ""


def scores_a(attack: Attack, judged: Judged, rng: np.random.Generator) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return scores and membership (n,) of the points on which an attack is judged in question A.

    Args:
        attack: one that answers question A from logits.
        judged: what the model says of forget, retain and unseen points.
        rng: draws halves.

    Raises:
        ValueError: if the attack cannot run on these points; one sentence.
    """
    reason = trouble_a(attack, judged)
    if reason:
        raise ValueError(reason)
    members, others, fit = judged.forget, judged.beside(), None
    if attack.fits is not None:
        to_fit, others = _halves(others, rng)
        known = judged.retain
        if attack.fits == "forget":
            known, members = _halves(members, rng)
        fit = Fit(known, to_fit, seed=int(rng.integers(2**31)))
    both = Points(np.concatenate([members.logits, others.logits]), np.concatenate([members.labels, others.labels]))
    return attack.score(both, fit), np.arange(len(both)) < len(members)


def question_b(attack: Attack, unlearned: Models, retrained: Models, labels: Labels) -> Band:
    """Return how the unlearned models' outputs on the forgotten points differ from the retrained ones'.

    Args:
        attack: one that answers question B.
        unlearned: k arrays (m, c): logits of unlearned models on the forgotten points.
        retrained: r arrays (m, c).
        labels: (m,).

    Returns:
        A Band over the k x r pairs of models: P(less member-like under unlearned), in [0, 1]; above .5 = less sure than
        retrained (towards 1: the Streisand effect), below = surer. Read it beside `question_b_floor`.

    Raises:
        ValueError: if the attack does not answer question B.
    """
    ours, theirs = _scores_b(attack, unlearned, labels), _scores_b(attack, retrained, labels)
    return Band(tuple(_less_sure(one, other) for one in ours for other in theirs))


def question_b_floor(attack: Attack, retrained: Models, labels: Labels) -> Band:
    """Return what a new seed alone does in question B: max(a, 1 - a) of every pair of retrained models.

    Args:
        attack: one that answers question B.
        retrained: r arrays (m, c).
        labels: (m,).
    """
    scores = _scores_b(attack, retrained, labels)
    values = [_less_sure(scores[i], scores[j]) for i in range(len(scores)) for j in range(i)]
    return Band(tuple(max(value, 1 - value) for value in values))


def _scores_b(attack: Attack, models: Models, labels: Labels) -> list[Numbers]:
    if "B" not in attack.questions:
        raise ValueError(f"{attack.title} does not answer question B")
    return [attack.score(Points(logits, labels), None) for logits in models]


def _less_sure(unlearned: Numbers, retrained: Numbers) -> float:
    if len(unlearned) == 0 or len(retrained) == 0:
        return float("nan")
    return 1 - auc(np.concatenate([unlearned, retrained]), np.arange(len(unlearned) + len(retrained)) < len(unlearned))


def _halves(points: Points, rng: np.random.Generator) -> tuple[Points, Points]:
    order, middle = rng.permutation(len(points)), len(points) // 2
    return points.take(np.sort(order[:middle])), points.take(np.sort(order[middle:]))
