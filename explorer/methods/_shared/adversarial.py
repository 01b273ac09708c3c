"""Walk from points to where a model changes its mind."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import draws
from explorer.methods._method import TensorSpace
from explorer.methods._shared.parts import in_parts


def one_step(model: nn.Module, x: Tensor, y: Tensor, length: Tensor | float) -> Tensor:
    """Return inputs moved once by `length` in every coordinate, along the sign of the loss's gradient."""
    return (x + length * _uphill(model, x, y).sign()).detach()


GROWTH = 1.1  # each step of a walk is so much longer than the one before


def walk(
    model: nn.Module, x: Tensor, y: Tensor, length: float, limit: float, inside: tuple[Tensor, Tensor] | None = None
) -> Tensor:
    """Walk uphill on the loss, in growing steps, until the predicted class is not the label.

    A last bisection between the last two places puts the point just behind the boundary. One that never gets there
    within `limit` stays where its walk ended; one that starts with another prediction than its label does not move.

    Args:
        model: in eval mode; left unchanged.
        x: (n, ...) inputs.
        y: (n,) labels.
        length: Euclidean length of the first step, in units of x.
        limit: how long the whole walk may be.
        inside: smallest and largest value of an input, which no step leaves; None for no such bounds.

    Returns:
        (n, ...) inputs.
    """
    shape = (-1,) + (1,) * (x.dim() - 1)
    there, before = x.detach().clone(), x.detach().clone()
    left = (predicted(model, there) == y).nonzero()[:, 0]
    walked = 0.0
    while len(left) and walked < limit:
        start = there[left]
        uphill = _uphill(model, start, y[left])
        size = uphill.flatten(1).norm(dim=1).clamp(min=1e-30).view(shape)
        before[left] = start
        after = start + length * uphill / size
        there[left] = after if inside is None else after.clamp(*inside)
        walked, length = walked + length, length * GROWTH
        left = left[predicted(model, there[left]) == y[left]]
    crossed = predicted(model, there) != y
    for _ in range(6):
        middle = (before + there) / 2
        behind = ((predicted(model, middle) != y) & crossed).view(shape)
        there, before = torch.where(behind, middle, there), torch.where(behind, before, middle)
    return there


def limits(space: TensorSpace) -> tuple[Tensor, Tensor]:
    """Return the smallest and largest inputs, in standardised units."""
    return (space.low - space.mean) / space.std, (space.high - space.mean) / space.std


def diameter(space: TensorSpace, x: Tensor) -> float:
    """Return the length of the diagonal of the input space, in standardised units."""
    return ((space.high - space.low) / space.std).expand(x.shape[1:]).norm().item()


def predicted(model: nn.Module, x: Tensor) -> Tensor:
    """Return the predicted classes (n,)."""
    with torch.no_grad():
        return in_parts(lambda part: model(part).argmax(dim=1), x)


def _uphill(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """Return the gradient of each example's loss in its input, of some hundred images at a time."""
    return in_parts(lambda some, labels: _slope(model, some, labels), x, y)


def _slope(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(F.cross_entropy(model(x), y, reduction="sum"), x)[0]


def towards(
    model: nn.Module,
    x: Tensor,
    target: Tensor,
    eps: float,
    length: float,
    steps: int,
    rng: torch.Generator,
    inside: tuple[Tensor, Tensor] | None = None,
) -> Tensor:
    """Return inputs near others that a model takes for a class: projected gradients in a ball, from a random start.

    Args:
        model: in eval mode; left unchanged.
        x: (n, ...) inputs, the middles of the balls.
        target: (n,) the class that each is driven to.
        eps: Euclidean radius of the balls, in units of x.
        length: of each step, likewise.
        steps: how many; 0 returns the random start.
        rng: the start is uniform in the ball.
        inside: smallest and largest value of an input, which no step leaves; None for no such bounds.
    """
    shape = (-1,) + (1,) * (x.dim() - 1)
    away = draws.normal(x.shape, rng, x)
    radius = draws.uniform((len(x),), rng, x) ** (1 / x[0].numel())
    there = _in_ball(x, x + away * (eps * radius / away.flatten(1).norm(dim=1)).view(shape), eps, inside)
    for _ in range(steps):
        uphill = _uphill(model, there, target)
        size = uphill.flatten(1).norm(dim=1).clamp(min=1e-30).view(shape)
        there = _in_ball(x, there - length * uphill / size, eps, inside)
    return there


def _in_ball(x: Tensor, there: Tensor, eps: float, inside: tuple[Tensor, Tensor] | None) -> Tensor:
    """Return points brought back into the balls of radius eps around x, and between the bounds."""
    way = there - x
    size = way.flatten(1).norm(dim=1).clamp(min=1e-30).view((-1,) + (1,) * (x.dim() - 1))
    there = x + way * (eps / size).clamp(max=1.0)
    return there if inside is None else there.clamp(*inside)
