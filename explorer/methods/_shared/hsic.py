"""The Hilbert-Schmidt independence criterion, as a number that a method can go down on.

    HSIC(u, v) = trace(K H L H) / (m - 1)^2,   H = I - 1 1^T / m,   K, L = kernels of u and of v

This is the biased estimate: never below 0, and 0 in the limit if and only if u and v are independent (for Gaussian
kernels). The metrics room has its own, in numpy, with the unbiased estimate beside it; a test holds the two together.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explorer import draws

PAIRINGS = 200
LEVEL = 0.95
_NARROW = 1e-6


def squares(u: Tensor) -> Tensor:
    """Return the squared distances (m, m) between the rows of u (m, d)."""
    return (u[:, None] - u[None]).square().sum(dim=-1)


def gaussian(u: Tensor, width: float) -> Tensor:
    """Return the kernel matrix (m, m) of rows u (m, d): exp(-distance^2 / 2 width^2)."""
    return (-squares(u) / (2 * width**2)).exp()


def median_width(u: Tensor) -> float:
    """Return the median distance between two different rows, apart from the graph; 1 where all rows are alike."""
    distance = torch.pdist(u.detach())
    width = float(distance.median()) if len(distance) else 0.0
    if width <= _NARROW:
        width = float(distance.mean()) if len(distance) else 0.0
    return width if width > _NARROW else 1.0


def hsic(one: Tensor, other: Tensor) -> Tensor:
    """Return the biased estimate from two kernel matrices (m, m); m at least 2."""
    m = len(one)
    return (centred(one) * other).sum() / (m - 1) ** 2


def centred(kernel: Tensor) -> Tensor:
    """Return H K H."""
    return kernel - kernel.mean(dim=0) - kernel.mean(dim=1, keepdim=True) + kernel.mean()


def pairings(other: Tensor, rng: torch.Generator) -> Tensor:
    """Return a kernel matrix (m, m) with its rows paired anew, each time at random (PAIRINGS, m * m)."""
    orders = [draws.permutation(len(other), rng, other) for _ in range(PAIRINGS)]
    return torch.stack([other[order][:, order].reshape(-1) for order in orders])


def looks_independent(one: Tensor, other: Tensor, paired: Tensor) -> bool:
    """Return whether the dependence is no stronger than in a share LEVEL of random pairings of the same values.

    Args:
        one: kernel matrix (m, m).
        other: kernel matrix (m, m).
        paired: what `pairings` made of `other`.
    """
    fixed = centred(one)
    return bool((fixed * other).sum() < (paired @ fixed.reshape(-1)).quantile(LEVEL))
