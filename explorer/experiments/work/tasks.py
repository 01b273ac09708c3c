"""What worker processes are asked to do: functions of plain values, over a store shared by its folder or their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import trainings_at
from explorer.records import Data
from explorer.spec import Spec

T = TypeVar("T")


@cache
def _store(place: str | None) -> Store:
    if place is None:
        return Store.default()
    return Store(Path(place) if place else None)


def result(content: dict[str, Any], place: str | None, points: Data | None = None) -> dict[str, Any]:
    """Return the JSON of a run.

    Args:
        content: the Spec.
        place: the folder of the store that keeps the result and what it needs; "" for memory only, None for the
            default store of the machine that the worker runs on.
        points: the data, where this machine cannot have them: points that were uploaded elsewhere.

    Raises:
        SpecError: if the Spec cannot be run.
    """
    spec, store = Spec.parse(content), _store(place)
    if points is not None:
        _keep(points, spec, store.memo)
    return through(store, spec)


def through(store: Store, spec: Spec) -> dict[str, Any]:
    """Return the JSON of a run, from the store or computed; image trainings go on where a killed process left them.

    Raises:
        SpecError: if the Spec cannot be run.
    """

    def compute() -> dict[str, Any]:
        if not pipeline.is_image(spec):
            return pipeline.result(pipeline.Run(spec, store.memo))
        return pipeline.result(trainings_at(str(store.place or "")).run(spec))

    return store.memo(result_key(spec), compute, spec.as_json())


def _keep(points: Data, spec: Spec, memo: pipeline.Memo) -> None:
    def given(key: str, _: Callable[[], T], /) -> T:
        return memo(key, lambda: cast(T, points))

    _ = pipeline.Run(spec, given).data


def result_key(spec: Spec) -> str:
    """Return the name of a run's result in the store."""
    return f"result-{spec.key()}"
