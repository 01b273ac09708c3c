"""Let a method answer a stream of requests, each from its last answer.

Every answer is kept by itself, so whoever was stopped goes on from the last. What all requests share is prepared once,
on the original; what depends on a request is prepared for it, on the original too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from explorer import recording
from explorer.draws import generator
from explorer.methods._method import Prepared, Remarks, Request
from explorer.pipeline.memo import PATH_PARTS
from explorer.pipeline.paths import named
from explorer.pipeline.run import Run, held, kept
from explorer.pipeline.starts import is_shared, prepared_of, record_of, request_of, start_of
from explorer.pipeline.streams.requests import batches_of, refuse, request_at, starts_anew
from explorer.pipeline.worlds.points import network_of
from explorer.recording.evaluating import apart, fill, state_of
from explorer.recording.running import run as run_method
from explorer.records import Answer, Float, Plane, Stream
from explorer.seeds import child_seed

CELLS = 32  # a side of the grid on which outputs must be finite


class _Start(NamedTuple):
    """Where a stream starts: the model, what is prepared for all requests, and what that took."""

    model: nn.Module
    prepared: Prepared | None
    spent: float


@held  # two stages of a picture ask for it, and not every memo keeps it
@kept(lambda run: f"stream-{run.key(*PATH_PARTS)}")
def stream(run: Run) -> Stream:
    """Return the way of the Spec's method through its stream; the run's tick counts requests.

    A method that breaks down stays at its last finite model, and answers no more.

    Raises:
        SpecError: if the data cannot have the stream, or the method cannot answer such requests.
    """
    refuse(run)
    total, first = len(batches_of(run)), _start(run.quiet)
    states, spent, trouble, note = [state_of(first.model).numpy()], list[float](), "", ""
    for t in range(1, total + 1):
        if trouble:
            states, spent = [*states, states[-1]], [*spent, 0.0]
            continue
        found = _answer(_counting(run, t - 1, total), t, states[-1])
        states, spent, trouble, note = [*states, found.state], [*spent, found.spent], found.trouble, found.note
    return Stream(np.stack(states), np.array(spent), first.spent, trouble, note)


def network(run: Run) -> nn.Module:
    """Return a network of the shape that the states of a stream fit."""
    return _start(run.quiet).model


def looked_at(run: Run, states: Float, x: Float) -> Float:
    """Return the logits (t, m, c) of states (t, p) of a stream on points x (m, 2) in data units."""
    return recording.evaluate(network(run), states, run.data.space.standardise(x))


def _counting(run: Run, done: int, total: int) -> Run:
    """Return a run whose tick counts requests, whatever happens within one."""
    tick = run.tick
    return replace(run, tick=lambda _, __: tick(done, total)) if tick else run


@held
def _start(run: Run) -> _Start:
    if run.method.own_original is not None:
        start = start_of(run, 0)
        return _Start(start.model, *_of(start.prepared))
    model = network_of(run.spec, run.data, run.references.originals[0])
    if run.method.prepare is None or not is_shared(run.method):
        return _Start(model, None, 0.0)
    return _Start(model, *_of(prepared_of(run, model, request_of(run), 0)))


def _of(found: tuple[Prepared, float, float] | None) -> tuple[Prepared | None, float]:
    return (found[0], found[2]) if found else (None, 0.0)


@kept(lambda run, t, before: f"stream-{run.key(*PATH_PARTS)}-{t}")
def _answer(run: Run, t: int, before: Float) -> Answer:
    """Return the answer to request t from the state after the one before."""
    start, request, where = _start(run.quiet), request_at(run, t), f"in request {t} of {len(batches_of(run))}"
    remarks = Remarks()
    if run.method.needs_record:
        request = replace(request, record=record_of(run.quiet, 0))
    try:
        with named(run):
            state, spent, trouble = _run(run, t, before, start, replace(request, remarks=remarks))
    except (ValueError, RuntimeError, ArithmeticError) as error:
        return Answer(before, 0.0, f"{run.method.title} stopped {where}: {error}")
    if not trouble and not _finite(run, state):
        state, trouble = before, f"{run.method.title} has outputs beyond the finite numbers"
    return Answer(state, spent, f"{trouble}, {where}" if trouble else "", "; ".join(remarks.sentences))


def _run(run: Run, t: int, before: Float, start: _Start, request: Request) -> tuple[Float, float, str]:
    """Return the last finite state of the method, what it spent, and "" or what broke."""
    seed, method, knobs = run.spec.seed, run.method, run.asked.knobs
    prepared, spent = start.prepared, 0.0
    if method.prepare and prepared is None:
        ready = generator(child_seed(seed, "stream", "prepare", t))
        found = recording.prepare(method, start.model, request, knobs, ready)
        prepared, spent = found.prepared, found.example_gradients
    model = network_of(run.spec, run.data, before) if method.own_original is None else _filled(start.model, before)
    if starts_anew(method):
        model = start.model
    done = run_method(
        method, model, request, knobs, generator(child_seed(seed, "stream", t)), prepared,
        limit=1, keep=lambda state, _: state[:0], tick=run.tick,
    )  # fmt: skip
    trouble, last = done.trouble, done.last.numpy()
    if len(last) != len(before):
        trouble, last = trouble or f"{method.title} ended with another shape than it began with", before
    return last, spent + done.example_gradients, trouble


def _filled(model: nn.Module, state: Float) -> nn.Module:
    other = apart(model)
    fill(other, torch.from_numpy(state))
    return other


def _finite(run: Run, state: Float) -> bool:
    x = np.concatenate([Plane.around(run.data.train.x).grid(CELLS), run.data.train.x])
    return bool(np.isfinite(looked_at(run, state[None], x)).all())
