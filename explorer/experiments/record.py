"""Make the recorded runs on images: first what is trained, then every method; what exists is skipped.

`python -m explorer record` runs PLAN, a list of requests with the methods that answer each, in worker processes. A
training killed in the middle goes on where it was; a run whose JSON is there, with the same Spec, is not made again.

Requests that would take a CPU days are planned for a GPU: ResNet-18, and JiT's own setting as far as it goes here. Its
VGG-11 is trained for 25 epochs, where theirs took 210: `training.steps` ends at 20,000. What is not planned is U-LiRA
on images: image runs have none. It needs stacks of models with and without each image, every one of them unlearnt; the
reference models of an image run are trained and not unlearnt, and serve RMIA.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from explorer.catalog import CATALOG
from explorer.experiments import origin, recorded
from explorer.experiments.image_presets import ALIKE, CHOSEN, DEAR, knobs_of
from explorer.experiments.store import Store
from explorer.experiments.trainings import Trainings
from explorer.pipeline import images
from explorer.pipeline.hardware import has_cuda
from explorer.records import ImageRun
from explorer.spec import Spec, SpecError

Tell = Callable[[int, int, str], None]
Task = tuple[str, Callable[..., str], tuple[Any, ...]]
REFERENCE_SEEDS = 3
WEIGHTS = "cifar10-compact-memorise-random"  # the one folder that ships weights, of its first models


@dataclass(frozen=True)
class Planned:
    """One request to record.

    Attributes:
        base: its Spec without a method, as JSON values.
        methods: keys, in the order in which they are run; () for all that can answer.
        where: "gpu" for what is left out where there is no CUDA device.
        presets: method -> one of its presets, which gives its knobs here.
    """

    base: Mapping[str, Any]
    methods: tuple[str, ...] = ()
    where: Literal["anywhere", "gpu"] = "anywhere"
    presets: Mapping[str, str] = field(default_factory=dict)


_MEMORISE = {
    "data": {"name": "cifar10"},
    "training": {"recipe": "memorise"},
    "evaluation": {"retrained_seeds": REFERENCE_SEEDS, "shadows": 16},
}
_MAIN = (
    "boundary_expand", "boundary_shrink", "camu", "fine_tune", "gradient_ascent", "greedy", "jit", "neg_grad_plus",
    "random_labels", "salun", "scrub", "ssd", "tmu", "unsir",
)  # fmt: skip
_MORE = ("amun", "bad_teacher", "cf_k", "eu_k", "fisher", "influence_1", "l1_sparse", "msg", "scrub_r", "wood_fisher")
_HELD_OUT = ("scrub_r", "tmu")  # they need images that no model was trained on; of the full set none are left
_WHOLE = tuple(name for name in (*_MAIN, *_MORE) if name not in _HELD_OUT)
_FULL_CLASS = {
    "data": {"name": "cifar10", "n": 50_000},
    "request": {"choose": "class", "label": 5},
    "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
}
# What JiT's table 2(b) compares and image runs have; fine-tuning, without a preset of theirs, stands at our knobs.
_JIT_TABLE = {
    "bad_teacher": "images",
    "boundary_shrink": "images (released)",
    "jit": "CIFAR-100, class",
    "scrub": "as in JiT's tables",
    "ssd": "VGG, full class",
    "unsir": "images (as in JiT's tables)",
}
PLAN: tuple[Planned, ...] = (
    Planned({**_MEMORISE, "request": {"choose": "random", "fraction": 0.1}}, (*_MAIN, *_MORE)),
    Planned({**_MEMORISE, "request": {"choose": "random", "fraction": 0.3, "label": 3}}, (*_MAIN, *_MORE)),
    Planned({**_MEMORISE, "request": {"choose": "class", "label": 5}}, (*_MAIN, *_MORE)),
    Planned({
        **_MEMORISE,
        "request": {"kind": "correct_labels", "choose": "random", "fraction": 0.2},
        "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
    }),
    Planned({
        "data": {"name": "cifar20"},
        "training": {"recipe": "memorise"},
        "request": {"choose": "subclass", "label": 69},  # rocket, as in JiT's tables
        "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
    }, (*_MAIN, *_MORE)),
    Planned(_FULL_CLASS, _WHOLE),
    Planned({**_FULL_CLASS, "model": {"name": "resnet18"}}, _WHOLE, "gpu"),
    Planned({
        "data": {"name": "cifar100", "n": 50_000},
        "model": {"name": "vgg11"},
        "request": {"choose": "class", "label": 69},  # rocket
        "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
    }, ("fine_tune", *_JIT_TABLE), "gpu", _JIT_TABLE),
)  # fmt: skip


@cache
def _trainings(place: str) -> Trainings:
    return Trainings(Path(place) if place else None)


def train_task(content: dict[str, Any], role: str, k: int, place: str) -> str:
    """Train one model of a request ("original", "retrained" or "shadow" k) and keep it; returns what it was."""
    kept, spec = _trainings(place), Spec.parse(content)
    if role == "shadow":
        images.reference_model(spec, k, kept.memo, kept.checkpoints)
    else:
        make = images.original if role == "original" else images.retrained
        make(spec, k, kept.memo, kept.checkpoints)
    return f"{role} {k}"


def references_task(
    content: dict[str, Any], folder: Path, place: str, tick: Callable[[int, int], None] | None = None
) -> str:
    """Write the scene, the original and the retrained models of a request to a folder; returns its name.

    `tick` is called between the parts as tick(thousandths done, 1000); it may raise to cancel.
    """
    kept, spec = _trainings(place), Spec.parse(content)

    def half(first: int) -> Callable[[int, int], None]:
        return lambda done, total: tick(first + 500 * done // total, 1000) if tick else None

    if not _there(folder, "original", spec):
        first = images.original_run(spec, kept.memo, kept.checkpoints, half(0))  # times the making of the scene too
        recorded.write_scene(folder, images.scene(spec, kept.memo, kept.checkpoints), _signed(first))
    if not _there(folder, "retrained", spec):
        run = images.retrained_run(spec, kept.memo, kept.checkpoints, half(500))
        recorded.write_run(folder, _signed(run))
    if folder.name == WEIGHTS:
        for role, make in (("original", images.original), ("retrained", images.retrained)):
            state = make(spec, 0, kept.memo, kept.checkpoints).state
            images.save_weights(spec, state, folder / f"{role}.safetensors", f"{role} 0 of {folder.name}", kept.memo)
    return folder.name


def method_task(content: dict[str, Any], folder: Path, place: str, tuned: str = "") -> str:
    """Run one method and write its run to a folder; returns the folder's name.

    Raises:
        SpecError: if it cannot run.
    """
    kept, spec = _trainings(place), Spec.parse(content)
    assert spec.method is not None
    if not _there(folder, spec.method.name, spec):
        run = images.method_run(spec, kept.memo, kept.checkpoints)
        recorded.write_run(folder, _signed(run, tuned))
    else:
        held = recorded.read_run(folder, spec.method.name)
        if held.numbers.get("tuned") != tuned:  # the same run, found in another way
            recorded.write_run(folder, replace(held, numbers={**held.numbers, "tuned": tuned}))
    return folder.name


def runs_of(planned: Planned) -> Iterator[tuple[Spec, str]]:
    """Yield a Spec for each method of a planned request, with how its knobs were found; those that cannot are left out.

    Why, `images.CANNOT`, `DEAR` and `spec.mismatch` say.
    """
    base = Spec.parse({**planned.base, "method": None})
    for name, method in CATALOG.methods.items():
        wanted = not planned.methods or name in planned.methods
        dear = name in DEAR and name not in planned.methods and base.request.kind == "forget"
        if not wanted or dear or name in images.CANNOT or not _answers(method.answers, base):
            continue
        preset = planned.presets.get(name)
        if preset is None:
            knobs, tuned = knobs_of(name, base)
        else:
            knobs, tuned = method.presets[preset].knobs, f"the preset {preset}, not tuned"
        yield base.with_part(method={"name": name, "knobs": knobs}), tuned


def _answers(answers: Any, base: Spec) -> bool:
    kind = base.request.kind
    if kind == "forget" and base.request.choose == "class":
        return bool({"forget", "forget_class"} & set(answers))
    return kind in answers


def _there(folder: Path, name: str, spec: Spec) -> bool:
    try:
        held = recorded.read_run(folder, name)
    except recorded.Unreadable:
        return False
    wanted = spec.as_json() if name not in recorded.REFERENCES else {**spec.as_json(), "method": None}
    return dict(held.spec) == wanted


def _signed(run: ImageRun, tuned: str = "") -> ImageRun:
    made = {
        "commit": origin.commit(),
        "versions": origin.versions(),
        "hardware": origin.hardware(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    return replace(run, numbers={**run.numbers, "tuned": tuned, "made": made})


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
        plan: the requests; those for a GPU are left out, with one line, where there is none.
        root: where the folders go.
        place: the store's folder, for trainings.
        executor: who does the work; its tasks run one at a time a worker.
        tell: called with a line for every task that ended.
        only: a part of a folder's or method's name; others are left out.
    """
    where, plan = str(place or ""), _at_hand(plan, tell)
    bases = [Spec.parse({**planned.base, "method": None}) for planned in plan]
    names = {id(base): images.folder_of(base) for base in bases}
    runs = [
        (f"{names[id(base)]}: {spec.method.name}", method_task,
         (spec.as_json(), root / names[id(base)], where, tuned))
        for base, planned in zip(bases, plan, strict=True) for spec, tuned in runs_of(planned) if spec.method
    ]  # fmt: skip
    runs = [run for run in runs if only in run[0]]
    needed = [base for base in bases if any(run[0].startswith(f"{names[id(base)]}: ") for run in runs)]
    trainings = [
        (f"{names[id(base)]}: {role} {k}", train_task, (base.as_json(), role, k, where))
        for base in needed for role, k in _roles(base)
    ]  # fmt: skip
    references = [
        (f"{names[id(base)]}: references", references_task, (base.as_json(), root / names[id(base)], where))
        for base in needed
    ]
    return sum(_all(executor, tasks, tell) for tasks in (trainings, references, runs))


