"""Train and record a run of one's own on images."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from explorer import pipeline
from explorer.experiments.cifar import files
from explorer.experiments.cifar.chosen_knobs import has_trials, knobs_of
from explorer.experiments.cifar.in_training import Growing, Watch
from explorer.experiments.cifar.record import is_recorded, references_task
from explorer.experiments.cifar.side_by_side import train
from explorer.experiments.cifar.signed import signed
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import trainings_at
from explorer.experiments.work import growing as work_growing
from explorer.records import ImageRun, Snapshots
from explorer.spec import Spec, SpecError, folder_of
from explorer.spec.catalog import CATALOG

Tell = Callable[[int, int, str], None]


def tuned_of(spec: Spec) -> str:
    """Return how the knobs of a Spec's method were found: by hand, unless they are where the method starts."""
    assert spec.method is not None
    if pipeline.is_given(spec):
        return "a model from a file, no knobs"
    knobs, sentence = knobs_of(spec.method.name, spec)
    there = spec.with_part(method={"name": spec.method.name, "knobs": knobs})
    if there.method != spec.method:
        return "set by hand"
    return f"{sentence}, as in the recorded runs" if has_trials(spec) else sentence


def own_root(store: Store) -> Path | None:
    """Return where one's own runs are written, or None where nothing is kept on disk."""
    return store.place / "recorded" if store.place else None


def own(spec: Spec, store: Store, tell: Tell, workers: int = 1, show: Callable[[Growing], None] | None = None) -> str:
    """Train what a Spec on images needs, run its method, and write all into `own_root`; returns the folder's name.

    Args:
        spec: with a method.
        store: whose folder is used.
        tell: called often as tell(done, total, sentence); raise to cancel. What was trained so far is kept. A method
            does not say how far its preparation is. Meanwhile the sentence gives the seconds so far, and a cancel
            takes effect at the next pass through the network.
        workers: how many models are trained at once, each in a process of its own; 1 trains in this one.
        show: called with the run as far as it is: while models are trained side by side, as often as looking takes a
            tenth of the time, and while the method runs.

    Raises:
        SpecError: if the Spec cannot be run, or there is no folder to write to.
    """
    root = own_root(store)
    if root is None or spec.method is None:
        raise SpecError("one's own runs need a folder on disk and a method")
    kept = trainings_at(str(store.place))
    if not pipeline.is_image(spec):
        raise SpecError("only runs on images are recorded")
    if pipeline.is_given(spec):  # what cannot be compared is said before hours of training
        pipeline.given_state(spec, kept.run(spec).data)
    seeds = spec.evaluation.retrained_seeds
    parts = 3 + seeds

    def step(part: int, what: str) -> Callable[[int, int], None]:
        def on(done: int, total: int) -> None:  # a method that does not know how long it takes has a total of 0
            tell(1000 * part + (1000 * min(done, total) // total if total else 0), 1000 * parts, what)

        return on

    given = pipeline.own_weights(spec)
    sentence = "Loading your weights" if given else "Training the original"
    if given:  # a file that does not fit is said before hours of training
        pipeline.original(kept.run(spec, step(0, sentence)), 0)
    if workers > 1:
        roles = [one for one in pipeline.models_of(seeds) if not (given and one[0] == "original")]
        said = f"Training {len(roles)} models side by side"
        whole = 1000 * (1 + seeds)
        watch = Watch(spec, str(store.place), show).look if show and not given else None
        train(spec, roles, str(store.place), lambda share: tell(int(whole * share), 1000 * parts, said), workers, watch)
    pipeline.original(kept.run(spec, step(0, sentence)), 0)
    for k in range(seeds):
        sentence = f"Training retrained model {k + 1} of {seeds}"
        pipeline.retrained(kept.run(spec, step(1 + k, sentence)), k)
    recording = step(parts - 2, "Recording original and retrained models")
    recording(0, 1)
    name = f"{folder_of(spec)}-{spec.key(*pipeline.REQUEST_PARTS)[:8]}"  # a name that no other request has
    references_task({**spec.as_json(), "method": None}, root / name, str(store.place), recording)
    title, begun = CATALOG.methods[spec.method.name].title, time.monotonic()
    running = step(parts - 1, "Looking at your unlearned model" if pipeline.is_given(spec) else f"Running {title}")
    running(0, 1)

    def on(done: int, total: int) -> None:
        if (done, total) == (0, 0):  # only while the method prepares
            step(parts - 1, f"{title} prepares, {time.monotonic() - begun:.0f} s so far")(0, 0)
        else:
            running(done, total)

    if not is_recorded(root / name, spec.method.name, spec):
        run = replace(kept.run(spec, on), grow=_grown(spec, root, name, show) if show else None)
        files.write_run(root / name, signed(pipeline.method_run(run), tuned_of(spec)))
    return name


def growing(spec: Spec, store: Store, tell: Tell, workers: int = 1) -> Iterator[Growing | str]:
    """Return the run as far as it is, again and again while `own` makes it, and the folder's name last."""

    def make(show: Callable[[Growing | str], None]) -> Growing | str:
        return own(spec, store, tell, workers, show)

    return work_growing.growing(make, "explorer-own")


def _grown(spec: Spec, root: Path, name: str, show: Callable[[Growing], None]) -> Callable[[Snapshots], None]:
    """Return what is called with a method's path while it runs, beside the models that are recorded by then."""
    held, asked = files.load(name, root), spec.method
    assert asked is not None

    def grow(seen: Snapshots) -> None:
        numbers = pipeline.numbers_so_far(seen, held.scene.probes)
        run = ImageRun(asked.name, spec.as_json(), (seen,), numbers, CATALOG.methods[asked.name].title)
        show(Growing(held.scene, held.original, held.retrained, run))

    return grow
