"""Run a method from the models that a recorded folder ships: nothing is trained, and a moved knob is answered at once.

A folder ships `original.safetensors` in single precision and `retrained.safetensors`, `retrained-1.safetensors`, ... in
half precision. What attacks with reference models would say (RMIA) is left out: these are not shipped.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from explorer import pipeline
from explorer.experiments.cifar.signed import signed
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import trainings_at
from explorer.records import ImageRun, ImageScene, Snapshots
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

SUFFIX = ".safetensors"


def file_of(folder: Path, role: pipeline.Reference, k: int) -> Path:
    """Return where a folder keeps the weights of original or retrained model k."""
    return folder / f"{role}{f'-{k}' if k else ''}{SUFFIX}"


def files_of(folder: Path, seeds: int) -> Mapping[tuple[pipeline.Reference, int], Path]:
    """Return the file of the original and of each retrained model; they need not be there."""
    return {one: file_of(folder, *one) for one in pipeline.models_of(seeds)}


def write(run: pipeline.Run, folder: Path) -> None:
    """Write the weights of a run's original and retrained models into its folder, in place of those that are there.

    Raises:
        OSError: if one cannot be written.
    """
    for (role, k), file in files_of(folder, run.seeds).items():
        state = pipeline.reference(run, role, k).state
        what = f"{role} {k} of {folder.name}"
        pipeline.write_known(run.spec, run.data, state, file, what, half=role == "retrained")


def answers(scene: ImageScene, folder: Path, spec: Spec) -> bool:
    """Say whether a folder ships the models of what a Spec asks: the same data, request, network, recipe and seed."""
    try:
        recorded = Spec.parse(dict(scene.spec))
    except SpecError:
        return False  # made before a knob changed its name
    same = recorded.key(*pipeline.REQUEST_PARTS) == spec.key(*pipeline.REQUEST_PARTS)
    return same and all(file.is_file() for file in files_of(folder, recorded.evaluation.retrained_seeds).values())


def asked(scene: ImageScene, spec: Spec) -> Spec:
    """Return a Spec's method on the folder's request, judged as there, but for the attack with models of its own."""
    kept = dict(scene.spec.get("evaluation", {}))
    attacks = [key for key in kept.get("attacks", []) if key != "rmia"]
    method = spec.as_json()["method"]
    return Spec.parse({**scene.spec, "method": method, "evaluation": {**kept, "attacks": attacks, "shadows": 0}})


def moved(
    scene: ImageScene,
    folder: Path,
    spec: Spec,
    place: str,
    tick: Callable[[int, int, str], None] | None = None,
    grow: Callable[[ImageRun], None] | None = None,
) -> ImageRun:
    """Run a method from a folder's own original and compare it with the folder's own retrained models.

    Args:
        scene: of the folder.
        folder: that `answers`.
        spec: as `asked` returns it.
        place: the store's folder; "" for memory only.
        tick: called often as tick(done, total, sentence); may raise to cancel.
        grow: called while the method runs with the run so far, whose accuracies are those on the probes.

    Raises:
        SpecError: if the method cannot answer the request, or a file is damaged.
    """
    title = CATALOG.methods[spec.method.name].title if spec.method else ""

    def on(done: int, total: int) -> None:
        said = f"{title} prepares" if (done, total) == (0, 0) else f"Running {title}"
        (tick or _nobody)(done, total, "Measuring what it made" if 0 < total <= done else said)

    on(0, 1)
    run = trainings_at(place).run(spec, on)

    def so_far(seen: Snapshots) -> None:
        if grow:
            grow(ImageRun(run.asked.name, spec.as_json(), (seen,), pipeline.numbers_so_far(seen, scene.probes), title))

    known = pipeline.with_known(run, files_of(folder, run.seeds), so_far if grow else None)
    try:
        return signed(pipeline.method_run(known), "set by hand")
    except SpecError:
        raise
    except ValueError as error:
        raise SpecError(str(error)) from None


def _nobody(done: int, total: int, sentence: str) -> None:
    """Tell nobody how far it is."""


def growing(
    scene: ImageScene, folder: Path, spec: Spec, store: Store, tick: Callable[[int, int, str], None]
) -> Iterator[ImageRun]:
    """Yield the run so far every few seconds while `moved` makes it, and the whole run last.

    What was made before comes at once. The method runs in a thread of its own.

    Raises:
        SpecError: as `moved`.
    """
    found: queue.SimpleQueue[tuple[ImageRun | None, BaseException | None]] = queue.SimpleQueue()

    def make() -> ImageRun:
        return moved(scene, folder, spec, str(store.place or ""), tick, lambda run: found.put((run, None)))

    def work() -> None:
        try:
            found.put((store.memo(f"moved-{folder.name}-{spec.key()}", make), None))
        except BaseException as error:  # a cancel too: it is raised again where the others wait
            found.put((None, error))
        else:
            found.put((None, None))

    threading.Thread(target=work, name="explorer-moved", daemon=True).start()
    while True:
        run, error = found.get()
        if error is not None:
            raise error
        if run is None:
            return
        yield run
