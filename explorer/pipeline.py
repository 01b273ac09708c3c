"""Turn a Spec into arrays in four pure stages: data, references (original, retrained), path (one method), compare.

Each stage has a key (the hash of its part of the Spec) and takes `memo`, which pages, the store and the tests fill in
as they like. A knob changes only its own method's path. Torch stays inside; numpy leaves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import metrics, recording
from explorer.catalog import CATALOG
from explorer.data import build
from explorer.data.choosing import choose
from explorer.methods._method import Answer, Prepared, Request, TensorSpace
from explorer.models import Network, load_flat
from explorer.records import (
    Band,
    Comparison,
    Data,
    Float,
    Int,
    PanelFrames,
    Plane,
    References,
    Scene,
    Sets,
    Split,
    Trajectory,
)  # fmt: skip
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError, refuse_mismatch
from explorer.training import Examples, Training, TrainingRecord
from explorer.training.draws import generator
from explorer.training.stack import Layout, Row, forward_many, train_many

T = TypeVar("T")
ORIGINALS = 5
FOLDS = 8  # for the loss of a point under models that never saw it
AREA_CELLS = 80
MODEL_PARTS = ("data", "model", "training", "seed")
PATH_PARTS = ("data", "request", "model", "training", "method", "seed")
Tick = Callable[[int, int], None]


class Memo(Protocol):
    """Return what belongs to a key, computing it if it is not known."""

    def __call__(self, key: str, thunk: Callable[[], T], /) -> T:
        """Return the value of `key`; `thunk` computes it."""
        ...


def no_memo(key: str, thunk: Callable[[], T], /) -> T:
    """Compute everything anew."""
    return thunk()


# --- data ---------------------------------------------------------------------------------------------------------


def data(spec: Spec, memo: Memo = no_memo) -> Data:
    """Return the sets that a Spec asks for.

    Raises:
        SpecError: if they cannot be had (an upload that is not there).
    """
    try:
        return memo(f"data-{spec.key('data')}", lambda: build(spec.data.name, spec.data.options))
    except ValueError as error:
        raise SpecError(str(error)) from None


def sets(spec: Spec, memo: Memo = no_memo) -> Sets:
    """Return what the request makes of the training set.

    Raises:
        SpecError: if the request names no point, all points, or does not fit the data.
    """
    chooser = CATALOG.choosers[spec.request.choose]
    parts = ("data", "request", "seed") + (("model", "training") if _needs_model(chooser.needs) else ())
    return memo(f"sets-{spec.key(*parts)}", lambda: _sets(spec, memo))


def _needs_model(needs: frozenset[Any]) -> bool:
    return bool(needs & {"margin", "loss", "loss_out"})


def _sets(spec: Spec, memo: Memo) -> Sets:
    have = data(spec, memo)
    scores = _scores(spec, memo) if _needs_model(CATALOG.choosers[spec.request.choose].needs) else {}
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
        wrong[rows] = (wrong[rows] + 1 + rng.integers(have.classes - 1, size=len(rows))) % have.classes
        before = Split(have.train.x, wrong)
    if spec.request.kind == "erase_feature":
        erased = have.train.x.copy()
        erased[rows, spec.request.erase_column] = spec.request.fill
        after = Split(erased, have.train.y)
    return Sets(rows, before, after, removes=spec.request.kind == "forget")


def _scores(spec: Spec, memo: Memo) -> Mapping[str, Float]:
    """Return what choosers need to know of the original: margin, loss and the loss under models without the point."""
    have = data(spec, memo)
    train = _examples(have, have.train)
    original = originals(spec, memo)[:1]
    logits = forward_many(_layout(spec, have), torch.from_numpy(original), train.x)[0].numpy()
    scores = {"margin": metrics.margin(logits, have.train.y), "loss": metrics.cross_entropy(logits, have.train.y)}
    if "loss_out" in CATALOG.choosers[spec.request.choose].needs:
        scores["loss_out"] = memo(f"loss_out-{spec.key(*MODEL_PARTS)}", lambda: _loss_out(spec, have, train))
    return {name: value.astype(np.float32) for name, value in scores.items()}


def _loss_out(spec: Spec, have: Data, train: Examples) -> Float:
    fold = np.random.default_rng(child_seed(spec.seed, "folds")).permutation(len(have.train)) % FOLDS
    weights = [torch.from_numpy((fold != k).astype(np.float32)) for k in range(FOLDS)]
    rows = [_row(spec, f"fold:{k}", 0, weight) for k, weight in enumerate(weights)]
    trained, _ = train_many(_layout(spec, have), [train], rows, _training(spec))
    logits = forward_many(_layout(spec, have), trained, train.x).numpy()
    return metrics.cross_entropy(logits[fold, np.arange(len(fold))], have.train.y).astype(np.float32)


# --- references ---------------------------------------------------------------------------------------------------


def originals(spec: Spec, memo: Memo = no_memo) -> Float:
    """Return the originals' weights (5, p), trained on the data set as it is."""

    def train() -> Float:
        have = data(spec, memo)
        everyone = torch.ones(len(have.train))
        rows = [_row(spec, f"original:{k}", 0, everyone) for k in range(ORIGINALS)]
        return train_many(_layout(spec, have), [_examples(have, have.train)], rows, _training(spec))[0].numpy()

    return memo(f"originals-{spec.key(*MODEL_PARTS)}", train)


