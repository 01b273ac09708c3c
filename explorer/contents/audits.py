"""Compute what the page *audits* shows: one audit of every panel, what stands beside the method in focus, numbers.

The generator is the work of a job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer import pipeline
from explorer.contents import picture as pictures
from explorer.contents.picture import panel_kind, panel_names
from explorer.contents.words import PLAYER_WORDS, reason
from explorer.player import Look, pack
from explorer.records import AuditPicture, Band, PanelFrames, Scene
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import Panel, View

Tick = Callable[..., None]
BESIDE = "beside"  # in the name of a panel that no panel of the View is
MOST = 6  # panels with what stands beside them; a player of more has no room for its legend

#: What the player says otherwise, by audit.
WORDS: Mapping[str, Mapping[str, str]] = {
    "relearning": {
        "numbers": "forget, retain, test: accuracies while it is trained on with kept points alone (range of the "
        "retrained models before that)",
        "scrub": "Steps of training on with kept points alone",
    },
    "weight_path": {
        "numbers": "forget, retain, test: accuracies at this place of the way (range of the retrained models)",
        "scrub": "The place a on the way: 0 is the original, 1 the model itself",
    },
    "reconstruction": {
        "numbers": "forget, retain, test: accuracies at this place of the way (range of the retrained models)",
        "scrub": "The place a on the way from the original (0) to the model (1)",
    },
    "linear_probe": {
        "numbers": "forget, retain, test: accuracies of what is drawn (range of the retrained models' own answers)",
        "scrub": "From the model's own answers (left) to the probe's (right)",
        "boundary": "boundary of the panel's model, then of its probe",
        "original": "boundary of the probe of the original",
        "retrained": "boundary of the probe of retrained (same seed as the original)",
    },
}


@dataclass(frozen=True)
class Audited:
    """What is ready.

    Attributes:
        audit: its key.
        scene: what all panels share; None until the references are trained.
        panels: panel name -> frames; those beside the method in focus have names of their own.
        drawn: panel name -> what figures draw.
        numbers: panel name -> field -> Band, one value; and "retrained" -> the band of the retrained models.
        refused: panel name -> why the audit cannot be made of it.
        complete: whether this is the last piece.
    """

    audit: str
    scene: Scene | None = None
    panels: Mapping[str, PanelFrames] = field(default_factory=dict[str, PanelFrames])
    drawn: Mapping[str, AuditPicture] = field(default_factory=dict[str, AuditPicture])
    numbers: Mapping[str, Mapping[str, Band]] = field(default_factory=dict[str, Mapping[str, Band]])
    refused: Mapping[str, str] = field(default_factory=dict[str, str])
    complete: bool = False

    def ready(self, view: View) -> bool:
        """Return whether every panel of the view can be drawn."""
        return all(name in self.panels for name in panel_names(view))


def every() -> list[str]:
    """Return the audits in the order in which they are offered."""
    return list(CATALOG.audits)


def work_key(view: View) -> tuple[object, ...]:
    """Return what the work of a view depends on."""
    return view.looks.audits.audit, pictures.scene_key(view.base), view.specs(), panel_names(view), view.focus


def auditing(view: View, memo: pipeline.Memo, tick: Tick) -> Iterator[Audited]:
    """Yield the audit of a view, piece by piece.

    Raises:
        ValueError: one sentence, if there can be no picture at all.
    """
    key, base = view.looks.audits.audit, view.base
    tick(0, 1, "Training original and retrained models")
    _ = pipeline.Run(base, memo, lambda done, total: tick(done, total)).references
    now = Audited(key, pipeline.audit_scene(pipeline.Run(base, memo), key))
    named = dict(zip(panel_names(view), view.panels, strict=True))
    for done, (name, panel) in enumerate(named.items()):
        sentence = f"{CATALOG.audits[key].title}: {panel.title}"
        tick(done, len(named), sentence)
        now = _with_panel(now, name, panel, base, memo, _saying(tick, sentence))
        yield now
    name = panel_names(view)[view.focus]
    if len(now.panels) < MOST and name not in now.refused:
        now = _with_beside(now, name, view.panels[view.focus], base, memo, _saying(tick, "What stands beside it"))
        yield now
    tick(0, 1, "Numbers")
    yield replace(_with_numbers(now, named, base, memo), complete=True)


def _saying(tick: Tick, sentence: str) -> Tick:
    def tell(done: int, total: int) -> None:
        tick(done, total, sentence)

    return tell


def _with_panel(now: Audited, name: str, panel: Panel, base: Spec, memo: pipeline.Memo, tick: Tick) -> Audited:
    run = pipeline.Run(base.with_method(panel.method), memo, tick)
    try:
        frames, drawn = (
            pipeline.audit_panel(run, now.audit)
            if panel.method
            else pipeline.audit_reference(run, now.audit, panel.name)
        )
    except (ValueError, RuntimeError, ArithmeticError) as error:
        still = pipeline.reference_panel(pipeline.Run(base, memo), "original")
        said = reason(error)
        refused = replace(
            still, name=name, title=panel.title, kind=panel_kind(panel), accuracy={}, trouble=said, refused=True
        )
        return replace(now, panels={**now.panels, name: refused}, refused={**now.refused, name: said})
    kind = panel_kind(panel)
    return replace(
        now, panels={**now.panels, name: replace(frames, name=name, kind=kind)}, drawn={**now.drawn, name: drawn}
    )


def _with_beside(now: Audited, name: str, panel: Panel, base: Spec, memo: pipeline.Memo, tick: Tick) -> Audited:
    if panel.method is None:
        return now
    try:
        found = pipeline.audit_beside(pipeline.Run(base.with_method(panel.method), memo, tick), now.audit)
    except (ValueError, RuntimeError, ArithmeticError):
        return now  # the panel itself says why
    for index, (frames, drawn) in enumerate(found):
        key = f"{name}:{BESIDE}:{index}"
        named = replace(frames, name=key)
        now = replace(now, panels={**now.panels, key: named}, drawn={**now.drawn, key: drawn})
    return now


def _with_numbers(now: Audited, named: Mapping[str, Panel], base: Spec, memo: pipeline.Memo) -> Audited:
    numbers: dict[str, Mapping[str, Band]] = {}
    if not all(name in now.refused for name in named):
        numbers["retrained"] = pipeline.audit_of_retrained(pipeline.Run(base, memo), now.audit)
    for name, panel in named.items():
        if panel.method is not None and name not in now.refused:
            run = pipeline.Run(base.with_method(panel.method), memo)
            numbers[name] = pipeline.audit_of_unlearned(run, now.audit)
    return replace(now, numbers=numbers)


def titles(view: View, now: Audited) -> dict[str, str]:
    """Return the title of every panel that holds a method with numbers, by panel name."""
    named = zip(panel_names(view), view.panels, strict=True)
    return {name: panel.title for name, panel in named if name in now.numbers}


def shown(view: View, now: Audited) -> list[PanelFrames]:
    """Return the panels in order, what stands beside them last."""
    names = panel_names(view)
    own = [now.panels[name] for name in names if name in now.panels]
    return own + [panel for name, panel in now.panels.items() if name not in names]


def blob(view: View, now: Audited) -> bytes:
    """Return the player's bytes for what is ready."""
    assert now.scene is not None
    panels = shown(view, now)
    return pack(now.scene, panels, _look(view, now.audit, panels))


