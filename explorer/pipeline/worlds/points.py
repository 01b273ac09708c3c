"""Build networks and train originals from a Spec; say what choosers need to know of an original."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import metrics
from explorer.data import build
from explorer.knobs import KnobBase
from explorer.models import Network, load_flat
from explorer.pipeline.memo import Memo, no_memo
from explorer.records import (
    Data,
    Float,
    Plane,
    Split,
)
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, Training
from explorer.training.stack import Layout, Row, forward_many, train_many

ORIGINALS = 5
FOLDS = 8  # for the loss of a point under models that never saw it
MODEL_PARTS = ("data", "model", "training", "seed")


def data(spec: Spec, memo: Memo = no_memo) -> Data:
    """Return the sets that a Spec asks for.

    Raises:
        SpecError: if they cannot be had (an upload that is not there).
    """
    try:
        if spec.data.name in CATALOG.images:  # too large to keep; the files themselves are read once
            return _images(spec.data.name, cast(Hashable, spec.data.options))
        return memo(f"data-{spec.key('data')}", lambda: build(spec.data.name, spec.data.options))
    except ValueError as error:
        raise SpecError(str(error)) from None


@lru_cache(maxsize=2)
def _images(name: str, options: Hashable) -> Data:  # frozen, as all options are
    return build(name, cast(KnobBase, options))


def examples_of(have: Data, split: Split) -> Examples:
    """Return a split as standardised tensors."""
    return Examples(torch.from_numpy(have.space.standardise(split.x)), torch.from_numpy(split.y))


def training_of(spec: Spec) -> Training:
    """Return how the Spec's models are trained."""
    assert isinstance(spec.training, Training)  # parse_training makes nothing else
    return spec.training


def layout_of(spec: Spec, have: Data) -> Layout:
    """Return the shape of the Spec's network."""
    return CATALOG.models[spec.model.name].layout(spec.model.options, (have.train.x.shape[1],), have.classes)


def network_of(spec: Spec, have: Data, weights: Float) -> Network:
    """Return a live network in eval mode with flat weights (p,)."""
    model = CATALOG.models[spec.model.name].build(spec.model.options, have.train.x.shape[1:], have.classes)
    load_flat(model, torch.from_numpy(weights))
    return model.eval()


def row(spec: Spec, name: str, which: int, weight: torch.Tensor) -> Row:
    """Return a model to train: its name gives its seeds; `which` of the data sets it sees, with what weights (n,)."""
    return Row(child_seed(spec.seed, "init", name), child_seed(spec.seed, "batches", name), which, weight)


def originals(spec: Spec, memo: Memo = no_memo) -> Float:
    """Return the originals' weights (5, p), trained on the data set as it is."""

    def train() -> Float:
        have = data(spec, memo)
        everyone = torch.ones(len(have.train))
        rows = [row(spec, f"original:{k}", 0, everyone) for k in range(ORIGINALS)]
        return train_many(layout_of(spec, have), [examples_of(have, have.train)], rows, training_of(spec))[0].numpy()

    return memo(f"originals-{spec.key(*MODEL_PARTS)}", train)


def needs_model(needs: frozenset[Any]) -> bool:
    """Return whether scores of these names come from a trained model."""
    return bool(needs & {"margin", "loss", "loss_out"})


def scores_of(spec: Spec, memo: Memo) -> Mapping[str, Float]:
    """Return what choosers need to know of the original: margin, loss and the loss under models without the point."""
    have = data(spec, memo)
    if spec.data.name in CATALOG.images:
        raise SpecError(
            f"`request.choose` {spec.request.choose} is for points of a plane; for images take random, class, subclass"
            " or points"
        )
    train = examples_of(have, have.train)
    original = originals(spec, memo)[:1]
    logits = forward_many(layout_of(spec, have), torch.from_numpy(original), train.x)[0].numpy()
    scores: dict[str, NDArray[Any]] = {
        "margin": metrics.margin(logits, have.train.y),
        "loss": metrics.cross_entropy(logits, have.train.y),
    }
    if "loss_out" in CATALOG.choosers[spec.request.choose].needs:
        scores["loss_out"] = memo(f"loss_out-{spec.key(*MODEL_PARTS)}", lambda: _loss_out(spec, have, train))
    return {name: value.astype(np.float32) for name, value in scores.items()}


def _loss_out(spec: Spec, have: Data, train: Examples) -> Float:
    fold = np.random.default_rng(child_seed(spec.seed, "folds")).permutation(len(have.train)) % FOLDS
    weights = [torch.from_numpy((fold != k).astype(np.float32)) for k in range(FOLDS)]
    rows = [row(spec, f"fold:{k}", 0, weight) for k, weight in enumerate(weights)]
    trained, _ = train_many(layout_of(spec, have), [train], rows, training_of(spec))
    logits = forward_many(layout_of(spec, have), trained, train.x).numpy()
    return metrics.cross_entropy(logits[fold, np.arange(len(fold))], have.train.y).astype(np.float32)


def grids(spec: Spec, have: Data, weights: Float, size: int) -> Float:
    """Return logits (t, size * size, c) of flat weights (t, p) on the plane."""
    return point_logits(spec, have, weights, Plane.around(have.train.x).grid(size))


def point_logits(spec: Spec, have: Data, weights: Float, x: Float) -> Float:
    """Return logits (t, m, c) of flat weights (t, p) or (p,) on points x (m, 2) in data units."""
    points = torch.from_numpy(have.space.standardise(x))
    return forward_many(layout_of(spec, have), torch.from_numpy(np.atleast_2d(weights)), points).numpy()
