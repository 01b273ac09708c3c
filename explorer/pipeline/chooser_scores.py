"""Find what choosers need to know of an original: margin, loss, and the loss under models that never saw the point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import metrics
from explorer.pipeline.data import data
from explorer.pipeline.memo import MODEL_PARTS, Memo
from explorer.pipeline.worlds.points import examples_of, layout_of, originals, row, training_of
from explorer.records import Data, Float
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.training import Examples
from explorer.training.stack import forward_many, train_many

FOLDS = 8  # for the loss of a point under models that never saw it


def needs_model(spec: Spec) -> bool:
    """Return whether the Spec's chooser needs scores that come from a trained model."""
    return bool(CATALOG.choosers[spec.request.choose].needs & {"margin", "loss", "loss_out"})


def scores_of(spec: Spec, memo: Memo) -> Mapping[str, Float]:
    """Return the scores (n,) float32 of the training points by name: "margin", "loss" and, if needed, "loss_out".

    Raises:
        SpecError: if the data are images.
    """
    points = data(spec, memo)
    if spec.data.name in CATALOG.images:
        raise SpecError(
            f"`request.choose` {spec.request.choose} is for points of a plane; for images take random, class, subclass"
            " or points"
        )
    train = examples_of(points, points.train)
    original = originals(spec, points, memo)[:1]
    logits = forward_many(layout_of(spec, points), torch.from_numpy(original), train.x)[0].numpy()
    scores: dict[str, NDArray[Any]] = {
        "margin": metrics.margin(logits, points.train.y),
        "loss": metrics.cross_entropy(logits, points.train.y),
    }
    if "loss_out" in CATALOG.choosers[spec.request.choose].needs:
        scores["loss_out"] = memo(f"loss_out-{spec.key(*MODEL_PARTS)}", lambda: _loss_out(spec, points, train))
    return {name: value.astype(np.float32) for name, value in scores.items()}


def _loss_out(spec: Spec, data: Data, train: Examples) -> Float:
    fold = np.random.default_rng(child_seed(spec.seed, "folds")).permutation(len(data.train)) % FOLDS
    weights = [torch.from_numpy((fold != k).astype(np.float32)) for k in range(FOLDS)]
    rows = [row(spec, f"fold:{k}", 0, weight) for k, weight in enumerate(weights)]
    trained, _ = train_many(layout_of(spec, data), [train], rows, training_of(spec))
    logits = forward_many(layout_of(spec, data), trained, train.x).numpy()
    return metrics.cross_entropy(logits[fold, np.arange(len(fold))], data.train.y).astype(np.float32)
