"""What worker processes are asked to do: functions of plain values, over a store that they share by its folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from explorer import pipeline
from explorer.experiments.store import Store
from explorer.records import Shadows
from explorer.spec import Spec


@cache
def _store(place: str) -> Store:
    return Store(Path(place) if place else None)


def result(content: dict[str, Any], place: str) -> dict[str, Any]:
    """Return the JSON of a run; what it needs and the result itself are kept in the store at `place` ("" = nowhere).

    Raises:
        SpecError: if the Spec cannot be run.
    """
    spec, memo = Spec.parse(content), _store(place).memo
    return memo(result_key(spec), lambda: pipeline.result(spec, memo), spec.as_json())


def result_key(spec: Spec) -> str:
    """Return the name of a run's result in the store."""
    return f"result-{spec.key()}"


def shadow_part(content: dict[str, Any], place: str, start: int, stop: int, retrained: bool) -> Shadows:
    """Return the shadow models start .. stop-1 of a Spec, through the store at `place`.

    Raises:
        SpecError: if they cannot be made.
    """
    make = pipeline.retrained_part if retrained else pipeline.shadow_part
    return make(Spec.parse(content), start, stop, _store(place).memo)
