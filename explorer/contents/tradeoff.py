"""Compute the plane of the page *trade-off*: what stands on its axes, every path on it, and the table behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer import pipeline
from explorer.contents.picture import Picture, panel_names
from explorer.contents.requests import told
from explorer.contents.tables import formats
from explorer.figures.tradeoff import Axis, Mark, Path
from explorer.pipeline import METRICS
from explorer.records import Band, Comparison
from explorer.spec import MethodSpec, Spec, changed_knobs
from explorer.spec.catalog import CATALOG
from explorer.view import UP, View

ATTACK = "loss"  # of question A, step by step
AUC, COST = "auc", "cost"
ACCURACIES = ("forget", "retain", "test")
DISTANCES = ("activation_distance", "js_divergence", "forget_agreement", "disagreement_area")
TITLES: Mapping[str, str] = {name: METRICS[name].title for name in (AUC, COST, *ACCURACIES, *DISTANCES)}
Numbers = NDArray[np.float64]
NONE = Band(())


@dataclass(frozen=True)
class Plane:
    """What is drawn.

    Attributes:
        paths: one a method that is ready.
        marks: where each path would have been stopped.
        retrained: Bands of x and y: retrained's own values, or for distances the floor between retrained models.
        original: x and y of the original on screen.
        x, y: the axes.
    """

    paths: tuple[Path, ...]
    marks: tuple[Mark, ...]
    retrained: tuple[Band, Band]
    original: tuple[float, float]
    x: Axis
    y: Axis


def axis(name: str, kind: str = "forget") -> Axis:
    """Return what an axis says of its number, in the words of a kind of request."""
    title = told(TITLES[name], kind)
    if name == AUC:
        return Axis(title, METRICS[name].unit, "match")
    if name == COST:
        return Axis("Cost", "example-gradients, share of retraining", "lower")
    # Less damage than retraining does is no fault on the plane: utility is better above, and the star shows the goal.
    better = "higher" if name in ("retain", "test") else METRICS[name].better
    return Axis(title, METRICS[name].unit, better)


def numbers_of(picture: Picture) -> Picture:
    """Return a picture without its panels: what `plane` and `rows` read of it, which a worker is sent."""
    return replace(picture, scene=None, facts=None, panels={}, exposure=None)


def ready(view: View, picture: Picture) -> dict[str, Spec]:
    """Return the methods whose numbers by step are there, by panel name, each with its run."""
    named = zip(panel_names(view), view.panels, strict=True)
    return {
        name: view.base.with_method(panel.method)
        for name, panel in named
        if panel.method and name in picture.curves and name in picture.numbers and name not in picture.stale
    }


def by_step(name: str, spec: Spec, curves: Mapping[str, Numbers], numbers: Comparison, memo: pipeline.Memo) -> Numbers:
    """Return one number at every recorded step of a path (t,)."""
    run = pipeline.Run(spec, memo)
    if name == AUC:
        return pipeline.attack_path(run, ATTACK)
    if name == COST:
        return cost(curves["step"], numbers, straight=pipeline.path(run).straight)
    return np.asarray(curves[name], dtype=float)


def cost(step: Numbers, numbers: Comparison, *, straight: bool) -> Numbers:
    """Return the cost up to each step (t,), as a share of the cost of retraining.

    The passes of a path are spread evenly over its steps. Its preparation counts from the first step on. A method that
    makes one jump has spent everything as soon as it leaves the original.
    """
    spent = numbers.example_gradients
    last = float(step[-1]) or 1.0
    way = (step > 0).astype(float) if straight else step / last
    total = np.where(step > 0, spent["prepare"], 0.0) + spent["unlearn"] * way
    return total / spent["retrain"]


def references(
    name: str, spec: Spec, numbers: Comparison, memo: pipeline.Memo, *, spread: bool = False
) -> tuple[Band, Band]:
    """Return a number of the retrained models (for distances: the floor) and of the original."""
    if name == COST:
        return Band((1.0,)), Band((0.0,))
    if name == AUC:
        areas = attack_of(spec, memo, spread=spread)
        return areas.get("retrained", NONE), areas.get("original", NONE)
    if name in ACCURACIES:
        return numbers.accuracy["retrained"][name], numbers.accuracy["original"][name]
    return numbers.floor[name], Band((numbers.untouched[name].mean,))


def attack_of(spec: Spec, memo: pipeline.Memo, *, spread: bool) -> dict[str, Band]:
    """Return the AUC of the attack on the plane by role."""
    one = spec.with_part(evaluation={**spec.evaluation.model_dump(exclude_none=True), "attacks": [ATTACK]})
    numbers = pipeline.attack_numbers(pipeline.Run(one, memo), spread=spread).a
    return {role: numbers[role][ATTACK]["auc"] for role in numbers if ATTACK in numbers[role]}


def plane(view: View, picture: Picture, x: str, y: str, memo: pipeline.Memo) -> Plane | None:
    """Return what is drawn of the methods that are ready, or None while there are none.

    Raises:
        ValueError: one sentence, if a chosen number is not defined for this request.
    """
    paths: list[Path] = []
    marks: list[Mark] = []
    known = ready(view, picture)
    for name, spec in known.items():
        curves, numbers = picture.curves[name], picture.numbers[name]
        step = np.asarray(curves["step"]).astype(np.int64)
        one, two = (by_step(axis_, spec, curves, numbers, memo) for axis_ in (x, y))
        title = CATALOG.methods[name.partition(":")[2]].title
        paths.append(Path(name, title, step, one, two))
        for place, oracle in places(spec, memo):
            marks.append(Mark(name, title, int(step[place]), float(one[place]), float(two[place]), oracle))
    if not paths:
        return None
    name, spec = next(iter(known.items()))
    bands, originals = zip(*(references(one, spec, picture.numbers[name], memo) for one in (x, y)), strict=True)
    first = tuple(band.values[0] if band.values else float("nan") for band in originals)
    return Plane(
        tuple(paths),
        tuple(marks),
        (bands[0], bands[1]),
        (first[0], first[1]),
        *(axis(one, view.base.request.kind) for one in (x, y)),
    )


def places(spec: Spec, memo: pipeline.Memo) -> list[tuple[int, bool]]:
    """Return where a path would have been stopped: (place among its recorded steps, whether an oracle says so)."""
    found = pipeline.rewind(pipeline.Run(spec, memo))
    return ([] if found.unseen is None else [(found.unseen, False)]) + [(found.retrained, True)]


# --- the table behind it ------------------------------------------------------------------------------------------

COLUMNS: Mapping[str, str] = {
    "forget": "Forget acc.", "retain": "Retain acc.", "test": "Test acc.", AUC: "Loss attack AUC",
    "activation_distance": "Activation distance", "js_divergence": "JS divergence",
    "forget_agreement": "Agree on forget", "disagreement_area": "Disagree area", COST: "Cost",
}  # fmt: skip
ORACLE = "against retrained (an oracle)"
DEFAULTS, PRESET = "defaults (ours, for these toys)", "see its note"
BY_HAND = "by hand, retrained in sight (an oracle)"


def tuned(method: MethodSpec) -> str:
    """Return how a method's knobs were chosen: from its file, or by hand with the retrained models in sight."""
    if not changed_knobs(method):
        return DEFAULTS
    known = CATALOG.methods[method.name]
    for name, preset in known.presets.items():
        if known.knobs(**preset.knobs) == method.knobs:
            return f"preset {name.replace('_', ' ')} ({PRESET})"
    return BY_HAND


