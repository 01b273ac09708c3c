"""Train networks of one shape together from where they stand, each on batches that are handed in.

The arithmetic is that of `stack`.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor
from torch.nn.functional import one_hot

from explorer.models._layout import Layout
from explorer.training import Examples, Training
from explorer.training._network import Stack, padded
from explorer.training._updates import Updates, rate

_STEPS = 25  # gathered together


def train_on(
    layout: Layout, examples: Examples, start: Tensor, order: Tensor, training: Training, *, first: int = 0
) -> Iterator[Tensor]:
    """Yield the flat weights (K, p) after each step; a network's do not depend on its neighbours, to the bit.

    Args:
        layout: the shape of the networks.
        examples: the points that the batches name, standardised.
        start: (K, p) flat weights.
        order: (steps, K, b) int64, the points of each batch; -1 where a batch is shorter. No other point is read. A
            batch without points is a step without a gradient.
        training: optimiser and rates, which fall over `training.steps`; the optimiser starts anew.
        first: the step of the training, from 0, whose rate comes first.
    """
    _, count, batch = order.shape
    stack = Stack(layout, count, batch, examples.x)
    weights = stack.weights
    weights.load(start)
    updates = Updates(training, weights.vector, stack.gradient.vector)
    step = first
    for part in order.split(_STEPS):
        for x, target, weight in zip(*_gather(examples, part, layout.outputs), strict=True):
            stack.forward(x)
            stack.backward(x, target, weight)
            updates.step(rate(training, step))
            step += 1
            yield weights.flat(weights.vector)


def _gather(examples: Examples, order: Tensor, classes: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return x (t, K, d, b), target (t, K, c, b) and weight (t, K, 1, b), whose sum over a batch is 1."""
    there = (order >= 0)[..., None]
    rows = order.clamp(min=0)
    points = examples.x.flatten(1)[rows].masked_fill_(~there, 0).transpose(2, 3)
    x, _ = padded(points, *points.shape)
    x.copy_(points)
    weight = there / there.sum(dim=2, keepdim=True).clamp(min=1).to(points)
    target = one_hot(examples.y[rows], classes) * weight
    return x, target.transpose(2, 3).contiguous(), weight.transpose(2, 3).contiguous()
