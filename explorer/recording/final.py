"""Run a method only for its last model: no keyframes, no pictures; for the many models that attacks look at."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.knobs import KnobBase
from explorer.methods._method import Method, Request
from explorer.recording.evaluating import state_of
from explorer.recording.running import run


class Final(NamedTuple):
    """Where a method ended: its state (as `state_of`), and "" or one sentence on what broke on the way."""

    state: Tensor
    trouble: str


def final(method: Method, original: nn.Module, request: Request, knobs: KnobBase, rng: torch.Generator) -> Final:
    """Return the last finite model of a method that needs no preparation.

    Args:
        method: what to run; the same guard as in `record` holds what it may read.
        original: the model it starts from; left unchanged.
        request: the whole request.
        knobs: the method's knobs.
        rng: the only source of randomness. The result is the one that `record` ends with.
    """
    done = run(method, original, request, knobs, rng, None, limit=1, keep=lambda state, _: state[:0], tick=None)
    if (
        done.last.shape != state_of(original).shape
    ):  # broke down while it was wider: no model of the usual shape is left
        return Final(done.first, done.trouble or f"{method.title} ended with another shape than it began with")
    return Final(done.last, done.trouble)
