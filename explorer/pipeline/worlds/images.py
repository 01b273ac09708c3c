"""Train image models one by one, and evaluate them; what is trained is kept as a state (weights, then statistics)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor

from explorer.knobs import KnobBase
from explorer.models import Network
from explorer.models._weights import FILES, load, save
from explorer.pipeline.data import data
from explorer.pipeline.memo import MODEL_PARTS, Memo, Tick, no_memo
from explorer.recording.evaluating import state_of
from explorer.recording.snapshots import outputs, with_state
from explorer.records import Bool, Data, Float, Int, Split
from explorer.seeds import child_seed
from explorer.spec import Named, Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, ImageTraining, precision
from explorer.training.loop import Checkpoint, train
from explorer.uploads import FileOptions

Checkpoints = Callable[[str], Checkpoint]  # a checkpoint for each key


class Trained(NamedTuple):
    """One trained model: its state (p + b,) float32, and the wall seconds of its training."""

    state: Float
    seconds: float


remember_weights = FILES.remember


def resolve_weights(options: KnobBase) -> KnobBase:
    """Read the file of weights that a network's options name by `path`, and return them with its SHA-256.

    For the command line only, as `data.resolve`.

    Raises:
        ValueError: one sentence, if it cannot be read or is none.
    """
    return FILES.resolve(options) if isinstance(options, FileOptions) else options


def is_image(spec: Spec) -> bool:
    """Say whether the Spec's data are images."""
    return spec.data.name in CATALOG.images


def standardised(have: Data, split: Split, rows: Int | slice = slice(None)) -> Tensor:
    """Return images (m, 3, h, w) as the networks see them."""
    return torch.from_numpy(have.space.standardise(split.x[rows]))


def blank(spec: Spec, have: Data) -> Network:
    """Return the Spec's network on its device, with weights not yet filled."""
    network = CATALOG.models[spec.model.name].build(spec.model.options, have.train.x.shape[1:], have.classes)
    return precision.placed(network, precision.best_device())  # type: ignore[return-value]  # the same network


def live(spec: Spec, have: Data, state: Float) -> Network:
    """Return the Spec's network with a state, in eval mode."""
    network = with_state(blank(spec, have), torch.from_numpy(np.asarray(state)))
    return network.requires_grad_(True)


def training_of(spec: Spec) -> ImageTraining:
    """Return how the Spec's models are trained."""
    assert isinstance(spec.training, ImageTraining)  # parse_training makes nothing else for image models
    return spec.training


def trained(
    spec: Spec,
    name: str,
    seen: Split,
    left_out: Bool | None,
    key: str,
    memo: Memo = no_memo,
    *,
    places: Checkpoints | None = None,
    tick: Tick | None = None,
) -> Trained:
    """Return one model.

    Args:
        spec: whose recipe and network.
        name: gives its seeds, for instance "original:0".
        seen: the training set, n images with labels.
        left_out: (n,) bool, rows it must not see; None for none.
        key: under which it is kept.
        memo: as everywhere.
        places: where training is saved, to go on after a kill; what does not fit the network there is cleared.
        tick: called with (updates done, all).

    Raises:
        SpecError: if training breaks down.
    """
    checkpoint = places(key) if places else None

    def make() -> Trained:
        have = data(spec, memo)
        network = blank(spec, have)
        seeds = (child_seed(spec.seed, "init", name), child_seed(spec.seed, "batches", name))
        device = next(network.parameters()).device
        examples = Examples(standardised(have, seen).to(device), torch.from_numpy(seen.y).to(device))
        if checkpoint and not _fits(checkpoint.load(), network, training_of(spec).steps):
            checkpoint.clear()
        start = time.perf_counter()
        try:
            train(
                network, examples, training_of(spec), seeds=seeds,
                left_out=None if left_out is None else torch.from_numpy(left_out),
                checkpoint=checkpoint, tick=tick,
            )  # fmt: skip
        except ValueError as error:
            raise SpecError(str(error)) from None
        return Trained(state_of(network).cpu().numpy(), time.perf_counter() - start)

    state, seconds = memo(key, lambda: tuple(make()))
    if checkpoint:
        checkpoint.clear()
    return Trained(state, seconds)  # type: ignore[arg-type]  # a plain tuple can be written, and lost their types


def _fits(saved: dict[str, Tensor] | None, network: Network, steps: int) -> bool:
    """Say whether a training that was saved can be one of this network; a half-filled network would go on wrongly."""
    if saved is None:
        return True
    held = {name.removeprefix("model."): value.shape for name, value in saved.items() if name.startswith("model.")}
    ours = {name: value.shape for name, value in network.state_dict().items()}
    return held == ours and "step" in saved and 0 <= int(saved["step"]) <= steps


def own_weights(spec: Spec) -> bool:
    """Say whether the Spec names a file of weights that is its original 0."""
    options = spec.model.options
    return isinstance(options, FileOptions) and not (options.sha256 is None and options.path is None)


def weights_missing(spec: Spec) -> str:
    """Return why the Spec's file of weights is not at hand, or ""."""
    try:
        if isinstance(spec.model.options, FileOptions):
            FILES.at_hand(spec.model.options)
    except ValueError as error:
        return str(error)
    return ""


def without_weights(spec: Spec) -> Spec:
    """Return the Spec of the same network, trained here."""
    if not own_weights(spec):
        return spec
    options = spec.model.options.model_copy(update={"sha256": None, "path": None})
    return replace(spec, model=Named(spec.model.name, options), _keys={})


def loaded(spec: Spec, memo: Memo = no_memo) -> Trained:
    """Return the Spec's network with its own weights, in no time.

    Raises:
        SpecError: if the file is not at hand, or does not fit the network.
    """
    network = blank(spec, data(spec, memo))
    try:
        load(network, FILES.at_hand(cast(FileOptions, spec.model.options)) or b"")
    except ValueError as error:
        raise SpecError(str(error)) from None
    return Trained(state_of(network).cpu().numpy(), 0.0)


def plain_original(spec: Spec, k: int, memo: Memo = no_memo, **how) -> Trained:
    """Return an original trained on the data set as it is, whatever the request; own weights are original 0."""
    if own_weights(spec) and k == 0:
        return loaded(spec, memo)
    spec = without_weights(spec)
    key = f"image-original-{spec.key(*MODEL_PARTS)}-{k}"
    return trained(spec, f"original:{k}", data(spec, memo).train, None, key, memo, **how)


def logits_of(spec: Spec, have: Data, state: Float, x: Tensor) -> Float:
    """Return logits (m, c) of a state on standardised images."""
    return outputs(live(spec, have, state), x)[0]


def save_weights(spec: Spec, state: Float, file: Path, what: str, memo: Memo = no_memo) -> None:
    """Write a state as safetensors, whole or not at all, with what it is.

    Raises:
        OSError: if the file cannot be written.
    """
    save(live(spec, data(spec, memo), state), file, {"what": what, "spec": spec.key(*MODEL_PARTS)})
