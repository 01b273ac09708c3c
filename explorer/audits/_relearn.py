"""Train models on and keep every step: what is still there comes back at once.

    w <- w - lr * v,   v <- m v + grad L(w),   L = mean cross-entropy over all the points given

Full batches, a constant rate and no randomness, so that models are compared on equal terms. The number of steps depends
on rate and momentum: a page shows the curve.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.models.mlp import layout_like
from explorer.training.together import descend_together

MOMENTUM, STEPS = 0.9, 60


def relearn(model: nn.Module, weights: Tensor, x: Tensor, y: Tensor, *, rate: float) -> Tensor:
    """Return weights (k, STEPS + 1, p) of models on the way.

    Args:
        model: gives the shape; left unchanged, in eval mode throughout.
        weights: (k, p) where each model starts; what stands behind the p weights (batch statistics) is not used.
        x: (m, ...) points to learn, standardised.
        y: (m,) their labels.
        rate: learning rate, above 0.
    """
    layout = layout_like(model)
    if layout is not None and weights.shape[1] == layout.size:
        return descend_together(layout, weights, x, y, rate=rate, momentum=MOMENTUM, steps=STEPS)
    template = copy.deepcopy(model).eval().requires_grad_(False)
    shapes = {name: (weight.shape, weight.numel()) for name, weight in template.named_parameters()}
    count = sum(size for _, size in shapes.values())

    def loss(flat: Tensor) -> Tensor:
        parts = flat.split([size for _, size in shapes.values()])
        values = {name: part.reshape(shape) for (name, (shape, _)), part in zip(shapes.items(), parts, strict=True)}
        return F.cross_entropy(torch.func.functional_call(template, values, (x,)), y)

    slope = torch.func.vmap(torch.func.grad(loss))
    now = weights[:, :count].clone()
    velocity, path = torch.zeros_like(now), [now]
    for _ in range(STEPS):
        velocity = MOMENTUM * velocity + slope(now)
        now = now - rate * velocity
        path.append(now)
    return torch.stack(path, dim=1)
