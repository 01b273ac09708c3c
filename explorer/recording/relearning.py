"""Teach models the forget set again and watch how fast it comes back: what is still there returns at once.

    w <- w - v,   v <- m v + lr * grad L_f(w),   L_f = mean cross-entropy over the whole forget set

Full batches, a constant rate and no randomness, so that models are compared on equal terms. The number of steps depends
on rate and momentum: a page shows the curve.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.recording.evaluating import apart, parameter_count

RATE, MOMENTUM, STEPS = 0.01, 0.9, 60


def relearn(model: nn.Module, weights: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return weights (k, STEPS + 1, p) of models on the way back.

    Args:
        model: gives the shape; left unchanged, in eval mode throughout.
        weights: (k, p) where each model starts.
        x: (m, ...) forget points, standardised.
        y: (m,) their labels.
    """
    template = apart(model)
    shapes = {name: (weight.shape, weight.numel()) for name, weight in template.named_parameters()}

    def loss(flat: Tensor) -> Tensor:
        parts = flat.split([size for _, size in shapes.values()])
        values = {name: part.reshape(shape) for (name, (shape, _)), part in zip(shapes.items(), parts, strict=True)}
        return F.cross_entropy(torch.func.functional_call(template, values, (x,)), y)

    slope = torch.func.vmap(torch.func.grad(loss))
    now = weights[:, : parameter_count(template)].clone()
    velocity, path = torch.zeros_like(now), [now]
    for _ in range(STEPS):
        velocity = MOMENTUM * velocity + slope(now)
        now = now - RATE * velocity
        path.append(now)
    return torch.stack(path, dim=1)
