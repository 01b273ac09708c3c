"""The shape of a fully connected network, the order of its flat weights, and how they start.

A network with inputs d, hidden widths h1 .. hL and c outputs has the layers (h1, d), (h2, h1), .., (c, hL). Its flat
weights are W0 (out, in) row by row, b0, W1, b1, .., as `parameters_to_vector` returns them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer import draws


@dataclass(frozen=True)
class Layout:
    """Shape of a fully connected network: inputs, hidden widths, outputs, activation ("relu", "tanh" or "gelu")."""

    inputs: int
    widths: tuple[int, ...]
    outputs: int
    activation: str

    def __post_init__(self) -> None:
        """Refuse an activation that does not exist."""
        if self.activation not in ("relu", "tanh", "gelu"):
            raise ValueError(f"`activation` must be one of relu, tanh, gelu, got {self.activation}")

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Return (out, in) of every layer, the head last."""
        sizes = [self.inputs, *self.widths, self.outputs]
        return list(zip(sizes[1:], sizes[:-1], strict=True))

    @property
    def size(self) -> int:
        """Return p, the number of weights."""
        return sum(out * (fan_in + 1) for out, fan_in in self.layers)


def linear_weights(out: int, fan_in: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return the starting weight (out, in) and bias (out,) of a layer, float32: uniform within 1 / sqrt(in).

    The same distribution as torch's default for `nn.Linear`, but from an explicit generator; the weight is drawn first.
    """
    bound = 1 / math.sqrt(fan_in)
    weight = draws.uniform((out, fan_in), rng) * (2 * bound) - bound
    bias = draws.uniform((out,), rng) * (2 * bound) - bound
    return weight, bias


def initial_weights(layout: Layout, rng: torch.Generator) -> Tensor:
    """Return the flat starting weights (p,) float32 of a network: what `MLP.reset(rng)` fills in, bit for bit."""
    parts = [part for out, fan_in in layout.layers for part in linear_weights(out, fan_in, rng)]
    return torch.cat([part.reshape(-1) for part in parts])


def unflatten(layout: Layout, weights: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Return weight (..., out, in) and bias (..., 1, out) of every layer as views of flat weights (..., p)."""
    views: list[tuple[Tensor, Tensor]] = []
    start = 0
    for out, fan_in in layout.layers:
        middle, end = start + out * fan_in, start + out * (fan_in + 1)
        weight = weights[..., start:middle].unflatten(-1, (out, fan_in))
        views.append((weight, weights[..., middle:end].unsqueeze(-2)))
        start = end
    return views
