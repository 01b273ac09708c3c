"""Compute what the page *streams* shows: every panel's answers to a stream of requests, and how far they drift.

The generator is the work of a job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from explorer import pipeline
from explorer.contents import picture as pictures
from explorer.contents.picture import Pieces, panel_kind, panel_names
from explorer.contents.words import PLAYER_WORDS, reason
from explorer.player import Look, pack
from explorer.records import Drift, PanelFrames, Scene
from explorer.session.desk import HAND, SCREEN, Desk, Tick
from explorer.spec import Spec
from explorer.view import Panel, View

BROKEN = pipeline.BROKEN
SHOWN = (1, 4, 10, 16, 20)  # twentieths of the requests after which the filmstrip has a picture
WORDS: Mapping[str, str] = {
    "forget": "asked to forget by now",
    "inForget": "asked for in this stream",
    "retrained": "boundary retrained on what remains (same seed as the original)",
    "numbers": "forget, retain, test: accuracies on what was asked for by now, on what remains, on new points "
    "(retrained on what remains, same seed)",
    "scrub": "Requests, from none (left) to the last (right)",
    "back": "One request back",
    "ahead": "One request on",
    "summary": "{title}{step}: {kept} of {forget} points asked for by now are given their label.",
}


@dataclass(frozen=True)
class Streamed:
    """What is ready.

    Attributes:
        scene: what all panels share; None until the retrained models are trained.
        panels: panel name -> frames, one for each number of requests.
        drifts: panel name -> numbers, of every method that could run.
        refused: panel name -> why the method cannot answer.
        complete: whether this is the last piece.
    """

    scene: Scene | None = None
    panels: Mapping[str, PanelFrames] = field(default_factory=dict[str, PanelFrames])
    drifts: Mapping[str, Drift] = field(default_factory=dict[str, Drift])
    refused: Mapping[str, str] = field(default_factory=dict[str, str])
    complete: bool = False

    def ready(self, view: View) -> bool:
        """Return whether every panel of the view can be drawn."""
        return all(name in self.panels for name in panel_names(view))


def work_key(view: View) -> tuple[object, ...]:
    """Return what the work of a view depends on."""
    return view.looks.streams, pictures.scene_key(view.base), view.specs(), panel_names(view)


def scene_key(view: View) -> tuple[object, ...]:
    """Return what the scene of a view depends on."""
    return view.looks.streams, pictures.scene_key(view.base)


def streaming(view: View, desk: Desk, tick: Tick) -> Iterator[Streamed]:
    """Yield the streams of a view, panel by panel.

    Args:
        view: what to show.
        desk: who computes.
        tick: tick(done, total, sentence); may raise to cancel.

    Raises:
        ValueError: one sentence, if there can be no such stream.
    """
    base = view.stream()
    pieces, key = Pieces(base, desk, tick), pictures.scene_key(base)
    tick(0, 1, "Retraining on what remains, request by request")
    now = Streamed(pieces.one(f"stream-scene-{key}", base, scene, (base,)))
    named = dict(zip(panel_names(view), view.panels, strict=True))
    wishes = {
        name: pieces.ask(
            f"stream-{panel.name}-{base.with_method(panel.method).key()}-{key}", base, answered, (base, panel),
            urgency=HAND if index == view.focus else SCREEN,
        )
        for index, (name, panel) in enumerate(named.items())
    }  # fmt: skip
    for name, (frames, found) in pieces.each(wishes, lambda name: f"Request by request: {named[name].title}"):
        now = replace(now, panels={**now.panels, name: replace(frames, name=name)})
        if found is not None:
            now = replace(now, drifts={**now.drifts, name: found})
        if frames.refused:
            now = replace(now, refused={**now.refused, name: frames.trouble})
        yield now
    yield replace(now, complete=True)


def scene(base: Spec, memo: pipeline.Memo, tick: Tick) -> Scene:
    """Return what all panels share; its models are trained where they are not known."""
    run = pipeline.Run(base, memo, lambda done, total: tick(done, total))
    _ = run.references
    _ = pipeline.stream_references(run)
    return pipeline.stream_scene(pipeline.Run(base, memo))


def answered(base: Spec, panel: Panel, memo: pipeline.Memo, tick: Tick) -> tuple[PanelFrames, Drift | None]:
    """Return a panel's frames, and the numbers of its method; one that cannot run stands still and says why."""
    if panel.method is None:
        return pipeline.stream_reference(pipeline.Run(base, memo), panel.name), None
    run = pipeline.Run(base.with_method(panel.method), memo, lambda done, total: tick(done, total))
    try:
        return pipeline.stream_panel(run), pipeline.drift(pipeline.Run(run.spec, memo))
    except (ValueError, RuntimeError, ArithmeticError) as error:
        still = pipeline.stream_reference(pipeline.Run(base, memo), "original")
        kind, said = panel_kind(panel), reason(error)
        return replace(still, title=panel.title, kind=kind, accuracy={}, trouble=said, refused=True), None


def blob(view: View, now: Streamed) -> bytes:
    """Return the player's bytes for what is ready."""
    assert now.scene is not None
    return pack(now.scene, shown(view, now), _look(view))


def alone(view: View, index: int, memo: pipeline.Memo, tick: Tick) -> bytes:
    """Return the player's bytes of the stream of one panel, for a hand at a slider.

    Raises:
        ValueError: one sentence, if there can be no such stream.
    """
    base, panel = view.stream(), view.panels[index]
    shared = scene(base, memo, tick)
    frames, _ = answered(base, panel, memo, tick)
    return pack(shared, [replace(frames, name=panel_names(view)[index])], _look(view))


def _look(view: View) -> Look:
    look = pictures.look(view, None)
    controls = tuple(name for name in look.controls if name != "pick")
    return replace(look, words={**PLAYER_WORDS["forget"], **WORDS}, controls=controls, lines=(3, 1))


def shown(view: View, now: Streamed) -> list[PanelFrames]:
    """Return the panels that are ready, in order."""
    return [now.panels[name] for name in panel_names(view) if name in now.panels]


def methods(view: View, now: Streamed) -> dict[str, str]:
    """Return the title of every panel that holds a method with numbers, by panel name, in order."""
    named = zip(panel_names(view), view.panels, strict=True)
    return {name: panel.title for name, panel in named if name in now.drifts}


def times_shown(requests: int, most: int = len(SHOWN)) -> tuple[int, ...]:
    """Return after how many requests the filmstrip has a picture, the last included.

    Args:
        requests: how many come.
        most: pictures for which there is room, at least 1; the first and the last stay longest.
    """
    found = sorted({max(1, round(share * requests / SHOWN[-1])) for share in SHOWN})
    if len(found) <= most:
        return tuple(found)
    places = [round(index * (len(found) - 1) / max(most - 1, 1)) for index in range(most)]
    return tuple(found[place] for place in places) if most > 1 else (found[-1],)