def references(spec: Spec, memo: Memo = no_memo, tick: Tick | None = None) -> References:
    """Return original and retrained models, trained together in one stack, and the paired retrained model."""
    key = f"references-{spec.key('data', 'request', 'model', 'training', 'seed')}-{_retrained_seeds(spec)}"
    return memo(key, lambda: _references(spec, memo, tick))


def _references(spec: Spec, memo: Memo, tick: Tick | None) -> References:
    have, made = data(spec, memo), sets(spec, memo)
    layout, count = _layout(spec, have), _retrained_seeds(spec)
    both = [_examples(have, made.before), _examples(have, made.after)]
    known = _needs_model(CATALOG.choosers[spec.request.choose].needs) and spec.request.kind != "correct_labels"
    everyone, left = torch.ones(len(made.before)), torch.ones(len(made.before))
    if made.removes:
        left[torch.from_numpy(made.forget)] = 0.0
    first = [] if known else [_row(spec, f"original:{k}", 0, everyone) for k in range(ORIGINALS)]
    again = [_row(spec, f"retrained:{k}", 1, left) for k in range(count)] + [_row(spec, "original:0", 1, left)]
    start = time.perf_counter()
    weights = train_many(layout, both, first + again, _training(spec), tick=tick)[0].numpy()
    seconds = (time.perf_counter() - start) / len(first + again)
    if not np.isfinite(weights).all():
        raise SpecError(
            f"training broke down: the weights are not finite; lower `training.lr` ({_training(spec).lr:g})"
        )
    trained = originals(spec, memo) if known else weights[:ORIGINALS]
    retrained = weights[len(first) :]
    return References(trained, retrained[:count], retrained[count], seconds * ORIGINALS, seconds * count)


def _row(spec: Spec, name: str, which: int, weight: torch.Tensor) -> Row:
    return Row(child_seed(spec.seed, "init", name), child_seed(spec.seed, "batches", name), which, weight)


def _retrained_seeds(spec: Spec) -> int:
    return spec.evaluation.retrained_seeds


def _training(spec: Spec) -> Training:
    assert isinstance(spec.training, Training)  # parse_training makes nothing else
    return spec.training


def _layout(spec: Spec, have: Data) -> Layout:
    return CATALOG.models[spec.model.name].layout(spec.model.options, (have.train.x.shape[1],), have.classes)


def _network(spec: Spec, have: Data, weights: Float) -> Network:
    model = CATALOG.models[spec.model.name].build(spec.model.options, have.train.x.shape[1:], have.classes)
    load_flat(model, torch.from_numpy(weights))
    return model.eval()