def whole(view: View, memo: pipeline.Memo, tick: Tick) -> bytes:
    """Return the player's bytes of a view's audit.

    Raises:
        ValueError: one sentence, if there can be no picture at all, or no player draws it.
    """
    _refuse(view)
    *_, now = auditing(view, memo, tick)
    return blob(view, now)


def alone(view: View, index: int, memo: pipeline.Memo, tick: Tick) -> bytes:
    """Return the player's bytes of the audit of one panel, for a hand at a slider: no control is run for it.

    Raises:
        ValueError: one sentence, if there can be no picture of it.
    """
    _refuse(view)
    key, panel, name = view.looks.audits.audit, view.panels[index], panel_names(view)[index]
    run = pipeline.Run(view.base.with_method(panel.method), memo, tick)
    frames = (
        pipeline.audit_frames(run, key) if panel.method else pipeline.audit_reference(run, key, panel.name)[0]
    )  # fmt: skip
    named = replace(frames, name=name, kind=panel_kind(panel))
    return pack(pipeline.audit_scene(pipeline.Run(view.base, memo), key), [named], _look(view, key, []))


def in_player(view: View) -> bool:
    """Say whether the player draws a view's audit; one where nothing moves is a figure."""
    return bool(CATALOG.audits[view.looks.audits.audit].way)


def _refuse(view: View) -> None:
    if not in_player(view):
        title = CATALOG.audits[view.looks.audits.audit].title
        raise ValueError(f"{title} is a figure of the page, not a picture of the player: nothing moves in it")


def _look(view: View, audit: str, panels: Sequence[PanelFrames]) -> Look:
    look = pictures.look(view, None)
    words = {**PLAYER_WORDS[view.base.request.kind], **WORDS.get(audit, {})}
    own = [*zip(panel_names(view), (panel.title for panel in view.panels), strict=True)]
    beside = [(panel.name, panel.title) for panel in panels if panel.name not in panel_names(view)]
    layers = tuple(dict.fromkeys([*look.layers, "helpers"])) if audit == "reconstruction" else look.layers
    controls = tuple(name for name in look.controls if name != "pick")
    return replace(look, words=words, expected=(*own, *beside), layers=layers, controls=controls)
