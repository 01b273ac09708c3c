"""Compute what a step shows, panel by panel, and then the truth of its guess.

The page of a step's View says what kind of picture it is: an audit, recorded runs on images, or panels of points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from explorer.contents import audits
from explorer.contents import quiz as quizzes
from explorer.contents.lessons.truths import at_points, truth_of, truth_of_quiz
from explorer.contents.picture import Pieces, panel_names
from explorer.contents.recorded import player
from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import open_runs
from explorer.contents.words import PLAYER_WORDS, method_title
from explorer.experiments.cifar import files
from explorer.lessons import Attack, Choice, Guess, Kind, Step
from explorer.records import PanelFrames, Quiz, Scene
from explorer.session.desk import HAND, SCREEN, Desk, Tick
from explorer.view import View


@dataclass(frozen=True)
class Staged:
    """What is ready of a step.

    Attributes:
        scene: what the panels share.
        panels: method, reference or another retrained model -> its frames, in their order.
        complete: whether all panels are there.
        truth: of the step's guess; None without one, or until it is known.
        quiz: the points of an Attack, or of a guess about one, without LiRA; None without either.
        words: what the player says otherwise.
    """

    scene: Scene
    panels: Mapping[str, PanelFrames] = field(default_factory=dict[str, PanelFrames])
    complete: bool = False
    truth: Any = None
    quiz: Quiz | None = None
    words: Mapping[str, str] = field(default_factory=dict[str, str])


#: What the accuracies under a panel of images are called.
SETS: Mapping[str, str] = {"setForget": "forgotten right", "setRetain": "others right"}


def staged(step: Step, view: View, desk: Desk, tick: Tick) -> Iterator[Staged]:
    """Yield what a step shows each time a piece of it is ready.

    Args:
        step: the step.
        view: what it shows, with a Try's knobs where they were put.
        desk: who computes the pieces.
        tick: tick(done, total, sentence); may raise to cancel.

    Raises:
        ValueError: one sentence, if there can be no picture.
    """
    by_page = {"audits": _audited, "images": _recorded}
    yield from by_page.get(view.page, _panels)(step, view, desk, tick)


def _panels(step: Step, view: View, desk: Desk, tick: Tick) -> Iterator[Staged]:
    """Yield the panels of a View of points."""
    pieces = Pieces(view.base, desk, tick)
    tick(0, 1, "Training the models")
    scene: Scene = pieces.one(*pieces.scene())
    named = dict(zip(panel_names(view), view.panels, strict=True))
    wishes = {
        name: pieces.ask(*pieces.panel(panel), urgency=HAND if index == view.focus else SCREEN)
        for index, (name, panel) in enumerate(named.items())
    }
    found = dict[str, PanelFrames]()
    for name, frames in pieces.each(wishes, lambda name: f"Unlearning: {named[name].title}"):
        found[name] = replace(frames, name=name)
        if len(found) < len(named):
            yield Staged(scene, _by_method(view, found), words=PLAYER_WORDS[view.base.request.kind])
    panels = {**_by_method(view, found), **{name: _other(scene, name) for name in step.others}}
    quiz = None
    if isinstance(step, Attack) or view.page == "quiz":
        *_, quiz = desk.stream(view.base, quizzes.drawing, view, tick=tick)
    yield _whole(step, Staged(scene, panels, quiz=quiz, words=PLAYER_WORDS[view.base.request.kind]))


def _audited(step: Step, view: View, desk: Desk, tick: Tick) -> Iterator[Staged]:
    """Yield an audit of every panel, and last what stands beside the one in focus, by the name "beside"."""
    names, now = panel_names(view), None
    key = view.looks.audits.audit
    for now in desk.stream(view.base, audits.auditing, view, tick=tick):
        if now.scene is not None and now.panels and not now.complete:
            yield Staged(now.scene, _by_method(view, now.panels), words=audits.WORDS.get(key, {}))
    assert now is not None and now.scene is not None
    panels = _by_method(view, now.panels)
    for frames in (one for name, one in now.panels.items() if name not in names):
        panels["beside"] = frames
    yield _whole(step, Staged(now.scene, panels, words=audits.WORDS.get(key, {})))


def _recorded(step: Step, view: View, desk: Desk, tick: Tick) -> Iterator[Staged]:
    """Yield a plane of recorded runs that ship: original, retrained, then the methods."""
    wished = view.looks.images
    opened = open_runs(wished.folder, files.SHIPPED / wished.folder)
    cut = Cut(opened, wished.cut, wished.runs)
    references = {"original": opened.original, "retrained": opened.retrained}
    panels = {name: cut.panel(name, name.capitalize(), run, "reference") for name, run in references.items()}
    panels |= {key: cut.panel(key, method_title(key), opened.methods[key], "approximate") for key in wished.runs}
    yield _whole(step, Staged(cut.scene(), panels, words={**player.words_of(opened), **SETS}))


def _whole(step: Step, found: Staged) -> Staged:
    """Return all of a step, with the truth of its guess."""
    if not isinstance(step, Guess):
        return replace(found, complete=True)
    if found.quiz is not None:
        return replace(found, complete=True, truth=truth_of_quiz(step.kind.truth, found.quiz))
    return replace(found, complete=True, truth=_truth(step.kind, found.scene, found.panels))


def _by_method(view: View, found: Mapping[str, PanelFrames]) -> dict[str, PanelFrames]:
    """Return the panels of a View by method or reference."""
    named = zip(panel_names(view), view.panels, strict=True)
    return {panel.name: found[name] for name, panel in named if name in found}


def _truth(kind: Kind, scene: Scene, panels: Mapping[str, PanelFrames]) -> Any:
    """Return the truth of a guess; of a choice among panels the number of the first that the truth names."""
    truth = truth_of(kind.truth, scene, panels)
    return kind.panels.index(truth[0]) if isinstance(kind, Choice) and kind.panels else truth


def other_title(name: str) -> str:
    """Return the title of the panel of another retrained model."""
    return "Retrained, same seed" if name == "paired" else f"Retrained, {name}"


def _other(scene: Scene, name: str) -> PanelFrames:
    """Return a panel of another retrained model: "paired", or "seed <k>".

    Raises:
        ValueError: if there is none of that name.
    """
    grids = {"paired": scene.paired, **{f"seed {k}": grid for k, grid in enumerate(scene.retrained)}}
    if name not in grids:
        raise ValueError(f"`others` must be among {', '.join(grids)}, got {name}")
    z = at_points(scene, grids[name], scene.x)
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    confidence = (p / p.sum(axis=-1, keepdims=True))[np.arange(len(scene.y)), scene.y]
    return PanelFrames(
        name=name, title=other_title(name), kind="reference", step=np.zeros(1, np.int64),
        logits=grids[name][None], confidence=confidence[None].astype(np.float32),
    )  # fmt: skip
