"""Ask an attack about many models: fitted on one half of the shadow models, judged on the other, both ways.

In-models of a point saw it and were made to forget it; out-models never saw it. The number is the AUC over all (judged
model, forgotten point) pairs, in against out; population attacks are scored on the same pairs, so that the two can be
compared. Against *unseen* points only attacks without in-models can be asked, with equally many out-models for both
kinds.

Over many models attacks that fit, and the population of RMIA, take unseen points of all classes. `_questions.py` and
`scores_worlds` take those of the forgotten classes only. On blobs (32 shadow models, one seed, a cluster and a class,
SCRUB and fine-tuning) this moved RMIA's AUC by .011 at most, and that of attacks that fit by .027.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.attacks._attack import Attack, Fit, Numbers, Points, Worlds
from explorer.metrics.roc import auc, statistics
from explorer.records import Shadows

Rows = NDArray[np.integer]


@dataclass(frozen=True)
class OverModels:
    """One attack over many models.

    Attributes:
        score: (k, m) of each model and forgotten point, from models that were not fitted on; NaN where not judged.
        member: (k, m) bool, whether the model saw the point (and then unlearned it).
        half: (k,) bool, the first half; each half is judged by an attack fitted on the other.
        auc: over all pairs of a half, averaged over the halves.
        by_point: (m,) AUC of each point over the models, averaged over the halves; NaN without both kinds.
    """

    score: Numbers
    member: NDArray[np.bool_]
    half: NDArray[np.bool_]
    auc: float
    by_point: Numbers


def over_models(
    attack: Attack,
    shadows: Shadows,
    labels: NDArray[np.integer],
    rows: Rows,
    rng: np.random.Generator,
    *,
    unlearned: bool = True,
) -> OverModels:
    """Return how well an attack tells models that unlearned a point from models that never saw it.

    Args:
        attack: any that answers question A, from logits or from shadows.
        shadows: the models.
        labels: (n + u,) of training and unseen points.
        rows: (m,) training rows that the request names.
        rng: draws the halves; the same state gives every attack the same halves.
        unlearned: attack the models after unlearning; else as they were trained, which is how exposed they were before.
    """
    half = np.zeros(len(shadows.seeds), dtype=bool)
    half[rng.permutation(len(half))[: len(half) // 2]] = True
    member = shadows.member[:, rows] & shadows.forget[:, rows]
    judged = member | ~shadows.member[:, rows]
    attacked = shadows.after if unlearned else shadows.before
    score = np.full(judged.shape, np.nan)
    for judge in (half, ~half):
        if "shadows" in attack.needs:
            score[judge] = _by_worlds(attack, attacked, shadows, labels, rows, judge, unlearned=unlearned)
        else:
            for model in np.flatnonzero(judge).tolist():
                score[model] = _by_population(attack, attacked[model], shadows, labels, rows, model, rng)
    score[~judged] = np.nan
    halves = (half, ~half)
    return OverModels(
        score, member, half,
        auc=float(np.mean([_auc(score[part], member[part]) for part in halves])),
        by_point=_mean([[_auc(score[part, i], member[part, i]) for i in range(len(rows))] for part in halves]),
    )  # fmt: skip


def question_a_worlds(
    attack: Attack,
    logits: NDArray[np.floating],
    shadows: Shadows,
    labels: NDArray[np.integer],
    rows: Rows,
    rng: np.random.Generator,
    *,
    groups: NDArray[np.integer] | None = None,
) -> list[dict[str, float]]:
    """Return how well an attack over models tells forgotten from unseen points, on each of some other models.

    Args, and what is raised, as for `scores_worlds`.

    Returns:
        The `statistics` of metrics/roc.py, one dict a model.
    """
    pairs = scores_worlds(attack, logits, shadows, labels, rows, rng, groups=groups)
    return [statistics(score, member, rng) for score, member in pairs]


def scores_worlds(
    attack: Attack,
    logits: NDArray[np.floating],
    shadows: Shadows,
    labels: NDArray[np.integer],
    rows: Rows,
    rng: np.random.Generator,
    *,
    groups: NDArray[np.integer] | None = None,
) -> list[tuple[Numbers, NDArray[np.bool_]]]:
    """Return scores and membership of the forgotten and unseen points that an attack over models is judged on.

    Args:
        attack: one that needs shadows and can judge unseen points (LiRA offline, RMIA).
        logits: (j, n + u, c) of the models attacked, which are none of the shadow models.
        shadows: the models to fit on.
        labels: (n + u,).
        rows: (m,) training rows that the request names.
        rng: draws which unseen points are the population and which are judged, and matches the out-models.
        groups: (n + u,) by which points are alike; unseen points of other groups than the forgotten are left out. None
            for `labels`.

    Returns:
        score (p,) and member (p,) bool, one pair a model; the same points for every model.

    Raises:
        ValueError: if the attack cannot judge unseen points, or there are fewer than four of the forgotten classes.
    """
    _refuse_unseen(attack)
    n = shadows.member.shape[1]
    alike = labels if groups is None else groups
    unseen = n + np.flatnonzero(np.isin(alike[n:], alike[rows]))
    if len(unseen) < 4:
        raise ValueError(f"{attack.title} needs at least 4 unseen points of the forgotten classes, got {len(unseen)}")
    unseen = rng.permutation(unseen)
    population, others = unseen[: len(unseen) // 2], unseen[len(unseen) // 2 :]
    inside, outside = _with_unseen(shadows.member, len(labels)), _matched(shadows, labels, rows, rng)
    worlds = Worlds(shadows.before, labels, inside, outside, population)
    score = attack.score(logits, worlds)
    judged, member = np.concatenate([rows, others]), np.arange(len(rows) + len(others)) < len(rows)
    known = ~np.isnan(score[:, judged]).any(axis=0)  # a point that every shadow model saw has no world without it
    return [(one[judged][known], member[known]) for one in score]


def scores_worlds_at(
    attack: Attack,
    logits: NDArray[np.floating],
    shadows: Shadows,
    labels: NDArray[np.integer],
    rows: Rows,
    at: Rows,
    rng: np.random.Generator,
) -> Numbers:
    """Return the scores (j, q) of some points, seen or unseen, by an attack over models that can judge unseen points.

    Args:
        attack: one that needs shadows and can judge unseen points.
        logits: (j, n + u, c) of the models attacked, which are none of the shadow models.
        shadows: the models to fit on.
        labels: (n + u,).
        rows: (m,) training rows that the request names; unseen points are given the out-models of one of them.
        at: (q,) the points judged, in [0, n + u).
        rng: matches the out-models.

    Raises:
        ValueError: if the attack cannot judge unseen points.
    """
    _refuse_unseen(attack)
    n, total = shadows.member.shape[1], len(labels)
    inside, outside = _with_unseen(shadows.member, total), _matched(shadows, labels, rows, rng)
    population = np.setdiff1d(np.arange(n, total), at)
    return attack.score(logits, Worlds(shadows.before, labels, inside, outside, population))[:, at]


def _refuse_unseen(attack: Attack) -> None:
    if not attack.judges_unseen:
        raise ValueError(f"{attack.title} has no models that saw unseen points, so it cannot judge them")


def _by_worlds(
    attack: Attack,
    attacked: NDArray[np.floating],
    shadows: Shadows,
    labels: NDArray[np.integer],
    rows: Rows,
    judge: NDArray[np.bool_],
    *,
    unlearned: bool,
) -> Numbers:
    """Return scores (judged models, m) of an attack fitted on the other models."""
    known = ~judge
    after = attack.worlds == "after" and unlearned
    inside = shadows.member & shadows.forget if after else shadows.member
    n, total = shadows.member.shape[1], len(labels)
    worlds = Worlds(
        logits=(shadows.after if after else shadows.before)[known],
        labels=labels,
        inside=_with_unseen(inside[known], total),
        outside=~_with_unseen(shadows.member[known], total),
        population=np.arange(n, total),
    )
    return attack.score(attacked[judge], worlds)[:, rows]


def _by_population(
    attack: Attack,
    logits: NDArray[np.floating],
    shadows: Shadows,
    labels: NDArray[np.integer],
    rows: Rows,
    model: int,
    rng: np.random.Generator,
) -> Numbers:
    """Return scores (m,) of an attack on one model, on the same points."""
    n = shadows.member.shape[1]
    points, unseen = Points(logits, labels), np.arange(n, len(labels))
    if attack.fits is None:
        return attack.score(points.take(rows), None)
    seed = int(rng.integers(2**31))
    if attack.fits == "retain":
        retained = np.flatnonzero(shadows.member[model] & ~shadows.forget[model])
        return attack.score(points.take(rows), Fit(points.take(retained), points.take(unseen), seed))
    score = np.full(len(rows), np.nan)
    first = np.zeros(len(rows), dtype=bool)
    first[rng.permutation(len(rows))[: len(rows) // 2]] = True
    for judge in (first, ~first):
        forgotten = rows[~judge & shadows.member[model, rows]]
        if len(forgotten) and judge.any():
            score[judge] = attack.score(
                points.take(rows[judge]), Fit(points.take(forgotten), points.take(unseen), seed)
            )
    return score


def _with_unseen(mask: NDArray[np.bool_], total: int) -> NDArray[np.bool_]:
    """Return a mask (k, n) continued with False to (k, n + u): nobody saw the unseen points."""
    return np.pad(mask, ((0, 0), (0, total - mask.shape[1])))


def _matched(shadows: Shadows, labels: NDArray[np.integer], rows: Rows, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return out-models (k, n + u): an unseen point gets those of some forgotten point, so that both have as many."""
    n = shadows.member.shape[1]
    out = ~_with_unseen(shadows.member, len(labels))
    out[:, n:] = out[:, rng.choice(rows, size=len(labels) - n)]
    return out


def _auc(score: Numbers, member: NDArray[np.bool_]) -> float:
    there = ~np.isnan(score)
    inside = member[there]
    if inside.all() or not inside.any():
        return float("nan")
    return auc(score[there], inside)


def _mean(parts: list[list[float]]) -> Numbers:
    values = np.asarray(parts, dtype=np.float64)
    there = ~np.isnan(values)
    count = there.sum(axis=0)
    return np.divide(np.where(there, values, 0.0).sum(axis=0), count, out=np.full(count.shape, np.nan), where=count > 0)
