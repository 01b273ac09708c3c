"""ResNet-18 for small images: eight residual blocks with batch normalisation, 11.17 million weights at full width.

    y = relu(x' + N(conv(relu(N(conv(x))))))

N is batch normalisation; x' is x, or where the shape changes N(conv 1x1 (x)). Four stages of two blocks have width,
2, 4 and 8 times as many channels, and each but the first halves height and width.

The stem is that of the CIFAR versions: one 3x3 convolution of stride 1 and no pooling, where ImageNet's is 7x7 of
stride 2 with a max-pool, which would leave 8 x 8 of 32 x 32 pixels.

The recipes are what unlearning papers commonly use, shortened; they were not tuned, and with a CPU alone they are too
long (some 16 minutes an epoch of 50,000 images on one thread).
Source: He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385, table 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.knobs import knob
from explorer.models import ImageOptions, Network
from explorer.models._layers import channels_of, conv, fill, linear

# `Any`: values of several types, those of `ImageTraining`. Whole batches of 50,000 images: 390, of 10,000: 78.
BATCH_STATISTICS = True
RECIPES: dict[str, dict[str, Any]] = {
    "standard": {
        "optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4, "batch": 128,
        "steps": 30 * 390, "schedule": "cosine", "augment": True, "label_smoothing": 0.0,
    },
    "memorise": {
        "optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4, "batch": 128,
        "steps": 20 * 78, "schedule": "cosine", "augment": False, "label_smoothing": 0.0,
    },
}  # fmt: skip


class Options(ImageOptions):
    """Shape of the network."""

    width: int = knob(64, ge=8, le=64, title="Width", help="Channels of the first stage; 64 is ResNet-18 itself.")


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to what came in."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = conv(inputs, outputs, stride=stride), nn.BatchNorm2d(outputs)
        self.conv2, self.norm2 = conv(outputs, outputs), nn.BatchNorm2d(outputs)
        same = inputs == outputs and stride == 1
        reshaped = (conv(inputs, outputs, size=1, stride=stride), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Identity() if same else nn.Sequential(*reshaped)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, outputs, height / stride, width / stride)."""
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class ResNet18(Network):
    """A stem, eight residual blocks, the mean over the image, a linear head.

    Attributes:
        stem: the first convolution with its normalisation.
        body: the residual blocks, in order.
        head: the last layer, from 8 times the width.
    """

    def __init__(self, channels: int, width: int, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv(channels, width), nn.BatchNorm2d(width), nn.ReLU())
        blocks: list[nn.Module] = []
        before = width
        for stage in range(4):
            after = width << stage
            blocks += [ResidualBlock(before, after, 1 if stage == 0 else 2), ResidualBlock(after, after, 1)]
            before = after
        self.body = nn.Sequential(*blocks)
        self.head = linear(before, classes)

    def features(self, x: Tensor) -> Tensor:
        """Return what the head sees: (n, 8 width), the mean of the last block over the image."""
        return self.body(self.stem(x)).mean(dim=(2, 3))

    def reset(self, rng: torch.Generator) -> None:
        """Fill all weights anew from the generator; batch statistics go back to mean 0 and variance 1."""
        fill(self, rng)

    @property
    def blocks(self) -> list[nn.Module]:
        """Return stem, residual blocks and head: ten parts."""
        return [self.stem, *self.body, self.head]


def build(options: Options, shape: Sequence[int], classes: int) -> ResNet18:
    """Return a network for images (channels, height, width), with weights not yet filled.

    Raises:
        ValueError: if the inputs are not images of at least 8 pixels a side.
    """
    return ResNet18(channels_of(shape, "resnet18", 8), options.width, classes)
