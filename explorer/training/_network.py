"""Many networks of one shape as one: their weights side by side, forward and backward by hand.

Weights are kept layer by layer (all W0, all b0, all W1, ..), so that every layer of all networks is one contiguous block
for a batched matrix product, and the optimiser sees one long vector. Points stand in the last dimension: a batch is
(K, d, b), logits are (K, c, b), for torch takes the softmax over a middle dimension 15 times faster than over a short
last one.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from explorer.training.layout import Layout, unflatten

_aten = torch.ops.aten
_PAD = 64  # torch's kernels treat what is left after blocks of 32 numbers by other instructions, which round otherwise


def padded(like: Tensor, *shape: int) -> tuple[Tensor, Tensor]:
    """Return zeros of a shape, and the longer vector they lie in, which element-wise kernels should be given.

    So every number is treated alike wherever it stands, and a network's weights do not depend on its neighbours.
    """
    size = math.prod(shape)
    vector = like.new_zeros(-(-size // _PAD) * _PAD)
    return vector[:size].view(shape), vector


class Blocks:
    """A long vector cut into the weights (K, out, in) and biases (K, out, 1) of every layer."""

    def __init__(self, layout: Layout, count: int, like: Tensor) -> None:
        self._layout, self._count = layout, count
        _, self.vector = padded(like, count * layout.size)
        self.layers = _cut(layout, count, self.vector)

    def load(self, weights: Tensor) -> None:
        """Fill from flat weights (K, p)."""
        for mine, given in zip(self.layers, unflatten(self._layout, weights), strict=True):
            mine[0].copy_(given[0])
            mine[1].copy_(given[1].mT)

    def flat(self, vector: Tensor) -> Tensor:
        """Return flat weights (..., K, p) from one or many vectors like this one (..., length); a copy."""
        layers = _cut(self._layout, self._count, vector)
        return torch.cat([part.flatten(-2) for pair in layers for part in pair], dim=-1)


def _cut(layout: Layout, count: int, vector: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Return weight (..., K, out, in) and bias (..., K, out, 1) of every layer as views of vectors."""
    views: list[tuple[Tensor, Tensor]] = []
    start = 0
    for out, fan_in in layout.layers:
        middle, end = start + count * out * fan_in, start + count * out * (fan_in + 1)
        weight = vector[..., start:middle].unflatten(-1, (count, out, fan_in))
        views.append((weight, vector[..., middle:end].unflatten(-1, (count, out, 1))))
        start = end
    return views


class Stack:
    """K networks, their gradients, and the buffers that a batch of b points each needs.

    Attributes:
        weights: the current weights.
        gradient: what `backward` filled last.
    """

    def __init__(self, layout: Layout, count: int, batch: int, like: Tensor) -> None:
        self.weights = Blocks(layout, count, like)
        self.gradient = Blocks(layout, count, like)
        shapes = [(count, out, batch) for out, _ in layout.layers]
        self._sums = [padded(like, *shape) for shape in shapes]
        # Only the slope of GELU cannot be read off its value.
        self._hidden = [padded(like, *shape) for shape in shapes] if layout.activation == "gelu" else self._sums
        self._delta = [padded(like, *shape) for shape in shapes]
        self._bend, self._unbend, self._gain = _BENDS[layout.activation]

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (K, c, b) for points x (K, d, b); they are overwritten by the next call."""
        head = len(self._sums) - 1
        for number, (weight, bias) in enumerate(self.weights.layers):
            sums, vector = self._sums[number]
            if number == head:
                return torch.baddbmm(bias, weight, x, out=sums)
            torch.baddbmm(bias, weight, x, alpha=self._gain, beta=self._gain, out=sums)
            x, hidden = self._hidden[number]
            self._bend(vector, hidden)
        raise AssertionError("a network has at least one layer")

    def backward(self, x: Tensor, target: Tensor, weight: Tensor) -> None:
        """Fill `gradient` with that of sum_i weight_i * cross-entropy_i for each network.

        Args:
            x: (K, d, b) points, those that `forward` saw last.
            target: (K, c, b) weight_i at the label of point i, 0 elsewhere.
            weight: (K, 1, b) weight of each point.
        """
        delta, _ = self._delta[-1]
        torch.softmax(self._sums[-1][0], 1, out=delta)
        delta.mul_(weight).sub_(target)
        for number in range(len(self._delta) - 1, -1, -1):
            below = self._hidden[number - 1][0] if number else x
            grad_weight, grad_bias = self.gradient.layers[number]
            torch.bmm(delta, below.transpose(1, 2), out=grad_weight)
            torch.sum(delta, 2, keepdim=True, out=grad_bias)
            if number:
                lower, vector = self._delta[number - 1]
                torch.bmm(self.weights.layers[number][0].transpose(1, 2), delta, out=lower)
                self._unbend(vector, self._hidden[number - 1][1], self._sums[number - 1][1])
                delta = lower


def _relu(sums: Tensor, hidden: Tensor) -> None:
    torch.relu_(hidden)


def _relu_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.threshold_backward.grad_input(delta, hidden, 0, grad_input=delta)


def _tanh(doubled: Tensor, hidden: Tensor) -> None:
    # tanh(z) = 2 sigmoid(2z) - 1: within one rounding of 1, and 4 times as fast as torch.tanh.
    torch.sigmoid(doubled, out=hidden)
    torch.add(_minus_one(hidden), hidden, alpha=2, out=hidden)


def _minus_one(like: Tensor) -> Tensor:
    return like.new_full((), -1)


def _tanh_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.tanh_backward.grad_input(delta, hidden, grad_input=delta)


def _gelu(sums: Tensor, hidden: Tensor) -> None:
    _aten.gelu.out(sums, out=hidden)


def _gelu_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.gelu_backward.grad_input(delta, sums, grad_input=delta)


# Activation, its backward pass, and the factor by which the activation wants its sums.
_BENDS: dict[str, tuple[Callable[[Tensor, Tensor], None], Callable[[Tensor, Tensor, Tensor], None], int]] = {
    "relu": (_relu, _relu_back, 1),
    "tanh": (_tanh, _tanh_back, 2),
    "gelu": (_gelu, _gelu_back, 1),
}
