"""The influence of the affected rows: what correcting them, or leaving them out, adds to the gradient.

    g = (1/n) sum over affected rows of  grad loss(as it should be) - grad loss(as it was)

n counts all training rows, so every step is per unit of the mean loss. A row that is to be forgotten has nothing in
its place: only the second term is left.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from explorer.methods._method import Request
from explorer.methods._shared.flat import Flat, joined
from explorer.training import Examples


def size(request: Request) -> int:
    """Return n, the number of training rows as the original saw them."""
    return count(request.forget) + count(request.retain)


def count(part: Examples) -> int:
    """Return how many rows a part of a request has, without a look at them."""
    return len(part.y) if isinstance(part, Examples) else len(part)


def parts(request: Request, most: int) -> Iterator[tuple[Examples, Examples]]:
    """Yield the affected rows in parts of nearly equal size: as they were, and as they should be.

    Args:
        request: the affected rows stay in their order.
        most: how many parts; no more than there are rows, none if 0.
    """
    x, y = request.forget
    bounds = torch.linspace(0, len(y), min(most, len(y)) + 1).round().long().tolist()
    for low, high in zip(bounds[:-1] if most else (), bounds[1:] if most else (), strict=True):
        yield Examples(x[low:high], y[low:high]), corrected(request, low, high)


def corrected(request: Request, low: int = 0, high: int | None = None) -> Examples:
    """Return affected rows as they should be; none where they are to be forgotten."""
    if count(request.corrected) == 0:
        return Examples(request.forget.x[:0], request.forget.y[:0])
    return Examples(request.corrected.x[low:high], request.corrected.y[low:high])


def influence(flat: Flat, vector: Tensor, was: Examples, should_be: Examples, n: int) -> Tensor:
    """Return g (p,) of some affected rows at some weights."""
    return (flat.gradient(vector, should_be) - flat.gradient(vector, was)) / n


def after(request: Request) -> Examples:
    """Return the training set as it should have been."""
    return joined(request.retain, corrected(request))
