"""A small convolutional network for 32 x 32 images, made to train on a CPU in minutes; 0.3 million weights.

    x -> whitening (2 x 2, frozen, + bias) -> relu -> 3 x [conv 3 x 3, pool 2, norm, relu, conv 3 x 3, norm, relu]
      -> max-pool 3 -> / 9 -> head

The whitening filters are the main axes of 2 x 2 patches of the network's own training images, each with both signs, so
nothing of a forget set enters a retrained model by them. Convolutions start as the identity on their first channels.
Source: the recipe of airbench94 (Keller Jordan, 94 % on CIFAR-10 in 3.29 Seconds on a Single GPU, 2024,
arXiv:2404.00498), rewritten and scaled down to widths 32/64/128 with ReLU; the head has a bias, which theirs has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.knobs import knob
from explorer.models import ImageOptions, Network
from explorer.models._layers import conv, fill, linear

EPSILON = 5e-4  # added to the variances of the whitening's axes, in standardised units
MOMENTUM = 0.4  # of the running statistics

BATCH_STATISTICS = True
RECIPES: dict[str, dict[str, Any]] = {
    # 4 epochs of 50,000 images at batch 256.
    "standard": {
        "optimizer": "sgd", "lr": 0.5, "momentum": 0.85, "nesterov": True, "weight_decay": 1.3e-3, "batch": 256,
        "steps": 780, "schedule": "triangle", "label_smoothing": 0.2, "augment": True, "bias_lr": 64.0,
    },
    # 12 epochs of 10,000 images at batch 128.
    "memorise": {
        "optimizer": "sgd", "lr": 0.35, "momentum": 0.85, "nesterov": True, "weight_decay": 5e-4, "batch": 128,
        "steps": 936, "schedule": "triangle", "label_smoothing": 0.0, "augment": False, "bias_lr": 64.0,
    },
}  # fmt: skip


class Options(ImageOptions):
    """Shape of the network."""

    width: int = knob(32, ge=4, le=64, title="Width", help="Channels of the first group; the next have 2 and 4 times.")


class Compact(Network):
    """The network of this file.

    Attributes:
        whitening: (24, 3, 2, 2) buffer, the frozen filters.
        whitening_bias: (24,) their learnt bias.
        groups: the three groups.
    """

    whitening: Tensor

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("whitening", _starting_filters())
        self.whitening_bias = nn.Parameter(torch.zeros(len(self.whitening)))
        sizes = [len(self.whitening), width, 2 * width, 4 * width]
        self.groups = nn.ModuleList(_Group(inputs, outputs) for inputs, outputs in pairwise(sizes))
        self.head = linear(sizes[-1], classes)

    def features(self, x: Tensor) -> Tensor:
        """Return what the head sees: (n, 4 * width)."""
        x = torch.relu(F.conv2d(x, self.whitening.to(x.dtype), self.whitening_bias.to(x.dtype)))
        for group in self.groups:
            x = group(x)
        return F.max_pool2d(x, 3).flatten(1) / 9

    def reset(self, rng: torch.Generator) -> None:
        """Fill all weights anew; the whitening becomes a fixed basis of patches that knows no data."""
        fill(self, rng)
        with torch.no_grad():
            self.whitening.copy_(_starting_filters())
            self.whitening_bias.zero_()
            for layer in self.modules():
                if isinstance(layer, nn.Conv2d):
                    layer.weight /= 6**0.5  # uniform weights within 1 / sqrt(inputs) would have this spread
                    nn.init.dirac_(layer.weight[: layer.in_channels])
                elif isinstance(layer, _ShiftNorm):
                    layer.shift.zero_()

    def prime(self, x: Tensor) -> None:
        """Make the whitening that of training images x (n, 3, 32, 32)."""
        patches = F.unfold(x.float(), 2).transpose(1, 2).reshape(-1, 12).double()
        patches = patches - patches.mean(0)
        variance, axes = torch.linalg.eigh(patches.T @ patches / len(patches))
        filters = (axes / (variance + EPSILON).sqrt()).T.flip(0).reshape(12, 3, 2, 2)
        with torch.no_grad():
            self.whitening.copy_(torch.cat([filters, -filters]))

    @property
    def blocks(self) -> list[nn.Module]:
        """Return the parts in order from input to head."""
        return [*self.groups, self.head]


class _Group(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first, self.second = conv(inputs, outputs), conv(outputs, outputs)
        self.norms = nn.ModuleList(_ShiftNorm(outputs) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.norms[0](F.max_pool2d(self.first(x), 2)))
        return torch.relu(self.norms[1](self.second(x)))


class _ShiftNorm(nn.BatchNorm2d):
    """Batch normalisation whose scale stays 1; only the shift is learnt."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, momentum=MOMENTUM, affine=False)
        self.shift = nn.Parameter(torch.zeros(channels))

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) + self.shift[:, None, None].to(input.dtype)


def _starting_filters() -> Tensor:
    """Return an orthonormal basis of 2 x 2 colour patches with both signs (24, 3, 2, 2): means, edges, crosses."""
    patch = torch.tensor([[[1, 1], [1, 1]], [[1, 1], [-1, -1]], [[1, -1], [1, -1]], [[1, -1], [-1, 1]]]) / 2
    colour = torch.tensor([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / torch.tensor([[3.0], [2.0], [6.0]]).sqrt()
    basis = (colour[:, None, :, None, None] * patch[None, :, None]).reshape(12, 3, 2, 2)
    return torch.cat([basis, -basis])


def build(options: Options, shape: Sequence[int], classes: int) -> Compact:
    """Return a network for images of shape (3, 32, 32), with weights not yet filled.

    Raises:
        ValueError: for inputs of another shape.
    """
    if tuple(shape) != (3, 32, 32):
        raise ValueError(f"compact takes images of shape (3, 32, 32), got {tuple(shape)}")
    return Compact(options.width, classes)
