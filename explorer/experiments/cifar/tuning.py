"""Search for the knobs of methods on a request of images: `python -m explorer tune FOLDER [METHOD ...]`.

The first trial is the authors' own setting, the second what was chosen before; where a request is like another with
more trials, the best of those come instead. On full networks, where there are few trials, all of these come: the best
of those, the authors' own, the second best, what was chosen before; knobs of a small network need not hold on a large
one. What is drawn there looks at the similar request's trials from the first on.
Then Optuna draws: some at random, the rest after what trials showed. It is steered by the honest judge alone
(pipeline/validation.py), which sees no retrained model. The oracle judges the same trials, and its best is the best of
all these trials, not of a search of its own: what is shown of it can be had with these trials, and a search that knew
the answer might find more.

Where the folder ships the request's models every trial goes on from these (known.py), so that it is about the very
models that are shown; only the oracle's is trained, once, and ships with them from then on.

Every trial is kept in trials.csv as soon as it ends; what is there is not made again, so a killed search goes on. The
same folder, method and seed give the same trials. What was chosen stands in chosen.json.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer import pipeline
from explorer.experiments.cifar import files, known, trials
from explorer.experiments.cifar.budgets import Budget, alike, budget_of, tried_on
from explorer.experiments.cifar.chosen_knobs import ByOracle, Chosen, chosen, keep, knobs_of
from explorer.experiments.cifar.plan import PLAN, Planned, runs_of
from explorer.experiments.cifar.record import train_task
from explorer.experiments.cifar.search import Knobs, authors_of, complete, cut_of, draw
from explorer.experiments.cifar.trials import Origin, Tried
from explorer.experiments.store.trainings import trainings_at
from explorer.experiments.work.gather import gather
from explorer.records import Trial
from explorer.spec import Spec, SpecError, folder_of
from explorer.spec.catalog import CATALOG

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Places:
    """Where a search reads and writes.

    Attributes:
        root: the folders of recorded runs.
        store: the store's folder, for trainings; "" for memory only.
        chosen: the file of what was chosen.
    """

    root: Path = files.SHIPPED
    store: str = ""

    @property
    def chosen(self) -> Path:
        """Return the file of what was chosen."""
        return self.root / "chosen.json"


def trial_task(content: dict[str, Any], folder: Path, place: str, limits: pipeline.Limits) -> Trial:
    """Run one trial, with the models that ship or are kept, and stop it at the limits.

    Raises:
        SpecError: if it cannot run.
    """
    run, _ = known.start(folder, Spec.parse(content), place)
    return trials.as_kept(pipeline.trial(run, limits))


def oracle_model_task(content: dict[str, Any], folder: Path, place: str) -> str:
    """Train the retrained model that the oracle knows and put it beside the folder's models; returns what it is."""
    run = trainings_at(place).run(Spec.parse(content))
    known.write_oracle(run, folder)
    return f"retrained {pipeline.oracle_seed(run)}"


def planned_in(folder: str, plan: Sequence[Planned] = PLAN) -> Planned:
    """Return the planned request whose recorded runs lie in a folder.

    Raises:
        SpecError: if none is planned.
    """
    named = {folder_of(Spec.parse({**one.base, "method": None})): one for one in plan}
    if folder not in named:
        raise SpecError(f"no request is planned for {folder}; planned are: {', '.join(named)}")
    return named[folder]


def tuned_methods(planned: Planned) -> list[str]:
    """Return the methods that are recorded for a request and say what is searched."""
    names = [spec.method.name for spec, _ in runs_of(planned) if spec.method]
    return [name for name in names if CATALOG.methods[name].searched]


