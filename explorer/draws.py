"""Draw random numbers from an explicit generator, on the CPU, then move them: the same numbers on every device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor


def generator(seed: int) -> torch.Generator:
    """Return a CPU generator that starts at `seed`."""
    return torch.Generator().manual_seed(seed)


def seed(rng: torch.Generator) -> int:
    """Return a seed for generators of its own."""
    return int(torch.randint(2**62, (1,), generator=rng))


def normal(shape: Sequence[int], rng: torch.Generator, like: Tensor | None = None) -> Tensor:
    """Return standard normal numbers of a shape, with the dtype and device of `like`."""
    return _moved(torch.randn(tuple(shape), generator=rng), like)


def uniform(shape: Sequence[int], rng: torch.Generator, like: Tensor | None = None) -> Tensor:
    """Return uniform numbers in [0, 1) of a shape, with the dtype and device of `like`."""
    return _moved(torch.rand(tuple(shape), generator=rng), like)


def integers(high: int, shape: Sequence[int], rng: torch.Generator, like: Tensor | None = None) -> Tensor:
    """Return whole numbers in [0, high), int64, on the device of `like`."""
    drawn = torch.randint(high, tuple(shape), generator=rng)
    return drawn if like is None else drawn.to(like.device)


def permutation(n: int, rng: torch.Generator, like: Tensor | None = None) -> Tensor:
    """Return 0 .. n-1 in random order, int64, on the device of `like`."""
    drawn = torch.randperm(n, generator=rng)
    return drawn if like is None else drawn.to(like.device)


def batches(n: int, size: int, rng: torch.Generator, like: Tensor | None = None) -> Iterator[Tensor]:
    """Yield index tensors of `size` rows for ever: epoch after epoch, each in a new random order.

    The last batch of an epoch is shorter where `size` does not divide n; a size above n means all n.
    """
    while True:
        yield from permutation(n, rng, like).split(min(size, n))


def wrong_labels(y: Tensor, classes: int, rng: torch.Generator) -> Tensor:
    """Return for each label (n,) a class drawn uniformly from the other classes."""
    return (y + 1 + integers(classes - 1, y.shape, rng, y)) % classes


def _moved(drawn: Tensor, like: Tensor | None) -> Tensor:
    return drawn if like is None else drawn.to(dtype=like.dtype, device=like.device)
