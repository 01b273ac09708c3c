"""Networks of one shape that vote."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Ensemble(nn.Module):
    """Networks that vote: the logits are the logarithm of their mean probability.

    Attributes:
        members: the networks.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, x: Tensor) -> Tensor:
        """Return log probabilities (n, classes)."""
        return vote(torch.stack([member(x) for member in self.members]))


def vote(logits: Tensor) -> Tensor:
    """Return log probabilities (..., classes) from the logits (members, ..., classes) of each."""
    return logits.log_softmax(dim=-1).logsumexp(dim=0) - math.log(len(logits))
