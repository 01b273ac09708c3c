"""Compute the picture of a view in a job, piece by piece: first the panels, then the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from explorer import pipeline
from explorer.contents import exposure as how_exposed
from explorer.contents.requests import told
from explorer.contents.words import PLAYER_WORDS, notes_of, ratio_sentence, reason
from explorer.player import Look, pack
from explorer.records import Comparison, PanelFrames, Scene
from explorer.session.desk import HAND, NUMBERS, SCREEN, SPREAD, Desk, Tick, Wish
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import Panel, View


@dataclass(frozen=True)
class Facts:
    """What the choice of points means, whatever the method.

    Attributes:
        names: one name a class.
        points: size of the training set.
        forgotten: size of the forget set.
        kind: kind of the request.
        whole_class: whether the forget set is all of one class.
        paired: whether the forget set is so small that the paired retrained model is the one to look at.
        ratio: how many times more forgetting moves the boundary than a new seed does; NaN where the floor is 0.
        hardness: see `pipeline.hardness`.
        notes: sentences that the page must show.
    """

    names: tuple[str, ...]
    points: int
    forgotten: int
    kind: str
    whole_class: bool
    paired: bool
    ratio: float
    hardness: Mapping[str, float]
    notes: tuple[str, ...]


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
    return f"{spec.key(*pipeline.REQUEST_PARTS)}-{spec.evaluation.retrained_seeds}"


def pictures(
    view: View, desk: Desk, tick: Tick, *, with_curves: bool = False, with_exposure: bool = False
) -> Iterator[Picture]:
    """Yield the picture of a view each time a piece is ready.

    Args:
        view: what to show.
        desk: who computes the pieces.
        tick: tick(done, total, sentence); may raise to cancel.
        with_curves: also yield each method's numbers by step.
        with_exposure: also say how much there is to forget.

    Raises:
        ValueError: one sentence, if there can be no picture at all. An error of one panel stands in that panel.
    """
    pieces = Pieces(view.base, desk, tick)
    training = f"Training {pipeline.ORIGINALS} original and {view.base.evaluation.retrained_seeds + 1} retrained models"
    tick(0, 1, training)
    now = Picture(scene_key(view.base), pieces.one(*pieces.scene()))
    named = dict(zip(panel_names(view), view.panels, strict=True))
    wishes = {
        name: pieces.ask(*pieces.panel(panel), urgency=HAND if index == view.focus else SCREEN)
        for index, (name, panel) in enumerate(named.items())
    }
    for index, (name, frames) in enumerate(pieces.each(wishes, lambda name: f"Unlearning: {named[name].title}")):
        tick(index + 1, len(named))
        now = replace(now, panels={**now.panels, name: replace(frames, name=name)})
        yield now
    tick(len(named), len(named), told("Measuring how far forgetting moves the boundary", view.base.request.kind))
    now = replace(now, facts=pieces.one(*pieces.facts()))
    yield now
    yield from _numbers(view, now, pieces, with_curves, with_exposure)


def _numbers(view: View, now: Picture, pieces: Pieces, with_curves: bool, with_exposure: bool) -> Iterator[Picture]:
    """Yield the picture with numbers: first of the models on screen, then with each method's own spread."""
    named = {
        name: view.base.with_method(panel.method)
        for name, panel in zip(panel_names(view), view.panels, strict=True)
        if panel.method and not now.panels[name].refused
    }
    for spread in (False, True):
        if spread:
            pieces.desk.rest(pieces.tick)
        sentence = "Measuring" + (" each method from the other originals" if spread else "")
        wishes = {
            name: pieces.ask(*pieces.numbers(spec, spread), urgency=SPREAD if spread else NUMBERS)
            for name, spec in named.items()
        }
        for name, numbers in pieces.each(wishes, lambda _, said=sentence: said):
            now = replace(now, numbers={**now.numbers, name: numbers})
        yield now
        if with_curves and not spread:
            wishes = {name: pieces.ask(*pieces.curves(spec), urgency=NUMBERS) for name, spec in named.items()}
            for name, curves in pieces.each(wishes, lambda _: "Measuring every step"):
                now = replace(now, curves={**now.curves, name: curves})
            yield now
        if with_exposure and not spread:
            now = replace(now, exposure=pieces.one(*pieces.exposure()))
            yield now
    yield replace(now, complete=True)


Told = Callable[..., None]  # tick(done, total, sentence); may raise to cancel
Wanted = tuple[str, Spec, Callable[..., Any], tuple[Any, ...]]  # key, whose store, function, its arguments


