"""Make the recorded runs on images: first the trainings, then every method. What exists is skipped.

`python -m explorer record` runs PLAN, a list of requests with the methods that answer each, in worker processes. A
killed training goes on where it was. A run whose JSON holds the same Spec is not made again. Where a folder ships its
models and the store has not these very ones, methods go on from them and nothing is trained; RMIA is then left out.

Before it starts it says how long each folder will take on this machine. JiT's own setting is planned as far as it goes
on two CPU cores: VGG-11 is trained for 15 epochs, where theirs took 210. Audits (audited.py) and U-LiRA (many.py) come
after these runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer import pipeline
from explorer.experiments.cifar import audited, files, known
from explorer.experiments.cifar.budgets import EPOCHS
from explorer.experiments.cifar.chosen_knobs import by_oracle
from explorer.experiments.cifar.plan import WITH_WEIGHTS, Planned, runs_of
from explorer.experiments.cifar.signed import signed
from explorer.experiments.store.trainings import trainings_at
from explorer.experiments.work.gather import gather
from explorer.records import ImageRun, OracleRun
from explorer.spec import Spec, SpecError, folder_of

SAME = 0.02  # of the mean logit: what half precision and another processor may make of the same weights
BY_ORACLE = "the best of the same trials, knowing a retrained model"
Task = tuple[str, Callable[..., str], tuple[Any, ...]]


def train_task(content: dict[str, Any], role: str, k: int, place: str) -> str:
    """Train one model of a request ("original", "retrained" or "shadow" k) and keep it; returns what it was."""
    makers = {"original": pipeline.original, "retrained": pipeline.retrained, "shadow": pipeline.reference_model}
    makers[role](trainings_at(place).run(Spec.parse(content)), k)
    return f"{role} {k}"


def references_task(
    content: dict[str, Any], folder: Path, place: str, tick: Callable[[int, int], None] | None = None
) -> str:
    """Write the scene, the original and the retrained models of a request to a folder; returns its name.

    `tick` is called between the parts as tick(thousandths done, 1000); it may raise to cancel.
    """
    kept, spec = trainings_at(place), Spec.parse(content)
    run, shipped = known.start(folder, spec, place)

    def half(first: int) -> Callable[[int, int], None]:
        return lambda done, total: tick(first + 500 * done // total, 1000) if tick else None

    anew = not is_recorded(folder, "original", spec)
    if anew:
        first = pipeline.original_run(kept.run(spec, half(0)))  # times the making of the scene too
        files.write_scene(folder, pipeline.image_scene(run), signed(first))
    if not is_recorded(folder, "retrained", spec):
        files.write_run(folder, signed(pipeline.retrained_run(kept.run(spec, half(500)))))
    if spec.model.name == WITH_WEIGHTS and anew and not shipped:  # else they might be of other models than are shown
        known.write(run, folder)
    return folder.name


def method_task(content: dict[str, Any], folder: Path, place: str, tuned: str = "") -> str:
    """Run one method and write its run to a folder; returns the folder's name.

    Raises:
        SpecError: if it cannot run.
    """
    spec = Spec.parse(content)
    assert spec.method is not None
    if not is_recorded(folder, spec.method.name, spec):
        run, shipped = known.start(folder, spec, place)
        made = known.method_run(run, shipped=shipped)
        refuse_other_start(folder, made)
        files.write_run(folder, signed(made, tuned))
        audited.keep_last_weights(run, place)
    else:
        held = files.read_run(folder, spec.method.name)
        if held.numbers.tuned != tuned:  # the same run, found in another way
            files.write_run(folder, replace(held, numbers=replace(held.numbers, tuned=tuned)))
    return folder.name


def oracle_task(content: dict[str, Any], folder: Path, place: str) -> str:
    """Run one method with the knobs that the oracle puts first, and write its numbers; returns the folder's name.

    Where they are the very knobs that are recorded, nothing is run.

    Raises:
        SpecError: if it cannot run.
    """
    spec = Spec.parse(content)
    assert spec.method is not None
    name = spec.method.name
    held = files.read_oracle(folder, name)
    if held is not None and dict(held.spec) == spec.as_json():
        return folder.name
    if is_recorded(folder, name, spec):
        run = files.read_run(folder, name)
    else:
        started, shipped = known.start(folder, spec, place)
        run = signed(known.method_run(started, shipped=shipped))
        refuse_other_start(folder, run)
    probes = pipeline.end_on_probes(run, files.read_scene(folder).probes)
    numbers = replace(run.numbers, tuned=BY_ORACLE)
    files.write_oracle(folder, OracleRun(name, run.title, run.spec, numbers, probes))
    return folder.name


def refuse_other_start(folder: Path, run: ImageRun) -> None:
    """Refuse a method's run that began with another original than the one that its folder shows.

    A training on another machine ends with other weights. A row of theirs would be compared with what it has nothing to
    do with.

    Raises:
        SpecError: if it is so.
        Unreadable: if the folder's original cannot be read.
    """
    shown, began = (
        one.snapshots[0].logits[at].astype(np.float64)
        for one, at in ((files.read_run(folder, "original"), -1), (run, 0))
    )
    if shown.shape != began.shape or np.abs(shown - began).mean() > SAME * np.abs(shown).mean():
        raise SpecError(
            f"`{run.name}` started from another original than the one that is recorded in {folder.name}: use the store "
            "that holds its models, or record the whole folder anew in an empty place"
        )


def is_recorded(folder: Path, name: str, spec: Spec) -> bool:
    """Say whether a folder holds the run of this very Spec.

    Args:
        folder: of the request.
        name: "original", "retrained" or a method's key; the first two hold for every method of the Spec.
        spec: with or without a method.
    """
    try:
        held = files.read_run(folder, name)
    except files.Unreadable:
        return False
    wanted = spec if name not in files.REFERENCES else spec.with_part(method=None)
    try:
        return Spec.parse(dict(held.spec)).key() == wanted.key()
    except SpecError:
        return False  # made before a knob changed its name


@dataclass(frozen=True)
class _Request:
    """What is recorded of one request.

    Attributes:
        base: its Spec without a method.
        name: of its folder.
        runs: name of a task -> (Spec, how its knobs were chosen) of a method.
        oracle: name of a task -> Spec of a method with the knobs that the oracle puts first, where it was asked.
    """

    base: Spec
    name: str
    runs: Mapping[str, tuple[Spec, str]]
    oracle: Mapping[str, Spec]


def record(
    plan: tuple[Planned, ...],
    root: Path,
    place: Path | None,
    executor: Executor,
    tell: Callable[[str], None],
    only: str = "",
) -> int:
    """Record a plan; returns how many tasks failed.

    Args:
        plan: the requests.
        root: where the folders go.
        place: the store's folder, for trainings.
        executor: who does the work; its tasks run one at a time a worker.
        tell: called with a line for every task that ended.
        only: a part of a folder's or method's name; others are left out.
    """
    where = str(place or "")
    wanted = [one for planned in plan if (one := _request(planned, only)).runs or one.oracle]
    trained = {one.name for one in wanted if not known.start(root / one.name, one.base, where)[1]}
    for one in wanted:
        if left := _left(one, root):
            tell(_forecast(one.base, where, left, trains=one.name in trained))
    stages = (
        [task for one in wanted if one.name in trained for task in _trainings(one, where)],
        [_references(one, root, where) for one in wanted],
        [task for one in wanted for task in _methods(one, root, where)],
        [task for one in wanted for task in _by_oracle(one, root, where)],
    )
    return sum(_all(executor, tasks, tell) for tasks in stages)


def _request(planned: Planned, only: str) -> _Request:
    """Return what is recorded of a planned request, of tasks whose name holds `only`."""
    base = Spec.parse({**planned.base, "method": None})
    folder = folder_of(base)
    methods = {spec.method.name: (spec, tuned) for spec, tuned in runs_of(planned) if spec.method}
    oracle = {
        f"{folder}: {name}, by the oracle": spec.with_part(method={"name": name, "knobs": found.knobs})
        for name, (spec, _) in methods.items()
        if (found := by_oracle(name, base)) is not None
    }
    return _Request(
        base,
        folder,
        runs={task: one for name, one in methods.items() if only in (task := f"{folder}: {name}")},
        oracle={task: spec for task, spec in oracle.items() if only in task},
    )


def _left(one: _Request, root: Path) -> int:
    """Return how many methods of a request are not recorded yet."""
    specs = [spec for spec, _ in one.runs.values()]
    return sum(not is_recorded(root / one.name, spec.method.name, spec) for spec in specs if spec.method)


def _trainings(one: _Request, place: str) -> list[Task]:
    base = one.base.as_json()
    return [(f"{one.name}: {role} {k}", train_task, (base, role, k, place)) for role, k in _roles(one.base)]


def _references(one: _Request, root: Path, place: str) -> Task:
    return f"{one.name}: references", references_task, (one.base.as_json(), root / one.name, place)


def _methods(one: _Request, root: Path, place: str) -> list[Task]:
    folder = root / one.name
    return [(name, method_task, (spec.as_json(), folder, place, tuned)) for name, (spec, tuned) in one.runs.items()]


def _by_oracle(one: _Request, root: Path, place: str) -> list[Task]:
    return [(name, oracle_task, (spec.as_json(), root / one.name, place)) for name, spec in one.oracle.items()]


def _forecast(base: Spec, place: str, methods: int, *, trains: bool) -> str:
    """Return a line on how long a folder will take here, from a few timed steps; what is trained already counts too."""
    step, trained = pipeline.image_seconds(trainings_at(place).run(base))
    models = len(_roles(base))
    passed = step * EPOCHS * getattr(base.data.options, "n", 0)
    needs = f"{models} trainings of {trained / 60:.1f} min of a core each, and" if trains else "no training, and"
    return (
        f"{folder_of(base)}: {1e3 * step:.2f} ms an image here, so {needs} "
        f"{methods} methods of up to {max(1, round(passed / 60))} min, twice that in single precision"
    )


def _roles(base: Spec) -> list[tuple[str, int]]:
    counts = {"original": 1, "retrained": base.evaluation.retrained_seeds, "shadow": base.evaluation.shadows}
    return [(role, k) for role, count in counts.items() for k in range(count)]


def _all(executor: Executor, tasks: Sequence[Task], tell: Callable[[str], None]) -> int:
    futures: dict[Future[str], str] = {executor.submit(task, *args): name for name, task, args in tasks}
    failed = 0
    for done, (name, future) in enumerate(gather(futures), 1):
        error = future.exception()
        failed += error is not None
        tell(f"{done}/{len(futures)} {name}{'' if error is None else f': {error}'}")
    return failed
