"""VGG-11 for small images: eight convolutions without batch normalisation, 9.23 million weights at full width.

    x <- pool(relu(conv(x))),   channels: 1, 2, 4, 4, 8, 8, 8 and 8 times the width

The image is halved after the 1st, 2nd, 4th, 6th and 8th convolution, as in table 1.

Without batch normalisation every example is judged by itself, which is why JiT was shown on this network: its loss
compares one image with noisy copies of the same image.

Differs from the network of JiT's released code (torchvision's VGG-11, there called VGG-16, with a linear layer from its
1,000 outputs): that one copies the single pixel that is left of a 32 x 32 image 49 times and sends it through three
wide layers with two dropouts, 133 million weights in all; here one linear layer is the head, and there is no dropout.
So f(x) is one function: with dropout left on while unlearning, as released, f(x) and f(x + noise) differ by their masks
before any noise, and at noise .01 almost by these alone.

The standard recipe follows theirs for CIFAR-10 (SGD with momentum .9, decay 5e-4, batches of 64, 25 epochs, the rate
rising to .1 and falling again) but for these: the rate rises from .02 over the first 23 % and falls on a line to .005,
where theirs is one cycle stepped together with a warm-up; crops and flips, but no rotation; the last model is kept, not
the best on the test set. They train CIFAR-20 for 50 epochs and CIFAR-100 for 210.
Source: Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015,
arXiv:1409.1556, table 1, column A; training: code github.com/jwf40/Information-Theoretic-Unlearning at c967614.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.knobs import knob
from explorer.models import ImageOptions, Network
from explorer.models._layers import channels_of, conv, fill, linear

_PLAN = ((1, True), (2, True), (4, False), (4, True), (8, False), (8, True), (8, False), (8, True))  # times width, pool

# `Any`: values of several types, those of `ImageTraining`. Whole batches of 45,000 images: 703, of 10,000: 156. The
# authors of JiT train for 210 epochs.
BATCH_STATISTICS = False
RECIPES: dict[str, dict[str, Any]] = {
    "standard": {
        "optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": False, "weight_decay": 5e-4, "batch": 64,
        "steps": 30 * 703, "schedule": "triangle", "augment": True, "label_smoothing": 0.0,
    },
    "memorise": {
        "optimizer": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": False, "weight_decay": 5e-4, "batch": 64,
        "steps": 20 * 156, "schedule": "triangle", "augment": False, "label_smoothing": 0.0,
    },
}  # fmt: skip


class Options(ImageOptions):
    """Shape of the network."""

    width: int = knob(64, ge=8, le=64, title="Width", help="Channels of the first convolution; 64 is VGG-11 itself.")


class VGG11(Network):
    """Eight convolutions, the mean over what is left of the image (one pixel of 32 x 32), a linear head.

    Attributes:
        body: the convolutions, each with its ReLU and, after some, a max-pool.
        head: the last layer, from 8 times the width.
    """

    channels_last = False

    def __init__(self, channels: int, width: int, classes: int) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        for times, pooled in _PLAN:
            layers = [conv(channels, times * width, bias=True), nn.ReLU()]
            blocks.append(nn.Sequential(*layers, *([nn.MaxPool2d(2)] if pooled else [])))
            channels = times * width
        self.body = nn.Sequential(*blocks)
        self.head = linear(channels, classes)

    def features(self, x: Tensor) -> Tensor:
        """Return what the head sees: (n, 8 width)."""
        return self.body(x).mean(dim=(2, 3))

    def reset(self, rng: torch.Generator) -> None:
        """Fill all weights anew from the generator."""
        fill(self, rng)

    @property
    def blocks(self) -> list[nn.Module]:
        """Return the convolutions and the head: nine parts."""
        return [*self.body, self.head]


def build(options: Options, shape: Sequence[int], classes: int) -> VGG11:
    """Return a network for images (channels, height, width), with weights not yet filled.

    Raises:
        ValueError: if the inputs are not images of at least 32 pixels a side.
    """
    return VGG11(channels_of(shape, "vgg11", 32), options.width, classes)
