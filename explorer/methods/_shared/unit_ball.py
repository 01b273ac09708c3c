"""Logistic regression on points in the unit ball, in double precision: the model whose constants certificates know.

    x~ = [x, 1] / R,   R = the largest |[x, 1]| over the box of the data set's constants
    F(w) = sum_i softplus(-y_i w . x~_i) + lam n / 2 |w|^2 + b . w,   y_i = +-1

Two classes are one such model, whose network has the rows -w/2 and +w/2; more classes are one model each against the
rest. R never depends on the sample; a point beyond the box is moved onto the ball. Heads stand before inputs: weights
and noise are (..., h, d), with h = 1 for two classes, and any dimensions in front.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.methods._method import TensorSpace
from explorer.models.mlp import MLP

TOLERANCE = 1e-10  # of |grad F|, at which Newton's method ends
_ITERATIONS, _HALVINGS = 100, 40


@dataclass(frozen=True)
class Points:
    """A training set in the unit ball.

    Attributes:
        x: (n, d) float64, each of length at most 1; the last column is 1 / R.
        sign: (n, h) float64, +1 where a head answers yes, -1 elsewhere.
    """

    x: Tensor
    sign: Tensor

    def at(self, rows: Tensor) -> Points:
        """Return some rows, by number or by a mask."""
        return Points(self.x[rows], self.sign[rows])

    @property
    def width(self) -> float:
        """Return |X|_2, the largest singular value of the points."""
        return math.sqrt(max(0.0, float(torch.linalg.eigvalsh(self.x.mT @ self.x)[-1])))


def radius(space: TensorSpace) -> float:
    """Return R, from constants of the data set alone."""
    ends = torch.stack([(space.low - space.mean) / space.std, (space.high - space.mean) / space.std]).double()
    return math.sqrt(1 + float(ends.abs().amax(dim=0).square().sum()))


def lifted(x: Tensor, y: Tensor, space: TensorSpace, classes: int) -> Points:
    """Return standardised points (n, ...) with labels (n,) in the unit ball."""
    one = F.pad(x.flatten(1).double(), (0, 1), value=1.0) / radius(space)
    one = one / one.norm(dim=1, keepdim=True).clamp(min=1.0)
    heads = torch.arange(1, 2) if classes == 2 else torch.arange(classes)
    return Points(one, torch.where(y[:, None] == heads.to(y.device), 1.0, -1.0).double())


def gradient(points: Points, weights: Tensor, lam: float, noise: Tensor) -> Tensor:
    """Return grad F (..., h, d) at weights (..., h, d), with noise of that shape."""
    wrong = torch.sigmoid(-points.sign.mT * (weights @ points.x.mT))  # (..., h, n)
    return -(points.sign.mT * wrong) @ points.x + lam * len(points.x) * weights + noise


def hessian(points: Points, weights: Tensor, lam: float) -> Tensor:
    """Return the Hessian of F (..., h, d, d) at weights (..., h, d)."""
    p = torch.sigmoid(weights @ points.x.mT)
    curved = (p * (1 - p))[..., None] * points.x  # (..., h, n, d)
    eye = torch.eye(points.x.shape[1], dtype=torch.float64, device=points.x.device)
    return points.x.mT @ curved + lam * len(points.x) * eye


def value(points: Points, weights: Tensor, lam: float, noise: Tensor) -> Tensor:
    """Return F of each head (..., h)."""
    loss = F.softplus(-points.sign.mT * (weights @ points.x.mT)).sum(dim=-1)
    return loss + 0.5 * lam * len(points.x) * weights.square().sum(dim=-1) + (noise * weights).sum(dim=-1)


def minimised(points: Points, start: Tensor, lam: float, noise: Tensor) -> tuple[Tensor, int]:
    """Return the weights (..., h, d) that minimise F, by Newton's method with halved steps, and its iterations.

    Args:
        points: the training set.
        start: (..., h, d) where it begins.
        lam: weight of the penalty, above 0.
        noise: (..., h, d), the linear part.
    """
    weights = start
    for iteration in range(_ITERATIONS):
        slope = gradient(points, weights, lam, noise)
        if float(slope.norm(dim=-1).amax()) < TOLERANCE:
            return weights, iteration
        step = torch.linalg.solve(hessian(points, weights, lam), slope[..., None])[..., 0]
        weights = _halved(points, weights, step, lam, noise)
    return weights, _ITERATIONS


def _halved(points: Points, weights: Tensor, step: Tensor, lam: float, noise: Tensor) -> Tensor:
    """Return the weights less the step, the step halved for each head until F does not rise but by rounding."""
    before = value(points, weights, lam, noise)
    room = 1e-12 * (1 + before.abs())
    length = torch.ones_like(before)
    for _ in range(_HALVINGS):
        after = value(points, weights - length[..., None] * step, lam, noise)
        rises = after > before + room
        if not bool(rises.any()):
            break
        length = torch.where(rises, 0.5 * length, length)
    return weights - length[..., None] * step


def rows_of(weights: Tensor, space: TensorSpace) -> tuple[Tensor, Tensor]:
    """Return weight (..., c, d - 1) and bias (..., c) of the network on standardised inputs that answers alike."""
    real = weights / radius(space)
    rows = torch.cat([-0.5 * real, 0.5 * real], dim=-2) if weights.shape[-2] == 1 else real
    return rows[..., :-1].float(), rows[..., -1].float()


def flat_rows(weights: Tensor, space: TensorSpace) -> Tensor:
    """Return the same as flat weights (..., p) float32, in the order of the network's parameters."""
    weight, bias = rows_of(weights, space)
    return torch.cat([weight.flatten(-2), bias], dim=-1)


def write(model: nn.Module, weights: Tensor, space: TensorSpace) -> None:
    """Put weights (h, d) into a linear network.

    Raises:
        TypeError: if it has hidden layers.
    """
    head = linear_head(model)
    weight, bias = rows_of(weights, space)
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(bias)


def linear_head(model: nn.Module) -> nn.Linear:
    """Return the only layer of a linear network.

    Raises:
        TypeError: if it has hidden layers.
    """
    if type(model) is not MLP or len(model.hidden):
        raise TypeError("a certificate needs the linear model, got a network with hidden layers")
    return model.head
