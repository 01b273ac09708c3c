"""Compute the picture of a view in a job, piece by piece: first the panels, then the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from explorer import pipeline
from explorer.contents import exposure as how_exposed
from explorer.contents.words import PAIRED_BELOW, PLAYER_WORDS, notes_of, ratio_sentence
from explorer.player import Look, pack
from explorer.records import Comparison, Data, PanelFrames, Scene, Sets
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import Panel, View

Tick = Callable[..., None]


@dataclass(frozen=True)
class Facts:
    """What the choice of points means, whatever the method.

    Attributes:
        names: one name a class.
        points: size of the training set.
        forgotten: size of the forget set.
        kind: kind of the request.
        whole_class: whether the forget set is all of one class.
        ratio: how many times more forgetting moves the boundary than a new seed does; NaN where the floor is 0.
        hardness: see `pipeline.hardness`.
        notes: sentences that the page must show.
    """

    names: tuple[str, ...]
    points: int
    forgotten: int
    kind: str
    whole_class: bool
    ratio: float
    hardness: Mapping[str, float]
    notes: tuple[str, ...]

    @property
    def paired(self) -> bool:
        """Return whether the forget set is so small that the paired retrained model is the one to look at."""
        return self.forgotten < PAIRED_BELOW * self.points


@dataclass(frozen=True)
class Picture:
    """What is ready of a view.

    Attributes:
        scene_key: which scene the panels belong to.
        scene: what they share; None until the references are trained.
        facts: None until known.
        panels: name -> frames, in the order in which they became ready.
        numbers: name -> the numbers of a panel's method.
        curves: name -> the numbers by step, where a page asks for them.
        exposure: how much there is to forget, where a page asks for it; None until known.
        complete: whether this is the last piece.
        stale: names of panels whose numbers and curves are those from before the last change.
    """

    scene_key: str
    scene: Scene | None = None
    facts: Facts | None = None
    panels: Mapping[str, PanelFrames] = field(default_factory=dict[str, PanelFrames])
    numbers: Mapping[str, Comparison] = field(default_factory=dict[str, Comparison])
    curves: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    exposure: pipeline.Exposure | None = None
    complete: bool = False
    stale: frozenset[str] = frozenset()

    def ready(self, view: View) -> bool:
        """Return whether every panel of the view can be drawn."""
        return all(name in self.panels for name in panel_names(view))


def panel_names(view: View) -> tuple[str, ...]:
    """Return one stable name a panel: its place and its method, so that a knob does not make it another panel."""
    return tuple(f"{index}:{panel.name}" for index, panel in enumerate(view.panels))


def scene_key(spec: Spec) -> str:
    """Return what a scene depends on."""
    return f"{spec.key('data', 'request', 'model', 'training', 'seed')}-{spec.evaluation.retrained_seeds}"


def pictures(
    view: View, memo: pipeline.Memo, tick: Tick, *, with_curves: bool = False, with_exposure: bool = False
) -> Iterator[Picture]:
    """Yield the picture of a view each time a piece is ready.

    Args:
        view: what to show.
        memo: see `pipeline`.
        tick: tick(done, total, sentence); may raise to cancel.
        with_curves: also yield each method's numbers by step.
        with_exposure: also say how much there is to forget.

    Raises:
        ValueError: one sentence, if there can be no picture at all. An error of one panel stands in that panel.
    """
    base = view.base
    tick(0, 0, "Drawing the points")
    run = pipeline.Run(base, memo)
    data, sets = run.data, run.sets
    training = f"Training {pipeline.ORIGINALS} original and {base.evaluation.retrained_seeds + 1} retrained models"
    tick(0, 1, training)
    _ = pipeline.Run(base, memo, lambda done, total: tick(done, total, training)).references
    now = Picture(scene_key(base), pipeline.scene(run))
    whole = pipeline.whole_class(sets)
    total = len(view.panels)
    for index, (name, panel) in enumerate(zip(panel_names(view), view.panels, strict=True)):
        tick(index, total, f"Unlearning: {panel.title}")
        frames = _frames(base, panel, name, memo, _within(tick, index, total))
        now = replace(now, panels={**now.panels, name: frames})
        yield now
    tick(total, total, "Measuring how far forgetting moves the boundary")
    now = replace(now, facts=_facts(base, data, sets, whole, memo))
    yield now
    yield from _numbers(view, now, memo, tick, with_curves, with_exposure)


def _within(tick: Tick, index: int, total: int) -> Callable[[int, int], None]:
    """Return a tick that counts one panel's steps as a part of all panels."""
    return lambda done, of: tick(100 * index + int(100 * share(done, of)), 100 * total)


def share(done: int, total: int) -> float:
    """Return the share that is done; 0 where the total is not known: a method without steps reports 0."""
    return done / total if total else 0.0


