"""Logits of many weight vectors on common points, block by block so that all stays in the cache.

Matrix products may differ in their last bits with the place of their operands in memory. So points and the weights of
each layer are copied to places of their own, which torch aligns: a model has the same logits alone and among others,
just trained and read from a file.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.models._layout import Layout, unflatten
from explorer.training._network import BENDS

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
    x = x.detach().flatten(1).clone()
    logits = x.new_empty(len(weights), len(x), layout.outputs)
    with torch.inference_mode():
        pairs = [(weight.unbind(), bias.unbind()) for weight, bias in unflatten(layout, weights.detach())]
        networks = [[(weight[t].clone(), bias[t].clone()) for weight, bias in pairs] for t in range(len(weights))]
        for points, out in zip(x.split(_BLOCK), logits.split(_BLOCK, dim=1), strict=True):
            buffers = [x.new_empty(len(points), width) for width in layout.widths]
            for layers, part in zip(networks, out.unbind(), strict=True):
                part.copy_(_logits(layout, layers, points, buffers))
    return logits


def _logits(layout: Layout, layers: list[tuple[Tensor, Tensor]], x: Tensor, buffers: list[Tensor]) -> Tensor:
    bend, _, gain = BENDS[layout.activation]
    for (weight, bias), sums in zip(layers, buffers, strict=False):  # the head has no buffer
        torch.addmm(bias, x, weight.mT, alpha=gain, beta=gain, out=sums)
        x = bend(sums, sums)
    weight, bias = layers[-1]
    return torch.addmm(bias.mT, weight, x.mT).mT  # the few classes as rows: twice as fast
