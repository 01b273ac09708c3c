"""Run one or two knobs of a method over their ranges, and read the numbers out of the runs.

Pure: it knows the experiments and the figures' arrays, and nothing of Streamlit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.catalog import CATALOG
from explorer.experiments import sweeps
from explorer.experiments.store import Store
from explorer.figures.sweep import UNKNOWN, Range
from explorer.knobs import KnobInfo, knob_infos
from explorer.spec import Spec

Tick = Callable[..., None]
ONE, TWO = 9, 5  # values of a knob by itself, and of each of two
BROKEN = 0.1  # below the lowest retrained model's retain accuracy
NUMBERS = ("forget", "retain", "test", "activation_distance", "disagreement_area")
ACCURACIES = ("forget", "retain", "test")


@dataclass(frozen=True)
class Swept:
    """What is known of a sweep.

    Attributes:
        method: key.
        knobs: names of the one or two knobs.
        values: of each knob.
        results: the JSON of each run by its place in the grid (the last knob changes fastest); fewer until it ends.
        errors: sentences of runs that could not be made.
    """

    method: str
    knobs: tuple[str, ...]
    values: tuple[list[Any], ...]
    results: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    errors: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """Return how many runs there are in all."""
        return math.prod(len(values) for values in self.values)


def knobs_of(method: str) -> dict[str, KnobInfo]:
    """Return the knobs of a method that have a range."""
    infos = knob_infos(CATALOG.methods[method].knobs)
    return {
        name: info
        for name, info in infos.items()
        if info.kind == "bool" or info.choices or (info.low is not None and info.high is not None)
    }


def sweeping(spec: Spec, knobs: Sequence[str], store: Store, tick: Tick, *, workers: int = 2) -> Iterator[Swept]:
    """Yield the sweep as its runs end; in worker processes where the store is on disk, else in this thread.

    Raises:
        ValueError: one sentence, where a knob has no range.
    """
    assert spec.method is not None
    name, count = spec.method.name, ONE if len(knobs) == 1 else TWO
    values = tuple(sweeps.span(name, knob, count) for knob in knobs)
    lean = spec.with_part(
        evaluation={**spec.evaluation.model_dump(exclude_none=True), "attacks": ["loss"], "shadows": 0}
    )
    specs = sweeps.grid(lean.as_json(), {f"method.knobs.{knob}": one for knob, one in zip(knobs, values, strict=True)})
    now = Swept(name, tuple(knobs), values)
    yield now
    for outcome in sweeps.sweep(specs, store, workers=workers if store.place else 0, tick=tick):
        if outcome.result is None:
            now = Swept(name, now.knobs, values, now.results, (*now.errors, outcome.error))
        else:
            now = Swept(name, now.knobs, values, {**now.results, outcome.index: outcome.result}, now.errors)
        yield now


def bands(swept: Swept, number: str) -> list[Range]:
    """Return one number of every run: the smallest, mean and largest over the originals; UNKNOWN where none is."""
    return [_own(swept.results.get(index), number) for index in range(swept.runs)]


def reference(swept: Swept, number: str) -> Range:
    """Return the retrained models' values of an accuracy, or the floor of a distance."""
    if not swept.results:
        return UNKNOWN
    some = next(iter(swept.results.values()))
    return _band(some["models"]["retrained"]["accuracy"][number] if number in ACCURACIES else some["floor"][number])


def broken(swept: Swept) -> list[bool]:
    """Return for every run whether its model is broken: it diverged, or does not know what it should keep."""
    least = reference(swept, "retain").low - BROKEN
    found = []
    for index in range(swept.runs):
        result = swept.results.get(index)
        kept = _own(result, "retain").mean
        found.append(result is not None and (bool(result["trouble"]) or kept < least))
    return found


def table(swept: Swept, number: str) -> NDArray[np.float64]:
    """Return the mean of one number over a grid of two knobs (first, second); NaN where there is none."""
    means = np.array([band.mean for band in bands(swept, number)])
    return means.reshape(len(swept.values[0]), len(swept.values[1]))


def _own(result: Mapping[str, Any] | None, number: str) -> Range:
    if result is None:
        return UNKNOWN
    spread = result["spread"]
    return _band(spread["accuracy"][number] if number in ACCURACIES else spread["to_retrained"][number])


def _band(said: Mapping[str, Any]) -> Range:
    """Return the Range that a result names."""
    return UNKNOWN if said["mean"] is None else Range(*(float(said[name]) for name in ("min", "mean", "max")))
