"""Run one method from one original."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer import recording
from explorer.draws import generator
from explorer.methods._method import Request
from explorer.models import Network
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.planes import look, snapshot
from explorer.pipeline.references import POISONED, judged_images, original
from explorer.pipeline.run import Run, held, kept
from explorer.pipeline.sets import whole_class
from explorer.pipeline.starts import request_of, start_of
from explorer.pipeline.worlds.given import given_state, is_given
from explorer.pipeline.worlds.images import logits_of, network_with
from explorer.pipeline.worlds.own_weights import own_weights
from explorer.pipeline.worlds.points import examples_of
from explorer.recording import Preparation, prepare
from explorer.recording.running import Watch
from explorer.recording.running import run as run_method
from explorer.recording.snapshots import ImagePath, join, look_at, record_images
from explorer.records import Float, Plane, Trajectory
from explorer.seeds import child_seed
from explorer.spec import SpecError, refuse_mismatch
from explorer.spec.catalog import CATALOG

GIVEN_NOTE = "a model from a file: no method was run; the way there, and what it cost, are not known"


@kept(lambda run, original=0: f"path-{run.key(*PATH_PARTS)}-{original}")
def path(run: Run, original: int = 0) -> Trajectory:
    """Return the path of the Spec's method from one of the originals; the run's tick counts its updates.

    Raises:
        SpecError: if the method cannot answer the request.
    """
    _warm()
    data, sets = run.data, run.sets
    refuse_mismatch(run.spec, whole_class=whole_class(sets))
    with named(run):
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


@contextmanager
def named(run: Run) -> Iterator[None]:
    """Let what a method of the user's own raises, whatever it is, be a fault of that method alone, with its name."""
    try:
        yield
    except (ValueError, RuntimeError, ArithmeticError):
        raise
    except Exception as error:
        if run.asked.name not in CATALOG.own:
            raise
        raise RuntimeError(f"{run.method.title} broke down: {type(error).__name__}: {error}") from error


@cache
def _warm() -> None:
    """Take one step of an optimiser: the first in a process loads modules for a second, which no method costs."""
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)
    torch.optim.SGD([weight], lr=0.1, fused=True).step()


def evaluate(run: Run, trajectory: Trajectory, steps: NDArray[Any] | slice, x: Float) -> Float:
    """Return logits (t, m, c) of a path at some of its recorded steps, on points x (m, 2) in data units.

    The network is the Spec's own, but for methods that start from a model of theirs, and for those that add a shadow
    class on the way (then c is one larger).
    """
    assert trajectory.weights is not None
    x = run.data.space.standardise(x)
    return recording.evaluate(network_of(run, trajectory), trajectory.weights[steps], x)


def members(run: Run, trajectory: Trajectory, steps: NDArray[Any] | slice, x: Float) -> Float | None:
    """Return the logits (s, t, m, c) of each model of a vote, as `evaluate`; None where one model answers."""
    if run.method.own_original is None or trajectory.weights is None:
        return None
    x = run.data.space.standardise(x)
    return recording.members(network_of(run, trajectory), trajectory.weights[steps], x)


def network_of(run: Run, trajectory: Trajectory) -> Network:
    """Return a network of the shape that the weights of a path fit."""
    if run.method.own_original is not None:
        return cast(Network, start_of(run, 0).model)
    shape, outputs = run.data.train.x.shape[1:], run.data.classes + trajectory.shadow
    return CATALOG.models[run.spec.model.name].build(run.spec.model.options, shape, outputs)


def cannot(run: Run) -> str:
    """Return why the Spec's method cannot run on image models, or ""."""
    if own_weights(run.spec) and run.spec.request.kind == "correct_labels":
        return POISONED
    if run.method.images.cannot:
        return f"{run.method.title} is left out on images: it {run.method.images.cannot}"
    if run.method.needs_heldout and len(run.data.heldout) == 0:
        left_out = f"{run.method.title} is left out here"
        return f"{left_out}: it needs held-out images, and none are left of {run.spec.data.name}"
    return ""


@held
def image_path(run: Run) -> ImagePath:
    """Return the path of the Spec's method on an image model, from original 0; `record_images` says what is ticked.

    A model from a file has none: it is one step from the original, and nobody knows what it cost.

    Raises:
        SpecError: if the method cannot run on images, or not answer the request; or the file does not fit.
    """
    if is_given(run.spec):
        return _given(run.quiet)
    network, request = _image_start(run.quiet)
    begin = time.perf_counter()
    seen, first = look(run.quiet), snapshot(run.quiet, "original", 0)
    looking = time.perf_counter() - begin
    rng = generator(child_seed(run.spec.seed, "method", 0))
    path = record_images(run.method, network, request, run.asked.knobs, rng, seen, first, tick=run.tick, grow=run.grow)
    return path._replace(seconds_record=path.seconds_record + looking)