def _numbers(
    view: View, now: Picture, memo: pipeline.Memo, tick: Tick, with_curves: bool, with_exposure: bool
) -> Iterator[Picture]:
    """Yield the picture with numbers: first of the models on screen, then with each method's own spread."""
    named = [
        (name, view.base.with_method(panel.method))
        for name, panel in zip(panel_names(view), view.panels, strict=True)
        if panel.method and not now.panels[name].refused
    ]
    done, total = 0, len(named) * (3 if with_curves else 2)
    for spread in (False, True):
        for name, spec in named:
            tick(done, total, "Measuring" + (" each method from the other originals" if spread else ""))
            now = replace(now, numbers={**now.numbers, name: pipeline.compare(pipeline.Run(spec, memo), spread=spread)})
            done += 1
        yield now
        if with_curves and not spread:
            for name, spec in named:
                tick(done, total, "Measuring every step")
                now = replace(now, curves={**now.curves, name: pipeline.curves(pipeline.Run(spec, memo))})
                done += 1
            yield now
        if with_exposure and not spread:
            now = replace(now, exposure=how_exposed.found(view.base, memo, tick))
            yield now
    yield replace(now, complete=True)


def _frames(base: Spec, panel: Panel, name: str, memo: pipeline.Memo, tick: Tick) -> PanelFrames:
    """Return one panel's frames; a method that cannot run stands still and says why."""
    run = pipeline.Run(base, memo)
    if panel.method is None:
        return replace(pipeline.reference_panel(run, panel.name), name=name)
    spec = base.with_method(panel.method)
    key = f"frames-{spec.key()}"
    try:
        return replace(memo(key, lambda: pipeline.panel(pipeline.Run(spec, memo, tick))), name=name)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        still = pipeline.reference_panel(run, "original")
        return replace(
            still, name=name, title=panel.title, kind=panel_kind(panel), score=(), trouble=str(error), refused=True
        )  # fmt: skip


def panel_kind(panel: Panel) -> str:
    """Return "reference", "exact" or "approximate"."""
    return CATALOG.methods[panel.name].kind if panel.method else "reference"


def _facts(base: Spec, data: Data, sets: Sets, whole: bool, memo: pipeline.Memo) -> Facts:
    run = pipeline.Run(base, memo)
    return Facts(
        names=data.names,
        points=len(sets.before),
        forgotten=len(sets.forget),
        kind=base.request.kind,
        whole_class=whole,
        ratio=pipeline.signal_to_floor(run),
        hardness=pipeline.hardness(run),
        notes=notes_of(data, sets, whole),
    )


def look(view: View, facts: Facts | None) -> Look:
    """Return how the player shows a view.

    Args:
        view: the view.
        facts: for the read-out; None while it is not known.
    """
    names = panel_names(view)
    return Look(
        step=view.step,
        layers=view.layers,
        projector=view.layout == "projector",
        focus=names[view.focus],
        words=PLAYER_WORDS[view.base.request.kind],
        play=view.step == 1.0,  # a link that names a step stands still there
        ratio=ratio_sentence(facts.ratio) if facts else "",
        expected=tuple((name, panel.title) for name, panel in zip(names, view.panels, strict=True)),
        lines=(2, 1),
        controls=tuple(name for name in ("transport", "layers", "pick", "export") if name not in hidden_controls(view)),
    )


def hidden_controls(view: View) -> tuple[str, ...]:
    """Return the groups of the player's own controls that the view leaves out."""
    return tuple({"request": "pick"}.get(name, name) for name in view.hidden)


def blob(picture: Picture, view: View, before: Picture | None = None) -> bytes:
    """Return the player's bytes for what is ready.

    Args:
        picture: what is ready now.
        view: what is wanted.
        before: the picture that was on screen; its panels stand in for those that are still being computed, where they
            belong to the same scene.
    """
    assert picture.scene is not None
    same = before is not None and before.scene_key == picture.scene_key
    old: Mapping[str, PanelFrames] = before.panels if before is not None and same else {}
    panels = [picture.panels.get(name) or old.get(name) for name in panel_names(view)]
    facts = picture.facts or (before.facts if before is not None and same else None)
    seen = [panel for panel in panels if panel is not None]
    return pack(picture.scene, seen, look(view, facts))


def warm_up() -> None:
    """Run a few steps of a tiny method: torch imports some modules at first use, and nobody waits for them yet."""
    small = {"data": {"n": 20}, "training": {"steps": 2}, "evaluation": {"retrained_seeds": 2}}
    pipeline.panel(pipeline.Run(Spec.parse({**small, "method": {"name": "gradient_ascent", "knobs": {"steps": 1}}})))
    pipeline.panel(pipeline.Run(Spec.parse({**small, "method": {"name": "influence_2"}})))  # torch's own vmap, too


__all__ = ["Facts", "Picture", "blob", "look", "panel_names", "pictures", "scene_key"]
