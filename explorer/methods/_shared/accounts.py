"""What the picture of a certificate draws by chance: what an attacker reads, and what other draws of the noise give."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from explorer import draws
from explorer.methods._method import Request
from explorer.methods._shared.unit_ball import flat_rows
from explorer.seeds import child_seed

DOTS = 200  # readings of either kind
DRAWS = 12  # of the noise, in the cloud


def of_a_stream(seed: int) -> tuple[torch.Generator, torch.Generator]:
    """Return what draws the order of deletions in a stream of requests, and what draws its noise.

    Every request begins them anew and takes the same draws up to it, so its account goes on where the last one ended.
    """
    return draws.generator(child_seed(seed, "order")), draws.generator(child_seed(seed, "noise"))


def readings(shift: float, size: int, rng: torch.Generator) -> Tensor:
    """Return (2, DOTS, 2) float32: what an attacker reads from retrained and from unlearned models.

    Args:
        shift: how far the means lie apart, in deviations of the noise; the first axis is its direction.
        size: dimensions of the noise, at least 2; two of them are drawn.
        rng: draws them.
    """
    drawn = draws.normal((2, DOTS, size), rng)[..., :2]
    drawn[1, :, 0] += shift
    return drawn


def cloud_of(
    states: Sequence[Tensor], start: Tensor, noise: float, model: Callable[[Tensor, Tensor, Tensor], Tensor],
    request: Request, rng: torch.Generator,
) -> Tensor:  # fmt: skip
    """Return (t, DRAWS, p) float32: flat weights for the same draws of noise at each state.

    Args:
        states: what changes from step to step.
        start: (h, d) float64, weights where to begin.
        noise: deviation.
        model: (state, weights (k, h, d) of the state before, noise (k, h, d)) -> weights (k, h, d).
        request: for the scale of the inputs.
        rng: draws the noise.
    """
    drawn = noise * draws.normal((DRAWS, *start.shape), rng, start)
    weights, found = start.expand_as(drawn), []
    for state in states:
        weights = model(state, weights, drawn)
        found.append(flat_rows(weights, request.space))
    return torch.stack(found)
