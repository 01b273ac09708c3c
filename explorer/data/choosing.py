"""Choose the forget set: call a chooser with the scores it needs, and check what it names."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import numpy as np

from explorer.data.choosers import Chooser
from explorer.knobs import KnobBase
from explorer.records import Data, Float, Int
from explorer.seeds import child_seed


def choose(name: str, options: KnobBase, data: Data, scores: Mapping[str, Float], seed: int) -> Int:
    """Return the rows of the training set that a request names.

    Args:
        name: key of the chooser.
        options: its options.
        data: the sets.
        scores: what must be computed from models, each (n,): those of margin, loss and loss_out that the chooser needs.
        seed: the Spec's seed.

    Returns:
        (m,) int64, ascending, 0 < m < n.

    Raises:
        ValueError: one sentence, if the data do not have what is asked for, or no point or every point is named.
    """
    chooser: Chooser = importlib.import_module(f"explorer.data.choosers.{name}").CHOOSER
    _check_fits(chooser, options, data)
    rng = np.random.default_rng(child_seed(seed, "choose", name))
    given = {**scores, **_own_scores(chooser, data)}
    rows = chooser.choose(data.train.x, data.train.y, given, options, rng).astype(np.int64)
    if len(rows) == 0:
        raise ValueError("the request names no point: choose a larger share, another class or other points")
    if len(rows) == len(data.train):
        raise ValueError(f"the request names all {len(rows)} points: leave some that the model may keep")
    return rows


def _check_fits(chooser: Chooser, options: KnobBase, data: Data) -> None:
    what = chooser.title.lower()
    kind = "image" if data.train.x.ndim > 2 else "toy"
    if kind not in chooser.kinds:
        raise ValueError(f"{what} cannot be chosen among {'images' if kind == 'image' else 'points of a plane'}")
    label = getattr(options, "label", None)
    of_subclasses = kind == "image" and "subclass" in chooser.needs  # their number is checked with the Spec
    if label is not None and label >= data.classes and not of_subclasses:
        raise ValueError(f"`request.label` must lie in [0, {data.classes - 1}], got {label}")
    if "mislabelled" in chooser.needs and data.mislabelled is None:
        raise ValueError(f"{what} cannot be chosen here: no label of these data is known to be wrong")
    if "subclass" in chooser.needs and data.train.subclass is None:
        raise ValueError(f"{what} cannot be chosen here: the classes of these data have no sub-clusters")
    if "anchor_distance" in chooser.needs and data.anchors is None:
        raise ValueError(f"{what} cannot be chosen here: these data have no place from which a cluster grows")


def _own_scores(chooser: Chooser, data: Data) -> dict[str, Float]:
    scores: dict[str, Float] = {}
    if "mislabelled" in chooser.needs and data.mislabelled is not None:
        scores["mislabelled"] = data.mislabelled.astype(np.float32)
    if "subclass" in chooser.needs and data.train.subclass is not None:
        scores["subclass"] = data.train.subclass.astype(np.float32)
    if "anchor_distance" in chooser.needs and data.anchors is not None:
        scores["anchor_distance"] = anchor_distance(data)
    return scores


def anchor_distance(data: Data) -> Float:
    """Return the distance (n,) of each training point to the anchor of its class, in standardised units.

    Raises:
        ValueError: if the data have no anchors.
    """
    if data.anchors is None:
        raise ValueError("these data have no anchors")
    step = data.space.standardise(data.train.x) - data.space.standardise(data.anchors)[data.train.y]
    return np.linalg.norm(step, axis=1).astype(np.float32)
