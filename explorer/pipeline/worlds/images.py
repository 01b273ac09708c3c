"""Train image models one by one, restore them from their states, and look at them on images.

A state is weights, then the floating statistics of a network's buffers, as one vector (p + b,) float32.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from explorer.data.cifar import NAMES as NAMES  # these six for the pages, which do not know the room of data
from explorer.data.cifar import available as available
from explorer.data.cifar import class_names as class_names
from explorer.data.cifar import download as download
from explorer.data.cifar import place as place
from explorer.data.cifar import subclass_names as subclass_names
from explorer.models import Network
from explorer.pipeline.memo import Memo, Tick
from explorer.pipeline.worlds import Rows
from explorer.recording.evaluating import state_of
from explorer.recording.snapshots import outputs, with_state
from explorer.records import Bool, Data, Float, Int, Sets, Split
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, ImageTraining, precision
from explorer.training.loop import MOST, Checkpoint, fastest_way, step_seconds, train
from explorer.training.precision import Way

RETAIN = 4000  # retained images on which accuracy and attacks are measured, at most
Checkpoints = Callable[[str], Checkpoint]  # a checkpoint for each key


class Trained(NamedTuple):
    """One trained model.

    Attributes:
        state: (p + b,) float32.
        seconds: wall time of its training.
        way: in which its steps were taken, in words; "" where it was not trained here.
    """

    state: Float
    seconds: float
    way: str = ""


def is_image(spec: Spec) -> bool:
    """Say whether the Spec's data are images."""
    return spec.data.name in CATALOG.images


def standardised(data: Data, split: Split, rows: Int | slice = slice(None)) -> Tensor:
    """Return images (m, 3, h, w) as the networks see them."""
    return torch.from_numpy(data.space.standardise(split.x[rows]))


def examples_of(data: Data, split: Split, rows: Int | slice = slice(None)) -> Examples:
    """Return a split, or some of its rows, on the networks' device, images with channels last in memory."""
    device = precision.best_device()
    x = precision.laid_out(standardised(data, split, rows).to(device))
    return Examples(x, torch.from_numpy(split.y[rows]).to(device))


def blank(spec: Spec, data: Data) -> Network:
    """Return the Spec's network on its device, with weights not yet filled."""
    network = CATALOG.models[spec.model.name].build(spec.model.options, data.train.x.shape[1:], data.classes)
    return precision.placed(network, precision.best_device())  # type: ignore[return-value]  # the same network


def network_with(spec: Spec, data: Data, state: Float) -> Network:
    """Return the Spec's network with a state, in eval mode."""
    network = with_state(blank(spec, data), torch.from_numpy(np.asarray(state)))
    return network.requires_grad_(True)


def training_of(spec: Spec) -> ImageTraining:
    """Return how the Spec's models are trained."""
    assert isinstance(spec.training, ImageTraining)  # parse_training makes nothing else for image models
    return spec.training


def trained(
    spec: Spec,
    data: Data,
    name: str,
    seen: Split,
    left_out: Bool | None,
    *,
    key: str,
    memo: Memo,
    checkpoints: Checkpoints | None,
    tick: Tick | None,
    ways: Memo | None = None,
) -> Trained:
    """Return one model.

    Args:
        spec: whose recipe and network.
        data: its data.
        name: gives its seeds, for instance "original:0".
        seen: the training set, n images with labels.
        left_out: (n,) bool, rows it must not see; None for none.
        key: under which it is kept.
        memo: where it is kept.
        ways: where is kept in which way steps are taken, which is measured once; None for `memo`.
        checkpoints: where training is saved, to go on after a kill; what does not fit the network there is cleared.
        tick: called with (updates done, all).

    Raises:
        SpecError: if training breaks down.
    """
    checkpoint = checkpoints(key) if checkpoints else None

    def make() -> Trained:
        network = blank(spec, data)
        seeds = (child_seed(spec.seed, "init", name), child_seed(spec.seed, "batches", name))
        device = next(network.parameters()).device
        way = _way(spec, data, device, ways or memo)
        examples = Examples(standardised(data, seen).to(device), torch.from_numpy(seen.y).to(device))
        if checkpoint and not _fits(checkpoint.load(), network, training_of(spec).steps):
            checkpoint.clear()
        start = time.perf_counter()
        try:
            taken = train(
                network, examples, training_of(spec), seeds=seeds,
                left_out=None if left_out is None else torch.from_numpy(left_out),
                checkpoint=checkpoint, tick=tick, way=way,
            )  # fmt: skip
        except ValueError as error:
            raise SpecError(str(error)) from None
        return Trained(state_of(network).cpu().numpy(), time.perf_counter() - start, str(taken))

    made = memo(key, lambda: tuple(make()))
    if checkpoint:
        checkpoint.clear()
    return Trained(*made)  # type: ignore[arg-type]  # a plain tuple can be written, and lost their types