def rows(view: View, picture: Picture, memo: pipeline.Memo) -> list[formats.Row]:
    """Return the table: retrained, original, each method at its end and where it would have been stopped.

    Bands are over retrained models, or over originals and the runs from them, the one on screen first. Of the distances
    of retrained they are over pairs of retrained models: the floor. A step of a path has one value, that of the model
    on screen.
    """
    known = ready(view, picture)
    if not known:
        return []
    name, spec = next(iter(known.items()))
    both = {one: _references(one, spec, picture.numbers[name], memo) for one in COLUMNS}
    found = [
        formats.Row("Retrained", {one: bands[0] for one, bands in both.items()}, "its own training"),
        formats.Row("Original", {one: bands[1] for one, bands in both.items()}, "its own training", on_screen=True),
    ]
    for name, spec in known.items():
        found += _method_rows(name, spec, picture, memo)
    return found


def _references(name: str, spec: Spec, numbers: Comparison, memo: pipeline.Memo) -> tuple[Band, Band]:
    return references(name, spec, numbers, memo, spread=True)


def _method_rows(name: str, spec: Spec, picture: Picture, memo: pipeline.Memo) -> list[formats.Row]:
    assert spec.method is not None
    curves, numbers, title = picture.curves[name], picture.numbers[name], CATALOG.methods[spec.method.name].title
    every = {one: _or_nothing(one, spec, curves, numbers, memo) for one in COLUMNS}
    how = tuned(spec.method)
    end = {
        **{one: numbers.accuracy["unlearned"][one] for one in ACCURACIES},
        **{one: numbers.spread[one] for one in DISTANCES},
        AUC: attack_of(spec, memo, spread=True).get("unlearned", NONE),
        COST: Band((float(every[COST][-1]),)),
    }
    found = [formats.Row(title, end, how, on_screen=True)]
    for place, oracle in places(spec, memo):
        step = int(curves["step"][place])
        stopped = ORACLE if oracle else f"{how}; stopped by unseen points"
        values = {one: Band((float(every[one][place]),)) for one in COLUMNS}
        found.append(formats.Row(f"{title}, step {step}", values, stopped))
    return found


def _or_nothing(
    name: str, spec: Spec, curves: Mapping[str, Numbers], numbers: Comparison, memo: pipeline.Memo
) -> Numbers:
    try:
        return by_step(name, spec, curves, numbers, memo)
    except ValueError:  # the attack cannot be asked of this request
        return np.full(len(curves["step"]), np.nan)


def with_across(view: View, name: str) -> View:
    """Return the view with another number across. If the same number stood up, the default takes its place there."""
    now = view.looks.tradeoff.plane[1]
    up = now if now != name else UP[0]
    return view.looking("tradeoff", plane=(name, up))


def with_up(view: View, name: str) -> View:
    """Return the view with another number up."""
    return view.looking("tradeoff", plane=(view.looks.tradeoff.plane[0], name))


def progress(picture: Picture, name: str, step: int) -> float:
    """Return where the player stands at a step of a panel, 0 = original, 1 = end."""
    first, last = (float(picture.panels[name].step[k]) for k in (0, -1))
    return 1.0 if last == first else (step - first) / (last - first)
