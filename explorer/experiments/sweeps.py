"""Run many Specs: a grid over some fields of one, or a list; through the store, so that nothing is computed twice.

The Specs are mapped over any `concurrent.futures.Executor`: by default processes on this machine (executors.py), or a
cluster's workers (cluster.py). A killed worker loses only its own Spec, which is run again.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, NoReturn

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.experiments.work import tasks
from explorer.experiments.work.executors import Processes, WorkerLost
from explorer.experiments.work.gather import gather
from explorer.knobs import knob_infos, shorten
from explorer.spec import Spec, SpecError

MOST = 10_000  # Specs in one sweep
Tick = Callable[..., None]  # tick(done, total, sentence="")


@dataclass(frozen=True)
class Outcome:
    """One Spec of a sweep.

    Attributes:
        index: its place in the list.
        spec: what was run.
        result: the JSON of the run, None where it could not be run.
        error: "" or one sentence.
    """

    index: int
    spec: Spec
    result: Mapping[str, Any] | None
    error: str = ""


def specs_of(content: Any) -> list[Spec]:
    """Return the Specs that a sweep file means.

    Args:
        content: {"base": <Spec>, "grid": {"method.knobs.lr": [...], ...}} or a list of Specs, as JSON values. In a grid
            the last field changes fastest.

    Raises:
        SpecError: one sentence.
    """
    if isinstance(content, Mapping):
        unknown = set(content) - {"base", "grid"}
        if unknown:
            raise SpecError(f"`{shorten(min(unknown))}` is not known in a sweep; known are: base, grid")
        return grid(content.get("base", {}), content.get("grid", {}))
    if not isinstance(content, list) or not content:
        raise SpecError(f"a sweep must be a list of Specs or an object with base and grid, got {shorten(content)}")
    return _parsed(content)


def grid(base: Any, fields: Any) -> list[Spec]:
    """Return one Spec for each combination of the fields' values.

    Args:
        base: a Spec as JSON values.
        fields: dotted field, for instance "method.knobs.lr" -> list of values.

    Raises:
        SpecError: one sentence.
    """
    if not isinstance(base, Mapping):
        raise SpecError(f"`base` must be an object with named fields, got {shorten(base)}")
    if not isinstance(fields, Mapping):
        raise SpecError(f"`grid` must be an object with a list of values a field, got {shorten(fields)}")
    for name, values in fields.items():
        if not isinstance(values, list) or not values:
            raise SpecError(f"`grid.{shorten(name)}` must be a list with at least one value, got {shorten(values)}")
    chosen = itertools.product(*fields.values())
    return _parsed([_with(base, zip(fields, values, strict=True)) for values in itertools.islice(chosen, MOST + 1)])


def span(method: str, knob: str, count: int = 9) -> list[Any]:
    """Return values over the whole range of a knob: evenly, by factors where its slider runs so; all choices of others.

    Args:
        method: key.
        knob: name of one of its knobs.
        count: how many values at most.

    Raises:
        SpecError: if the method has no such knob, or the knob no range.
    """
    import numpy as np

    default = Spec.default(method).method
    assert default is not None
    infos = knob_infos(type(default.knobs))
    if knob not in infos:
        raise SpecError(f"`{shorten(knob)}` is not a knob of {method}; known are: {', '.join(infos)}")
    info = infos[knob]
    if info.kind == "bool":
        return [False, True]
    if info.choices:
        return list(info.choices)
    if info.low is None or info.high is None:
        raise SpecError(f"`{knob}` of {method} has no range to sweep over")
    if info.log and info.low > 0:
        values = np.geomspace(info.low, info.high, count)
    elif info.log:  # 0 means off
        values = np.append(0.0, np.geomspace(info.high / 1e4, info.high, count - 1))
    else:
        values = np.linspace(info.low, info.high, count)
    if info.kind == "int":
        return sorted({round(float(value)) for value in values})
    return [min(max(float(value), info.low), info.high) for value in values]


def sweep(
    specs: Sequence[Spec],
    store: Store,
    *,
    executor: Executor | None = None,
    apart: bool = False,
    workers: int = 2,
    tick: Tick | None = None,
) -> Iterator[Outcome]:
    """Run Specs side by side; yields each as it ends, those that the store holds first.

    Args:
        specs: what to run; equal ones are run once.
        store: where results are kept; what it holds is not run again, by anybody.
        executor: who runs them; the caller shuts it down. With None, so many processes as `workers` says are started,
            and ended with the sweep, also in the middle of their work when the sweep is left early.
        apart: the executor's workers may stand on other machines, without the store's folder: each keeps what it needs
            in a store of its own, and results come back to be written here.
        workers: 0 runs the Specs in this thread.
        tick: called often as tick(done, total, sentence); raise to cancel.
    """
    waiting: dict[str, list[int]] = {}
    for index, spec in enumerate(specs):
        waiting.setdefault(tasks.result_key(spec), []).append(index)
    done = 0
    for key in list(waiting):
        known = _known(store, key)
        if known is not None:
            for index in waiting.pop(key):
                done += 1
                yield Outcome(index, specs[index], known)

    def tell(more: int) -> None:
        if tick:
            tick(done + more, len(specs), f"{done + more} of {len(specs)} runs")

    tell(0)
    own = Processes(min(workers, len(waiting))) if executor is None and workers and waiting else None
    runner = executor or own
    try:
        ended = _there(specs, waiting, store, runner, apart, tell) if runner else _here(specs, waiting, store, tell)
        for key, result, error in ended:
            for index in waiting[key]:
                yield Outcome(index, specs[index], result, error)
    finally:
        if own:
            own.shutdown(wait=False, cancel_futures=True)


Ended = Iterator[tuple[str, Mapping[str, Any] | None, str]]


def _here(specs: Sequence[Spec], waiting: Mapping[str, list[int]], store: Store, tell: Callable[[int], None]) -> Ended:
    done = 0
    for key, indices in waiting.items():
        tell(done)
        spec = specs[indices[0]]
        result, error = _outcome(lambda spec=spec: tasks.through(store, spec))
        yield key, result, error
        done += len(indices)


def _there(
    specs: Sequence[Spec],
    waiting: Mapping[str, list[int]],
    store: Store,
    executor: Executor,
    apart: bool,
    tell: Callable[[int], None],
) -> Ended:
    place, done = None if apart else str(store.place or ""), 0
    futures: dict[Future[dict[str, Any]], str] = {}
    for key, indices in waiting.items():
        spec, points = specs[indices[0]], None
        if spec.data.name == "csv":  # workers find an upload in the store, or are sent it
            with contextlib.suppress(ValueError):  # they say what is wrong with it
                points = pipeline.Run(spec, store.memo).data
        if not apart:
            points = None
        futures[executor.submit(tasks.result, spec.as_json(), place, points)] = key

    def told() -> None:
        tell(done)

    for key, future in gather(futures, told):
        result, error = _outcome(future.result)
        if result is not None:
            store.memo(key, lambda result=result: result, specs[waiting[key][0]].as_json())
        done += len(waiting[key])
        yield key, result, error


def _outcome(run: Callable[[], Mapping[str, Any]]) -> tuple[Mapping[str, Any] | None, str]:
    """Return the result, or the sentence that says why there is none."""
    try:
        return run(), ""
    except (ValueError, WorkerLost) as error:  # a run that ends its workers must not take the others with it
        return None, " ".join(str(error).split())


class _Unknown(Exception):
    pass


def _known(store: Store, key: str) -> Mapping[str, Any] | None:
    """Return what the store holds, or None."""

    def missing() -> NoReturn:
        raise _Unknown

    try:
        return store.memo(key, missing)
    except _Unknown:
        return None


def _with(base: Mapping[str, Any], values: Any) -> dict[str, Any]:
    content = copy.deepcopy(dict(base))
    for name, value in values:
        *path, last = name.split(".")
        place = content
        for part in path:
            if not isinstance(place.setdefault(part, {}), dict):
                raise SpecError(f"`grid.{shorten(name)}` must lead through objects, got {shorten(place[part])}")
            place = place[part]
        place[last] = value
    return content


def _parsed(contents: Sequence[Any]) -> list[Spec]:
    if len(contents) > MOST:
        raise SpecError(f"a sweep must have at most {MOST} Specs, got more")
    found = []
    for number, content in enumerate(contents, 1):
        try:
            found.append(Spec.parse(content))
        except SpecError as error:
            raise SpecError(f"Spec {number} of {len(contents)}: {error}") from None
    return found
