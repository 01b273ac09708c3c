"""Layers of convolutional networks that draw nothing when they are made, and how they start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import nn
from torch.nn.utils import skip_init

from explorer import draws
from explorer.models._layout import linear_weights


def conv(inputs: int, outputs: int, *, size: int = 3, stride: int = 1, bias: bool = False) -> nn.Conv2d:
    """Return a convolution that keeps height and width at stride 1, its weights not yet filled."""
    layer = skip_init(nn.Conv2d, inputs, outputs, size, stride=stride, padding=size // 2, bias=bias)
    return cast(nn.Conv2d, layer)  # `nn.Conv2d()` would draw from the global generator


def linear(inputs: int, outputs: int) -> nn.Linear:
    """Return a linear layer, its weights not yet filled."""
    return cast(nn.Linear, skip_init(nn.Linear, inputs, outputs))


def fill(network: nn.Module, rng: torch.Generator) -> None:
    """Fill all layers of a network anew, in the order in which they were registered.

    Convolutions get normal weights of variance 2 / inputs and biases of 0, so that sums keep their size through ReLU
    layers; linear layers start as those of the MLP do; batch normalisation as the identity, its statistics at 0 and 1.

    Source: He, Zhang, Ren and Sun, Delving Deep into Rectifiers, ICCV 2015, arXiv:1502.01852, sec. 2.2.
    """
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d):
                spread = (2 / layer.weight[0].numel()) ** 0.5
                layer.weight.copy_(spread * draws.normal(layer.weight.shape, rng))
                if layer.bias is not None:
                    layer.bias.zero_()
            elif isinstance(layer, nn.Linear):
                weight, bias = linear_weights(layer.out_features, layer.in_features, rng)
                layer.weight.copy_(weight)
                layer.bias.copy_(bias)
            elif isinstance(layer, nn.BatchNorm2d):
                layer.reset_parameters()  # nothing random


def channels_of(shape: Sequence[int], name: str, smallest: int) -> int:
    """Return the channels of images of a shape.

    Raises:
        ValueError: if these are not images, or smaller than `smallest` pixels a side.
    """
    if len(shape) != 3 or min(shape[1:]) < smallest:
        rule = f"{name} reads images (channels, height, width) of at least {smallest} pixels a side"
        raise ValueError(f"{rule}, got inputs of shape {tuple(shape)}")
    return shape[0]
