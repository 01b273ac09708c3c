"""Logits of many weight vectors on common points, block by block so that all stays in the cache."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.training.layout import Layout, unflatten

_BLOCK = 4096


def forward_many(layout: Layout, weights: Tensor, x: Tensor) -> Tensor:
    """Return the logits of many networks of one shape on the same points.

    Args:
        layout: their shape.
        weights: (t, p) flat weights.
        x: (m, ...) points, standardised, in the dtype of the weights.

    Returns:
        (t, m, c) in the same dtype, without gradient.
    """
    x = x.detach().flatten(1)
    logits = x.new_empty(len(weights), len(x), layout.outputs)
    with torch.no_grad():
        for row, out in zip(weights.detach(), logits, strict=True):
            layers = unflatten(layout, row)
            for points, part in zip(x.split(_BLOCK), out.split(_BLOCK), strict=True):
                part.copy_(_logits(layout, layers, points))
    return logits


def _logits(layout: Layout, layers: list[tuple[Tensor, Tensor]], x: Tensor) -> Tensor:
    for weight, bias in layers[:-1]:
        sums = torch.addmm(bias, x, weight.t())
        x = torch.nn.functional.gelu(sums) if layout.activation == "gelu" else _IN_PLACE[layout.activation](sums)
    weight, bias = layers[-1]
    return torch.addmm(bias, x, weight.t())


_IN_PLACE = {"relu": torch.relu_, "tanh": torch.tanh_}
