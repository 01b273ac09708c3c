"""Order the points that a stream of requests names, and cut them into batches.

    cluster    the points of one class, from its anchor outwards
    random     any points
    boundary   those with the smallest |margin| under the original first

The original is that of before the first request: what later answers do to the model changes no later batch.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.data.choosing import anchor_distance
from explorer.records import Data, Float, Int
from explorer.seeds import child_seed

FEWER = "ask for fewer or smaller batches"


def in_batches(
    order: str, batches: int, size: int, label: int | None, data: Data, scores: Mapping[str, Float], seed: int
) -> Int:
    """Return the rows (batches, size) that a stream of requests names, each row of the result one request, ascending.

    Args:
        order: cluster, random or boundary.
        batches: how many requests.
        size: points a request.
        label: the class that *cluster* takes its points from; for the other orders None.
        data: the sets.
        scores: "margin" (n,), for *boundary*.
        seed: the Spec's seed.

    Raises:
        ValueError: one sentence, if there are not so many points, the data have no such order, or a request would take
            the last points of a class.
    """
    y, asked = data.train.y, batches * size
    check(order, batches, size, label, data)
    if order == "random":
        ranked = np.random.default_rng(child_seed(seed, "sequence")).permutation(len(y))
    elif order == "boundary":
        ranked = np.argsort(np.abs(scores["margin"]), kind="stable")
    else:
        rows = np.flatnonzero(y == label)
        ranked = rows[np.argsort(anchor_distance(data)[rows], kind="stable")]
    found = np.sort(ranked[:asked].reshape(batches, size), axis=1).astype(np.int64)
    _leave_every_class(found, y, data.names)
    return found


def check(order: str, batches: int, size: int, label: int | None, data: Data) -> None:
    """Refuse a stream that the data cannot have, as far as that is known without any model.

    Raises:
        ValueError: one sentence.
    """
    said = f"{batches} batches of {size}, {batches * size} in all"
    if order == "cluster" and data.anchors is None:
        raise ValueError(
            "`request.sequence.order` cluster needs a place from which a cluster grows; these data have none"
        )
    if order == "cluster" and not (label is not None and label < data.classes):
        raise ValueError(f"`request.sequence.label` must lie in [0, {data.classes - 1}], got {label}")
    there = len(data.train) if order != "cluster" else int((data.train.y == label).sum())
    if batches * size >= there:
        of_what = f"class {data.names[label]} has" if order == "cluster" and label is not None else "there are"
        raise ValueError(f"`request.sequence` must leave a point: {of_what} {there}, got {said}; {FEWER}")


def _leave_every_class(found: Int, y: Int, names: tuple[str, ...]) -> None:
    """Refuse a stream in which a request takes all that is left of a class."""
    for k, name in enumerate(names):
        taken = (y[found] == k).sum(axis=1).cumsum()
        there = int((y == k).sum())
        if there and taken[-1] == there:
            request = int((taken == there).argmax()) + 1
            raise ValueError(
                f"`request.sequence` must leave a point of every class: request {request} would take the last of class "
                f"{name}; {FEWER}"
            )
