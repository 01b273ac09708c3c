"""Make the numbers of image runs: accuracies, attacks, distances to retrained, cost; and the records that are kept."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from explorer import metrics
from explorer.attacks import (
    Judged,
    Points,
    ask_a,
    question_a_worlds,
    question_b,
    question_b_floor,
)
from explorer.pipeline.data import data
from explorer.pipeline.images.paths import image_path
from explorer.pipeline.images.references import (
    groups,
    judged_images,
    judged_logits,
    judged_rows,
    original,
    retrained,
    snapshot,
)
from explorer.pipeline.memo import MODEL_PARTS, Memo, Tick, no_memo
from explorer.pipeline.references import bands_of
from explorer.pipeline.sets import sets
from explorer.pipeline.worlds.images import (
    Checkpoints,
    logits_of,
    own_weights,
    standardised,
    trained,
    training_of,
    without_weights,
)
from explorer.records import (
    Accuracies,
    AttackResult,
    Band,
    Cost,
    Distances,
    Float,
    ImageRun,
    ModelNumbers,
    PairResult,
    RunNumbers,
    Shadows,
    Summary,
    plain,
)
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

Json = dict[str, Any]  # JSON values
RMIA = "rmia"


def original_run(
    spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None, tick: Tick | None = None
) -> ImageRun:
    """Return the original: its snapshot, its numbers, and how far it is from the retrained models.

    `tick` is called between the parts as tick(parts done, all); it may raise to cancel.
    """
    said = tick or _nobody
    _make_ready(spec, memo, places)
    start = time.perf_counter()
    logits = judged_logits(spec, "original", 0, memo, places)
    said(1, 4)
    snapshots = (snapshot(spec, "original", 0, memo, places),)
    said(2, 4)
    told = _one_model(spec, memo, logits, places)
    said(3, 4)
    own = own_weights(spec)
    numbers = RunNumbers(
        models=(told,),
        to_retrained=_to_retrained(spec, memo, logits, places),
        seconds=Cost(train=original(spec, 0, memo, places).seconds, record=time.perf_counter() - start),
        example_gradients=Cost(train=0.0 if own else _training_cost(spec)),
        note="weights of one's own, not trained here" if own else "",
    )
    return ImageRun("original", _reference_spec(spec), snapshots, numbers, "Original")


def retrained_run(
    spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None, tick: Tick | None = None
) -> ImageRun:
    """Return the retrained models, their numbers by seed, and the floor: how far they are from each other.

    `tick` is called between the models as tick(models done, all); it may raise to cancel.
    """
    said = tick or _nobody
    seeds = range(spec.evaluation.retrained_seeds)
    _make_ready(spec, memo, places)
    start = time.perf_counter()
    logits, snapshots, told = [], [], []
    for k in seeds:
        logits.append(judged_logits(spec, "retrained", k, memo, places))
        snapshots.append(snapshot(spec, "retrained", k, memo, places))
        told.append(_one_model(spec, memo, logits[k], places))
        said(k + 1, len(seeds))
    numbers = RunNumbers(
        models=tuple(told),
        floor=_floor(spec, memo, logits),
        seconds=Cost(
            train=float(np.mean([retrained(spec, k, memo, places).seconds for k in seeds])),
            record=time.perf_counter() - start,
        ),
        example_gradients=Cost(train=_training_cost(spec) * _share_left(spec, memo)),
    )
    return ImageRun("retrained", _reference_spec(spec), tuple(snapshots), numbers, "Retrained")


def method_run(
    spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None, tick: Tick | None = None
) -> ImageRun:
    """Return a method's run: its snapshots and its numbers.

    `tick` is called as `record_images` says; the numbers are made after its last call.

    Raises:
        SpecError: if it cannot run.
    """
    if spec.method is None:
        raise SpecError("`method` must name a method to run")
    path = image_path(spec, memo, places, tick)
    _make_ready(spec, memo, places)
    start = time.perf_counter()
    logits = logits_of(spec, data(spec, memo), path.state.cpu().numpy(), judged_images(spec, memo))
    numbers = RunNumbers(
        models=(_one_model(spec, memo, logits, places),),
        to_retrained=_to_retrained(spec, memo, logits, places),
        seconds=Cost(
            unlearn=path.seconds,
            prepare=path.seconds_prepare,
            record=path.seconds_record + time.perf_counter() - start,
        ),
        example_gradients=Cost(unlearn=path.example_gradients, prepare=path.example_gradients_prepare),
        straight=path.straight,
        trouble=path.trouble,
        note=path.note,
    )
    title = CATALOG.methods[spec.method.name].title
    return ImageRun(spec.method.name, spec.as_json(), (path.snapshots,), numbers, title)


def image_result(spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None, tick: Tick | None = None) -> Json:
    """Return what `python -m explorer run` prints of a run on images; the shape is that of points."""
    first, again = original_run(spec, memo, places).numbers, retrained_run(spec, memo, places).numbers
    ours = method_run(spec, memo, places, tick).numbers
    return {
        "spec": spec.as_json(),
        "models": {
            "original": plain(first.models[0]),
            "unlearned": plain(ours.models[0]),
            "retrained": _over_seeds([plain(model) for model in again.models]),
        },
        "to_retrained": plain(ours.to_retrained),
        "floor": plain(again.floor),
        "signal_to_floor": None,
        "cost": {
            "seconds": _cost(first.seconds, again.seconds, ours.seconds),
            "example_gradients": _cost(first.example_gradients, again.example_gradients, ours.example_gradients),
        },
        "trouble": ours.trouble,
    }


def _cost(first: Cost, again: Cost, ours: Cost) -> Json:
    return {"train": first.train, "retrain": again.train, "unlearn": ours.unlearn, "prepare": ours.prepare}


def _over_seeds(models: Sequence[Json]) -> Json:
    """Return the numbers of several models, one dict each, as mean, min, max and n at every place."""
    first = models[0]
    found: Json = {}
    for name, value in first.items():
        column = [model.get(name) for model in models]
        if isinstance(value, Mapping):
            found[name] = _over_seeds([dict(one or {}) for one in column])
        else:
            found[name] = Band(tuple(float("nan") if one is None else float(one) for one in column)).as_json()
    return found


def _nobody(done: int, total: int) -> None:
    """Tell nobody how far it is."""


def _make_ready(spec: Spec, memo: Memo, places: Checkpoints | None) -> None:
    """Train whatever the numbers need, so that what is timed afterwards is evaluation and recording, and all of it."""
    original(spec, 0, memo, places)
    for k in range(spec.evaluation.retrained_seeds):
        retrained(spec, k, memo, places)
    for k in range(spec.evaluation.shadows if _asks_rmia(spec) else 0):
        reference_model(spec, k, memo, places)


def _asks_rmia(spec: Spec) -> bool:
    names = spec.evaluation.attacks
    return spec.evaluation.shadows > 0 and spec.request.kind == "forget" and (names is None or RMIA in names)


def _reference_spec(spec: Spec) -> Json:
    return {**spec.as_json(), "method": None}


def _training_cost(spec: Spec) -> float:
    training = training_of(spec)
    return float(training.steps * training.batch)


def _share_left(spec: Spec, memo: Memo) -> float:
    made = sets(spec, memo)
    return len(made.retain) / len(made.before) if made.removes else 1.0


def _parts(spec: Spec, memo: Memo) -> tuple[slice, slice, slice]:
    forget, retain = judged_rows(spec, memo)
    middle = len(forget) + len(retain)
    return slice(0, len(forget)), slice(len(forget), middle), slice(middle, None)


def _one_model(spec: Spec, memo: Memo, logits: Float, places: Checkpoints | None) -> ModelNumbers:
    """Return accuracies and question A of one model from its logits on the judged images.

    Unseen images in question A are test images of the forgotten classes, or of the forgotten sub-class.
    """
    return ModelNumbers(_accuracies(spec, memo, logits), _attacks(spec, memo, logits, places))


def _accuracies(spec: Spec, memo: Memo, logits: Float) -> Accuracies:
    have, made = data(spec, memo), sets(spec, memo)
    forget, retain, test = _parts(spec, memo)
    rows = judged_rows(spec, memo)
    found = Accuracies(
        retain=float(metrics.accuracy(logits[retain], made.after.y[rows[1]])),
        forget=float(metrics.accuracy(logits[forget], made.after.y[rows[0]])),
        test=float(metrics.accuracy(logits[test], have.test.y)),
    )
    if spec.request.choose not in ("class", "subclass") or spec.request.kind != "forget":
        return found
    of_it = np.isin(groups(spec, have.test), groups(spec, made.before)[made.forget])
    return replace(
        found,
        test_retain=float(metrics.accuracy(logits[test][~of_it], have.test.y[~of_it])),
        test_forget=float(metrics.accuracy(logits[test][of_it], have.test.y[of_it])),
    )


def _attacks(spec: Spec, memo: Memo, logits: Float, places: Checkpoints | None) -> dict[str, AttackResult]:
    have, made = data(spec, memo), sets(spec, memo)
    forget, retain, test = _parts(spec, memo)
    rows, alike = judged_rows(spec, memo), groups(spec, made.before)
    judged = Judged(
        Points(logits[forget], made.before.y[rows[0]], alike[rows[0]]),
        Points(logits[retain], made.before.y[rows[1]], alike[rows[1]]),
        Points(logits[test], have.test.y, groups(spec, have.test)),
    )
    names = spec.evaluation.attacks
    asked = {
        name: attack
        for name, attack in CATALOG.attacks.items()
        if "A" in attack.questions and "logits" in attack.needs and (names is None or name in names)
    }
    found = ask_a(asked, judged, child_seed(spec.seed, "attacks"))
    if _asks_rmia(spec):
        rng = np.random.default_rng(child_seed(spec.seed, "attacks", RMIA))
        labels = np.concatenate([made.before.y[np.concatenate(rows)], have.test.y])
        every = np.concatenate([alike[np.concatenate(rows)], groups(spec, have.test)])
        stack, named = reference_models(spec, memo, places), np.arange(len(rows[0]))
        told = question_a_worlds(CATALOG.attacks[RMIA], logits[None], stack, labels, named, rng, groups=every)
        found[RMIA] = told[0]
    return {
        name: AttackResult(**{statistic: float(value) for statistic, value in given.items()})
        for name, given in found.items()
    }


def reference_models(
    spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None, tick: Tick | None = None
) -> Shadows:
    """Return `evaluation.shadows` models, each trained on a random half of the training set, on the judged images.

    They depend on no request, and are shared by all: only the rows judged differ. `after` is `before`: nothing is
    unlearned.
    """
    count = spec.evaluation.shadows
    rows = np.concatenate(judged_rows(spec, memo))
    member, logits = [], []
    for k in range(count):
        inside, everywhere = reference_model(spec, k, memo, places)
        have = data(spec, memo)
        n = len(have.train)
        member.append(inside[rows])
        logits.append(np.concatenate([everywhere[rows], everywhere[n:]]).astype(np.float32))
        if tick:
            tick(k + 1, count)
    inside, before = np.stack(member), np.stack(logits)
    return Shadows(inside, inside & False, before, before, np.arange(count, dtype=np.int64))


def reference_model(spec: Spec, k: int, memo: Memo = no_memo, places: Checkpoints | None = None) -> tuple[Any, Any]:
    """Return which training rows reference model k saw (n,) bool, and its logits (n + test, c) float16."""
    spec = without_weights(spec)
    key = f"image-shadow-{spec.key(*MODEL_PARTS)}-{k}"

    def make() -> tuple[Any, Any]:
        have = data(spec, memo)
        inside = np.random.default_rng(child_seed(spec.seed, "shadows", k, "member")).random(len(have.train)) < 0.5
        model = trained(spec, f"shadows:{k}", have.train, ~inside, f"{key}-weights", no_memo, places=places)
        at = standardised(have, have.train), standardised(have, have.test)
        logits = np.concatenate([logits_of(spec, have, model.state, x) for x in at])
        return inside, np.clip(logits, -60000, 60000).astype(np.float16)

    return tuple(memo(key, make))  # type: ignore[return-value]  # a pair


def _to_retrained(spec: Spec, memo: Memo, logits: Float, places: Checkpoints | None) -> Distances:
    """Return distances of one model to every retrained model, on the forgotten images; question B among them."""
    made = sets(spec, memo)
    forget, rows = _parts(spec, memo)[0], judged_rows(spec, memo)[0]
    others = [judged_logits(spec, "retrained", k, memo, places)[forget] for k in range(spec.evaluation.retrained_seeds)]
    pairs, labels = [metrics.distances(logits[forget], other) for other in others], made.before.y[rows]
    told = {name: question_b(CATALOG.attacks[name], [logits[forget]], others, labels) for name in _in_b(spec)}
    return _over_pairs(pairs, told)


def _floor(spec: Spec, memo: Memo, logits: Sequence[Float]) -> Distances:
    made = sets(spec, memo)
    forget, rows = _parts(spec, memo)[0], judged_rows(spec, memo)[0]
    ours = [one[forget] for one in logits]
    pairs = [metrics.distances(ours[i], ours[j]) for i in range(len(ours)) for j in range(i)]
    labels = made.before.y[rows]
    return _over_pairs(pairs, {name: question_b_floor(CATALOG.attacks[name], ours, labels) for name in _in_b(spec)})


def _over_pairs(pairs: list[dict[str, float]], attacks: Mapping[str, Band]) -> Distances:
    found = {name: Summary.of(band) for name, band in bands_of(pairs).items()}
    return Distances(
        activation_distance=found["activation_distance"],
        js_divergence=found["js_divergence"],
        forget_agreement=found["forget_agreement"],
        attacks={name: PairResult(Summary.of(band)) for name, band in attacks.items()},
    )


def _in_b(spec: Spec) -> list[str]:
    names = spec.evaluation.attacks
    return [
        name for name, attack in CATALOG.attacks.items()
        if "B" in attack.questions and (names is None or name in names)
    ]  # fmt: skip
