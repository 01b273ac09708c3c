"""Many networks of one shape as one: their weights side by side, forward and backward by hand.

Weights are kept layer by layer (all W0, all b0, all W1, ..), so that every layer of all networks is one block for a
batched matrix product, and the optimiser sees one long vector. Points stand in the last dimension: a batch is
(K, d, b), logits are (K, c, b), for torch takes the softmax over a middle dimension 15 times faster than over a short
last one.

A network's weights must not depend on its neighbours, to the bit. Matrix products round differently at other
alignments of their operands, and element-wise kernels treat by other instructions what is left after blocks of 32
numbers. So every matrix starts at a multiple of 32 numbers, every row of points is filled up to one, and element-wise
kernels are given the filled rows.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from explorer.models._layout import Layout, unflatten

_aten = torch.ops.aten
_LINE = 32


def padded(like: Tensor, *shape: int) -> tuple[Tensor, Tensor]:
    """Return zeros of a shape, as a view of zeros with longer rows, and those."""
    *outer, row = shape
    whole = like.new_zeros(*outer, _up(row))
    return whole[..., :row], whole


def _up(size: int) -> int:
    return -(-size // _LINE) * _LINE


class Blocks:
    """A long vector cut into the weights (K, out, in) and biases (K, out, 1) of every layer."""

    def __init__(self, layout: Layout, count: int, like: Tensor) -> None:
        self._layout, self._count = layout, count
        size = sum(_up(out * fan_in) + _up(out) for out, fan_in in layout.layers)
        self.vector = like.new_zeros(count * size)
        self.layers = self._cut(self.vector)

    def load(self, weights: Tensor) -> None:
        """Fill from flat weights (K, p)."""
        for mine, given in zip(self.layers, unflatten(self._layout, weights), strict=True):
            mine[0].copy_(given[0])
            mine[1].copy_(given[1].mT)

    def flat(self, vector: Tensor) -> Tensor:
        """Return flat weights (..., K, p) from one or many vectors like this one (..., length); a copy."""
        return torch.cat([part.flatten(-2) for pair in self._cut(vector) for part in pair], dim=-1)

    def _cut(self, vector: Tensor) -> list[tuple[Tensor, Tensor]]:
        views: list[tuple[Tensor, Tensor]] = []
        start = 0
        for out, fan_in in self._layout.layers:
            pair = []
            for columns in (fan_in, 1):
                length = _up(out * columns)
                block = vector[..., start : start + self._count * length].unflatten(-1, (self._count, length))
                pair.append(block[..., : out * columns].unflatten(-1, (out, columns)))
                start += self._count * length
            views.append((pair[0], pair[1]))
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
        # Each buffer twice: the points alone, for matrix products, and the filled rows, for all else.
        self._sums = [padded(like, *shape) for shape in shapes]
        # Only the slope of GELU cannot be read off its value.
        self._hidden = [padded(like, *shape) for shape in shapes] if layout.activation == "gelu" else self._sums
        self._delta = [padded(like, *shape) for shape in shapes]
        self._bend, self._unbend, self._gain = BENDS[layout.activation]

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (K, c, b) for points x (K, d, b); they are overwritten by the next call."""
        for number, (weight, bias) in enumerate(self.weights.layers[:-1]):
            sums, whole_sums = self._sums[number]
            torch.baddbmm(bias, weight, x, alpha=self._gain, beta=self._gain, out=sums)
            x, whole_hidden = self._hidden[number]
            self._bend(whole_sums, whole_hidden)
        weight, bias = self.weights.layers[-1]
        return torch.baddbmm(bias, weight, x, out=self._sums[-1][0])

    def backward(self, x: Tensor, target: Tensor, weight: Tensor) -> None:
        """Fill `gradient` with that of sum_i weight_i * cross-entropy_i for each network.

        Args:
            x: (K, d, b) points, those that `forward` saw last.
            target: (K, c, b) weight_i at the label of point i, 0 elsewhere.
            weight: (K, 1, b) weight of each point.
        """
        delta, whole_delta = self._delta[-1]
        torch.softmax(self._sums[-1][1], 1, out=whole_delta)
        delta.mul_(weight).sub_(target)
        for number in range(len(self._delta) - 1, 0, -1):
            below, whole_below = self._hidden[number - 1]
            self._weigh(number, delta, below)
            lower, whole_lower = self._delta[number - 1]
            torch.bmm(self.weights.layers[number][0].mT, delta, out=lower)
            self._unbend(whole_lower, whole_below, self._sums[number - 1][1])
            delta = lower
        self._weigh(0, delta, x)

    def _weigh(self, number: int, delta: Tensor, below: Tensor) -> None:
        """Fill the gradient of one layer from the slopes of its sums and what it was given."""
        weight, bias = self.gradient.layers[number]
        torch.bmm(delta, below.mT, out=weight)
        torch.sum(delta, 2, keepdim=True, out=bias)


def _relu(sums: Tensor, hidden: Tensor) -> Tensor:
    return torch.relu_(hidden)  # the same buffer as `sums`


def _relu_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.threshold_backward.grad_input(delta, hidden, 0, grad_input=delta)


def _tanh(doubled: Tensor, hidden: Tensor) -> Tensor:
    # tanh(z) = 2 sigmoid(2z) - 1: within one rounding of 1, and 4 times as fast as torch.tanh.
    torch.sigmoid(doubled, out=hidden)
    return torch.add(hidden.new_tensor(-1), hidden, alpha=2, out=hidden)


def _tanh_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.tanh_backward.grad_input(delta, hidden, grad_input=delta)


def _gelu(sums: Tensor, hidden: Tensor) -> Tensor:
    return _aten.gelu.out(sums, out=hidden)


def _gelu_back(delta: Tensor, hidden: Tensor, sums: Tensor) -> None:
    _aten.gelu_backward.grad_input(delta, sums, grad_input=delta)


# Activation, its backward pass, and the factor by which the activation wants its sums.
BENDS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Callable[[Tensor, Tensor, Tensor], None], int]] = {
    "relu": (_relu, _relu_back, 1),
    "tanh": (_tanh, _tanh_back, 2),
    "gelu": (_gelu, _gelu_back, 1),
}
