"""Audit recorded runs on images: numbers of what shows, comes back and is given away after the deletion.

`python -m explorer record --only audits` makes what is missing of PLAN and keeps it in audits.json, beside the recorded
folders, one model and audit at a time: a killed run goes on where it was. A method is run from the original that its
folder ships, at its recorded knobs, which gives the recorded run again; where the store still holds its last weights
from `record`, or from an audit before, they are read instead. The retrained models are those that ship, which are in
half precision. The zero lines are the method on the first retrained model, an original of another seed (trained where
the store has none) and the retrained models themselves. The control of *relearning* that runs until as much damage is
done is not made on images: it would cost ten times the method.

    {"command": ..., "made": {...}, "audited": {<folder>: {<model>: {<audit>: {"asked": <hash>, "seed": 0,
     "numbers": {<field>: <number> | null}, "seconds": <of the audit>, "seconds_model": <of making the model>}}}}}

A model is "original", "retrained-0", ... or a method's key. `numbers` of *relearning* of a method lack `control_peak`
until its control is made, under the audit's name "control".
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from explorer import pipeline
from explorer.experiments.cifar import files, known
from explorer.experiments.cifar.by_code import code_name, store_at
from explorer.experiments.store import provenance
from explorer.experiments.store.trainings import trainings_at
from explorer.experiments.work.gather import gather
from explorer.records import Band, Float
from explorer.spec import Spec, folder_of
from explorer.spec.catalog import CATALOG
from explorer.whole_files import UNREADABLE, object_in, write_object

FILE, NAME = "audits.json", "audits"
COMMAND = "python -m explorer record --only audits"
FOLDERS = ("cifar10-compact-memorise-class", "cifar10-compact-memorise-random")
METHODS = (
    "gradient_ascent", "greedy", "boundary_shrink", "ssd", "jit", "neg_grad_plus", "random_labels", "fine_tune", "camu",
)  # fmt: skip
ORIGINAL, CONTROL = "original", "control"
AT_ONCE = ("linear_probe", "weight_path")  # some seconds each, so they come first
PAIRS, SLOW = "two_model_membership", "relearning"  # the first needs an original of another seed
_RUNS = pipeline.image_end_state  # whose code runs a method
RETRAINED = ("retrained-0", "retrained-1", "retrained-2")
# `Any` in this file: values of JSON.


@dataclass(frozen=True)
class Due:
    """One thing to measure: an audit, or CONTROL, of one model of a folder."""

    folder: str
    model: str
    audit: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"{NAME}: {self.folder}, {self.model}, {self.audit}"


def plan(folders: tuple[str, ...] = FOLDERS, methods: tuple[str, ...] = METHODS) -> Iterator[Due]:
    """Yield what is measured, the cheapest first; the audits of one method follow each other."""
    for folder in folders:
        yield Due(folder, ORIGINAL, "linear_probe")
        for model in (*RETRAINED, *methods):
            yield from (Due(folder, model, audit) for audit in AT_ONCE)
    for folder in folders:
        yield from (Due(folder, model, PAIRS) for model in (*RETRAINED, *methods))
    for folder in folders:
        yield from (Due(folder, model, SLOW) for model in (RETRAINED[0], *methods))
    for folder in folders:
        yield from (Due(folder, model, CONTROL) for model in methods)
    for folder in folders:
        yield from (Due(folder, model, SLOW) for model in RETRAINED[1:])


def spec_of(due: Due, root: Path = files.SHIPPED) -> Spec:
    """Return the Spec that a measurement rests on: the recorded run's own; of original and retrained without a method.

    Raises:
        Unreadable: if there is no such recorded run.
    """
    if due.model == ORIGINAL or due.model in RETRAINED:
        return Spec.parse(dict(files.read_scene(root / due.folder).spec))
    return Spec.parse(dict(files.read_run(root / due.folder, due.model).spec))


def audit_task(due: Due, root: Path, place: str) -> dict[str, Any]:
    """Measure one thing: the entry of audits.json, without the hash of what was asked.

    Raises:
        SpecError: if a method cannot run.
        Unreadable: if the folder cannot be read.
    """
    run, begin = _run(due.folder, root, place), time.perf_counter()
    state = _model(due, root, place)
    made = time.perf_counter() - begin
    audit = SLOW if due.audit == CONTROL else due.audit
    seed = _new_seed(due.folder, root, place) if audit == PAIRS else None
    begin = time.perf_counter()
    numbers = pipeline.audit_of_image(run, audit, state, seed)
    if due.audit == CONTROL:
        numbers = {"control_peak": numbers["peak"]}
    return {
        "seed": run.spec.seed,
        "numbers": {name: round(value, 5) if math.isfinite(value) else None for name, value in numbers.items()},
        "seconds": round(time.perf_counter() - begin, 2),
        "seconds_model": round(made, 2),
    }


def _model(due: Due, root: Path, place: str) -> Float | int:
    if due.model == ORIGINAL:
        return -1
    if due.model in RETRAINED:
        return RETRAINED.index(due.model)
    spec = spec_of(due, root)
    run = _known(spec, due.folder, root, place)
    if due.audit == CONTROL:
        return pipeline.image_control_state(run, 0)
    return last_weights(run, place, lambda: pipeline.image_end_state(run))


def last_weights(run: pipeline.Run, place: str, make: Callable[[], Float]) -> Float:
    """Return the state with which a method ends, from the store, or else made and kept there.

    It is named by the Spec, by the weights of the original, and by the code that runs the method.
    """
    assert run.spec.method is not None
    method = run.spec.method.name
    key = f"image-end-{run.spec.key(*pipeline.PATH_PARTS)}-{pipeline.image_start_name(run)}-{code_name(_RUNS, method)}"
    return store_at(place, "ends").memo(key, make)


def _known(spec: Spec, folder: str, root: Path, place: str) -> pipeline.Run:
    run = trainings_at(place).run(spec)
    return pipeline.with_known(run, known.files_of(root / folder, run.seeds))


@lru_cache(maxsize=2)
def _run(folder: str, root: Path, place: str) -> pipeline.Run:
    return _known(spec_of(Due(folder, ORIGINAL, ""), root), folder, root, place)


def _new_seed(folder: str, root: Path, place: str) -> Float:
    """Return the state of an original of another seed: from the store, or trained and kept there."""
    return pipeline.original(trainings_at(place).run(_run(folder, root, place).spec), 1).state


def record(
    root: Path,
    place: Path | None,
    executor: Executor,
    tell: Callable[[str], None],
    todo: tuple[Due, ...] | None = None,
) -> int:
    """Measure what is not kept under a root yet, and keep it; returns how many measurements failed.

    Args:
        root: where audits.json and the recorded folders lie.
        place: the store's folder; None for memory only.
        executor: who does the work, one task a measurement.
        tell: called with a line for every measurement that ended.
        todo: what to measure; None for all of `plan`, of folders that are there.
    """
    there = files.folders(root)
    audited = {folder: dict(models) for folder, models in object_in(root / FILE, "audited").get("audited", {}).items()}
    due: dict[Due, str] = {}
    for one in plan() if todo is None else todo:
        if one.folder in there and _can(one, root):
            asked = spec_of(one, root).key()
            if audited.get(one.folder, {}).get(one.model, {}).get(one.audit, {}).get("asked") != asked:
                due[one] = asked
    named = {str(one): one for one in due}
    futures: dict[Future[dict[str, Any]], str] = {
        executor.submit(audit_task, one, root, str(place or "")): name for name, one in named.items()
    }
    failed = 0
    for done, (name, future) in enumerate(gather(futures), 1):
        one = named[name]
        if (error := future.exception()) is None:
            model = audited.setdefault(one.folder, {}).setdefault(one.model, {})
            model[one.audit] = {"asked": due[one], **future.result()}
            write_object(root / FILE, {"command": COMMAND, "made": asdict(provenance.made()), "audited": audited})
        failed += error is not None
        tell(f"{done}/{len(futures)} {name}{'' if error is None else f': {error}'}")
    return failed


def keep_last_weights(run: pipeline.Run, place: str) -> None:
    """Keep in the store where a recorded run ends, if it is one that is audited; nothing is run again."""
    if run.spec.method and run.spec.method.name in METHODS and folder_of(run.spec) in FOLDERS:
        last_weights(run, place, lambda: pipeline.image_path_end_state(run))


def _can(due: Due, root: Path) -> bool:
    """Say whether a folder ships its models, and holds the run."""
    place = root / due.folder
    recorded = due.model not in METHODS or (place / f"{due.model}.json").is_file()
    return recorded and known.file_of(place, "original", 0).is_file()


def read(root: Path, folder: str) -> Mapping[str, Mapping[str, Mapping[str, Band]]]:
    """Return what is kept of a folder: model -> audit -> field -> Band; empty where there is nothing.

    A model is "original", "retrained" (a value a model) or a method's key, in the order of METHODS. What was asked of a
    run that has been recorded anew since is left out. The original has 0 where a number is that by definition.
    """
    stamps = [
        file.stat().st_mtime_ns for file in (root / FILE, *sorted((root / folder).glob("*.json"))) if file.exists()
    ]
    return _read(root, folder, tuple(stamps))


@lru_cache(maxsize=8)
def _read(root: Path, folder: str, _: tuple[int, ...]) -> dict[str, dict[str, dict[str, Band]]]:
    held = object_in(root / FILE, "audited").get("audited", {}).get(folder, {})
    found: dict[str, dict[str, dict[str, Band]]] = {}
    for model in (ORIGINAL, *RETRAINED, *METHODS):
        for audit, entry in held.get(model, {}).items():
            try:
                fresh = entry["asked"] == spec_of(Due(folder, model, audit), root).key()
                values = {name: math.nan if one is None else float(one) for name, one in entry["numbers"].items()}
            except UNREADABLE:
                continue
            if fresh:
                fields = found.setdefault(model.partition("-")[0], {}).setdefault(
                    SLOW if audit == CONTROL else audit, {}
                )
                for name, value in values.items():
                    fields[name] = Band((*fields[name].values, value)) if name in fields else Band((value,))
    for audit in {key for model in found.values() for key in model}:
        if zero := CATALOG.audits[audit].zero:
            found.setdefault(ORIGINAL, {})[audit] = {name: Band((0.0,)) for name in sorted(zero)}
    return dict(sorted(found.items(), key=lambda one: (one[0] != ORIGINAL, one[0] != "retrained")))
