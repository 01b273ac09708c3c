"""Turn a method's live models into arrays: the only consumer of a method's generator.

The method runs on a private copy of the original. At each yield its weights are copied out and checked; keyframes and
logits are computed afterwards from those copies, on another network, so that recording changes nothing of the path,
whether every step is kept or only the last.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from explorer.knobs import KnobBase
from explorer.methods._method import HelperPoints, Meter, Method, OutOfBounds, Prepared, Remarks, Request
from explorer.recording.evaluating import evaluate, members, state_of
from explorer.recording.keyframes import keyframes, spread
from explorer.recording.running import Run, Tick, clock, count_passes, opened, run
from explorer.records import Bool, Float, Helpers, Int, Trajectory

__all__ = ["Preparation", "copy_of", "evaluate", "members", "prepare", "record", "state_of"]

JUMP_POINTS = 13  # places on the straight line of a one-shot method
LARGE = 100_000  # numbers a model; of larger ones only logits are kept
LARGE_LIMIT = 24  # frames kept of those
SHOWN = 48  # steps kept altogether, about: the keyframes, and evenly spread ones for curves
LOOKED = 33  # evenly spread steps among which keyframes are looked for at first
SHADOW_OFF = -1000.0  # logit of a shadow class where the model has none: no probability, yet a number


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


def record(
    method: Method,
    original: nn.Module,
    request: Request,
    knobs: KnobBase,
    rng: torch.Generator,
    probes: Tensor,
    *,
    plane: Tensor | None = None,
    prepared: tuple[Prepared, float, float] | None = None,
    rows: Int | None = None,
    tick: Tick | None = None,
    limit: int = 512,
    max_keyframes: int = 24,
) -> Trajectory:
    """Run a method and return its path.

    Args:
        method: what to run.
        original: the model it starts from; left unchanged.
        request: the whole request; the method sees only what it declares.
        knobs: the method's knobs.
        rng: the only source of randomness; nothing but the method draws from it.
        probes: (n, ...) float32, standardised inputs on which logits are kept.
        plane: (m, 2) float32, a coarse standardised grid by which keyframes are chosen; without one they are evenly
            spread.
        prepared: what `prepare` returned; without it a method that needs it is prepared here, by a generator in the
            same state as `rng`.
        rows: (forget,) int64, training row of each forget point, for the origins of helper points.
        tick: called after each update with (updates done, the knob `steps` or 0 if there is none); raise to cancel.
        limit: how many steps are looked at for keyframes at most; 1 records only the last. The path is the same.
        max_keyframes: at most, and at least 2.

    Returns:
        The path. A method that yields once makes a jump: 13 places on the straight line, `step` counting twelfths of
        the way. Where a network was wider for a while (a shadow class), all weights and logits are those of the wide
        one, the shadow's logit SHADOW_OFF where there is none. Weights hold the floating buffers behind the
        parameters where a network has some, and are None for networks of more than 100,000 numbers.
    """
    ready = Preparation(*prepared) if prepared else prepare(method, original, request, knobs, copy_of(rng))
    large = len(state_of(original)) > LARGE
    keep = (lambda state, shape: _logits(shape, state, probes)) if large else (lambda state, _: state)
    request = dataclasses.replace(request, remarks=Remarks())
    done = run(
        method, original, request, knobs, rng, ready.prepared,
        limit=min(limit, LARGE_LIMIT) if large else limit, keep=keep, tick=tick,
    )  # fmt: skip
    network = original if done.wide is None else done.wide
    straight = done.updates == 1 and done.wide is None
    if straight:
        done = _walk(done, original, keep)
    step = np.array(done.step, dtype=np.int64)
    if large:
        logits = np.stack([_padded_logits(kept, network, original) for kept in done.kept])
        weights, keyframe = None, np.ones(len(step), dtype=np.bool_)
    else:
        states = torch.stack([_padded(kept, original, done.wide) for kept in done.kept])
        chosen, keyframe = _choose(network, states, step, plane, max_keyframes)
        step, states = step[chosen], states[torch.from_numpy(chosen)]
        logits, weights = evaluate(network, states, probes), states.cpu().numpy()
    finite = _finite_prefix(logits)
    trouble = done.trouble
    if finite < len(step):
        trouble = f"{method.title} has outputs beyond the finite numbers at step {step[finite]}"
        keyframe = keyframe.copy()
        keyframe[finite - 1] = True
    shown = (*ready.prepared.helpers, *request.remarks.points)
    return Trajectory(
        step=step[:finite],
        weights=None if weights is None else weights[:finite],
        logits=logits[:finite],
        keyframe=keyframe[:finite],
        seconds=done.seconds,
        seconds_prepare=ready.seconds,
        example_gradients=done.example_gradients,
        example_gradients_prepare=ready.example_gradients,
        straight=straight,
        trouble=trouble,
        helpers=tuple(_in_data_units(points, request, rows) for points in shown),
        shadow=done.wide is not None,
        note="; ".join(request.remarks.sentences),
    )


def copy_of(rng: torch.Generator) -> torch.Generator:
    """Return a generator in the same state."""
    twin = torch.Generator(device=rng.device)
    twin.set_state(rng.get_state())
    return twin


def _walk(done: Run, original: nn.Module, keep: Any) -> Run:
    """Replace the two ends of a jump by places on the straight line between them."""
    parts = [index / (JUMP_POINTS - 1) for index in range(JUMP_POINTS)]
    between = [torch.lerp(done.first, done.last, part) for part in parts[1:-1]]
    states = [done.first, *between, done.last]
    return Run(
        list(range(JUMP_POINTS)), [keep(state, original) for state in states], done.first, done.last, done.updates,
        None, done.seconds, done.example_gradients, done.trouble,
    )  # fmt: skip


def _choose(network: nn.Module, states: Tensor, step: Int, plane: Tensor | None, most: int) -> tuple[Int, Bool]:
    """Return which steps are kept (k,), ascending, and which of those are keyframes (k,)."""
    if len(step) <= most:
        frames = np.arange(len(step), dtype=np.int64)
    elif plane is None:
        frames = spread(len(step), most)
    else:
        frames = _frames(network, states, step, plane, most)
    chosen = np.union1d(spread(len(step), max(SHOWN // 2, SHOWN - len(frames))), frames)
    return chosen, np.isin(chosen, frames)


def _frames(network: nn.Module, states: Tensor, step: Int, plane: Tensor, most: int) -> Int:
    """Choose keyframes among evenly spread steps, then look again at the gaps in which those still leave motion."""
    looked = spread(len(step), LOOKED)
    logits = evaluate(network, states[torch.from_numpy(looked)], plane)
    frames = looked[keyframes(step[looked], logits, most=most)]
    dense = [np.arange(a + 1, b) for a, b in itertools.pairwise(looked) if {a, b} <= set(frames)]
    more = np.concatenate(dense) if dense else np.empty(0, dtype=np.int64)
    if len(more) == 0:
        return frames
    logits = np.concatenate([logits, evaluate(network, states[torch.from_numpy(more)], plane)])
    order = np.argsort(np.concatenate([looked, more]))
    looked = np.concatenate([looked, more])[order]
    return looked[keyframes(step[looked], logits[order], most=most)]


def _logits(network: nn.Module, state: Tensor, probes: Tensor) -> Tensor:
    return torch.from_numpy(evaluate(network, state, probes)[0])


def _padded_logits(kept: Tensor, network: nn.Module, original: nn.Module) -> Float:
    logits = kept.numpy()
    missing = 0 if network is original else _outputs(network) - logits.shape[-1]
    return np.pad(logits, ((0, 0), (0, missing)), constant_values=SHADOW_OFF)


def _outputs(network: nn.Module) -> int:
    return network.head.out_features  # type: ignore[union-attr,return-value]  # a Network's head is linear


def _padded(state: Tensor, original: nn.Module, wide: nn.Module | None) -> Tensor:
    """Return a state as one of the wide network: further outputs get weight 0 and bias SHADOW_OFF."""
    if wide is None or len(state) == len(state_of(wide)):
        return state
    parts, start = [], 0
    for narrow, broad in zip(original.parameters(), wide.parameters(), strict=True):
        value = state[start : start + narrow.numel()].reshape(narrow.shape)
        start += narrow.numel()
        if narrow.shape != broad.shape:
            off = SHADOW_OFF if narrow.dim() == 1 else 0.0
            rest = value.new_full((len(broad) - len(narrow), *narrow.shape[1:]), off)
            value = torch.cat([value, rest])
        parts.append(value.reshape(-1))
    return torch.cat([*parts, state[start:]])


def _finite_prefix(logits: Float) -> int:
    """Return how many steps there are before the first whose logits are not finite (at least 1)."""
    bad = np.flatnonzero(~np.isfinite(logits).all(axis=(1, 2)))
    return max(1, int(bad[0])) if len(bad) else len(logits)


def _in_data_units(points: HelperPoints, request: Request, rows: Int | None) -> Helpers:
    origin = points.origin.cpu().numpy().astype(np.int64)
    if rows is not None:
        origin = np.where(origin >= 0, rows[np.maximum(origin, 0)], -1)
    x = (points.x * request.space.std + request.space.mean).detach().cpu().numpy()
    y, value = points.y.cpu().numpy().astype(np.int64), points.value
    number = None if value is None else value.detach().cpu().numpy().astype(np.float32)
    return Helpers(points.kind, x.astype(np.float32), y, origin, points.mark, number)
