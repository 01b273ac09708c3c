"""Run a method on an image model and keep, at a few steps, what pictures and numbers need.

The method runs on a private copy; its weights are copied out at evenly spread updates and looked at afterwards, on
another network. Networks are evaluated with features in the device's half precision where it has one, and the head in
single precision, so that logits do not collapse onto the few values that bfloat16 knows.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.knobs import KnobBase
from explorer.methods._method import Method, Remarks, Request
from explorer.models import Network
from explorer.recording import JUMP_POINTS, Preparation, copy_of, prepare
from explorer.recording.evaluating import apart, fill, state_of
from explorer.recording.keyframes import spread
from explorer.recording.running import FULL, Tick, clock, run
from explorer.records import Float, Int, Snapshots
from explorer.training import precision

KEYFRAMES = 9
FEWER = 7  # keyframes of a network with more than FULL numbers: looking costs as much as an epoch of some methods
KEPT = 24  # states kept while a method runs, of which the keyframes are taken
SOONEST = 1.0  # seconds between two looks at a model while a method runs
CHUNK = 250  # images pushed through at once; on a CPU a quarter faster than 500, to the same bits


class Look(NamedTuple):
    """What is looked at in every snapshot; all x standardised.

    Attributes:
        probes: (n, 3, h, w).
        planes: (planes, cells, 3, h, w).
        centre: (h,) mean of the original's features.
        axes: (h, 2) their two main axes.
    """

    probes: Tensor
    planes: Tensor
    centre: Tensor
    axes: Tensor


class ImagePath(NamedTuple):
    """A method's path on an image model.

    Attributes:
        snapshots: at the keyframes.
        state: of the last finite model, in the original's own shape.
        seconds: wall time of the method alone.
        seconds_prepare: wall time of `prepare`.
        seconds_record: wall time of looking.
        example_gradients: of the method.
        example_gradients_prepare: of `prepare`.
        straight: it made one jump; the steps are twelfths of the straight line.
        trouble: "" or one sentence.
        note: "" or what the method has to say.
    """

    snapshots: Snapshots
    state: Tensor
    seconds: float
    seconds_prepare: float
    seconds_record: float
    example_gradients: float
    example_gradients_prepare: float
    straight: bool
    trouble: str
    note: str


def outputs(network: Network, x: Tensor) -> tuple[Float, Float]:
    """Return logits (n, c) and features (n, h) of images (n, 3, h, w), standardised."""
    device = next(network.parameters()).device
    logits, features = [], []
    with torch.no_grad():
        for part in x.split(CHUNK):
            with precision.autocast(device):
                seen = network.features(precision.laid_out(part.to(device)))
            features.append(seen.float())
            logits.append(network.head(features[-1]))
    return torch.cat(logits).cpu().numpy(), torch.cat(features).cpu().numpy()


def main_axes(features: Float) -> tuple[Tensor, Tensor]:
    """Return mean (h,) and two main axes (h, 2) of features (n, h), each axis with its largest entry positive."""
    centre = features.mean(axis=0)
    axes = np.linalg.svd((features - centre).astype(np.float64), full_matrices=False)[2][:2].T
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(2)])
    return torch.from_numpy(centre), torch.from_numpy(axes.astype(np.float32))


def look_at(network: Network, look: Look, classes: int) -> Snapshots:
    """Return one snapshot of a network in eval mode, its step 0; outputs beyond `classes` are left out."""
    logits, features = outputs(network, look.probes)
    with np.errstate(invalid="ignore", over="ignore"):  # of a model that broke down
        placed = (features - look.centre.numpy()) @ look.axes.numpy()
    cells = [regions(outputs(network, plane)[0][:, :classes]) for plane in look.planes]
    return Snapshots(
        step=np.zeros(1, dtype=np.int64),
        logits=_half(logits[None, :, :classes]),
        features=_half(placed[None]),
        region=np.stack([region for region, _ in cells])[None],
        margin=np.stack([margin for _, margin in cells])[None],
    )


def regions(logits: Float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return class and margin of each cell as `records.Snapshots` says, from logits (cells, c)."""
    above = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    best = logits.argmax(axis=-1)
    above = np.nan_to_num(above, nan=0.0)  # where a model broke down; such a snapshot is not kept
    rest = np.exp(above).sum(axis=-1) - 1.0  # (1 - p) / p
    with np.errstate(divide="ignore"):
        margin = np.log(logits.shape[-1] - 1) - np.log(np.maximum(rest, 0.0))
    return best.astype(np.uint8), np.clip(np.rint(16 * margin), 0, 255).astype(np.uint8)


def join(parts: list[Snapshots], steps: Int) -> Snapshots:
    """Return snapshots of one step each as one, at the given steps."""
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("logits", "features", "region", "margin")
    }
    return Snapshots(step=steps, **arrays)


