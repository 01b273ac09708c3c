"""Make the records of image runs that are kept: snapshots and numbers of original, retrained models and methods.

What is recorded of a model is a snapshot and its numbers, not its weights. The seconds of recording hold evaluation and
looking, and no training.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from explorer import metrics
from explorer.metrics.roc import auc
from explorer.pipeline.attacks.judged import model_logits
from explorer.pipeline.attacks.one_model import a_of_image_model, b_floor_of, b_of, image_attacks_in_b
from explorer.pipeline.attacks.reference_models import asks_rmia, reference_model
from explorer.pipeline.memo import Json
from explorer.pipeline.numbers.compare import between_retrained, to_retrained, training_cost
from explorer.pipeline.paths import image_path
from explorer.pipeline.planes import snapshot
from explorer.pipeline.references import accuracies, judged_logits, original, retrained
from explorer.pipeline.run import Run
from explorer.pipeline.worlds.given import is_given
from explorer.pipeline.worlds.own_weights import own_weights
from explorer.recording.running import in_half
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
    Probes,
    RunNumbers,
    Snapshots,
    Summary,
    defined,
)

HALF = "features in bfloat16"


def original_run(run: Run) -> ImageRun:
    """Return the original: its snapshot, its numbers, and how far it is from the retrained models.

    The run's tick is called between the parts as tick(parts done, all); it may raise to cancel.
    """
    tick, run = run.tick or _nobody, run.quiet
    _make_ready(run)
    start = time.perf_counter()
    logits = judged_logits(run, "original", 0)
    tick(1, 4)
    snapshots = (snapshot(run, "original", 0),)
    tick(2, 4)
    model = _model(run, logits)
    tick(3, 4)
    numbers = RunNumbers(
        models=(model,),
        to_retrained=_to_retrained(run, logits),
        seconds=Cost(train=original(run, 0).seconds, record=time.perf_counter() - start),
        example_gradients=Cost(train=training_cost(run)[0]),
        note="weights of one's own, not trained here" if own_weights(run.spec) else "",
        steps=original(run, 0).way or None,
    )
    return ImageRun("original", _reference_spec(run), snapshots, numbers, "Original")


def retrained_run(run: Run) -> ImageRun:
    """Return the retrained models, their numbers by seed, and the floor: how far they are from each other.

    The run's tick is called between the models as tick(models done, all); it may raise to cancel.
    """
    tick, run = run.tick or _nobody, run.quiet
    _make_ready(run)
    start = time.perf_counter()
    snapshots, models = [], []
    for k in range(run.seeds):
        logits = judged_logits(run, "retrained", k)
        snapshots.append(snapshot(run, "retrained", k))
        models.append(_model(run, logits))
        tick(k + 1, run.seeds)
    floor = {name: b_floor_of(run, name) for name in image_attacks_in_b(run)}
    numbers = RunNumbers(
        models=tuple(models),
        floor=_distances(between_retrained(run), floor),
        seconds=Cost(
            train=float(np.mean([retrained(run, k).seconds for k in range(run.seeds)])),
            record=time.perf_counter() - start,
        ),
        example_gradients=Cost(train=training_cost(run)[1]),
        steps=retrained(run, 0).way or None,
    )
    return ImageRun("retrained", _reference_spec(run), tuple(snapshots), numbers, "Retrained")


def method_run(run: Run) -> ImageRun:
    """Return a method's run: its snapshots and its numbers.

    The run's tick is called as `record_images` says; the numbers are made after its last call.

    Raises:
        SpecError: if it cannot run.
    """
    path = image_path(run)
    _make_ready(run.quiet)
    start = time.perf_counter()
    logits = model_logits(run, "unlearned")
    numbers = RunNumbers(
        models=(_model(run, logits),),
        to_retrained=_to_retrained(run, logits),
        seconds=Cost(
            unlearn=defined(path.seconds),
            prepare=defined(path.seconds_prepare),
            record=path.seconds_record + time.perf_counter() - start,
        ),
        example_gradients=Cost(
            unlearn=defined(path.example_gradients), prepare=defined(path.example_gradients_prepare)
        ),
        straight=path.straight,
        trouble=path.trouble,
        note=path.note,
        steps=HALF if in_half(path.state) and not is_given(run.spec) else None,
    )
    return ImageRun(run.asked.name, run.spec.as_json(), (path.snapshots,), numbers, run.method.title)


def numbers_so_far(seen: Snapshots, probes: Probes) -> RunNumbers:
    """Return what can be said of a run that is under way: accuracies on the probes, no distance and no cost."""
    found = _on_probes(seen.logits[-1].astype(np.float64), probes)
    return RunNumbers(models=(ModelNumbers(Accuracies(**found), {}),))


def _on_probes(logits: Float, probes: Probes) -> dict[str, float]:
    return {
        name: float(metrics.accuracy(logits[probes.part(name)], probes.after_y[probes.part(name)]))
        for name in ("forget", "retain", "test")
    }


def end_on_probes(run: ImageRun, probes: Probes) -> dict[str, float]:
    """Return accuracies and the loss attack's AUC of a recorded run's last step on the probes of its folder.

    Returns:
        "forget", "retain" and "test": accuracies, against the right labels. "auc": forgotten probes against unseen ones
        of the same classes, by the labels on which the original was trained; NaN where there are none of these.
    """
    logits = run.snapshots[0].logits[-1].astype(np.float64)
    found = _on_probes(logits, probes)
    forget, test = probes.part("forget"), probes.part("test")
    same = np.isin(probes.y[test], probes.y[forget])
    score = -np.concatenate([
        metrics.cross_entropy(logits[forget], probes.y[forget]),
        metrics.cross_entropy(logits[test][same], probes.y[test][same]),
    ])  # fmt: skip
    known = auc(score, np.arange(len(score)) < len(score) - same.sum()) if same.any() else float("nan")
    return {**found, "auc": known}


def _nobody(done: int, total: int) -> None:
    """Tell nobody how far it is."""


def _make_ready(run: Run) -> None:
    """Train whatever the numbers need, so that what is timed afterwards is evaluation and recording, and all of it."""
    original(run, 0)
    for k in range(run.seeds):
        retrained(run, k)
    for k in range(run.spec.evaluation.shadows if asks_rmia(run.spec) else 0):
        reference_model(run, k)


def _reference_spec(run: Run) -> Json:
    return {**run.spec.as_json(), "method": None}


def _model(run: Run, logits: Float) -> ModelNumbers:
    """Return accuracies and question A of one model from its logits on the judged images."""
    values = {name: float(value) for name, value in accuracies(run, logits).items()}
    return ModelNumbers(
        Accuracies(**values),
        {
            name: AttackResult(**{statistic: float(value) for statistic, value in found.items()})
            for name, found in a_of_image_model(run, logits).items()
        },
    )


def _to_retrained(run: Run, logits: Float) -> Distances:
    """Return distances of one model to every retrained model, on the forgotten images; question B among them."""
    return _distances(to_retrained(run, logits), {name: b_of(run, name, [logits]) for name in image_attacks_in_b(run)})


def _distances(bands: Mapping[str, Band], attacks: Mapping[str, Band]) -> Distances:
    return Distances(
        **{name: Summary.of(band) for name, band in bands.items()},
        attacks={name: PairResult(Summary.of(band)) for name, band in attacks.items()},
    )