def _examples(have: Data, split: Split) -> Examples:
    return Examples(torch.from_numpy(have.space.standardise(split.x)), torch.from_numpy(split.y))


# --- one method's path --------------------------------------------------------------------------------------------


def path(spec: Spec, memo: Memo = no_memo, original: int = 0, tick: Tick | None = None) -> Trajectory:
    """Return the path of the Spec's method from one of the originals.

    Raises:
        SpecError: if the method cannot answer the request.
    """
    return memo(f"path-{spec.key(*PATH_PARTS)}-{original}", lambda: _path(spec, memo, original, tick))


def _path(spec: Spec, memo: Memo, original: int, tick: Tick | None) -> Trajectory:
    assert spec.method is not None
    have, made = data(spec, memo), sets(spec, memo)
    refuse_mismatch(spec, whole_class=whole_class(made))
    method, knobs = CATALOG.methods[spec.method.name], spec.method.knobs
    model = _network(spec, have, references(spec, memo).originals[original])
    request = _request(spec, have, made)
    if method.needs_record:
        request = _with_record(request, _record(spec, memo, original))
    rng = generator(child_seed(spec.seed, "method", original))
    prepared = _prepared(spec, memo, model, request, original) if method.prepare else None
    if method.own_original is not None:
        model = method.own_original(model, request, knobs, rng, prepared[0] if prepared else None)
    probes = torch.cat([request.before.x, _examples(have, have.test).x])
    coarse = torch.from_numpy(have.space.standardise(Plane.around(have.train.x).grid(32)))
    return recording.record(
        method, model, request, knobs, rng, probes, plane=coarse, prepared=prepared, rows=made.forget, tick=tick
    )


def whole_class(made: Sets) -> bool:
    """Return whether the rows to forget are all the rows of one class."""
    label = made.before.y[made.forget[0]]
    return bool(np.array_equal(made.forget, np.flatnonzero(made.before.y == label)))


def _request(spec: Spec, have: Data, made: Sets) -> Request:
    before, after = _examples(have, made.before), _examples(have, made.after)
    rows, rest = torch.from_numpy(made.forget), torch.from_numpy(made.retain)
    whole = spec.request.kind == "forget" and whole_class(made)
    kind: Answer = "forget_class" if whole else spec.request.kind
    none = rows[:0] if made.removes else rows
    space = [torch.from_numpy(np.asarray(getattr(have.space, name))) for name in ("mean", "std", "low", "high")]
    return Request(
        forget=Examples(before.x[rows], before.y[rows]),
        retain=Examples(before.x[rest], before.y[rest]),
        before=before,
        heldout=_examples(have, have.heldout),
        corrected=Examples(after.x[none], after.y[none]),
        space=TensorSpace(*space),
        classes=have.classes,
        kind=kind,
        erased=spec.request.erase_column if spec.request.kind == "erase_feature" else -1,
        rows=rows,
    )


def _with_record(request: Request, record: TrainingRecord) -> Request:
    from dataclasses import replace

    return replace(request, record=record)


def _record(spec: Spec, memo: Memo, original: int) -> TrainingRecord:
    """Train one original again, keeping its path; the weights are those of the stack."""

    def train() -> TrainingRecord:
        have, made = data(spec, memo), sets(spec, memo)
        row = _row(spec, f"original:{original}", 0, torch.ones(len(made.before)))
        both = [_examples(have, made.before)]
        return train_many(_layout(spec, have), both, [row], _training(spec), keep_path=True)[1][0]

    return memo(f"record-{spec.key(*_before_parts(spec))}-{original}", train)


def _before_parts(spec: Spec) -> tuple[str, ...]:
    """Return the parts that what the original saw depends on."""
    return MODEL_PARTS if spec.request.kind != "correct_labels" else (*MODEL_PARTS, "request")


