"""Say where a method starts: its original, and what it is given."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from explorer import recording
from explorer.draws import generator
from explorer.knobs import without_later
from explorer.methods._method import Answer, Method, Prepared, Request, TensorSpace
from explorer.models import Network
from explorer.pipeline.memo import MODEL_PARTS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import whole_class
from explorer.pipeline.worlds import images, points
from explorer.pipeline.worlds.points import layout_of, network_of, row, training_of
from explorer.seeds import child_seed
from explorer.spec import Spec
from explorer.training import Examples, TrainingRecord
from explorer.training.stack import train_many


def request_of(run: Run) -> Request:
    """Return what a method is given: the whole request as tensors, where the networks are."""
    data, sets, request = run.data, run.sets, run.spec.request
    examples_of = images.examples_of if run.of_images else points.examples_of
    before = examples_of(data, sets.before)
    device = before.y.device
    rows, rest = torch.from_numpy(sets.forget).to(device), torch.from_numpy(sets.retain).to(device)
    whole = request.kind == "forget" and whole_class(sets)
    kind: Answer = "forget_class" if whole else request.kind
    constants = (np.asarray(getattr(data.space, name)) for name in ("mean", "std", "low", "high"))
    return Request(
        forget=Examples(before.x[rows], before.y[rows]),
        retain=Examples(before.x[rest], before.y[rest]),
        before=before,
        heldout=examples_of(data, data.heldout),
        corrected=examples_of(data, sets.after, sets.forget[:0] if sets.removes else sets.forget),
        space=TensorSpace(*(torch.from_numpy(one).to(device) for one in constants)),
        classes=data.classes,
        kind=kind,
        erased=request.erase_column if request.kind == "erase_feature" else -1,
        rows=rows,
    )


class Start(NamedTuple):
    """Where a method starts: the model, what it is given, and what it prepared."""

    model: nn.Module
    request: Request
    prepared: tuple[Prepared, float, float] | None


def start_of(run: Run, original: int) -> Start:
    """Return where the Spec's method starts from one of the originals of points."""
    model = network_of(run.spec, run.data, run.references.originals[original])
    request = request_of(run)
    if run.method.needs_record:
        request = replace(request, record=record_of(run, original))
    prepared = prepared_of(run, model, request, original) if run.method.prepare else None
    if run.method.own_original is None:
        return Start(model, request, prepared)
    rng = generator(child_seed(run.spec.seed, "own", original))
    own = run.method.own_original(model, request, run.asked.knobs, rng, prepared[0] if prepared else None)
    return Start(own, request, prepared)


@kept(lambda run, original: f"record-{run.key(*_before_parts(run.spec))}-{original}")
def record_of(run: Run, original: int) -> TrainingRecord:
    """Train one original again, keeping its path; the weights are those of the stack."""
    one = row(run.spec, f"original:{original}", 0, torch.ones(len(run.sets.before)))
    seen = [points.examples_of(run.data, run.sets.before)]
    return train_many(layout_of(run.spec, run.data), seen, [one], training_of(run.spec), keep_path=True)[1][0]


def _before_parts(spec: Spec) -> tuple[str, ...]:
    """Return the parts that what the original saw depends on."""
    return MODEL_PARTS if spec.request.kind != "correct_labels" else (*MODEL_PARTS, "request")


def is_shared(method: Method) -> bool:
    """Return whether what a method prepares is the same for every request."""
    return all(part == "record" or part.startswith(("before.", "heldout.")) for part in method.prepare_reads)


def prepared_of(run: Run, model: Network, request: Request, original: int) -> tuple[Prepared, float, float]:
    """Return what the method prepares, shared by all requests on which it does not depend."""
    parts = _before_parts(run.spec) if is_shared(run.method) else (*MODEL_PARTS, "request")
    knobs = run.asked.knobs
    values = without_later(knobs, {name: getattr(knobs, name) for name in sorted(run.method.prepare_knobs)})
    key = f"prepared-{run.asked.name}-{values}-{run.key(*dict.fromkeys(parts))}-{original}"
    rng = generator(child_seed(run.spec.seed, "prepare", original))
    return run.memo(key, lambda: recording.prepare(run.method, model, request, knobs, rng))
