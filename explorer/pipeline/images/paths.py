"""Run one method on an image model, from the first original."""

from __future__ import annotations

import time

import torch

from explorer.draws import generator
from explorer.knobs import KnobBase
from explorer.methods._method import Answer, Method, Request, TensorSpace
from explorer.models import Network
from explorer.pipeline.data import data
from explorer.pipeline.images.references import POISONED, look, original
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.sets import sets, whole_class
from explorer.pipeline.worlds.images import Checkpoints, live, own_weights, standardised
from explorer.recording import copy_of, prepare
from explorer.recording.final import Final
from explorer.recording.running import run
from explorer.recording.snapshots import ImagePath, record_images
from explorer.records import Data, Sets
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError, refuse_mismatch
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, precision


def cannot(spec: Spec, memo: Memo = no_memo) -> str:
    """Return why the Spec's method cannot run on image models, or ""."""
    assert spec.method is not None
    method = CATALOG.methods[spec.method.name]
    if own_weights(spec) and spec.request.kind == "correct_labels":
        return POISONED
    if method.images.cannot:
        return f"{method.title} is left out on images: it {method.images.cannot}"
    if method.needs_heldout and len(data(spec, memo).heldout) == 0:
        return f"{method.title} is left out here: it needs held-out images, and none are left of {spec.data.name}"
    return ""


def request_of(spec: Spec, have: Data, made: Sets) -> Request:
    """Return what a method is given, on the run's device, images with channels last in memory."""
    device = precision.best_device()

    def on_device(images: torch.Tensor, y: torch.Tensor) -> Examples:
        return Examples(precision.laid_out(images.to(device)), y.to(device))

    before = on_device(standardised(have, made.before), torch.from_numpy(made.before.y))
    rows, rest = torch.from_numpy(made.forget).to(device), torch.from_numpy(made.retain).to(device)
    corrected = made.forget[:0] if made.removes else made.forget
    kind: Answer = "forget_class" if spec.request.kind == "forget" and whole_class(made) else spec.request.kind
    space = [torch.from_numpy(getattr(have.space, name)).to(device) for name in ("mean", "std", "low", "high")]
    return Request(
        forget=Examples(before.x[rows], before.y[rows]),
        retain=Examples(before.x[rest], before.y[rest]),
        before=before,
        heldout=on_device(standardised(have, have.heldout), torch.from_numpy(have.heldout.y)),
        corrected=on_device(standardised(have, made.after, corrected), torch.from_numpy(made.after.y[corrected])),
        space=TensorSpace(*space),
        classes=have.classes,
        kind=kind,
        rows=rows,
    )


def image_path(
    spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None, tick: Tick | None = None
) -> ImagePath:
    """Return the path of the Spec's method from original 0; not kept, as it holds a live state.

    Raises:
        SpecError: if the method cannot run on images, or not answer the request.
    """
    assert spec.method is not None
    start = _start(spec, memo, places)
    begin = time.perf_counter()
    seen = look(spec, memo, places)
    looking = time.perf_counter() - begin
    path = record_images(*start, seen, tick=tick)
    return path._replace(seconds_record=path.seconds_record + looking)


def image_end(spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None) -> Final:
    """Return only where the Spec's method ends from original 0, the same as the path's; nothing is looked at.

    Raises:
        SpecError: as `image_path`.
    """
    method, network, request, knobs, rng = _start(spec, memo, places)
    ready = prepare(method, network, request, knobs, copy_of(rng))
    done = run(
        method, network, request, knobs, rng, ready.prepared, limit=1, keep=lambda state, _: state[:0], tick=None
    )
    return Final(done.last if done.last.shape == done.first.shape else done.first, done.trouble)


def _start(
    spec: Spec, memo: Memo, places: Checkpoints | None
) -> tuple[Method, Network, Request, KnobBase, torch.Generator]:
    assert spec.method is not None
    have, made = data(spec, memo), sets(spec, memo)
    refuse_mismatch(spec, whole_class=whole_class(made))
    reason = cannot(spec, memo)
    if reason:
        raise SpecError(reason)
    network: Network = live(spec, have, original(spec, 0, memo, places).state)
    rng = generator(child_seed(spec.seed, "method", 0))
    return CATALOG.methods[spec.method.name], network, request_of(spec, have, made), spec.method.knobs, rng