def tune(
    folder: str,
    methods: Sequence[str],
    places: Places,
    executor: Executor,
    tell: Tell,
    *,
    workers: int = 1,
    most: int | None = None,
    plan: Sequence[Planned] = PLAN,
) -> int:
    """Make the trials of some methods on a request, or of all that are recorded there; return how many failed.

    Args:
        folder: of the recorded runs.
        methods: keys; empty for all.
        places: where it reads and writes.
        executor: who does the work.
        tell: called with a line for every training and trial.
        workers: how many methods are searched side by side; the trials of one wait for each other.
        most: trials a method at most, fewer than its budget; the search goes on from there another time.
        plan: the requests.

    Raises:
        SpecError: if the folder or a method is not planned.
    """
    planned = planned_in(folder, plan)
    known = tuned_methods(planned)
    if strange := [name for name in methods if name not in known]:
        raise SpecError(f"{', '.join(strange)} is not searched in {folder}; known are: {', '.join(known)}")
    base = Spec.parse({**planned.base, "method": None})
    waiting = [_Search(folder, name, base, places, most) for name in methods or known]
    if any(search.next() for search in waiting):
        failed = _train(folder, tried_on(base), places, executor, tell)
        if failed:
            return failed
    return _search(iter(waiting), places, executor, tell, workers)


def _train(folder: str, base: Spec, places: Places, executor: Executor, tell: Tell) -> int:
    """Train the original and the one retrained model that the oracle knows; those that ship are not trained."""
    run, shipped = known.start(places.root / folder, base, places.store)
    seed, futures = pipeline.oracle_seed(run), dict[Future[str], str]()
    if not shipped:
        for role, k in (("original", 0), ("retrained", seed)):
            futures[executor.submit(train_task, base.as_json(), role, k, places.store)] = f"{role} {k}"
    elif not known.file_of(places.root / folder, "retrained", seed).is_file():
        task = executor.submit(oracle_model_task, base.as_json(), places.root / folder, places.store)
        futures[task] = f"retrained {seed}"
    failed = 0
    for name, future in gather(futures):
        error = future.exception()
        failed += error is not None
        tell(f"{folder_of(base)}: trained {name}" if error is None else f"{folder_of(base)}: {name}: {error}")
    return failed


def _search(waiting: Iterator[_Search], places: Places, executor: Executor, tell: Tell, workers: int) -> int:
    running: dict[Future[Trial], tuple[_Search, _Next]] = {}
    failed = 0

    def begin(search: _Search | None) -> None:
        while search is not None:
            coming = search.next()
            if coming is not None:
                spec = search.spec(coming)
                future = executor.submit(
                    trial_task, spec.as_json(), places.root / search.folder, places.store, search.budget.limits
                )
                running[future] = (search, coming)
                return
            tell(search.close())
            search = next(waiting, None)

    try:
        for _ in range(workers):
            begin(next(waiting, None))
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                search, coming = running.pop(future)
                error = future.exception()
                if error is None:
                    tell(search.add(coming, future.result()))
                    begin(search)
                else:
                    failed += 1
                    tell(f"{search.folder} {search.method} {coming.number}: {error}")
                    begin(next(waiting, None))
    finally:
        for future in running:
            future.cancel()
    return failed


@dataclass(frozen=True)
class _Next:
    number: int
    origin: Origin
    knobs: Knobs


