"""Say what a request makes of the training set."""

from __future__ import annotations

import numpy as np

from explorer.data.choosing import choose
from explorer.data.ordering import check, in_batches
from explorer.pipeline.chooser_scores import needs_model, scores_of
from explorer.pipeline.data import data
from explorer.pipeline.memo import Memo
from explorer.pipeline.worlds import images, points
from explorer.pipeline.worlds.images import is_image
from explorer.records import Data, Int, Sets, Split
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError

PAIRED_BELOW = 0.05  # share of the training set


def sets(spec: Spec, memo: Memo) -> Sets:
    """Return what the request makes of the training set.

    Raises:
        SpecError: if the request names no point, all points, or does not fit the data.
    """
    parts = ("data", "request", "seed") + (("model", "training") if needs_model(spec) else ())
    return memo(f"sets-{spec.key(*parts)}", lambda: _sets(spec, memo))


def _sets(spec: Spec, memo: Memo) -> Sets:
    if spec.request.sequence:
        return _corrected(spec, data(spec, memo), np.sort(batches(spec, memo).ravel()))
    known = data(spec, memo)
    scores = scores_of(spec, memo) if needs_model(spec) else {}
    try:
        rows = choose(spec.request.choose, spec.request.options, known, scores, child_seed(spec.seed, "request"))
    except ValueError as error:
        raise SpecError(str(error)) from None
    return _corrected(spec, known, rows)


def batches(spec: Spec, memo: Memo) -> Int:
    """Return the rows (batches, size) that each request of a stream names, in the order of the requests.

    Raises:
        SpecError: if the Spec has no stream, or the data cannot have it.
    """
    asked = spec.request.sequence
    if asked is None:
        raise SpecError("`request.sequence` must say which requests come, got none")
    known, order = data(spec, memo), (asked.order, asked.batches, asked.size, asked.label)
    try:
        check(*order, known)  # before a model is trained for the order
        scores = scores_of(spec, memo) if needs_model(spec) else {}
        return in_batches(*order, known, scores, spec.seed)
    except ValueError as error:
        raise SpecError(str(error)) from None


def _corrected(spec: Spec, data: Data, rows: Int) -> Sets:
    before = after = data.train
    if spec.request.kind == "correct_labels":
        rng = np.random.default_rng(child_seed(spec.seed, "flip"))
        rows = np.sort(rng.permutation(rows)[: max(1, round(spec.request.flip * len(rows)))])
        wrong = data.train.y.copy()
        y, classes = wrong[rows], data.classes
        wrong[rows] = images.wrong_labels(y, classes) if is_image(spec) else points.wrong_labels(y, classes, rng)
        before = Split(data.train.x, wrong)
    if spec.request.kind == "erase_feature":
        erased = data.train.x.copy()
        erased[rows, spec.request.erase_column] = spec.request.fill
        after = Split(erased, data.train.y)
    return Sets(rows, before, after, removes=spec.request.kind == "forget")


def few_points(sets: Sets) -> bool:
    """Return whether so few points are named that a new seed moves more: then the paired model is the one to show."""
    return len(sets.forget) < PAIRED_BELOW * len(sets.before)


def whole_class(sets: Sets) -> bool:
    """Return whether the rows to forget are all the rows of one class."""
    label = sets.before.y[sets.forget[0]]
    return bool(np.array_equal(sets.forget, np.flatnonzero(sets.before.y == label)))
