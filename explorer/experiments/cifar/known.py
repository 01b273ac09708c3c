"""Run a method from the models that a recorded folder ships: nothing is trained, and a moved knob is answered at once.

A folder ships `original.safetensors` in single precision and `retrained.safetensors`, `retrained-1.safetensors`, ... in
half precision; one more retrained model, which the oracle of a search knows, where a search went on from them. What
attacks with reference models would say (RMIA) is left out: these are not shipped.

A search and a recorded row go on from these models too, on any machine: models that are trained there are others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer import pipeline
from explorer.experiments.cifar import files
from explorer.experiments.cifar.signed import signed
from explorer.experiments.store.trainings import trainings_at
from explorer.experiments.work import growing as work_growing
from explorer.records import ImageRun, ImageScene, Snapshots
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

SUFFIX = ".safetensors"
WEIGHTS = "starts from the original that ships, in float32; compared with the retrained models that ship, in float16"
WITHOUT_RMIA = "its reference models do not ship"


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


def write_oracle(run: pipeline.Run, folder: Path) -> None:
    """Write the weights of the retrained model that the oracle knows beside the others, in half precision.

    Raises:
        OSError: if they cannot be written.
    """
    k = pipeline.oracle_seed(run)
    what = f"retrained {k} of {folder.name}, in no band: the oracle's"
    state = pipeline.retrained(run, k).state
    pipeline.write_known(run.spec, run.data, state, file_of(folder, "retrained", k), what, half=True)


def ships(folder: Path, spec: Spec) -> bool:
    """Say whether a folder ships the models of what a Spec asks, as `answers`, and has recorded what they are."""
    try:
        return all(_same(files.read_run(folder, name).spec, folder, spec) for name in files.REFERENCES)
    except files.Unreadable:
        return False


def start(folder: Path, spec: Spec, place: str) -> tuple[pipeline.Run, bool]:
    """Return a run that trains no model that the folder ships, and whether it reads them from there.

    It does not where the store holds these very models: then it has all that was trained with them as well.

    Args:
        folder: of the request, which may not be there.
        spec: with or without a method.
        place: the store's folder; "" for memory only.
    """
    run = trainings_at(place).run(spec)
    if not ships(folder, spec) or pipeline.trained_here(run, file_of(folder, "original", 0)):
        return run, False
    named = files_of(folder, run.seeds + 1)  # the oracle's too
    return pipeline.with_known(run, {one: file for one, file in named.items() if file.is_file()}), True


def method_run(run: pipeline.Run, *, shipped: bool) -> ImageRun:
    """Return a method's run on a folder's request.

    From models that ship, RMIA is left out, and the run says both.

    Args:
        run: of the method; as `start` returns it, with what it says beside it.
        shipped: it starts from the models that the folder ships.

    Raises:
        SpecError: if it cannot run.
    """
    if not shipped:
        return pipeline.method_run(run)
    spec = run.spec
    alone = spec.with_part(evaluation={**spec.as_json()["evaluation"], "shadows": 0})
    found = pipeline.method_run(replace(run, spec=alone))
    left_out = {pipeline.RMIA: WITHOUT_RMIA} if pipeline.asks_rmia(spec) else None
    numbers = replace(found.numbers, weights=WEIGHTS, left_out=left_out)
    return replace(found, spec=spec.as_json(), numbers=numbers)


def answers(scene: ImageScene, folder: Path, spec: Spec) -> bool:
    """Say whether a folder ships the models of what a Spec asks: the same data, request, network, recipe and seed."""
    return _same(scene.spec, folder, spec)


def _same(content: Mapping[str, Any], folder: Path, spec: Spec) -> bool:
    try:
        recorded = Spec.parse(dict(content))
    except SpecError:
        return False  # made before a knob changed its name
    same = recorded.key(*pipeline.REQUEST_PARTS) == spec.key(*pipeline.REQUEST_PARTS)
    return same and all(file.is_file() for file in files_of(folder, recorded.evaluation.retrained_seeds).values())


def asked(scene: ImageScene, spec: Spec) -> Spec:
    """Return a Spec's method on the folder's request, judged as there, but for the attack with models of its own."""
    kept = dict(scene.spec.get("evaluation", {}))
    attacks = kept.get("attacks")  # None for all
    if attacks is not None:
        attacks = [key for key in attacks if key != pipeline.RMIA]
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


def moved_name(folder: Path, spec: Spec) -> str:
    """Return what names a run of `moved`: its folder, the weights that lie there now, and the Spec."""
    weights = pipeline.weights_name(files_of(folder, spec.evaluation.retrained_seeds).values())
    return f"{folder.name}-{weights}-{spec.key()}"


def growing(
    folder: Path, spec: Spec, place: str, memo: pipeline.Memo, tick: Callable[[int, int, str], None]
) -> Iterator[ImageRun]:
    """Return the run so far every few seconds while `moved` makes it, and the whole run last.

    What was made before comes at once. The method runs in a thread of its own. A worker can be handed it.

    Args:
        folder: that `answers`.
        spec: as `asked` returns it.
        place: the store's folder; "" for memory only.
        memo: where whole runs are kept.
        tick: as of `moved`.

    Raises:
        SpecError: as `moved`.
    """

    def make(show: Callable[[ImageRun], None]) -> ImageRun:
        def moving() -> ImageRun:
            return moved(files.read_scene(folder), folder, spec, place, tick, show)

        return memo(f"moved-{moved_name(folder, spec)}", moving)

    return work_growing.growing(make, "explorer-moved")
