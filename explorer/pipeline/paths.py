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
from explorer.pipeline.memo import MODEL_PARTS, PATH_PARTS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import whole_class
from explorer.pipeline.worlds.points import examples_of, layout_of, network_of, row, training_of
from explorer.records import Float, Plane, Trajectory
from explorer.seeds import child_seed
from explorer.spec import Spec, refuse_mismatch
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, TrainingRecord
from explorer.training.stack import train_many


@kept(lambda run, original=0: f"path-{run.key(*PATH_PARTS)}-{original}")
def path(run: Run, original: int = 0) -> Trajectory:
    """Return the path of the Spec's method from one of the originals; the run's tick counts its updates.

    Raises:
        SpecError: if the method cannot answer the request.
    """
    _warm()
    data, sets = run.data, run.sets
    refuse_mismatch(run.spec, whole_class=whole_class(sets))
    start = start_of(run.quiet, original)
    return recording.record(
        run.method,
        start.model,
        start.request,
        run.asked.knobs,
        generator(child_seed(run.spec.seed, "method", original)),
        torch.cat([start.request.before.x, examples_of(data, data.test).x]),
        plane=torch.from_numpy(data.space.standardise(Plane.around(data.train.x).grid(32))),
        prepared=start.prepared,
        rows=sets.forget,
        tick=run.tick,
    )


@cache
def _warm() -> None:
    """Take one step of an optimiser: the first in a process loads modules for a second, which no method costs."""
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)
    torch.optim.SGD([weight], lr=0.1, fused=True).step()


class Start(NamedTuple):
    """Where a method starts: the model, what it is given, and what it prepared."""

    model: nn.Module
    request: Request
    prepared: tuple[Prepared, float, float] | None


def start_of(run: Run, original: int) -> Start:
    """Return where the Spec's method starts from one of the originals."""
    model = network_of(run.spec, run.data, run.references.originals[original])
    request = request_of(run)
    if run.method.needs_record:
        request = replace(request, record=_record(run, original))
    prepared = _prepared(run, model, request, original) if run.method.prepare else None
    if run.method.own_original is None:
        return Start(model, request, prepared)
    rng = generator(child_seed(run.spec.seed, "own", original))
    own = run.method.own_original(model, request, run.asked.knobs, rng, prepared[0] if prepared else None)
    return Start(own, request, prepared)


def evaluate(run: Run, trajectory: Trajectory, steps: NDArray[Any] | slice, x: Float) -> Float:
    """Return logits (t, m, c) of a path at some of its recorded steps, on points x (m, 2) in data units.

    The network is the Spec's own, but for methods that start from a model of theirs, and for those that add a shadow
    class on the way (then c is one larger).
    """
    assert trajectory.weights is not None
    x = run.data.space.standardise(x)
    return recording.evaluate(_network(run, trajectory), trajectory.weights[steps], x)


def members(run: Run, trajectory: Trajectory, steps: NDArray[Any] | slice, x: Float) -> Float | None:
    """Return the logits (s, t, m, c) of each model of a vote, as `evaluate`; None where one model answers."""
    if run.method.own_original is None or trajectory.weights is None:
        return None
    x = run.data.space.standardise(x)
    return recording.members(_network(run, trajectory), trajectory.weights[steps], x)


def _network(run: Run, trajectory: Trajectory) -> nn.Module:
    """Return a network of the shape that the weights of a path fit."""
    if run.method.own_original is not None:
        return start_of(run, 0).model
    shape, outputs = run.data.train.x.shape[1:], run.data.classes + trajectory.shadow
    return CATALOG.models[run.spec.model.name].build(run.spec.model.options, shape, outputs)


def request_of(run: Run) -> Request:
    """Return what a method is given: the whole request as tensors."""
    data, sets = run.data, run.sets
    before, after = examples_of(data, sets.before), examples_of(data, sets.after)
    rows, rest = torch.from_numpy(sets.forget), torch.from_numpy(sets.retain)
    whole = run.spec.request.kind == "forget" and whole_class(sets)
    kind: Answer = "forget_class" if whole else run.spec.request.kind
    none = rows[:0] if sets.removes else rows
    space = [torch.from_numpy(np.asarray(getattr(data.space, name))) for name in ("mean", "std", "low", "high")]
    return Request(
        forget=Examples(before.x[rows], before.y[rows]),
        retain=Examples(before.x[rest], before.y[rest]),
        before=before,
        heldout=examples_of(data, data.heldout),
        corrected=Examples(after.x[none], after.y[none]),
        space=TensorSpace(*space),
        classes=data.classes,
        kind=kind,
        erased=run.spec.request.erase_column if run.spec.request.kind == "erase_feature" else -1,
        rows=rows,
    )


@kept(lambda run, original: f"record-{run.key(*_before_parts(run.spec))}-{original}")
def _record(run: Run, original: int) -> TrainingRecord:
    """Train one original again, keeping its path; the weights are those of the stack."""
    one = row(run.spec, f"original:{original}", 0, torch.ones(len(run.sets.before)))
    seen = [examples_of(run.data, run.sets.before)]
    return train_many(layout_of(run.spec, run.data), seen, [one], training_of(run.spec), keep_path=True)[1][0]


def _before_parts(spec: Spec) -> tuple[str, ...]:
    """Return the parts that what the original saw depends on."""
    return MODEL_PARTS if spec.request.kind != "correct_labels" else (*MODEL_PARTS, "request")


def _prepared(run: Run, model: Network, request: Request, original: int) -> tuple[Prepared, float, float]:
    """Return what the method prepares, shared by all requests on which it does not depend."""
    shared = all(part == "record" or part.startswith(("before.", "heldout.")) for part in run.method.prepare_reads)
    parts = _before_parts(run.spec) if shared else (*MODEL_PARTS, "request")
    values = {name: getattr(run.asked.knobs, name) for name in sorted(run.method.prepare_knobs)}
    key = f"prepared-{run.asked.name}-{values}-{run.key(*dict.fromkeys(parts))}-{original}"
    rng = generator(child_seed(run.spec.seed, "prepare", original))
    return run.memo(key, lambda: recording.prepare(run.method, model, request, run.asked.knobs, rng))
