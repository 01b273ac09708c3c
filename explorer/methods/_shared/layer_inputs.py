"""What a layer is fed: the directions of its inputs, and the part of a change of its weights that these cannot see.

A linear layer computes W a + b, so a change of (W, b) whose rows are orthogonal to (a, 1) leaves its output at a as it
is. The directions are the eigenvectors of the second moments of the inputs, which are the right singular vectors of
the matrix that has one input a row. Of a convolution the inputs are the patches under its kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.methods._shared.double import doubled

POINTS, IMAGES = 1024, 64  # pushed through the network at once


@dataclass(frozen=True)
class Layer:
    """A linear or convolutional layer, and the directions in which it is fed.

    Attributes:
        module: the layer; its weight is (out, in, ...).
        basis: (d, r) orthonormal columns; d counts the inputs of one output, and 1 more where a constant stands for
            the bias.
        constant: whether it does; then changes of weight and bias are taken together.
    """

    module: nn.Linear | nn.Conv2d
    basis: Tensor
    constant: bool

    def unseen(self, weight: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Return what of a change of weight and bias no input along the basis can see; the bias as it is if apart."""
        rows = weight.flatten(1)
        if self.constant and bias is not None:
            rows = torch.cat([rows, bias[:, None]], dim=1)
        rows = rows - (rows @ self.basis) @ self.basis.T
        if self.constant and bias is not None:
            rows, bias = rows[:, :-1], rows[:, -1]
        return rows.reshape(weight.shape), bias


def linear_layers(model: nn.Module) -> list[nn.Linear | nn.Conv2d]:
    """Return the linear and (ungrouped) convolutional layers of a network, in order."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    return [layer for layer in layers if not (isinstance(layer, nn.Conv2d) and layer.groups > 1)]


def second_moments(
    model: nn.Module, x: Tensor, layers: Sequence[nn.Linear | nn.Conv2d], constant: bool
) -> list[Tensor]:
    """Return the sum of a a^T over all inputs a of each layer, (d, d) float64, on the CPU where the device has none.

    Args:
        model: in eval mode; left unchanged.
        x: (n, ...) inputs of the network.
        layers: of the model.
        constant: whether a 1 is put behind the inputs of layers that have a bias.
    """
    found: dict[int, Tensor] = {}

    def look(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(layer, nn.Linear | nn.Conv2d)
        rows = _rows(layer, inputs[0].detach())
        if constant and layer.bias is not None:
            rows = torch.cat([rows, torch.ones_like(rows[:, :1])], dim=1)
        rows = doubled(rows)
        found[id(layer)] = found.get(id(layer), 0) + rows.T @ rows

    hooks = [layer.register_forward_pre_hook(look) for layer in layers]
    try:
        with torch.no_grad():
            for part in x.split(POINTS if x.dim() == 2 else IMAGES):
                model(part)
    finally:
        for hook in hooks:
            hook.remove()
    return [found[id(layer)] for layer in layers]


def directions(moments: Tensor, threshold: float, *, reaching: bool) -> Tensor:
    """Return the fewest main directions that hold a share of the energy.

    Args:
        moments: (d, d) sum of a a^T.
        threshold: the share, in [0, 1].
        reaching: whether the direction with which the share is reached is among them.

    Returns:
        (d, r) orthonormal columns, float64, the strongest first.
    """
    values, axes = torch.linalg.eigh(moments)
    energy = values.flip(0).clamp(min=0.0)
    share = energy.cumsum(0) / energy.sum()
    below = int((share < threshold - 1e-12).sum())
    return axes.flip(1)[:, : below + reaching]


def _rows(layer: nn.Linear | nn.Conv2d, inputs: Tensor) -> Tensor:
    """Return the inputs of a layer as rows: of a convolution one for each place of its kernel."""
    if isinstance(layer, nn.Linear):
        return inputs.reshape(-1, inputs.shape[-1])
    padding = layer.padding if not isinstance(layer.padding, str) else _same(layer)
    patches = F.unfold(inputs, layer.kernel_size, layer.dilation, padding, layer.stride)
    return patches.transpose(1, 2).reshape(-1, patches.shape[1])


def _same(layer: nn.Conv2d) -> tuple[int, ...]:
    if layer.padding == "valid":
        return (0, 0)
    return tuple(gap * (size - 1) // 2 for gap, size in zip(layer.dilation, layer.kernel_size, strict=True))