def _prepared(spec: Spec, memo: Memo, model: Network, request: Request, original: int) -> tuple[Prepared, float, float]:
    """Return what the method prepares, shared by all requests on which it does not depend."""
    assert spec.method is not None
    method = CATALOG.methods[spec.method.name]
    shared = all(part == "record" or part.startswith(("before.", "heldout.")) for part in method.prepare_reads)
    parts = _before_parts(spec) if shared else (*MODEL_PARTS, "request")
    values = {name: getattr(spec.method.knobs, name) for name in sorted(method.prepare_knobs)}
    key = f"prepared-{spec.method.name}-{values}-{spec.key(*dict.fromkeys(parts))}-{original}"
    rng = generator(child_seed(spec.seed, "prepare", original))
    return memo(key, lambda: recording.prepare(method, model, request, spec.method.knobs, rng))  # type: ignore[union-attr]


# --- pictures -----------------------------------------------------------------------------------------------------


def grid_size(classes: int) -> int:
    """Return how many cells a side the pictures have."""
    return 64 if classes <= 5 else 48


def _grids(spec: Spec, have: Data, weights: Float, size: int) -> Float:
    """Return logits (t, size * size, c) of flat weights (t, p) on the plane."""
    points = torch.from_numpy(have.space.standardise(Plane.around(have.train.x).grid(size)))
    return forward_many(_layout(spec, have), torch.from_numpy(np.atleast_2d(weights)), points).numpy()


def scene(spec: Spec, memo: Memo = no_memo) -> Scene:
    """Return what all panels of a picture share."""
    key = f"scene-{spec.key('data', 'request', 'model', 'training', 'seed')}-{_retrained_seeds(spec)}"
    return memo(key, lambda: _scene(spec, memo))


def _scene(spec: Spec, memo: Memo) -> Scene:
    have, made, refs = data(spec, memo), sets(spec, memo), references(spec, memo)
    size = grid_size(have.classes)
    grids = _grids(spec, have, np.concatenate([refs.originals[:1], refs.paired[None], refs.retrained]), size)
    return Scene(
        plane=Plane.around(have.train.x), size=size, x=made.before.x, y=made.before.y, forget=made.forget,
        names=have.names, original=grids[0], retrained=grids[2:], paired=grids[1],
        after_x=made.after.x[made.forget], after_y=made.after.y[made.forget],
    )  # fmt: skip


def reference_panel(spec: Spec, role: str, memo: Memo = no_memo) -> PanelFrames:
    """Return the panel of the original or of a retrained model; it stands still.

    Args:
        spec: the run; its method does not matter.
        role: "original" or "retrained" (the first of the retrained models).
        memo: as everywhere.
    """
    have, made, refs = data(spec, memo), sets(spec, memo), references(spec, memo)
    weights = refs.originals[0] if role == "original" else refs.retrained[0]
    probe = torch.from_numpy(have.space.standardise(made.before.x))
    logits = forward_many(_layout(spec, have), torch.from_numpy(weights[None]), probe).numpy()
    picture = scene(spec, memo)
    grid = picture.original if role == "original" else picture.retrained[0]
    return PanelFrames(
        name=role, title=role.capitalize(), kind="reference", step=np.zeros(1, np.int64), logits=grid[None],
        confidence=metrics.true_confidence(logits, made.before.y), score=_corner(spec, memo, logits[-1]),
    )  # fmt: skip


def panel(spec: Spec, memo: Memo = no_memo, name: str = "", tick: Tick | None = None) -> PanelFrames:
    """Return the picture of the Spec's method, at its keyframes.

    Args:
        spec: the run.
        memo: as everywhere.
        name: unique name within the picture; by default the method's key.
        tick: called with (done, total); may raise to cancel.
    """
    assert spec.method is not None
    method = CATALOG.methods[spec.method.name]
    have, made, run = data(spec, memo), sets(spec, memo), path(spec, memo, tick=tick)
    kept = run.keyframe
    note = "one jump; the path drawn is the straight line between the weights" if run.straight else ""
    return PanelFrames(
        name=name or spec.method.name, title=method.title, kind=method.kind, step=run.step[kept],
        logits=_panel_grids(spec, have, run, memo),
        confidence=metrics.true_confidence(run.logits[kept][:, : len(made.before)], made.before.y),
        score=_corner(spec, memo, run.logits[-1, : len(made.before)]), note=note, trouble=run.trouble,
        helpers=run.helpers,
    )  # fmt: skip


