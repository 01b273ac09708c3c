"""Run one or two knobs of a method over their ranges, and read the numbers out of the runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import pipeline
from explorer.contents.picture import Pieces
from explorer.contents.requests import told
from explorer.contents.tradeoff import AUC, COST
from explorer.experiments import sweeps
from explorer.experiments.store.store import Store
from explorer.figures.numerals import as_printed
from explorer.figures.sweep import UNKNOWN, Range
from explorer.knobs import KnobInfo, knob_infos
from explorer.pipeline import METRICS
from explorer.records import Float, Scene
from explorer.session.desk import BESIDE, Desk, Here, Tick
from explorer.session.store import store_of
from explorer.spec import MethodSpec, Spec
from explorer.spec.catalog import CATALOG
from explorer.view import SWEPT

ONE, TWO = 9, 5  # values of a knob by itself, and of each of two
BROKEN = 0.1  # below the lowest retrained model's retain accuracy
TITLES = {name: METRICS[name].title for name in SWEPT}


@dataclass(frozen=True)
class Swept:
    """What is known of a sweep.

    Attributes:
        method: key.
        knobs: names of the one or two knobs.
        values: of each knob.
        results: the JSON of each run by its place in the grid (the last knob changes fastest); fewer until it ends.
        errors: sentences of runs that could not be made.
        scene: what the pictures share; None for two knobs.
        pictures: for one knob, logits (g * g, c) of each run's end on the scene's grid, by its place.
    """

    method: str
    knobs: tuple[str, ...]
    values: tuple[list[Any], ...]
    results: Mapping[int, Mapping[str, Any]] = field(default_factory=dict[int, Mapping[str, Any]])
    errors: tuple[str, ...] = ()
    scene: Scene | None = None
    pictures: Mapping[int, Float] = field(default_factory=dict[int, Float])

    @property
    def runs(self) -> int:
        """Return how many runs there are in all."""
        return math.prod(len(values) for values in self.values)


def marked(kind: str) -> dict[str, str]:
    """Return the names of numbers with their direction, for figures, in the words of a kind of request."""
    return {name: f"{told(title, kind)} ({METRICS[name].mark})" for name, title in TITLES.items()}


def knobs_of(method: str) -> dict[str, KnobInfo]:
    """Return the knobs of a method that have a range."""
    infos = knob_infos(CATALOG.methods[method].knobs)
    return {
        name: info
        for name, info in infos.items()
        if info.kind == "bool" or info.choices or (info.low is not None and info.high is not None)
    }


def span(method: str, knobs: Sequence[str]) -> tuple[list[Any], ...]:
    """Return the values of each knob that a sweep runs."""
    return tuple(sweeps.span(method, knob, ONE if len(knobs) == 1 else TWO) for knob in knobs)


def bare(spec: Spec, knobs: Sequence[str]) -> Spec:
    """Return the run with the swept knobs at their defaults: their present values make no difference to the sweep."""
    assert spec.method is not None
    infos = knobs_of(spec.method.name)
    at_rest = spec.method.knobs.model_copy(update={knob: infos[knob].default for knob in knobs})
    return spec.with_method(MethodSpec(spec.method.name, at_rest))


def sweeping(spec: Spec, knobs: Sequence[str], store: Store, desk: Desk, tick: Tick) -> Iterator[Swept]:
    """Yield the sweep as far as it is known. Of one knob the pictures come first, which are quick, then the numbers.

    Raises:
        ValueError: one sentence, if a knob has no range.
    """
    if spec.data.name == "csv" and desk.beside() is not None:  # the runs of a sweep name files, they do not carry them
        yield from desk.stream(spec, _alone, spec, knobs, tick=tick)
        return
    assert spec.method is not None
    name = spec.method.name
    values = span(name, knobs)
    lean = spec.with_part(
        evaluation={**spec.evaluation.model_dump(exclude_none=True), "attacks": ["loss"], "shadows": 0}
    )
    specs = sweeps.grid(lean.as_json(), {f"method.knobs.{knob}": one for knob, one in zip(knobs, values, strict=True)})
    pieces = Pieces(spec.with_method(None), desk, tick)
    now = Swept(name, tuple(knobs), values, scene=pieces.one(*pieces.scene()) if len(knobs) == 1 else None)
    yield now
    for painted in _painted(now, specs, pieces):
        now = painted
        yield now
    for outcome in sweeps.sweep(specs, store, executor=desk.beside(), workers=0, tick=tick):
        if outcome.result is None:
            now = replace(now, errors=(*now.errors, outcome.error))
        else:
            now = replace(now, results={**now.results, outcome.index: outcome.result})
        yield now


def _alone(spec: Spec, knobs: Sequence[str], memo: pipeline.Memo, tick: Tick) -> Iterator[Swept]:
    return sweeping(spec, knobs, store_of(spec), Here(memo), tick)


def _painted(now: Swept, specs: Sequence[Spec], pieces: Pieces) -> Iterator[Swept]:
    if now.scene is None:
        return
    wishes = {
        str(at): pieces.ask(f"end-{spec.key()}", spec, _end, (spec,), urgency=BESIDE) for at, spec in enumerate(specs)
    }
    for at, end in pieces.each(wishes, lambda _: f"{len(specs)} pictures"):
        if end is not None:  # else its frame stays empty; the run says why
            now = replace(now, pictures={**now.pictures, int(at): end})
            yield now


def _end(spec: Spec, memo: pipeline.Memo, tick: Tick) -> Float | None:
    """Return the scores (g * g, c) of a run's end; None where it breaks down."""
    try:
        return pipeline.final_grid(pipeline.Run(spec, memo))
    except (ValueError, RuntimeError, ArithmeticError):
        return None


