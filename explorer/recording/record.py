"""Turn a method's live models into arrays: the only consumer of a method's generator.

The method runs on a private copy of the original. At each yield its weights are copied out and checked; keyframes and
logits are computed afterwards from those copies, on another network, so that recording changes nothing of the path,
whether every step is kept or only the last.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from torch import Tensor, nn

from explorer.knobs import KnobBase
from explorer.methods._method import HelperPoints, Method, Prepared, Remarks, Request
from explorer.recording.evaluating import evaluate, members, state_of
from explorer.recording.prepare import Preparation, copy_of, prepare
from explorer.recording.running import Tick, run
from explorer.recording.weights import padded, padded_logits, steps_to_keep, walked
from explorer.records import Float, Helpers, Int, Trajectory

__all__ = ["Preparation", "copy_of", "evaluate", "members", "prepare", "record", "state_of"]

LIMIT = 512  # steps looked at for keyframes at most
KEYFRAMES = 24  # at most
LARGE = 100_000  # numbers a model; of larger ones only logits are kept
LARGE_LIMIT = 24  # frames kept of those


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
        limit=LARGE_LIMIT if large else LIMIT, keep=keep, tick=tick,
    )  # fmt: skip
    network = original if done.wide is None else done.wide
    straight = done.updates == 1 and done.wide is None
    if straight:
        done = walked(done, original, keep)
    step = np.array(done.step, dtype=np.int64)
    if large:
        logits = np.stack([padded_logits(kept, network, original) for kept in done.kept])
        weights, keyframe = None, np.ones(len(step), dtype=np.bool_)
    else:
        states = torch.stack([padded(kept, original, done.wide) for kept in done.kept])
        chosen, keyframe = steps_to_keep(network, states, step, plane, KEYFRAMES)
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


def _logits(network: nn.Module, state: Tensor, probes: Tensor) -> Tensor:
    return torch.from_numpy(evaluate(network, state, probes)[0])


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
