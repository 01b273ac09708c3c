"""One file per network; the file's name is the model's key.

Every network offers features(x) -> (n, h), head, forward = head(features), reset(rng), blocks (for CF-k and EU-k).
A file declares `Options` (a KnobBase; of a network for images, ImageOptions) and `build(options, shape, classes) ->
Network`, with weights not yet filled. A network for images declares two more: `RECIPES`, what each training recipe
means for it, as values of `ImageTraining`; `BATCH_STATISTICS`, whether it normalises by the statistics of batches.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from explorer.knobs import knob
from explorer.uploads import FileOptions


class ImageOptions(FileOptions):
    """What every network for images can be told: a file of weights that are the original, in place of a training."""

    deviations: Literal["of_images"] | None = knob(
        None, title="Divided by", help="Deviations that the file's weights learnt with, where they are not those here."
    )


class Network(nn.Module):
    """A classifier whose parts unlearning methods can reach.

    Attributes:
        head: the last layer, features -> logits; its weight is (classes, h).
        channels_last: how its images and convolutions usually lie in memory; a training measures and may choose anew.
    """

    head: nn.Linear
    channels_last = True

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """Return what the head sees: (n, h)."""

    @abstractmethod
    def reset(self, rng: torch.Generator) -> None:
        """Fill all weights anew from the generator, and buffers with their starting values."""

    def prime(self, x: Tensor) -> None:
        """Take in what the network learns from data before training; called with its own training inputs only.

        Args:
            x: (n, ...) float32, standardised; the same rows give the same network.
        """

    @property
    @abstractmethod
    def blocks(self) -> list[nn.Module]:
        """Return the parts in order from input to head; the head is the last."""

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (n, classes)."""
        return self.head(self.features(x))


def flat(model: nn.Module) -> Tensor:
    """Return all parameters as one vector (p,), detached, in the order of `model.parameters()`."""
    return parameters_to_vector(model.parameters()).detach().clone()


def load_flat(model: nn.Module, weights: Tensor) -> None:
    """Copy a vector (p,) into the parameters of a model."""
    vector_to_parameters(weights.clone(), model.parameters())  # else the parameters would be views into the vector
