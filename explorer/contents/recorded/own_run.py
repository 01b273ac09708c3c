"""What a run of one's own may ask, and how long it will take."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from explorer.contents.recorded.runs import open_runs, places
from explorer.experiments.cifar import files
from explorer.experiments.cifar.chosen_knobs import knobs_of
from explorer.knobs import KnobBase
from explorer.pipeline import Memo, Run, cannot, given_missing, is_given, weights_missing, without_weights
from explorer.pipeline.worlds import images as sources
from explorer.spec import GIVEN, MethodSpec, Spec, mismatch
from explorer.spec import offers as methods_for
from explorer.spec.catalog import CATALOG
from explorer.view import FIRST, View

AT_ONCE = frozenset({"subclass"})  # scores that choosing needs no trained model for
LEAP = 0.05  # share of the whole that takes more than a second unless it was known
READING = 10.0  # seconds; a first tick before may come from a resumed training: the pace is not taken from it


@cache
def first() -> Spec:
    """Return what is asked for at first: FIRST, at the knobs chosen for it."""
    return with_method(Spec.parse(FIRST), FIRST["method"]["name"])


def asked(view: View) -> Spec:
    """Return what a view asks for."""
    return view.own or first()


def asking(view: View, change: Callable[[Spec], Spec]) -> View:
    """Return the view that asks for what `change` makes of what it asks for now.

    Raises:
        SpecError: if that is not allowed.
    """
    before = asked(view)
    after = followed(before, change(before))
    return replace(view, own=None if after == first() else after)


def method_of(spec: Spec) -> MethodSpec:
    """Return the method of what is asked."""
    assert spec.method is not None  # FIRST has one, and every change keeps one
    return spec.method


def refusal(spec: Spec, memo: Memo) -> str:
    """Return why the method cannot answer the request, or ""."""
    try:
        return (
            mismatch(spec, whole_class=_whole_class(spec))
            or _not_chosen(spec)
            or weights_missing(spec)
            or given_missing(spec)
            or cannot(Run(spec, memo))
        )
    except ValueError as error:
        return str(error)


def _not_chosen(spec: Spec) -> str:
    """Return why no image is chosen, or ""; a link or a file may ask for what this page does not offer."""
    chosen = spec.request.choose
    if chosen not in choosers(spec):
        return f"{CATALOG.choosers[chosen].title} cannot be chosen here: choose the images another way."
    if chosen == "points" and not getattr(spec.request.options, "index", []):
        return "Pick some images to forget first, on the right."
    return ""


def estimate(spec: Spec) -> str:
    """Say how long the trainings took where runs of the same network were recorded, scaled to what is asked."""
    speed = _speed(spec.model.name)
    work = getattr(spec.training, "steps", 0) * getattr(spec.training, "batch", 0)
    if math.isnan(speed) or not work:
        return ""
    minutes = speed * work * (1 + spec.evaluation.retrained_seeds) / 60
    return f"About {minutes:.0f} min of training on the machine of the recorded runs." if minutes >= 1 else ""


def _speed(model: str) -> float:
    """Return the seconds of one example-gradient in recorded trainings of a network, NaN where there are none."""
    for name, place in places(files.SHIPPED, None).items():
        try:
            opened = open_runs(name, place)
        except files.Unreadable:
            continue
        numbers = opened.original.numbers
        seconds, work = numbers.seconds.train, numbers.example_gradients.train
        if opened.scene.spec.get("model", {}).get("name") == model and seconds and work:
            return seconds / work
    return math.nan


def with_data(spec: Spec, name: str) -> Spec:
    """Return what is asked on another data set; a request that it does not have takes its default."""
    spec = without_given(without_weights(spec))  # they learnt the other
    try:
        return spec.with_part(data={**spec.as_json()["data"], "name": name})
    except ValueError:
        return spec.with_part(data={"name": name}, request=FIRST["request"])


def choosers(spec: Spec) -> list[str]:
    """Return the ways to choose images that need no trained model."""
    return [
        name for name, chooser in CATALOG.choosers.items()
        if "image" in chooser.kinds and chooser.needs <= AT_ONCE
        and (name != "subclass" or sources.subclass_names(spec.data.name))
    ]  # fmt: skip


def with_chooser(spec: Spec, name: str) -> Spec:
    """Return what is asked with images chosen another way."""
    fraction = {"fraction": 0.1} if name == "random" else {}
    return spec.with_part(request={"kind": spec.request.kind, "choose": name, **fraction})


def offers(spec: Spec) -> tuple[list[str], list[str]]:
    """Return the methods that can answer what is asked, and why others cannot."""
    can, why = methods_for(spec, whole_class=_whole_class(spec))
    left_out = {name: CATALOG.methods[name].images.cannot for name in can if CATALOG.methods[name].images.cannot}
    said = [f"{CATALOG.methods[name].title} {reason}" for name, reason in left_out.items()]
    return [name for name in can if name not in left_out], [*why, *said]


def _whole_class(spec: Spec) -> bool:
    return spec.request.kind == "forget" and spec.request.choose == "class"


def with_method(spec: Spec, name: str) -> Spec:
    """Return what is asked with another method, at the knobs that recorded runs of the request have."""
    return spec.with_part(method={"name": name, "knobs": knobs_of(name, spec)[0]})


def followed(before: Spec, after: Spec) -> Spec:
    """Return what is asked with the knobs of its own request, unless they were changed by hand."""
    name = method_of(before).name
    touched = method_of(after) != method_of(before) or method_of(with_method(before, name)) != method_of(before)
    return after if touched else with_method(after, name)


def with_weights(spec: Spec, sha256: str) -> Spec:
    """Return what is asked, of an original that is a file of weights."""
    return spec.with_part(model={"name": spec.model.name, **_of_file(spec.model.options, sha256)})


def _of_file(options: KnobBase, sha256: str) -> dict[str, Any]:
    """Return options with a file in place of theirs; what they say of theirs they do not say of another."""
    held = options.set_values()
    kept = held if held.get("sha256") == sha256 else {k: v for k, v in held.items() if k not in ("path", "deviations")}
    return {**kept, "sha256": sha256}


def with_given(spec: Spec, sha256: str) -> Spec:
    """Return what is asked, with a file of weights in place of what a method makes of the original."""
    held = _of_file(method_of(spec).knobs, sha256) if is_given(spec) else {"sha256": sha256}
    return spec.with_part(method={"name": GIVEN, "knobs": held})


def without_given(spec: Spec) -> Spec:
    """Return what is asked, of the method that is asked for at first where it was of a file."""
    return with_method(spec, FIRST["method"]["name"]) if is_given(spec) else spec


def with_model(spec: Spec, name: str) -> Spec:
    """Return what is asked of another network, with its own recipe of the same name where it has one."""
    spec = without_given(spec)
    recipe = str(getattr(spec.training, "recipe", "standard"))
    known = CATALOG.models[name].RECIPES
    return spec.with_part(model={"name": name}, training={"recipe": recipe if recipe in known else next(iter(known))})


def with_rows(spec: Spec, rows: list[int]) -> Spec:
    """Return what is asked with these training rows to forget."""
    return spec.with_part(request={"kind": spec.request.kind, "choose": "points", "index": sorted(rows)})


def with_time_left(tick: Callable[..., None], clock: Callable[[], float]) -> Callable[[int, int, str], None]:
    """Return a tick that adds to its sentence how far the whole is and how long the rest will take at this pace.

    What is known already (a model of an earlier run, weights of one's own) goes by in a leap, and tells nothing of it.
    """
    start, began = 0.0, clock()  # of the stretch at work since the last leap

    def tell(done: int, total: int, sentence: str) -> None:
        nonlocal start, began
        share, now = done / total if total else 0.0, clock()
        known = share - start > LEAP and now - began < 1
        if known or (share > 0 == start and now - began < READING):
            start, began = share, now
        gone, made = now - began, share - start
        said = f"{100 * share:.0f} %: {sentence}"
        if made > 0.01 and gone > 2:
            said += f", about {_minutes(gone * (1 - share) / made)} left"
        tick(done, total, said)

    return tell


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{max(1, round(seconds))} s"