def _panel_grids(spec: Spec, have: Data, run: Trajectory, memo: Memo) -> Float:
    assert run.weights is not None
    return _grids(spec, have, run.weights[run.keyframe], grid_size(have.classes))


def _corner(spec: Spec, memo: Memo, logits: Float) -> tuple[str, ...]:
    """Return the lines in the corner of a panel: accuracy on the forget and retain sets, with retrained's range."""
    made, bands = sets(spec, memo), retrained_accuracy(spec, memo)
    lines = []
    for name, rows in (("forget", made.forget), ("retain", made.retain)):
        value, band = metrics.accuracy(logits[rows], made.before.y[rows]), bands[name]
        lines.append(f"{name} {value:.2f} (retrained {band.low:.2f}–{band.high:.2f})")
    return tuple(lines)


# --- numbers ------------------------------------------------------------------------------------------------------


def _probe_logits(spec: Spec, memo: Memo, weights: Float) -> Float:
    """Return logits (t, n + test, c) of flat weights on the rows of before, then test."""
    have, made = data(spec, memo), sets(spec, memo)
    points = torch.from_numpy(have.space.standardise(np.concatenate([made.before.x, have.test.x])))
    return forward_many(_layout(spec, have), torch.from_numpy(np.atleast_2d(weights)), points).numpy()


def accuracies(spec: Spec, memo: Memo, logits: Float) -> dict[str, float]:
    """Return accuracy on retain, forget and test from logits (n + test, c) on the run's probes.

    On rows that a request corrects, the right label is the corrected one.
    """
    have, made = data(spec, memo), sets(spec, memo)
    n = len(made.before)
    return {
        "retain": metrics.accuracy(logits[made.retain], made.after.y[made.retain]),
        "forget": metrics.accuracy(logits[made.forget], made.after.y[made.forget]),
        "test": metrics.accuracy(logits[n:], have.test.y),
    }


def retrained_accuracy(spec: Spec, memo: Memo = no_memo) -> dict[str, Band]:
    """Return the retrained models' accuracies over seeds."""
    return _bands([accuracies(spec, memo, logits) for logits in reference_logits(spec, memo)["retrained"]])


def reference_logits(spec: Spec, memo: Memo = no_memo) -> dict[str, Float]:
    """Return logits of "originals", "retrained" and "paired" on the run's probes (k, n + test, c)."""
    key = f"reference_logits-{spec.key('data', 'request', 'model', 'training', 'seed')}-{_retrained_seeds(spec)}"

    def compute() -> dict[str, Float]:
        refs = references(spec, memo)
        k, r = len(refs.originals), len(refs.retrained)
        stacked = np.concatenate([refs.originals, refs.retrained, refs.paired[None]])
        logits = _probe_logits(spec, memo, stacked)
        return {"originals": logits[:k], "retrained": logits[k : k + r], "paired": logits[k + r :]}

    return memo(key, compute)


def reference_areas(spec: Spec, memo: Memo = no_memo) -> dict[str, Int]:
    """Return the classes (k, 80 * 80) of "originals", "retrained" and "paired" on the plane."""
    key = f"reference_areas-{spec.key('data', 'request', 'model', 'training', 'seed')}-{_retrained_seeds(spec)}"

    def compute() -> dict[str, Int]:
        refs, have = references(spec, memo), data(spec, memo)
        k, r = len(refs.originals), len(refs.retrained)
        stacked = np.concatenate([refs.originals, refs.retrained, refs.paired[None]])
        areas = _grids(spec, have, stacked, AREA_CELLS).argmax(axis=-1)
        return {"originals": areas[:k], "retrained": areas[k : k + r], "paired": areas[k + r :]}

    return memo(key, compute)


def signal_to_floor(spec: Spec, memo: Memo = no_memo) -> float:
    """Return how many times more forgetting moves the boundary than a new seed does; NaN where the floor is 0."""
    areas = reference_areas(spec, memo)
    return metrics.signal_to_floor(areas["originals"], areas["retrained"])