def _at_hand(plan: tuple[Planned, ...], tell: Callable[[str], None]) -> tuple[Planned, ...]:
    """Return what can be recorded on this machine, and tell what is left out."""
    if has_cuda():
        return plan
    left = [images.folder_of(Spec.parse(dict(planned.base))) for planned in plan if planned.where == "gpu"]
    if left:
        tell(f"Left out, because they would take days without a GPU and CUDA finds none here: {', '.join(left)}")
    return tuple(planned for planned in plan if planned.where != "gpu")


def _roles(base: Spec) -> list[tuple[str, int]]:
    counts = {"original": 1, "retrained": base.evaluation.retrained_seeds, "shadow": base.evaluation.shadows}
    return [(role, k) for role, count in counts.items() for k in range(count)]


def _all(executor: Executor, tasks: Sequence[Task], tell: Callable[[str], None]) -> int:
    futures: dict[Future[str], str] = {executor.submit(task, *args): name for name, task, args in tasks}
    left, failed, done = set(futures), 0, 0
    while left:
        ended, left = wait(left, return_when=FIRST_COMPLETED)
        for future in ended:
            done += 1
            error = future.exception()
            failed += error is not None
            tell(f"{done}/{len(futures)} {futures[future]}{'' if error is None else f': {error}'}")
    return failed


