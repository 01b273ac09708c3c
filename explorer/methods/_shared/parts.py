"""Ask a network about many images in parts: the activations of thousands at once take gigabytes of memory."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

PART = 500  # images that go through a network at once; of ResNet-18 with gradients these take some 5 GB


def in_parts(function: Callable[..., Tensor], *given: Tensor) -> Tensor:
    """Return what a function says of each example, some hundred images at a time; points of a plane all at once.

    Args:
        function: takes the same part of each tensor; gives a row an example, which depends on no other one.
        given: (n, ...) each, images first.
    """
    if given[0].dim() < 3 or len(given[0]) <= PART:
        return function(*given)
    return torch.cat([function(*part) for part in zip(*(one.split(PART) for one in given), strict=True)])
