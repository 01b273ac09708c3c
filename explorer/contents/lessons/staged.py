"""Compute what a step shows, panel by panel, and then the truth of its guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from explorer.contents.lessons.truths import at_points, truth_of
from explorer.contents.picture import Pieces, panel_names
from explorer.lessons import Choice, Guess, Kind, Step
from explorer.records import PanelFrames, Scene
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
    """

    scene: Scene
    panels: Mapping[str, PanelFrames] = field(default_factory=dict[str, PanelFrames])
    complete: bool = False
    truth: Any = None


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
            yield Staged(scene, _by_method(view, found))
    panels = {**_by_method(view, found), **{name: _other(scene, name) for name in step.others}}
    truth = _truth(step.kind, scene, panels) if isinstance(step, Guess) else None
    yield Staged(scene, panels, True, truth)


def _by_method(view: View, found: Mapping[str, PanelFrames]) -> dict[str, PanelFrames]:
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