def tuned_of(spec: Spec) -> str:
    """Return how the knobs of a Spec's method were found: by hand, unless they are where the method starts."""
    assert spec.method is not None
    knobs, said = knobs_of(spec.method.name, spec)
    there = spec.with_part(method={"name": spec.method.name, "knobs": knobs})
    if there.method != spec.method:
        return "set by hand"
    return f"{said}, as in the recorded runs" if _has_chosen(spec) else said


def _has_chosen(spec: Spec) -> bool:
    folder = images.folder_of(spec)
    return folder in CHOSEN or folder in ALIKE


def own_root(store: Store) -> Path | None:
    """Return where one's own runs are written, or None where nothing is kept on disk."""
    return store.place / "recorded" if store.place else None


def own(spec: Spec, store: Store, tell: Tell) -> str:
    """Train what a Spec on images needs, run its method, and write all into `own_root`; returns the folder's name.

    Args:
        spec: with a method.
        store: whose folder is used.
        tell: called often as tell(done, total, sentence); raise to cancel. What was trained so far is kept. While a
            method prepares, which it does not say how far it is with, the sentence names that and the seconds so far;
            it is cancelled at its next pass through the network.

    Raises:
        SpecError: if the Spec cannot be run, or there is no folder to write to.
    """
    root = own_root(store)
    if root is None or spec.method is None:
        raise SpecError("one's own runs need a folder on disk and a method")
    kept = _trainings(str(store.place))
    if not images.is_image(spec):
        raise SpecError("only runs on images are recorded")
    seeds = spec.evaluation.retrained_seeds
    parts = 3 + seeds

    def step(part: int, what: str) -> Callable[[int, int], None]:
        def on(done: int, total: int) -> None:  # a method that does not know how long it takes has a total of 0
            tell(1000 * part + (1000 * min(done, total) // total if total else 0), 1000 * parts, what)

        return on

    said = "Loading your weights" if images.own_weights(spec) else "Training the original"
    images.original(spec, 0, kept.memo, kept.checkpoints, step(0, said))
    for k in range(seeds):
        said = f"Training retrained model {k + 1} of {seeds}"
        images.retrained(spec, k, kept.memo, kept.checkpoints, step(1 + k, said))
    recording = step(parts - 2, "Recording original and retrained models")
    recording(0, 1)
    name = f"{images.folder_of(spec)}-{spec.key(*images.REQUEST_PARTS)[:8]}"  # a name that no other request has
    references_task({**spec.as_json(), "method": None}, root / name, str(store.place), recording)
    title, begun = CATALOG.methods[spec.method.name].title, time.monotonic()
    running = step(parts - 1, f"Running {title}")
    running(0, 1)

    def on(done: int, total: int) -> None:
        if (done, total) == (0, 0):  # only while the method prepares
            step(parts - 1, f"{title} prepares, {time.monotonic() - begun:.0f} s so far")(0, 0)
        else:
            running(done, total)

    if not _there(root / name, spec.method.name, spec):
        run = images.method_run(spec, kept.memo, kept.checkpoints, on)
        recorded.write_run(root / name, _signed(run, tuned_of(spec)))
    return name