def bands(swept: Swept, number: str) -> list[Range]:
    """Return one number of every run: the smallest, mean and largest over the originals; UNKNOWN where none is."""
    return [_own(swept.results.get(index), number) for index in range(swept.runs)]


def reference(swept: Swept, number: str) -> Range:
    """Return the retrained models' values of an accuracy, or the floor of a distance."""
    if not swept.results:
        return UNKNOWN
    some = next(iter(swept.results.values()))
    if number == COST:
        return Range(1.0, 1.0, 1.0)
    retrained = some["models"]["retrained"]
    if number == AUC:
        return _band(retrained["attacks"].get("loss", {}).get("auc"))
    return _band(retrained["accuracy"].get(number) or some["floor"].get(number) or retrained.get(number))


def broken(swept: Swept) -> list[bool]:
    """Return for every run whether its model is broken: it diverged, or its retain accuracy is too low (BROKEN)."""
    least = reference(swept, "retain").low - BROKEN
    found = list[bool]()
    for index in range(swept.runs):
        result = swept.results.get(index)
        kept = _own(result, "retain").mean
        found.append(result is not None and (bool(result["trouble"]) or kept < least))
    return found


def table(swept: Swept, number: str) -> NDArray[np.float64]:
    """Return the mean of one number over a grid of two knobs (first, second); NaN where there is none."""
    means = np.array([band.mean for band in bands(swept, number)])
    return means.reshape(len(swept.values[0]), len(swept.values[1]))


def near(swept: Swept, number: str) -> NDArray[np.bool_]:
    """Return, over a grid of two knobs, where a number is in retrained's range or floor, as printed."""
    means, known = np.vectorize(as_printed)(table(swept, number)), reference(swept, number)
    better = METRICS[number].better
    low, high = (
        as_printed(known.low) if better in ("match", "higher") else -np.inf,
        np.inf if better == "higher" else as_printed(known.high),
    )
    return (means >= low) & (means <= high)


def _own(result: Mapping[str, Any] | None, number: str) -> Range:
    """Return a number of one run: over the originals where the run says so, else of the model on screen alone."""
    if result is None:
        return UNKNOWN
    spread, model = result["spread"], result["models"]["unlearned"]
    if number == COST:
        spent = result["cost"]["example_gradients"]
        return _single((spent["prepare"] + spent["unlearn"]) / spent["retrain"])
    if number == AUC:
        return _single(model["attacks"].get("loss", {}).get("auc"))
    found = spread["accuracy"].get(number) or spread["to_retrained"].get(number) or result["to_retrained"].get(number)
    return _band(found) if found else _single(model.get(number))


def _single(value: float | None) -> Range:
    return UNKNOWN if value is None else Range(float(value), float(value), float(value))


def _band(numbers: Mapping[str, Any] | None) -> Range:
    """Return the Range that a result names."""
    if not numbers or numbers["mean"] is None:
        return UNKNOWN
    return Range(*(float(numbers[name]) for name in ("min", "mean", "max")))
