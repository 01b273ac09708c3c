"""Go down the loss of one set of points with many networks of one shape, from weights that are given.

    v <- m v + grad L(w),   w <- w - lr v,   L = mean cross-entropy over all the points

Full batches and a constant rate, so nothing is drawn; gradients are by hand, as in `stack`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.models._layout import Layout
from explorer.training._network import Stack, padded


def descend_together(
    layout: Layout, weights: Tensor, x: Tensor, y: Tensor, *, rate: float, momentum: float, steps: int
) -> Tensor:
    """Return weights (k, steps + 1, p) on the way, the first those given.

    Args:
        layout: the networks' shape.
        weights: (k, p) float32, left unchanged.
        x: (m, d) points, standardised.
        y: (m,) their labels.
        rate: learning rate, above 0.
        momentum: in [0, 1).
        steps: how many.
    """
    count, points = len(weights), len(y)
    with torch.inference_mode():
        stack = Stack(layout, count, points, x)
        stack.weights.load(weights)
        inputs, _ = padded(x, count, x.shape[1], points)
        inputs.copy_(x.T)
        share = x.new_full((count, 1, points), 1 / points)
        target = (F.one_hot(y, layout.outputs).to(x).T / points).expand(count, -1, -1)
        now, slope = stack.weights.vector, stack.gradient.vector
        velocity, path = torch.zeros_like(now), [now.clone()]
        for _ in range(steps):
            stack.forward(inputs)
            stack.backward(inputs, target, share)
            velocity.mul_(momentum).add_(slope)
            now.sub_(velocity, alpha=rate)
            path.append(now.clone())
        found = stack.weights.flat(torch.stack(path))
    return found.transpose(0, 1).clone(memory_format=torch.contiguous_format)
