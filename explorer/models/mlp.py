"""A fully connected network; without hidden layers it is logistic regression."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Literal, cast

import torch
from pydantic import field_validator
from torch import Tensor, nn
from torch.nn.utils import skip_init

from explorer.knobs import KnobBase, knob
from explorer.models import Network
from explorer.models._layout import Layout, linear_weights

_ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "gelu": nn.functional.gelu}


class Options(KnobBase):
    """Shape of the network."""

    widths: list[int] = knob(
        [32, 32], title="Hidden widths", help="Units of each hidden layer; none makes it logistic regression."
    )
    activation: Literal["relu", "tanh", "gelu"] = knob(
        "tanh", title="Activation", help="What a hidden unit does to its sum: tanh bends smoothly, relu folds."
    )

    @field_validator("widths")
    @classmethod
    def _few_and_small(cls, widths: list[int]) -> list[int]:
        if len(widths) > 4 or not all(1 <= width <= 256 for width in widths):
            raise ValueError(f"`widths` must be at most 4 whole numbers in [1, 256], got {widths}")
        return widths


class MLP(Network):
    """Linear layers with an activation after each but the last.

    Attributes:
        hidden: the hidden layers, in order.
        head: the last layer.
        activation: name of the activation.
    """

    def __init__(self, inputs: int, widths: Sequence[int], classes: int, activation: str) -> None:
        super().__init__()
        sizes = [inputs, *widths]
        self.hidden = nn.ModuleList([_linear(fan_in, out) for fan_in, out in itertools.pairwise(sizes)])
        self.head = _linear(sizes[-1], classes)
        self.activation = activation

    def features(self, x: Tensor) -> Tensor:
        """Return what the head sees: (n, last width), or the inputs themselves where there is no hidden layer."""
        bend = _ACTIVATIONS[self.activation]
        features = x.flatten(1)
        for layer in self.hidden:
            features = bend(layer(features))
        return features

    def reset(self, rng: torch.Generator) -> None:
        """Fill all weights anew from the generator: uniform within 1 / sqrt(inputs of the layer)."""
        with torch.no_grad():
            for layer in cast("list[nn.Linear]", self.blocks):
                weight, bias = linear_weights(layer.out_features, layer.in_features, rng)
                layer.weight.copy_(weight)
                layer.bias.copy_(bias)

    @property
    def blocks(self) -> list[nn.Module]:
        """Return the layers in order from input to head."""
        return [*self.hidden, self.head]


def _linear(fan_in: int, out: int) -> nn.Linear:
    return cast(nn.Linear, skip_init(nn.Linear, fan_in, out))  # `nn.Linear()` would draw from the global generator


def build(options: Options, shape: Sequence[int], classes: int) -> MLP:
    """Return a network for inputs of a shape, for instance (2,), with weights not yet filled."""
    return MLP(math.prod(shape), options.widths, classes, options.activation)


def layout(options: Options, shape: Sequence[int], classes: int) -> Layout:
    """Return the layout by which `train_many` trains the network that `build` builds."""
    return Layout(math.prod(shape), tuple(options.widths), classes, options.activation)


def layout_like(model: nn.Module) -> Layout | None:
    """Return the layout of a plain MLP (whose head may have been widened), None for any other network."""
    if type(model) is not MLP:
        return None
    layers = cast("list[nn.Linear]", model.blocks)
    widths = tuple(layer.out_features for layer in layers[:-1])
    return Layout(layers[0].in_features, widths, layers[-1].out_features, model.activation)
