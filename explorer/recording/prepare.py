"""Run what a method prepares, once for all requests that share it."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import torch
from torch import nn

from explorer.knobs import KnobBase
from explorer.methods._guard import OutOfBounds
from explorer.methods._method import Meter, Method, Prepared, Request
from explorer.recording.evaluating import state_of
from explorer.recording.running import Tick, clock, count_passes, in_half, opened
from explorer.training import precision


class Preparation(NamedTuple):
    """What `prepare` left, what it took in wall seconds, and what it cost in example-gradients."""

    prepared: Prepared
    seconds: float
    example_gradients: float


def prepare(
    method: Method,
    original: nn.Module,
    request: Request,
    knobs: KnobBase,
    rng: torch.Generator,
    *,
    tick: Tick | None = None,
) -> Preparation:
    """Do the work of a method that requests can share.

    Args:
        method: which may have no `prepare`; then nothing is done.
        original: left unchanged.
        request: only what `prepare_reads` names is open to it.
        knobs: only those that `prepare_knobs` names are open to it.
        rng: the only source of randomness.
        tick: called as tick(0, 0) at every pass through the model, or a copy of it, that is counted; may raise to
            cancel. A method cannot say how far its preparation is, and between two passes it cannot be stopped.
    """
    if method.prepare is None:
        return Preparation(Prepared(), 0.0, 0.0)
    start = copy.deepcopy(original).eval().requires_grad_(True)
    device = next(start.parameters()).device
    meter = Meter() if tick is None else _Watched(tick)
    count_passes(start, meter)
    if in_half(state_of(start)):
        precision.pass_in_half(start)
    narrow = _Narrow(knobs, method)
    begin = clock(device)
    prepared = method.prepare(start, opened(request, method.title, method.prepare_reads, meter), narrow, rng)
    return Preparation(prepared, clock(device) - begin, meter.total)


class _Watched(Meter):
    """A meter that lets somebody know, and cancel, whenever it is charged."""

    def __init__(self, tick: Tick) -> None:
        super().__init__()
        self._tick = tick

    def charge(self, amount: float) -> None:
        super().charge(amount)
        self._tick(0, 0)


class _Narrow:
    """Knobs of which only those that `prepare` declares can be read: its result is shared by all values of the rest."""

    def __init__(self, knobs: KnobBase, method: Method) -> None:
        self._knobs, self._method = knobs, method

    def __getattr__(self, name: str) -> Any:
        if name not in self._method.prepare_knobs:
            declared = ", ".join(sorted(self._method.prepare_knobs)) or "none"
            raise OutOfBounds(f"{self._method.title} declares prepare_knobs {declared}; prepare touched {name}")
        return getattr(self._knobs, name)


def copy_of(rng: torch.Generator) -> torch.Generator:
    """Return a generator in the same state."""
    twin = torch.Generator(device=rng.device)
    twin.set_state(rng.get_state())
    return twin
