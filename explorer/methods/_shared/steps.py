"""Small steps that many methods share: epochs of batches, distances between outputs, optimisers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import draws
from explorer.methods._method import Request


def epochs(n: int, size: int, count: int, rng: torch.Generator, like: Tensor) -> Iterator[tuple[int, Tensor]]:
    """Yield (epoch, rows) for `count` passes over n rows, each in a new random order, `size` rows at a time."""
    for epoch in range(count):
        for rows in one_epoch(n, size, rng, like):
            yield epoch, rows


def one_epoch(n: int, size: int, rng: torch.Generator, like: Tensor) -> tuple[Tensor, ...]:
    """Return the batches of one pass over n rows in random order; the last one may be shorter."""
    return draws.permutation(n, rng, like).split(size) if n else ()


def divergence(target: Tensor, logits: Tensor, temperature: float = 1.0) -> Tensor:
    """Return KL(target || output) at a temperature: the sum over classes, the mean over the batch.

    Args:
        target: (n, c) logits that are held fixed.
        logits: (n, c) logits through which the gradient flows.
        temperature: both are divided by it.
    """
    fixed = F.log_softmax(target / temperature, dim=1)
    moving = F.log_softmax(logits / temperature, dim=1)
    return F.kl_div(moving, fixed, reduction="batchmean", log_target=True)


def outputs(model: nn.Module, x: Tensor) -> Tensor:
    """Return the logits (n, c) of a model that is not being trained."""
    with torch.no_grad():
        return torch.cat([model(part) for part in x.split(1024)])


def descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """Take one step down a loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def forget_rows(request: Request) -> Tensor:
    """Return the training rows (m,) of the forget points.

    Raises:
        ValueError: if whoever asks did not say.
    """
    if request.rows is None:
        raise ValueError("`rows` of the request must name the training rows of the forget points, got none")
    return request.rows


def last_blocks(model: nn.Module, count: int) -> list[nn.Module]:
    """Return the last blocks of a network, the head included; all of them where `count` is larger.

    Raises:
        TypeError: if the network does not say what its blocks are.
    """
    blocks = getattr(model, "blocks", None)
    if blocks is None:
        raise TypeError(f"a network must offer blocks, got {type(model).__name__}")
    return list(blocks)[-count:]


def only(model: nn.Module, blocks: list[nn.Module]) -> list[nn.Parameter]:
    """Return the weights of some blocks, and let no gradient flow to any other weight of the model."""
    moving = [weight for block in blocks for weight in block.parameters()]
    model.requires_grad_(False)
    for weight in moving:
        weight.requires_grad_(True)
    return moving


def cosine(step: int, steps: int) -> float:
    """Return the share of the rate at a step that falls from 1 to 0 along half a cosine."""
    return 0.5 * (1 + math.cos(math.pi * step / steps))


def mean_gradient(model: nn.Module, x: Tensor, y: Tensor) -> list[Tensor]:
    """Return the gradient of the mean cross-entropy over a set, one tensor a parameter."""
    weights = list(model.parameters())
    total = [torch.zeros_like(weight) for weight in weights]
    for part, label in zip(x.split(1024), y.split(1024), strict=True):
        loss = F.cross_entropy(model(part), label, reduction="sum") / len(y)
        for sum_, gradient in zip(total, torch.autograd.grad(loss, weights), strict=True):
            sum_ += gradient
    return total
