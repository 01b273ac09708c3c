"""Many networks of one shape as one: their weights side by side, forward and backward by hand.

Weights are kept layer by layer (all W0, all b0, all W1, ..), so that every layer of all networks is one contiguous
block for a batched matrix product, and the optimiser sees one long vector.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from explorer.training.layout import Layout, unflatten

_aten = torch.ops.aten


class Blocks:
    """A long vector (K * p,) cut into the weights (K, out, in) and biases (K, 1, out) of every layer."""

    def __init__(self, layout: Layout, count: int, like: Tensor) -> None:
        self.layout, self.count = layout, count
        self.vector = like.new_zeros(count * layout.size)
        self.layers = cut(layout, count, self.vector)

    def load(self, weights: Tensor) -> None:
        """Fill from flat weights (K, p)."""
        for (weight, bias), (given_weight, given_bias) in zip(
            self.layers, unflatten(self.layout, weights), strict=True
        ):
            weight.copy_(given_weight)
            bias.copy_(given_bias)


def cut(layout: Layout, count: int, vector: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Return weight (..., K, out, in) and bias (..., K, 1, out) of every layer as views of vectors (..., K * p)."""
    views: list[tuple[Tensor, Tensor]] = []
    start = 0
    for out, fan_in in layout.layers:
        middle, end = start + count * out * fan_in, start + count * out * (fan_in + 1)
        weight = vector[..., start:middle].unflatten(-1, (count, out, fan_in))
        views.append((weight, vector[..., middle:end].unflatten(-1, (count, 1, out))))
        start = end
    return views


def flat_weights(layout: Layout, count: int, vector: Tensor) -> Tensor:
    """Return flat weights (..., K, p) from vectors (..., K * p); a copy."""
    parts = [part.flatten(-2) for pair in cut(layout, count, vector) for part in pair]
    return torch.cat(parts, dim=-1)


class Stack:
    """K networks, their gradients, and the buffers that a batch of b points each needs.

    Attributes:
        weights: the current weights.
        gradient: what `backward` filled last.
    """

    def __init__(self, layout: Layout, count: int, batch: int, like: Tensor) -> None:
        self.weights = Blocks(layout, count, like)
        self.gradient = Blocks(layout, count, like)
        widths = [out for out, _ in layout.layers]
        self._hidden = [like.new_empty(count, batch, width) for width in widths]
        self._sums = self._hidden
        if layout.activation == "gelu":  # its slope cannot be read off its value
            self._sums = [like.new_empty(count, batch, width) for width in widths]
        self._delta = [like.new_empty(count, batch, width) for width in widths]
        self._bend, self._unbend = _BENDS[layout.activation]

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (K, b, c) for points x (K, b, d); they are overwritten by the next call."""
        last = len(self._hidden) - 1
        for number, (weight, bias) in enumerate(self.weights.layers):
            sums, hidden = self._sums[number], self._hidden[number]
            torch.baddbmm(bias, x, weight.transpose(1, 2), out=sums)
            if number == last:
                return sums
            self._bend(sums, hidden)
            x = hidden
        raise AssertionError("a network has at least one layer")

    def backward(self, x: Tensor, target: Tensor, weight: Tensor) -> None:
        """Fill `gradient` with that of sum_i weight_i * cross-entropy_i for each network.

        Args:
            x: (K, b, d) points, those that `forward` saw last.
            target: (K, b, c) weight_i at the label of point i, 0 elsewhere.
            weight: (K, b, 1) weight of each point.
        """
        last = len(self._delta) - 1
        delta = self._delta[last]
        torch.softmax(self._sums[last], -1, out=delta)
        delta.mul_(weight).sub_(target)
        for number in range(last, -1, -1):
            below = self._hidden[number - 1] if number else x
            grad_weight, grad_bias = self.gradient.layers[number]
            torch.bmm(delta.transpose(1, 2), below, out=grad_weight)
            torch.sum(delta, 1, keepdim=True, out=grad_bias)
            if number:
                lower = self._delta[number - 1]
                torch.bmm(delta, self.weights.layers[number][0], out=lower)
                self._unbend(lower, self._hidden[number - 1], self._sums[number - 1])
                delta = lower


def _relu(sums: Tensor, hidden: Tensor) -> None:
    torch.relu_(hidden)


def _relu_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.threshold_backward.grad_input(delta, hidden, 0, grad_input=delta)


def _tanh(sums: Tensor, hidden: Tensor) -> None:
    torch.tanh(sums, out=hidden)


def _tanh_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.tanh_backward.grad_input(delta, hidden, grad_input=delta)


def _gelu(sums: Tensor, hidden: Tensor) -> None:
    _aten.gelu.out(sums, out=hidden)


def _gelu_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.gelu_backward.grad_input(delta, sums, grad_input=delta)


_BENDS: dict[str, tuple[Callable[[Tensor, Tensor], None], Callable[[Tensor, Tensor, Tensor], None]]] = {
    "relu": (_relu, _relu_back),
    "tanh": (_tanh, _tanh_back),
    "gelu": (_gelu, _gelu_back),
}
