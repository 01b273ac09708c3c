"""Say how exposed each point is, and ask every attack about the same pairs of a model and a point.

Shadow models are looked at: half of them saw the point (and were made to forget it, if it was asked), half never did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer import metrics
from explorer.attacks import OverModels, over_models
from explorer.attacks._gaussians import FEW, normal
from explorer.metrics.roc import paired_difference, pairs_interval
from explorer.pipeline.attacks.judged import halves_rng, rng_of
from explorer.pipeline.run import Run
from explorer.records import Shadows
from explorer.spec.catalog import CATALOG

Numbers = NDArray[np.float64]


def exposed(run: Run, shadows: Shadows, labels: NDArray[np.integer], *, unlearned: bool) -> Numbers:
    """Return how exposed each training point is (n,): its own AUC of U-LiRA over the models, .5 = cannot be told.

    Points that were not to be forgotten are judged too, because their privacy may suffer from forgetting others: models
    that saw the point against models that never did.

    Uses the same halves as the table of attacks. The table pools all forget points, so its number is not the mean of
    this map. With few models all points share one standard deviation; after unlearning it is estimated on the forget
    points.

    Args:
        run: its seed draws the halves.
        shadows: the models.
        labels: (n + u,) from `shadow_labels`.
        unlearned: after unlearning; else before. NaN where all models, or none, saw the point.
    """
    everyone = replace(shadows, forget=shadows.member)
    rows = np.arange(shadows.member.shape[1])
    attack = CATALOG.attacks["u_lira"]
    return over_models(attack, everyone, labels, rows, halves_rng(run), unlearned=unlearned).by_point


@dataclass(frozen=True)
class PointWorlds:
    """One point's margins phi over the models, and the normal distributions fitted to them.

    Fitted to all models that are shown, by the attack's own rule: U-LiRA fits on one half of the models, so with fewer
    than 128 in all every point has the same standard deviation.

    Attributes:
        inside: (i,) margins of the models that saw the point (and were then made to forget it, if it was asked).
        outside: (o,) margins of those that never saw it.
        inside_normal: mean and standard deviation of the former; NaN where there are none.
        outside_normal: of the latter.
        shared: whether the standard deviations are those of all points together.
    """

    inside: Numbers
    outside: Numbers
    inside_normal: tuple[float, float]
    outside_normal: tuple[float, float]
    shared: bool = False


def point_worlds(shadows: Shadows, labels: NDArray[np.integer], row: int, *, unlearned: bool = True) -> PointWorlds:
    """Return the two histograms of one training point, and the normal distributions that U-LiRA would fit to them.

    The margins are phi = log(p_y / (1 - p_y)). The attack behind `exposed` fits on each half of the models and judges
    the other; here the means are those of all models together, and the standard deviations follow the rule of a half.

    Args:
        shadows: the models.
        labels: (n + u,) from `shadow_labels`.
        row: which training point.
        unlearned: after unlearning; else before.
    """
    phi = metrics.phi(shadows.after if unlearned else shadows.before, labels)
    saw = np.pad(shadows.member, ((0, 0), (0, len(labels) - shadows.member.shape[1])))  # nobody saw the unseen points
    shared = len(phi) // 2 < FEW
    inside, outside = normal(phi, saw, shared=shared), normal(phi, ~saw, shared=shared)
    return PointWorlds(
        phi[saw[:, row], row],
        phi[~saw[:, row], row],
        (float(inside[0][row]), float(inside[1][row])),
        (float(outside[0][row]), float(outside[1][row])),
        shared,
    )


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


def pairs_judged(
    run: Run, shadows: Shadows, labels: NDArray[np.integer], attacks: Sequence[str], *, unlearned: bool
) -> dict[str, PairsAuc]:
    """Return each attack's AUC over all pairs of a model and a forgotten point, seen against never seen, with interval.

    The same models are drawn anew for every attack. Attacks on one model are asked on the very pairs on which those
    over many models are asked.

    Args:
        run: its seed draws the halves of the models, and its request names the points.
        shadows: the models.
        labels: (n + u,) from `shadow_labels`.
        attacks: keys of attacks of question A, on logits or over models.
        unlearned: after unlearning; else before.
    """
    return _with_intervals(run, _judged(run, shadows, labels, run.sets.forget, attacks, unlearned=unlearned))


def _judged(
    run: Run,
    shadows: Shadows,
    labels: NDArray[np.integer],
    rows: NDArray[np.integer],
    attacks: Sequence[str],
    *,
    unlearned: bool,
) -> dict[str, OverModels]:
    """Return what each attack says of the same pairs of a model and one of the rows, from the same halves."""
    return {
        name: over_models(CATALOG.attacks[name], shadows, labels, rows, halves_rng(run), unlearned=unlearned)
        for name in attacks
    }


def _with_intervals(run: Run, judged: Mapping[str, OverModels]) -> dict[str, PairsAuc]:
    """Return each attack's AUC with its interval; the same models are drawn anew for every attack."""
    return {
        name: PairsAuc(one.auc, *pairs_interval(one.score, one.member, one.half, rng_of(run, "bootstrap")))
        for name, one in judged.items()
    }


@dataclass(frozen=True)
class Above:
    """What an attack over many models finds, and how much more that is than what the best rule for all points finds.

    Attributes:
        found: attack -> its AUC over the pairs, with the interval for other models on the same points.
        best: the attack on one model with the highest AUC, of those asked; chosen on the very pairs on which it is
            compared, so what is said of the other attack is rather too little.
        more: AUC of the attack over many models less that of the best.
        low: 95 % interval for other points under the same models (`paired_difference`).
        high: its upper end.
    """

    found: Mapping[str, PairsAuc]
    best: str
    more: float
    low: float
    high: float


def above_population(
    run: Run,
    shadows: Shadows,
    labels: NDArray[np.integer],
    rows: NDArray[np.integer],
    attack: str,
    population: Sequence[str],
    *,
    unlearned: bool,
) -> Above:
    """Return how much more an attack over many models finds than the best attack on one model, on the very same pairs.

    Args:
        run: its seed draws the halves of the models, and the points.
        shadows: the models.
        labels: (n + u,).
        rows: (m,) the points to forget among those that the models were asked about.
        attack: the key of the attack over many models.
        population: keys of the attacks on one model.
        unlearned: after unlearning; else before.
    """
    judged = _judged(run, shadows, labels, rows, (attack, *population), unlearned=unlearned)
    found = _with_intervals(run, judged)
    best = max(population, key=lambda name: found[name].auc)
    ours, theirs = judged[attack], judged[best]
    asked = ~np.isnan(ours.score) & ~np.isnan(theirs.score)
    first, second = (np.where(asked, one.score, np.nan) for one in (ours, theirs))
    low, high = paired_difference(first, second, ours.member, ours.half, rng_of(run, "points"))
    return Above(found, best, found[attack].auc - found[best].auc, low, high)
