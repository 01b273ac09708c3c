"""Run a method's generator, timed by itself, and copy its weights out at every update."""

from __future__ import annotations

import copy
import dataclasses
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from explorer.knobs import KnobBase, knob_infos
from explorer.methods._guard import guard
from explorer.methods._method import Meter, Method, Prepared, Request
from explorer.recording.evaluating import state_of
from explorer.training import precision

# From so many numbers on a method's passes are in half precision where the device has it: on a CPU with AMX, ResNet-18
# takes a third of the time so, and its changes point the same way (cosine .9995 for fine-tuning, .99999 for JiT).
FULL = 5_000_000
Tick = Callable[[int, int], None]
Watch = Callable[[Tensor, float], str]  # (state, example-gradients) -> "" or why it stops


@dataclass(frozen=True)
class Run:
    """What came out of a generator.

    Attributes:
        step: steps whose frames were kept, ascending, 0 and the last finite one included.
        kept: one frame a step.
        first: state before the first update.
        last: state after the last finite update.
        updates: how many finite updates there were.
        wide: the network while it had more outputs than the original; None if it never had.
        seconds: wall time of the generator.
        example_gradients: what its passes cost.
        trouble: "" or one sentence.
        stopped: "" or what `watch` said.
        core_seconds: what the generator took of this process's cores; beside other work less than wall time. 0 where
            nobody watched.
    """

    step: list[int]
    kept: list[Tensor]
    first: Tensor
    last: Tensor
    updates: int
    wide: nn.Module | None
    seconds: float
    example_gradients: float
    trouble: str
    stopped: str = ""
    core_seconds: float = 0.0


def count_passes(model: nn.Module, meter: Meter) -> None:
    """Make every forward pass of a model, and of its copies, charge the meter: 1 a row with gradients, 1/3 without.

    Passes through `features` alone count too, by the first of the model's blocks.
    """
    inside = False

    def charge(rows: int) -> None:
        meter.charge(rows if torch.is_grad_enabled() else rows / 3)

    def enter(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        nonlocal inside
        inside = True
        charge(len(inputs[0]))

    def leave(*_: object) -> None:
        nonlocal inside
        inside = False

    def part(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if not inside:
            charge(len(inputs[0]))

    model.register_forward_pre_hook(enter)
    model.register_forward_hook(leave, always_call=True)
    blocks = getattr(model, "blocks", [])
    if len(blocks) > 1:
        blocks[0].register_forward_pre_hook(part)


def in_half(state: Tensor) -> bool:
    """Say whether a method's passes through a network of such a state, and through copies, are in half precision."""
    return len(state) > FULL and precision.half(state.device)


def opened(request: Request, title: str, reads: frozenset[str] | set[str], meter: Meter) -> Request:
    """Return the request with everything but the declared parts closed, charging the given meter."""
    return dataclasses.replace(guard(request, title, reads), meter=meter)


def clock(device: torch.device) -> float:
    """Return seconds, after all work on the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def run(
    method: Method,
    original: nn.Module,
    request: Request,
    knobs: KnobBase,
    rng: torch.Generator,
    prepared: Prepared | None,
    *,
    limit: int,
    keep: Callable[[Tensor, nn.Module], Tensor],
    tick: Tick | None,
    watch: Watch | None = None,
) -> Run:
    """Run a method from a private copy of the original to its end, or to its last finite model.

    Args:
        method: what to run.
        original: left unchanged.
        request: the whole request; the method sees only what it declares.
        knobs: the method's knobs.
        rng: the only source of randomness; only the method draws from it.
        prepared: what `prepare` left, for methods that have it.
        limit: how many frames are kept at most, evenly spread, besides the last.
        keep: (state, network of its shape) -> what is kept of a frame.
        tick: called with (updates done, the knob `steps` or 0 if there is none); may raise to cancel.
        watch: called after each update with the state, and with what the method alone cost so far; a sentence ends the
            run there. What it takes is not counted.
    """
    start = copy.deepcopy(original).eval().requires_grad_(True)
    device = next(start.parameters()).device
    first, meter = state_of(start), Meter()
    count_passes(start, meter)
    if in_half(first):
        precision.pass_in_half(start)
    request = opened(request, method.title, method.reads, meter)
    frames = _Frames(limit, keep(first, original))
    state, wide, trouble, updates, total = first, None, "", 0, int(getattr(knobs, "steps", 0))
    stopped = ""
    core_clock = time.process_time if watch else _no_time
    begin, core = clock(device), core_clock()
    path = iter(method.unlearn(start, request, knobs, rng, *([prepared] if method.prepare else [])))
    seconds, core_seconds = clock(device) - begin, core_clock() - core
    while True:
        begin, core = clock(device), core_clock()
        try:
            live = next(path, None)
        except torch.linalg.LinAlgError as error:  # pyright: ignore[reportPrivateImportUsage]
            trouble = _trouble(method, knobs, updates, f"could not solve its equations ({_first_line(error)})")
            break
        finally:
            seconds, core_seconds = seconds + clock(device) - begin, core_seconds + core_clock() - core
        if live is None:
            break
        after = state_of(live)
        if not _finite(after):
            trouble = _trouble(method, knobs, updates, "left the finite numbers")
            break
        if len(after) > len(first) and wide is None:
            wide = copy.deepcopy(live)
        state, updates = after, updates + 1
        shape = original if wide is None or len(after) == len(first) else wide
        frames.add(updates, lambda state=state, shape=shape: keep(state, shape))
        if tick:
            tick(updates, total)
        if watch and (stopped := watch(after, meter.total)):
            break
    frames.close()
    return Run(
        frames.step, frames.kept, first, state, updates, wide, seconds, meter.total, trouble, stopped, core_seconds
    )  # fmt: skip


def _no_time() -> float:
    """Stand for a clock that nobody reads."""
    return 0.0


def _finite(state: Tensor) -> bool:
    # The sum is several times as quick as looking at each number; where it overflows, each is looked at after all.
    return math.isfinite(float(state.sum())) or bool(torch.isfinite(state).all())


class _Frames:
    """Keep evenly spread frames of a path of unknown length: every one at first, then every second, fourth, ..."""

    def __init__(self, limit: int, first: Tensor) -> None:
        self.step, self.kept = [0], [first]
        self._limit, self._stride = limit, 1
        self._last: tuple[int, Callable[[], Tensor]] | None = None

    def add(self, step: int, frame: Callable[[], Tensor]) -> None:
        self._last = (step, frame)
        if step % self._stride == 0:
            self._keep_last()
            if len(self.step) > self._limit:
                self.step, self.kept, self._stride = self.step[::2], self.kept[::2], 2 * self._stride

    def close(self) -> None:
        if self._last and self._last[0] != self.step[-1]:
            self._keep_last()

    def _keep_last(self) -> None:
        assert self._last is not None
        self.step.append(self._last[0])
        self.kept.append(self._last[1]())


def _trouble(method: Method, knobs: KnobBase, updates: int, what: str) -> str:
    """Say in one sentence what broke: method, step, and the knobs that were moved (or the learning rate)."""
    infos, values = knob_infos(type(knobs)), knobs.model_dump()
    named = [name for name, info in infos.items() if values[name] != info.default]
    named += [name for name in ("lr", "steps") if name in values and name not in named]
    shown = ", ".join(f"{infos[name].title.lower()} {_short(values[name])}" for name in named)
    return f"{method.title} {what} at step {updates + 1}" + (f" with {shown}" if shown else "")


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
