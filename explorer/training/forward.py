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
    points = x.detach().flatten(1).t().contiguous()
    logits = points.new_empty(len(weights), layout.outputs, points.shape[1])
    with torch.no_grad():
        layers = _layers(layout, weights.detach())
        for start in range(0, points.shape[1], _BLOCK):
            block = slice(start, start + _BLOCK)
            _fill(layout, layers, points[:, block], logits[:, :, block])
    return logits.transpose(1, 2).contiguous()


def _fill(layout: Layout, layers: list[tuple[Tensor, Tensor]], points: Tensor, logits: Tensor) -> None:
    """Put the logits of points (d, m) into logits (t, c, m); points stay in the last dimension throughout."""
    bend = _IN_PLACE[layout.activation]
    for k, out in enumerate(logits):
        hidden = points
        for weight, bias in layers[:-1]:
            hidden = bend(torch.addmm(bias[k], weight[k], hidden))
        weight, bias = layers[-1]
        out.copy_(torch.addmm(bias[k], weight[k], hidden))


def _layers(layout: Layout, weights: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Return weight (t, out, in) and bias (t, out, 1) of every layer.

    With tanh they are those of the same network written with sigmoids, which are several times as fast: tanh(z) is
    2 sigmoid(2z) - 1, so a layer before a tanh is doubled, and one after it takes 2w and b - sum of w.
    """
    layers = [(weight, bias.transpose(-1, -2)) for weight, bias in unflatten(layout, weights)]
    if layout.activation != "tanh":
        return layers
    after = [layers[0]] + [(2 * weight, bias - weight.sum(dim=2, keepdim=True)) for weight, bias in layers[1:]]
    return [(2 * weight, 2 * bias) for weight, bias in after[:-1]] + after[-1:]


_IN_PLACE = {"relu": torch.relu_, "tanh": torch.sigmoid_, "gelu": torch.nn.functional.gelu}
