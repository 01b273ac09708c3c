"""Run one method from one original."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from explorer import recording
from explorer.draws import generator
from explorer.methods._method import Answer, Prepared, Request, TensorSpace
from explorer.models import Network
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.references import references
from explorer.pipeline.sets import sets, whole_class
from explorer.pipeline.worlds.points import MODEL_PARTS, data, examples_of, layout_of, network_of, row, training_of
from explorer.records import (
    Data,
    Float,
    Plane,
    Sets,
    Trajectory,
)
from explorer.seeds import child_seed
from explorer.spec import Spec, refuse_mismatch
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, TrainingRecord
from explorer.training.stack import train_many

PATH_PARTS = ("data", "request", "model", "training", "method", "seed")


def path(spec: Spec, memo: Memo = no_memo, original: int = 0, tick: Tick | None = None) -> Trajectory:
    """Return the path of the Spec's method from one of the originals.

    Raises:
        SpecError: if the method cannot answer the request.
    """
    return memo(f"path-{spec.key(*PATH_PARTS)}-{original}", lambda: _path(spec, memo, original, tick))


@cache
def _warm() -> None:
    """Take one step of an optimiser: the first in a process loads modules for a second, which no method costs."""
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)
    torch.optim.SGD([weight], lr=0.1, fused=True).step()


def _path(spec: Spec, memo: Memo, original: int, tick: Tick | None) -> Trajectory:
    assert spec.method is not None
    _warm()
    have, made = data(spec, memo), sets(spec, memo)
    refuse_mismatch(spec, whole_class=whole_class(made))
    method, start = CATALOG.methods[spec.method.name], start_of(spec, memo, original)
    probes = torch.cat([start.request.before.x, examples_of(have, have.test).x])
    coarse = torch.from_numpy(have.space.standardise(Plane.around(have.train.x).grid(32)))
    return recording.record(
        method,
        start.model,
        start.request,
        spec.method.knobs,
        generator(child_seed(spec.seed, "method", original)),
        probes,
        plane=coarse,
        prepared=start.prepared,
        rows=made.forget,
        tick=tick,
    )


class Start(NamedTuple):
    """Where a method starts: the model, what it is given, and what it prepared."""

    model: nn.Module
    request: Request
    prepared: tuple[Prepared, float, float] | None


def start_of(spec: Spec, memo: Memo, original: int) -> Start:
    """Return where the Spec's method starts from one of the originals."""
    assert spec.method is not None
    have, made = data(spec, memo), sets(spec, memo)
    method = CATALOG.methods[spec.method.name]
    model = network_of(spec, have, references(spec, memo).originals[original])
    request = request_of(spec, have, made)
    if method.needs_record:
        request = replace(request, record=_record(spec, memo, original))
    prepared = _prepared(spec, memo, model, request, original) if method.prepare else None
    if method.own_original is None:
        return Start(model, request, prepared)
    rng = generator(child_seed(spec.seed, "own", original))
    own = method.own_original(model, request, spec.method.knobs, rng, prepared[0] if prepared else None)
    return Start(own, request, prepared)


def evaluate(spec: Spec, memo: Memo, run: Trajectory, steps: NDArray[Any] | slice, x: Float) -> Float:
    """Return logits (t, m, c) of a path at some of its recorded steps, on points x (m, 2) in data units.

    The network is the Spec's own, but for methods that start from a model of theirs, and for those that add a shadow
    class on the way (then c is one larger).
    """
    assert run.weights is not None
    x = data(spec, memo).space.standardise(x)
    return recording.evaluate(_network(spec, memo, run), run.weights[steps], x)


def members(spec: Spec, memo: Memo, run: Trajectory, steps: NDArray[Any] | slice, x: Float) -> Float | None:
    """Return the logits (s, t, m, c) of each model of a vote, as `evaluate`; None where one model answers."""
    assert spec.method is not None
    if CATALOG.methods[spec.method.name].own_original is None or run.weights is None:
        return None
    x = data(spec, memo).space.standardise(x)
    return recording.members(_network(spec, memo, run), run.weights[steps], x)


def _network(spec: Spec, memo: Memo, run: Trajectory) -> nn.Module:
    """Return a network of the shape that the weights of a path fit."""
    assert spec.method is not None
    if CATALOG.methods[spec.method.name].own_original is not None:
        return start_of(spec, memo, 0).model
    have = data(spec, memo)
    shape, outputs = have.train.x.shape[1:], have.classes + run.shadow
    return CATALOG.models[spec.model.name].build(spec.model.options, shape, outputs)


def request_of(spec: Spec, have: Data, made: Sets) -> Request:
    """Return what a method is given: the whole request as tensors."""
    before, after = examples_of(have, made.before), examples_of(have, made.after)
    rows, rest = torch.from_numpy(made.forget), torch.from_numpy(made.retain)
    whole = spec.request.kind == "forget" and whole_class(made)
    kind: Answer = "forget_class" if whole else spec.request.kind
    none = rows[:0] if made.removes else rows
    space = [torch.from_numpy(np.asarray(getattr(have.space, name))) for name in ("mean", "std", "low", "high")]
    return Request(
        forget=Examples(before.x[rows], before.y[rows]),
        retain=Examples(before.x[rest], before.y[rest]),
        before=before,
        heldout=examples_of(have, have.heldout),
        corrected=Examples(after.x[none], after.y[none]),
        space=TensorSpace(*space),
        classes=have.classes,
        kind=kind,
        erased=spec.request.erase_column if spec.request.kind == "erase_feature" else -1,
        rows=rows,
    )


def _record(spec: Spec, memo: Memo, original: int) -> TrainingRecord:
    """Train one original again, keeping its path; the weights are those of the stack."""

    def train() -> TrainingRecord:
        have, made = data(spec, memo), sets(spec, memo)
        one = row(spec, f"original:{original}", 0, torch.ones(len(made.before)))
        both = [examples_of(have, made.before)]
        return train_many(layout_of(spec, have), both, [one], training_of(spec), keep_path=True)[1][0]

    return memo(f"record-{spec.key(*_before_parts(spec))}-{original}", train)


def _before_parts(spec: Spec) -> tuple[str, ...]:
    """Return the parts that what the original saw depends on."""
    return MODEL_PARTS if spec.request.kind != "correct_labels" else (*MODEL_PARTS, "request")


def _prepared(spec: Spec, memo: Memo, model: Network, request: Request, original: int) -> tuple[Prepared, float, float]:
    """Return what the method prepares, shared by all requests on which it does not depend."""
    assert spec.method is not None
    method = CATALOG.methods[spec.method.name]
    shared = all(part == "record" or part.startswith(("before.", "heldout.")) for part in method.prepare_reads)
    parts = _before_parts(spec) if shared else (*MODEL_PARTS, "request")
    values = {name: getattr(spec.method.knobs, name) for name in sorted(method.prepare_knobs)}
    key = f"prepared-{spec.method.name}-{values}-{spec.key(*dict.fromkeys(parts))}-{original}"
    rng = generator(child_seed(spec.seed, "prepare", original))
    return memo(key, lambda: recording.prepare(method, model, request, spec.method.knobs, rng))  # type: ignore[union-attr]
