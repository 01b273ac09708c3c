"""Say what is asked where a knob is moved beside a recorded run, and set the answer beside the recorded runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from explorer import public
from explorer.contents.recorded.own_run import method_of
from explorer.contents.recorded.runs import Choice, Opened
from explorer.contents.words import MOVED
from explorer.experiments.cifar import known
from explorer.pipeline import REQUEST_PARTS
from explorer.pipeline.worlds import images as sources
from explorer.records import ImageRun
from explorer.spec import Spec, SpecError
from explorer.view import MAX_RUNS, View


def movable(view: View, opened: Opened, shown: str) -> Spec | None:
    """Return the Spec whose knobs can be moved beside the recorded runs: that of the method looked at closely.

    None where the folder ships no models, the images are not on this machine, no method is looked at, or this is a
    public demo.
    """
    recorded = _recorded(opened, shown)
    if recorded is None or public.is_public() or not sources.available(recorded.data.name):
        return None
    if view.own is not None and method_of(view.own).name == shown and _answers(opened, view.own):
        return known.asked(opened.scene, view.own)
    return recorded if _answers(opened, recorded) else None


def moved(view: View, opened: Opened, shown: str) -> Spec | None:
    """Return the Spec of a run whose knobs were moved away from the recorded ones; None where none were."""
    spec, recorded = movable(view, opened, shown), _recorded(opened, shown)
    return None if spec is None or recorded is None or spec.method == recorded.method else spec


def _recorded(opened: Opened, shown: str) -> Spec | None:
    """Return what the recorded run of a method was asked, without attacks that train models of their own."""
    if shown not in opened.methods:
        return None
    try:
        return known.asked(opened.scene, Spec.parse(dict(opened.methods[shown].spec)))
    except SpecError:
        return None  # made before a knob changed its name


def _answers(opened: Opened, spec: Spec) -> bool:
    return known.answers(opened.scene, opened.place, spec)


def with_knob(view: View, spec: Spec, name: str, value: Any) -> View:
    """Return the view in which a knob of the method looked at closely is moved.

    Args:
        view: of which what was moved since the widget was drawn is kept.
        spec: as the widget was drawn with.
        name: of the knob.
        value: its new value.
    """
    now = view.own
    if now is not None and now.key(*REQUEST_PARTS) == spec.key(*REQUEST_PARTS):
        spec = now if method_of(now).name == method_of(spec).name else spec
    method = method_of(spec)
    knobs = {**method.as_json()["knobs"], name: value}
    return replace(view, own=spec.with_part(method={"name": method.name, "knobs": knobs}))


def beside(opened: Opened, chosen: Choice, run: ImageRun) -> tuple[Opened, Choice]:
    """Return the folder and the choice with a run beside the recorded one of its method, looked at closely.

    Where as many methods stand side by side as can, the last one that is neither makes room.
    """
    key = run.name + MOVED
    others = [one for one in chosen.runs if one != run.name][: MAX_RUNS - 2]
    runs = tuple(one for one in chosen.runs if one == run.name or one in others)
    at = runs.index(run.name) + 1 if run.name in runs else 0
    methods = {**opened.methods, key: replace(run, name=key)}
    return replace(opened, methods=methods), replace(chosen, runs=(*runs[:at], key, *runs[at:]), shown=key)
