"""What every network for images is held to; thin ones, so that it takes no time."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import draws
from explorer.models import Network

SHAPE, CLASSES = (3, 32, 32), 10


def images(n: int, seed: int = 0) -> Tensor:
    return draws.normal((n, *SHAPE), draws.generator(seed))


def filled(model: Network, seed: int = 0) -> Network:
    model.reset(draws.generator(seed))
    return model.eval()


def loss_of(model: Network) -> Callable[[dict[str, Tensor], Tensor, Tensor], Tensor]:
    """Return the loss of one image as a function of the parameters."""

    def loss(weights: dict[str, Tensor], image: Tensor, label: Tensor) -> Tensor:
        logits = torch.func.functional_call(model, weights, (image[None],))
        return F.cross_entropy(logits, label[None])

    return loss