def hardness(spec: Spec, memo: Memo = no_memo) -> dict[str, float]:
    """Return how hard the choice of points is: see metrics.hardness."""
    made, logits = sets(spec, memo), reference_logits(spec, memo)
    y = made.after.y[made.forget]
    return metrics.hardness(logits["originals"][0, made.forget], logits["retrained"][:, made.forget], y)


def curves(spec: Spec, memo: Memo = no_memo) -> dict[str, NDArray[np.float64]]:
    """Return the method's numbers by step: "step" and an array (t,) a number; distances are means over retrained."""
    run = path(spec, memo)

    def compute() -> dict[str, NDArray[np.float64]]:
        have = data(spec, memo)
        assert run.weights is not None
        areas = _grids(spec, have, run.weights, AREA_CELLS).argmax(axis=-1)
        rows = [
            {**accuracies(spec, memo, logits), **_means(_distances(spec, memo, logits, area))}
            for logits, area in zip(run.logits, areas, strict=True)
        ]
        return {"step": run.step.astype(float), **{name: np.array([row[name] for row in rows]) for name in rows[0]}}

    return memo(f"curves-{spec.key(*PATH_PARTS)}-{_retrained_seeds(spec)}", compute)


def compare(spec: Spec, memo: Memo = no_memo, *, spread: bool = True) -> Comparison:
    """Return the numbers that set original, unlearned and retrained models side by side.

    Args:
        spec: the run, with a method.
        memo: as everywhere.
        spread: also run the method from the other originals (five paths instead of one).
    """
    key = f"compare-{spec.key(*PATH_PARTS)}-{_retrained_seeds(spec)}-{spread}"
    return memo(key, lambda: _compare(spec, memo, ORIGINALS if spread else 1))


def _compare(spec: Spec, memo: Memo, count: int) -> Comparison:
    have, logits, areas = data(spec, memo), reference_logits(spec, memo), reference_areas(spec, memo)
    runs = [path(spec, memo, original) for original in range(count)]
    ends = [(run.logits[-1], _end_area(spec, have, run)) for run in runs]
    each = [_distances(spec, memo, *end) for end in ends]
    untouched = _distances(spec, memo, logits["originals"][0], areas["originals"][0])
    return Comparison(
        accuracy={
            "original": _bands([accuracies(spec, memo, one) for one in logits["originals"]]),
            "unlearned": _bands([accuracies(spec, memo, one) for one, _ in ends]),
            "retrained": retrained_accuracy(spec, memo),
        },
        to_retrained=each[0],
        spread=_bands([_means(one) for one in each]),
        floor=floor(spec, memo),
        untouched=untouched,
        signal_to_floor=signal_to_floor(spec, memo),
        seconds=_seconds(spec, memo, runs[0]),
        example_gradients=_example_gradients(spec, memo, runs[0]),
    )


def _end_area(spec: Spec, have: Data, run: Trajectory) -> Int:
    assert run.weights is not None
    return _grids(spec, have, run.weights[-1:], AREA_CELLS)[0].argmax(axis=-1)


def _distances(spec: Spec, memo: Memo, logits: Float, area: Int) -> dict[str, Band]:
    """Return each distance of one model to every retrained model."""
    made, refs, areas = sets(spec, memo), reference_logits(spec, memo), reference_areas(spec, memo)
    pairs = zip(refs["retrained"], areas["retrained"], strict=True)
    rows = [metrics.distances(logits[made.forget], one[made.forget], area, other) for one, other in pairs]
    change = metrics.change(area, areas["originals"][0], areas["retrained"])
    return {**_bands(rows), **{name: Band((value,)) for name, value in change.items()}}


def floor(spec: Spec, memo: Memo = no_memo) -> dict[str, Band]:
    """Return the same distances from retrained to retrained, over all pairs."""
    key = f"floor-{spec.key('data', 'request', 'model', 'training', 'seed')}-{_retrained_seeds(spec)}"
    return memo(key, lambda: _floor(spec, memo))