class _Search:
    """The search of one method on one request.

    Attributes:
        folder: of the recorded runs.
        method: its key.
        budget: what it may cost.
    """

    def __init__(self, folder: str, method: str, base: Spec, places: Places, most: int | None) -> None:
        """Read what is there."""
        self.folder, self.method, self._base, self._places = folder, method, base, places
        self._on = tried_on(base)
        self.budget: Budget = budget_of(base, method)
        self._end = self.budget.trials if most is None else min(most, self.budget.trials)
        self.done = trials.read(folder, places.root).get(method, [])
        borrows = self.budget.best and CATALOG.methods[method].images.borrows and alike(base)
        self._similar = trials.read(alike(base), places.root).get(method, []) if borrows else []
        self._named = list(self._settings())

    def _settings(self) -> Iterator[tuple[Origin, Knobs]]:
        """Yield the settings that somebody stands for, each once, as many as there are trials at most."""
        seen: list[Knobs] = []
        for origin, knobs in self._all_settings():
            whole = complete(self.method, self._base, knobs)
            if whole not in seen:
                seen.append(whole)
                yield origin, whole

    def _all_settings(self) -> Iterator[tuple[Origin, Knobs]]:
        good = sorted(
            (one for one in self._similar if one.trial.ended != "broken"), key=lambda one: (one.trial.judge, one.number)
        )
        theirs = authors_of(self.method, self._base)
        for place, one in enumerate(good[: self.budget.best]):
            yield "alike", dict(one.knobs)
            if place == 0 and self.budget.authors and theirs is not None:
                yield "authors", theirs
        if good and not self.budget.authors:
            return
        if theirs is not None:
            yield "authors", theirs  # once: what came already is left out
        yield "before", self._before()

    def _before(self) -> Knobs:
        """Return what was chosen before this search, which what it finds does not change."""
        held = chosen(self._places.chosen).get(self.folder, {}).get(self.method)
        if held is not None and held.before is not None:
            return dict(held.before)
        return complete(self.method, self._base, knobs_of(self.method, self._base, self._places.chosen)[0])

    def next(self) -> _Next | None:
        """Return the trial that comes next, or None where all are made."""
        number = len(self.done)
        if number >= self._end:
            return None
        if number < len(self._named):
            return _Next(number, *self._named[number])
        history = [(one.knobs, one.trial.judge) for one in (*self._similar, *self.done)]
        first = 0 if self._similar else len(self._named)  # a similar request's trials already show where to look
        return _Next(number, "drawn", draw(self.method, self._base, history, first, number))

    def spec(self, coming: _Next) -> Spec:
        """Return the Spec of a trial."""
        return self._on.with_part(method={"name": self.method, "knobs": coming.knobs})

    def add(self, coming: _Next, trial: Trial) -> str:
        """Keep a trial that ended; return a line on it."""
        tried = Tried(self.method, coming.number, coming.origin, coming.knobs, trial)
        trials.append(self.folder, tried, self._places.root)
        self.done = [*self.done, tried]
        end = "" if trial.ended == "whole" else f", {trial.ended}: {trial.note}"
        return (
            f"{self.folder} {self.method} {coming.number + 1}/{self._end} ({coming.origin}): "
            f"judge {_text(trial.judge)}, oracle {_text(trial.oracle)}, {trial.seconds:.1f} s, "
            f"{trial.epochs:.1f} epochs{end}"
        )

    def close(self) -> str:
        """Keep what was chosen; return a line on it."""
        before, first, oracle = self._before(), trials.best(self.done), trials.best_by_oracle(self.done)
        remark = self._remark()
        if first is None or oracle is None:
            if self.done:
                found = Chosen(self.done[0].knobs, len(self.done), remark, before)
                keep(self.folder, self.method, found, self._places.chosen)
            return f"{self.folder} {self.method}: all {len(self.done)} trials break the model down"
        numbers = {"judge": oracle.trial.oracle, **oracle.trial.oracle_parts}
        by_oracle = ByOracle(oracle.knobs, oracle.number, numbers)
        found = Chosen(first.knobs, len(self.done), remark, before, first.number, first.trial.judge, by_oracle)
        keep(self.folder, self.method, found, self._places.chosen)
        return f"{self.folder} {self.method}: trial {first.number + 1} of {len(self.done)} was chosen"

    def _remark(self) -> str:
        said = []
        if self.done and all(one.broken for one in self.done):
            said.append("every one of them breaks the model")
        if self.done and self.done[0].origin == "authors" and (cut := cut_of(self.method, self._base)):
            parts = ", ".join(f"{name} from {theirs} to {tried}" for name, (theirs, tried) in cut.items())
            said.append(f"the authors' own setting was tried cut to the budget: {parts}")
        return "; ".join(said)


def _text(judge: float) -> str:
    return f"{judge:.4f}" if math.isfinite(judge) else "none"
