"""Say what a request makes of the training set."""

from __future__ import annotations

import numpy as np

from explorer.data.choosing import choose
from explorer.pipeline.memo import Memo, no_memo
from explorer.pipeline.worlds.points import data, needs_model, scores_of
from explorer.records import (
    Data,
    Int,
    Sets,
    Split,
)
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

PAIRED_BELOW = 0.05  # share of the training set


def sets(spec: Spec, memo: Memo = no_memo) -> Sets:
    """Return what the request makes of the training set.

    Raises:
        SpecError: if the request names no point, all points, or does not fit the data.
    """
    chooser = CATALOG.choosers[spec.request.choose]
    parts = ("data", "request", "seed") + (("model", "training") if needs_model(chooser.needs) else ())
    return memo(f"sets-{spec.key(*parts)}", lambda: _sets(spec, memo))


def _sets(spec: Spec, memo: Memo) -> Sets:
    have = data(spec, memo)
    scores = scores_of(spec, memo) if needs_model(CATALOG.choosers[spec.request.choose].needs) else {}
    try:
        rows = choose(spec.request.choose, spec.request.options, have, scores, child_seed(spec.seed, "request"))
    except ValueError as error:
        raise SpecError(str(error)) from None
    return _corrected(spec, have, rows)


def _corrected(spec: Spec, have: Data, rows: Int) -> Sets:
    before = after = have.train
    if spec.request.kind == "correct_labels":
        rng = np.random.default_rng(child_seed(spec.seed, "flip"))
        rows = np.sort(rng.permutation(rows)[: max(1, round(spec.request.flip * len(rows)))])
        wrong = have.train.y.copy()
        wrong[rows] = _wrong_labels(spec, wrong[rows], have.classes, rng)
        before = Split(have.train.x, wrong)
    if spec.request.kind == "erase_feature":
        erased = have.train.x.copy()
        erased[rows, spec.request.erase_column] = spec.request.fill
        after = Split(erased, have.train.y)
    return Sets(rows, before, after, removes=spec.request.kind == "forget")


def _wrong_labels(spec: Spec, y: Int, classes: int, rng: np.random.Generator) -> Int:
    """Return what poisoned labels say: for images class s becomes the opposite one (Warnecke et al. 2023, s -> 9 - s).

    There the number of classes is even, so no class is its own opposite. For points any other class is as likely.
    """
    if spec.data.name in CATALOG.images:
        return classes - 1 - y
    return (y + 1 + rng.integers(classes - 1, size=len(y))) % classes


def few_points(made: Sets) -> bool:
    """Return whether so few points are named that a new seed moves more: then the paired model is the one to show."""
    return len(made.forget) < PAIRED_BELOW * len(made.before)


def whole_class(made: Sets) -> bool:
    """Return whether the rows to forget are all the rows of one class."""
    label = made.before.y[made.forget[0]]
    return bool(np.array_equal(made.forget, np.flatnonzero(made.before.y == label)))
