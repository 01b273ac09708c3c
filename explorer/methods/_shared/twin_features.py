"""Say of a point how far it is from its class, how easily it is moved, and how early it is learnt (TMU's features).

    DF(x) = mean distance of phi(x) to its K nearest among the retained points of its class, phi = features / |features|
    AF(x) = KL(f(x) || f(x + d)),   d = PGD on the true label within |d| <= eps
    CF(x) = CE(f_early(x), y),      f_early = a model trained from scratch for two epochs

All three are large where a model that never saw the point is likely to get it wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.methods._shared.adversarial import one_step
from explorer.methods._shared.double import doubled
from explorer.methods._shared.parts import in_parts
from explorer.models import Network
from explorer.training import Examples

FARTHEST = 2.0  # the diameter of the unit sphere: the distance to a class of which nothing is left
PGD_STEPS = 5
FENCE = 1.5  # quartile ranges beyond the quartiles, at which features are cut


def features(model: Network, early: Network, points: Examples, retained: Examples, k: int, eps: Tensor) -> Tensor:
    """Return DF, AF and CF of points, as columns (m, 3).

    Args:
        model: the one that knows the points, in eval mode.
        early: the two-epoch model, in eval mode.
        points: (m, ...) what is asked about; none of them among `retained`.
        retained: the points from which the nearest of the same class are taken.
        k: how many nearest.
        eps: largest change of an input, broadcastable against one.
    """
    with torch.no_grad():
        loss = in_parts(lambda x, y: F.cross_entropy(early(x), y, reduction="none"), points.x, points.y)
        here, there = (F.normalize(in_parts(model.features, part.x), dim=1) for part in (points, retained))
    moved = in_parts(lambda x, y: movement(model, x, y, eps), points.x, points.y)
    return torch.stack([distance(here, points.y, there, retained.y, k), moved, loss], dim=1)


def distance(here: Tensor, y: Tensor, there: Tensor, labels: Tensor, k: int) -> Tensor:
    """Return the mean distance (m,) from places (m, h) to the k nearest of the same class; all, where there are fewer.

    A point of whose class there is none is as far as can be.
    """
    gaps = torch.cdist(here, there, compute_mode="donot_use_mm_for_euclid_dist")
    gaps = gaps.masked_fill(y[:, None] != labels, torch.inf)
    nearest = gaps.topk(min(k, len(labels)), dim=1, largest=False).values
    known = nearest.isfinite()
    mean = nearest.where(known, torch.zeros_like(nearest)).sum(dim=1) / known.sum(dim=1).clamp(min=1)
    return torch.where(known.any(dim=1), mean, FARTHEST)


def movement(model: Network, x: Tensor, y: Tensor, eps: Tensor) -> Tensor:
    """Return KL(clean || adversarial output) (m,): 0 = an attack within eps did not move the output."""
    moved = x
    for _ in range(PGD_STEPS):
        moved = x + (one_step(model, moved, y, eps / 3) - x).clamp(-eps, eps)
    with torch.no_grad():
        clean, adversarial = model(x).log_softmax(dim=1), model(moved).log_softmax(dim=1)
    return (clean.exp() * (clean - adversarial)).sum(dim=1)


class Bounds(NamedTuple):
    """Where each feature becomes 0 and 1, each (f,) float64."""

    low: Tensor
    high: Tensor


def bounds(raw: Tensor) -> Bounds:
    """Return the smallest and largest value of each feature (m, f), after outliers are cut at the fences.

    Where both quartiles are one number the fences would cut all the rest; there nothing is cut.
    """
    raw = doubled(raw)
    first, third = (torch.quantile(raw, share, dim=0) for share in (0.25, 0.75))
    reach = FENCE * (third - first)
    reach = torch.where(reach > 0, reach, torch.inf)
    cut = raw.clamp(first - reach, third + reach)
    return Bounds(cut.amin(dim=0), cut.amax(dim=0))


def scaled(raw: Tensor, limits: Bounds) -> Tensor:
    """Return features (m, f) cut at the bounds and brought to [0, 1], float64; a constant feature becomes 0."""
    length = limits.high - limits.low
    cut = doubled(raw).clamp(limits.low, limits.high) - limits.low
    return torch.where(length > 0, cut / length.where(length > 0, torch.ones_like(length)), 0.0)
