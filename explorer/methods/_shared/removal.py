"""Delete points one by one by a Newton step, and keep account of how far the gradient can be from 0.

    delete z:   D = H^-1 (grad l_z + lam w),   w <- w + D          H: Hessian of F on what is left, at w
    |grad F(w)| grows by at most   1/4 |D| |X D| |X|_2             (Guo et al., theorem 4)
    and by at most                 |X|_2 |(X D)^2| / (12 sqrt 3)   (as |softplus'''| <= 1 / (6 sqrt 3))

X are the points left. Both bounds follow from Taylor's formula: the Newton step takes the gradient of the quadratic
part away and leaves the rest of softplus'. The second needs no bound on the points; the first holds for |x| up to 5.2.
Of several heads the bounds add up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from explorer import draws
from explorer.methods._shared.unit_ball import Points, gradient, hessian, minimised

Bound = Literal["Guo", "sharper"]
BOUNDS: tuple[Bound, ...] = ("Guo", "sharper")


@dataclass(frozen=True)
class Trained:
    """A model with its noise, at the minimum of its objective.

    Attributes:
        weights: (h, d) float64.
        noise: (h, d) float64, the linear part b of the objective; kept secret.
        residual: |grad F| that the optimiser left.
        iterations: Newton iterations that it took.
    """

    weights: Tensor
    noise: Tensor
    residual: float
    iterations: int


@dataclass(frozen=True)
class Removed:
    """What stands after one deletion.

    Attributes:
        weights: (h, d) float64.
        noise: (h, d) float64, that of the last training.
        left: (n,) bool, the points that are left.
        spent: bound -> how long the residual can be by it, since the last training.
        iterations: Newton iterations of a retraining that this deletion asked for, else 0.
    """

    weights: Tensor
    noise: Tensor
    left: Tensor
    spent: Mapping[Bound, float]
    iterations: int


def trained(points: Points, lam: float, noise: float, rng: torch.Generator) -> Trained:
    """Draw noise of a deviation and train with it."""
    like = points.x.new_zeros(points.sign.shape[1], points.x.shape[1])
    drawn = noise * draws.normal(like.shape, rng, like)
    weights, iterations = minimised(points, like, lam, drawn)
    return Trained(weights, drawn, float(gradient(points, weights, lam, drawn).norm()), iterations)


def newton_step(points: Points, left: Tensor, row: int, weights: Tensor, lam: float) -> Tensor:
    """Return D (h, d), by which the minimum moves when row is deleted; `left` (n,) bool is without it."""
    one = points.at(torch.tensor([row], device=left.device))
    pull = gradient(one, weights, lam, torch.zeros_like(weights))  # grad l_z + lam w
    return torch.linalg.solve(hessian(points.at(left), weights, lam), pull[..., None])[..., 0]


def bounds(x: Tensor, step: Tensor, width: float) -> dict[Bound, float]:
    """Return by how much each bound lets the gradient's norm grow.

    Args:
        x: (n, d), the points left.
        step: (h, d), D.
        width: |X|_2.
    """
    along = step @ x.mT  # (h, n)
    guo = 0.25 * step.norm(dim=1) * along.norm(dim=1) * width
    sharper = width * along.square().norm(dim=1) / (12 * math.sqrt(3))
    return {"Guo": float(guo.sum()), "sharper": float(sharper.sum())}


def removals(
    points: Points, order: Tensor, start: Trained, lam: float, noise: float, budget: float, counts: Bound,
    rng: torch.Generator,
) -> Iterator[Removed]:  # fmt: skip
    """Delete rows one after the other; yields what stands after each.

    Args:
        points: the whole training set.
        order: (m,) int64, rows in the order in which they go.
        start: the model trained on all of it.
        lam: weight of the penalty.
        noise: deviation of the noise.
        budget: before the residual could be longer than this, it draws noise anew and trains on what is left.
        counts: the bound that keeps the account.
        rng: the noise of retrainings.
    """
    weights, drawn = start.weights, start.noise
    left = torch.ones(len(points.x), dtype=torch.bool, device=points.x.device)
    spent: dict[Bound, float] = dict.fromkeys(BOUNDS, start.residual)
    for row in order.tolist():
        left = left.clone()
        left[row] = False
        rest = points.at(left)
        step = newton_step(points, left, row, weights, lam)
        more = bounds(rest.x, step, rest.width)
        iterations = 0
        if spent[counts] + more[counts] > budget:
            again = trained(rest, lam, noise, rng)
            weights, drawn, iterations = again.weights, again.noise, max(1, again.iterations)
            spent = dict.fromkeys(BOUNDS, again.residual)
        else:
            weights = weights + step
            spent = {bound: spent[bound] + more[bound] for bound in BOUNDS}
        yield Removed(weights, drawn, left, spent, iterations)


def residual(points: Points, done: Removed, lam: float) -> Tensor:
    """Return grad F (h, d) on the points left: what the bounds are about."""
    return gradient(points.at(done.left), done.weights, lam, done.noise)
