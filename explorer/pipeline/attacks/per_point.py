"""Say how much there is to forget, and how exposed each point is: per-point attacks over shadow models.

Attacks need something to find. A model that generalises leaks nothing, and then every method looks perfect: each page
about attacks prints how well the original's own training points can be told, and warns below .55.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer import metrics
from explorer.attacks import over_models
from explorer.attacks._gaussians import FEW, normal
from explorer.pipeline.attacks.one_model import halves_rng, judged
from explorer.pipeline.attacks.shadows import forget_mask, join, not_live, shadow_labels, shadow_parts, trained_shadows
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.references import reference_logits
from explorer.pipeline.sets import sets
from explorer.pipeline.worlds.points import MODEL_PARTS, ORIGINALS
from explorer.records import Shadows
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

LITTLE = 0.55
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Exposure:
    """How much there is to forget.

    Attributes:
        auc: of telling the forget points from points the original never saw, before any unlearning.
        attack: key of the attack that found it: "lira" over many models, "loss" where those cannot be made.
        models: how many models went in.
    """

    auc: float
    attack: str
    models: int

    @property
    def little(self) -> bool:
        """Return whether there is so little to forget that attacks say nothing about methods."""
        return not self.auc >= LITTLE

    @property
    def sentence(self) -> str:
        """Return what a page prints."""
        title = CATALOG.attacks[self.attack].title
        if self.auc != self.auc:
            return "How much there is to forget is not defined here: too few points."
        said = f"How much there is to forget: {title} finds the forget points in the original with AUC {self.auc:.2f}"
        return f"{said}: hardly anything, so question A says nothing about methods here." if self.little else f"{said}."


def exposure(spec: Spec, memo: Memo = no_memo, *, models: int = 64, tick: Tick | None = None) -> Exposure:
    """Return how well the forget points can be told in original models.

    Args:
        spec: the run; its method does not matter.
        memo: as everywhere; the models are those that `shadows` unlearns later.
        models: how many to train for LiRA; 0 asks the loss attack about the originals instead.
        tick: called as tick(models done, all).
    """
    bare = spec.with_method(None)
    if models == 0 or not_live(bare):
        return Exposure(_loss_auc(spec, memo), "loss", ORIGINALS)
    stack = untouched_shadows(bare, memo, models, tick)
    rows, labels = sets(spec, memo).forget, shadow_labels(spec, memo)
    found = over_models(CATALOG.attacks["lira"], stack, labels, rows, halves_rng(spec), unlearned=False)
    return Exposure(found.auc, "lira", models)


def _loss_auc(spec: Spec, memo: Memo) -> float:
    from explorer.attacks import ask_a

    loss = {"loss": CATALOG.attacks["loss"]}
    found = [
        ask_a(loss, judged(spec, memo, logits), 0).get("loss", {"auc": float("nan")})["auc"]
        for logits in reference_logits(spec, memo)["originals"]
    ]
    return float(np.mean(found))


def untouched_shadows(spec: Spec, memo: Memo = no_memo, models: int = 64, tick: Tick | None = None) -> Shadows:
    """Return shadow models to which nothing was done: `after` is `before`."""
    mask, parts = forget_mask(spec, memo), []
    for start, stop in shadow_parts(models):
        if tick:
            tick(start, models)
        key = f"shadow-logits-{spec.key(*MODEL_PARTS)}-{start}-{stop}"
        parts.append(memo(key, lambda start=start, stop=stop: trained_shadows(spec, start, stop, memo)))
    stack = join(parts)
    return replace(stack, forget=stack.member & mask)


def exposed(spec: Spec, shadows: Shadows, labels: NDArray[np.integer], *, unlearned: bool) -> Numbers:
    """Return how exposed each training point is (n,): its own AUC of U-LiRA over the models, .5 = cannot be told.

    Points that were not to be forgotten are judged too, because their privacy may suffer from forgetting others: models
    that saw the point against models that never did. The halves are those of the table of all attacks; its number pools
    the pairs of all forget points, and where points share a spread, after unlearning it is that of the forget points.

    Args:
        spec: whose seed draws the halves.
        shadows: the models.
        labels: (n + u,) from `shadow_labels`.
        unlearned: after unlearning; else before. NaN where all models, or none, saw the point.
    """
    everyone = replace(shadows, forget=shadows.member)
    rows = np.arange(shadows.member.shape[1])
    attack = CATALOG.attacks["u_lira"]
    return over_models(attack, everyone, labels, rows, halves_rng(spec), unlearned=unlearned).by_point


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