@dataclass(frozen=True)
class Pieces:
    """The pieces of pictures of one base, and who computes them."""

    base: Spec
    desk: Desk
    tick: Tick

    # `Any` below: what a piece is, its function says.
    def ask(self, key: str, spec: Spec, function: Callable[..., Any], args: tuple[Any, ...], *, urgency: int) -> Wish:
        """Ask for a piece."""
        return self.desk.ask(key, spec, function, *args, urgency=urgency, tick=self.tick)

    def one(self, *wanted: Any) -> Any:
        """Return a piece that everything else waits for."""
        return self.desk.first([self.ask(*wanted, urgency=HAND)], self.tick).result()

    def each(self, wishes: Mapping[str, Wish], say: Callable[[str], str]) -> Iterator[tuple[str, Any]]:
        """Yield (name, result) of every wish as it is answered; `say` gives the sentence while one is awaited."""
        left, total = dict(wishes), len(wishes)
        try:
            while left:
                self.tick(total - len(left), total, say(next(iter(left))))
                first = self.desk.first(list(left.values()), self.tick)
                name = next(name for name, wish in left.items() if wish is first)
                del left[name]
                yield name, first.result()
        finally:
            for wish in left.values():
                wish.future.cancel()

    def scene(self) -> Wanted:
        """Return the piece that all panels share: a Scene."""
        return f"scene-{scene_key(self.base)}", self.base, scene, (self.base,)

    def panel(self, panel: Panel) -> Wanted:
        """Return one panel: PanelFrames."""
        spec = self.base.with_method(panel.method)
        seeds = self.base.evaluation.retrained_seeds
        return f"panel-{panel.name}-{spec.key()}-{seeds}", self.base, frames, (self.base, panel)

    def facts(self) -> Wanted:
        """Return what the choice of points means: Facts."""
        return f"facts-{scene_key(self.base)}", self.base, _facts, (self.base,)

    def numbers(self, spec: Spec, spread: bool) -> Wanted:
        """Return a method's numbers: a Comparison."""
        return f"numbers-{spec.key()}-{spread}", spec, _compare, (spec, spread)

    def curves(self, spec: Spec) -> Wanted:
        """Return a method's numbers by step, by name."""
        return f"curves-{spec.key()}", spec, _curves, (spec,)

    def exposure(self) -> Wanted:
        """Return how much there is to forget: an Exposure."""
        return f"exposure-{self.base.key()}", self.base, how_exposed.found, (self.base,)


def _counting(tick: Told) -> Callable[[int, int], None]:
    """Return a tick without a sentence."""
    return lambda done, total: tick(done, total)


def scene(base: Spec, memo: pipeline.Memo, tick: Told) -> Scene:
    """Return what all panels share; its models are trained where they are not known."""
    _ = pipeline.Run(base, memo, _counting(tick)).references
    return pipeline.scene(pipeline.Run(base, memo))


def _compare(spec: Spec, spread: bool, memo: pipeline.Memo, tick: Told) -> Comparison:
    return pipeline.compare(pipeline.Run(spec, memo, _counting(tick)), spread=spread)


def _curves(spec: Spec, memo: pipeline.Memo, tick: Told) -> Mapping[str, Any]:
    return pipeline.curves(pipeline.Run(spec, memo, _counting(tick)))


def share(done: int, total: int) -> float:
    """Return the share that is done; 0 where the total is not known: a method without steps reports 0."""
    return done / total if total else 0.0


def frames(base: Spec, panel: Panel, memo: pipeline.Memo, tick: Told) -> PanelFrames:
    """Return one panel's frames; a method that cannot run stands still and says why."""
    run = pipeline.Run(base, memo)
    if panel.method is None:
        return pipeline.reference_panel(run, panel.name)
    spec = base.with_method(panel.method)
    try:
        return memo(f"frames-{spec.key()}", lambda: pipeline.panel(pipeline.Run(spec, memo, _counting(tick))))
    except (ValueError, RuntimeError, ArithmeticError) as error:
        still = pipeline.reference_panel(run, "original")
        return replace(
            still, title=panel.title, kind=panel_kind(panel), accuracy={}, trouble=reason(error),
            refused=True,
        )  # fmt: skip


def panel_kind(panel: Panel) -> str:
    """Return "reference", "exact", "certified" or "approximate"."""
    return CATALOG.methods[panel.name].kind if panel.method else "reference"


def _facts(base: Spec, memo: pipeline.Memo, tick: Told) -> Facts:
    run = pipeline.Run(base, memo)
    data, sets = run.data, run.sets
    whole = pipeline.whole_class(sets)
    return Facts(
        names=data.names,
        points=len(sets.before),
        forgotten=len(sets.forget),
        kind=base.request.kind,
        whole_class=whole,
        paired=pipeline.few_points(sets),
        ratio=pipeline.signal_to_floor(run),
        hardness=pipeline.hardness(run),
        notes=tuple(told(note, base.request.kind) for note in notes_of(data, sets, whole)),
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
        ratio=told(ratio_sentence(facts.ratio), facts.kind) if facts else "",
        expected=tuple((name, panel.title) for name, panel in zip(names, view.panels, strict=True)),
        lines=(3, 1),
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