def _floor(spec: Spec, memo: Memo) -> dict[str, Band]:
    made, refs, areas = sets(spec, memo), reference_logits(spec, memo), reference_areas(spec, memo)
    logits, regions, count = refs["retrained"][:, made.forget], areas["retrained"], len(areas["retrained"])
    pairs = [metrics.distances(logits[i], logits[j], regions[i], regions[j]) for i in range(count) for j in range(i)]
    changes = [metrics.change(regions[i], areas["originals"][0], np.delete(regions, i, axis=0)) for i in range(count)]
    return {**_bands(pairs), **_bands(changes)}


def _bands(rows: list[dict[str, float]]) -> dict[str, Band]:
    return {name: Band(tuple(row[name] for row in rows)) for name in rows[0]}


def _means(bands: Mapping[str, Band]) -> dict[str, float]:
    return {name: band.mean for name, band in bands.items()}


def _seconds(spec: Spec, memo: Memo, run: Trajectory) -> dict[str, float]:
    refs = references(spec, memo)
    eager = memo(f"eager-{spec.key(*MODEL_PARTS)}", lambda: _eager_seconds(spec, memo))
    return {
        "train": refs.seconds_train / ORIGINALS, "retrain": eager,
        "unlearn": run.seconds, "prepare": run.seconds_prepare,
    }  # fmt: skip


def _eager_seconds(spec: Spec, memo: Memo) -> float:
    """Return what retraining one model takes in an ordinary eager loop: some steps are timed, the rest counted."""
    have, training, timed = data(spec, memo), _training(spec), 40
    model = _network(spec, have, references(spec, memo).originals[0]).train()
    examples = _examples(have, have.train)
    optimizer = torch.optim.AdamW(model.parameters(), lr=training.lr)
    rows = torch.arange(min(training.batch, len(have.train)))
    start = time.perf_counter()
    for _ in range(timed):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(examples.x[rows]), examples.y[rows]).backward()
        optimizer.step()
    return (time.perf_counter() - start) / timed * training.steps


def _example_gradients(spec: Spec, memo: Memo, run: Trajectory) -> dict[str, float]:
    made, training = sets(spec, memo), _training(spec)
    whole = float(training.steps * min(training.batch, len(made.before)))
    share = len(made.retain) / len(made.before) if made.removes else 1.0
    return {
        "train": whole, "retrain": whole * share,
        "unlearn": run.example_gradients, "prepare": run.example_gradients_prepare,
    }  # fmt: skip


# --- one JSON object ----------------------------------------------------------------------------------------------


def result(spec: Spec, memo: Memo = no_memo) -> dict[str, Any]:
    """Return what `python -m explorer run` prints; what is not defined is None.

    Raises:
        SpecError: if the Spec cannot be run.
    """
    if spec.method is None:
        raise SpecError("`method` must name a method to run")
    numbers = compare(spec, memo)
    accuracy = {role: _json(bands) for role, bands in numbers.accuracy.items()}
    screen = {
        role: {name: _number(band.values[0]) for name, band in numbers.accuracy[role].items()}
        for role in ("original", "unlearned")
    }
    return {
        "spec": spec.as_json(),
        "models": {
            **{role: {"accuracy": screen[role], "attacks": {}} for role in screen},
            "retrained": {"accuracy": accuracy["retrained"], "attacks": {}},
        },
        "to_retrained": {**_json(numbers.to_retrained), "attacks": {}},
        "floor": {**_json(numbers.floor), "attacks": {}},
        "spread": {"accuracy": accuracy["unlearned"], "to_retrained": _json(numbers.spread)},
        "signal_to_floor": _number(numbers.signal_to_floor),
        "cost": {"seconds": dict(numbers.seconds), "example_gradients": dict(numbers.example_gradients)},
        "trouble": path(spec, memo).trouble,
    }


def _json(bands: Mapping[str, Band]) -> dict[str, dict[str, float | int | None]]:
    return {name: band.as_json() for name, band in bands.items()}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