def with_state(network: Network, state: Tensor) -> Network:
    """Return a copy of a network, in eval mode, with another state (as `state_of` gives it)."""
    clone = cast(Network, apart(network))
    fill(clone, state)
    return clone


def record_images(
    method: Method,
    original: Network,
    request: Request,
    knobs: KnobBase,
    rng: torch.Generator,
    look: Look,
    first: Snapshots,
    *,
    prepared: Preparation | None = None,
    tick: Tick | None = None,
    grow: Callable[[Snapshots], None] | None = None,
) -> ImagePath:
    """Run a method on an image model and return its path.

    Args:
        method: what to run.
        original: left unchanged.
        request: the whole request; the method sees only what it declares.
        knobs: the method's knobs.
        rng: the only source of randomness.
        look: what is looked at.
        first: what `look_at` returns for the original, with which every path begins.
        prepared: what `prepare` left, for methods that have it; else it is prepared here from the same generator state.
        tick: called after each update with (updates done, the knob `steps` or 0); with (0, 0) while the method
            prepares, and with all updates done while they are looked at; may raise to cancel.
        grow: called every few seconds while the method runs with what is seen of the path so far, evenly kept; what it
            takes is not counted as the method's time.
    """
    ready = prepared or prepare(method, original, request, knobs, copy_of(rng), tick=tick)
    request = dataclasses.replace(request, remarks=Remarks())
    done = run(
        method, original, request, knobs, rng, ready.prepared, limit=KEPT, keep=lambda state, _: state, tick=tick,
        watch=_Growing(original, look, first, request.classes, grow) if grow else None,
    )  # fmt: skip
    begin = clock(next(original.parameters()).device)
    straight = done.updates == 1 and done.wide is None
    most = FEWER if len(done.first) > FULL else KEYFRAMES
    if straight:
        steps = np.unique(np.linspace(0, JUMP_POINTS - 1, most).round().astype(np.int64))
        states = [torch.lerp(done.first, done.last, float(step) / (JUMP_POINTS - 1)) for step in steps]
    else:
        chosen = spread(len(done.step), most)
        steps, states = np.array(done.step, dtype=np.int64)[chosen], [done.kept[index] for index in chosen]

    def seen(state: Tensor) -> Snapshots:
        if tick:
            tick(max(1, done.updates), max(1, done.updates))
        return look_at(_shaped(original, done.wide, state), look, request.classes)

    parts = [first, *_finite(seen(state) for state in states[1:])]
    last, trouble = done.last if done.last.shape == done.first.shape else done.first, done.trouble
    if len(parts) < len(states):
        trouble = trouble or f"{method.title} has outputs beyond the finite numbers at step {steps[len(parts)]}"
        last = states[len(parts) - 1]
    return ImagePath(
        join(parts, steps[: len(parts)]), last, done.seconds, ready.seconds, clock(look.probes.device) - begin,
        done.example_gradients, ready.example_gradients, straight, trouble, "; ".join(request.remarks.sentences),
    )  # fmt: skip


class _Growing:
    """Look at a model while a method runs, now and then, so that at most a third of the time goes into looking.

    A network that is wider for a while is not looked at.
    """

    def __init__(
        self, original: Network, look: Look, first: Snapshots, classes: int, grow: Callable[[Snapshots], None]
    ) -> None:
        self._original, self._look, self._classes, self._grow = original, look, classes, grow
        self._size = len(state_of(original))
        self._parts, self._steps, self._updates = [first], [0], 0
        self._next = time.monotonic() + SOONEST
        grow(self._so_far())

    def __call__(self, state: Tensor, _: float) -> str:
        self._updates += 1
        begin = time.monotonic()
        if begin >= self._next and len(state) == self._size:
            part = look_at(with_state(self._original, state), self._look, self._classes)
            if np.isfinite(part.logits).all():
                self._parts.append(part)
                self._steps.append(self._updates)
                self._grow(self._so_far())
            now = time.monotonic()
            self._next = now + max(SOONEST, 2 * (now - begin))
        return ""

    def _so_far(self) -> Snapshots:
        chosen = spread(len(self._steps), KEYFRAMES)
        return join([self._parts[at] for at in chosen], np.array(self._steps, dtype=np.int64)[chosen])


def _finite(parts: Iterable[Snapshots]) -> list[Snapshots]:
    """Return the snapshots before the first whose outputs are not finite."""
    return list(takewhile(lambda part: bool(np.isfinite(part.logits).all()), parts))


def _shaped(original: Network, wide: torch.nn.Module | None, state: Tensor) -> Network:
    fits = wide is None or len(state) == len(state_of(original))
    return with_state(original if fits else cast(Network, wide), state)


def _half(values: Float) -> NDArray[np.float16]:
    return np.clip(values, -60000, 60000).astype(np.float16)