def _given(run: Run) -> ImagePath:
    _refuse(run)
    state = given_state(run.spec, run.data)
    begin = time.perf_counter()
    last = look_at(network_with(run.spec, run.data, state), look(run), run.data.classes)
    snapshots = join([snapshot(run, "original", 0), last], np.arange(2))
    unknown = float("nan")
    return ImagePath(
        snapshots, torch.from_numpy(state), unknown, unknown, time.perf_counter() - begin, unknown, unknown,
        straight=False, trouble="", note=GIVEN_NOTE,
    )  # fmt: skip


@held
def image_end(run: Run) -> Float:
    """Return the logits (m, c) on the judged images of the model with which an image path ends."""
    return logits_of(run.spec, run.data, image_path(run).state.cpu().numpy(), judged_images(run))


def path_on_screen(run: Run) -> Trajectory | ImagePath:
    """Return the path from original 0, on points or images; either says what it cost and what broke."""
    return image_path(run) if run.of_images else path(run)


class Watched(NamedTuple):
    """Where a method ended on an image model that somebody watched.

    Attributes:
        state: of the last finite model, in the original's own shape.
        trouble: "" or one sentence on what broke.
        stopped: "" or what the watcher said.
        seconds: of the method and of what it prepared, on this process's cores.
        example_gradients: of both.
    """

    state: Tensor
    trouble: str
    stopped: str
    seconds: float
    example_gradients: float


def image_final(run: Run, watch: Watch | None = None) -> Watched:
    """Return only where the Spec's method ends from original 0, the same as the path's; nothing else is looked at.

    Args:
        run: the run, with a method. What it prepares is kept in its memo for other knobs of the method.
        watch: called after each update with the state, and with example-gradients so far, those of the preparation
            included; a sentence ends the run there.

    Raises:
        SpecError: as `image_path`.
    """
    (network, request), knobs = _image_start(run), run.asked.knobs
    rng = generator(child_seed(run.spec.seed, "method", 0))
    ready, preparing = _prepared(run, network, request)

    def seen(state: Tensor, spent: float) -> str:
        return watch(state, spent + ready.example_gradients) if watch else ""

    done = run_method(
        run.method, network, request, knobs, rng, ready.prepared,
        limit=1, keep=lambda state, _: state[:0], tick=None, watch=seen,
    )  # fmt: skip
    return Watched(
        _of_its_shape(done.first, done.last),
        done.trouble,
        done.stopped,
        done.core_seconds + preparing,
        done.example_gradients + ready.example_gradients,
    )


def image_end_from(run: Run, network: Network, request: Request, name: tuple[str, int]) -> tuple[Float, str]:
    """Return the state (p + b,) with which the Spec's method ends from another model, and what broke on the way, or "".

    Args:
        run: of images, with a method.
        network: where it starts; left unchanged.
        request: what it is given.
        name: what these models are for and the number of this one; names the child seeds.
    """
    what, k = name
    ready, rng = (generator(child_seed(run.spec.seed, what, part, k)) for part in ("prepare", "method"))
    knobs = run.asked.knobs
    prepared = prepare(run.method, network, request, knobs, ready).prepared
    done = run_method(
        run.method, network, request, knobs, rng, prepared, limit=1, keep=lambda state, _: state[:0], tick=None
    )  # fmt: skip
    return _of_its_shape(done.first, done.last).cpu().numpy(), done.trouble


def _of_its_shape(first: Tensor, last: Tensor) -> Tensor:
    """Return the last state, or the first where a method broke down while its network was wider."""
    return last if last.shape == first.shape else first


def _prepared(run: Run, network: Network, request: Request) -> tuple[Preparation, float]:
    """Return what the Spec's method prepares and its core-seconds, from the memo where its knobs are the same."""
    method, knobs = run.method, run.asked.knobs
    named = [f"{name}={getattr(knobs, name)}" for name in sorted(method.prepare_knobs)]
    key = "-".join(["image-prepared", run.key(*REQUEST_PARTS), run.asked.name, *named])
    rng = generator(child_seed(run.spec.seed, "method", 0))

    def make() -> tuple[Preparation, float]:
        begin = time.process_time()
        return prepare(method, network, request, knobs, rng), time.process_time() - begin

    return run.memo(key, make)


def _refuse(run: Run) -> None:
    refuse_mismatch(run.spec, whole_class=whole_class(run.sets))
    reason = cannot(run)
    if reason:
        raise SpecError(reason)


def _image_start(run: Run) -> tuple[Network, Request]:
    _refuse(run)
    return network_with(run.spec, run.data, original(run, 0).state), request_of(run)