def seconds_of_an_image(spec: Spec, data: Data, memo: Memo) -> float:
    """Return what one image of a step of the Spec's training takes on this machine, in seconds, measured now."""
    network, training, shape = blank(spec, data), training_of(spec), data.train.x.shape[1:]
    way = _way(spec, data, next(network.parameters()).device, memo)
    return step_seconds(network, training, shape, data.classes, way) / min(training.batch, MOST)


def _way(spec: Spec, data: Data, device: torch.device, memo: Memo) -> Way:
    return Way(*memo(_way_key(spec, device), lambda: list(_fastest_way(spec, data))))


def _way_key(spec: Spec, device: torch.device) -> str:
    """Return under which key the way is kept: of this machine, network and recipe."""
    return f"image-way-{spec.key('model', 'training')}-{spec.data.name}-{precision.machine(device)}"


def _fastest_way(spec: Spec, data: Data) -> Way:
    return fastest_way(blank(spec, data), training_of(spec), data.train.x.shape[1:], data.classes)


def _fits(saved: dict[str, Tensor] | None, network: Network, steps: int) -> bool:
    """Say whether a training that was saved can be one of this network; a half-filled network would go on wrongly."""
    if saved is None:
        return True
    held = {name.removeprefix("model."): value.shape for name, value in saved.items() if name.startswith("model.")}
    wanted = {name: value.shape for name, value in network.state_dict().items()}
    return held == wanted and "step" in saved and 0 <= int(saved["step"]) <= steps


def training_cost(spec: Spec) -> float:
    """Return the example-gradients of one training."""
    training = training_of(spec)
    return float(training.steps * training.batch)


def logits_of(spec: Spec, data: Data, state: Float, x: Tensor) -> Float:
    """Return logits (m, c) of a state on standardised images."""
    return outputs(network_with(spec, data, state), x)[0]


def wrong_labels(y: Int, classes: int) -> Int:
    """Return what poisoned labels say (m,): class s becomes the opposite one (Warnecke et al. 2023, s -> 9 - s).

    The number of classes is even, so no class is its own opposite.
    """
    return classes - 1 - y


def judged_rows(spec: Spec, sets: Sets) -> Rows:
    """Return the images on which numbers are measured: all forgotten ones, up to 4,000 retained ones, and test.

    Logits stand in that order.
    """
    rng = np.random.default_rng(child_seed(spec.seed, "judged"))
    retain = np.sort(rng.permutation(sets.retain)[:RETAIN])
    first, second = len(sets.forget), len(sets.forget) + len(retain)
    return Rows(sets.forget, retain, slice(0, first), slice(first, second), slice(second, None))


def groups(spec: Spec, split: Split) -> Int:
    """Return the group of each image (n,): its class, or its sub-class where a sub-class is forgotten.

    Attacks compare forgotten images only with unseen images of the same groups.
    """
    finer = spec.request.kind == "forget" and spec.request.choose == "subclass" and split.subclass is not None
    return split.subclass if finer else split.y  # type: ignore[return-value]  # not None


def counted_apart(spec: Spec, data: Data, sets: Sets) -> Bool | None:
    """Return which test images are of the forgotten class or sub-class (test,); None where neither is forgotten."""
    if spec.request.choose not in ("class", "subclass") or spec.request.kind != "forget":
        return None
    return np.isin(groups(spec, data.test), groups(spec, sets.before)[sets.forget])
