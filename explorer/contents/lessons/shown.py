"""Lay a step over its picture: the player's bytes with spotlight, cue, guess and truth; the outcome in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.contents.lessons.staged import Staged, other_title
from explorer.contents.picture import panel_names
from explorer.lessons import (
    SKIPPED,
    Above,
    Choice,
    Done,
    Guess,
    InBand,
    Line,
    Number,
    Order,
    Place,
    Points,
    Step,
    Try,
)
from explorer.player import Look as PlayerLook
from explorer.player import Overlay, pack
from explorer.records import Helpers, PanelFrames, Scene
from explorer.view import View

#: What the points of each class are called, as they are drawn.
SHAPES = ("blue discs", "orange squares", "green triangles", "pink diamonds")
Marks = Callable[[Mapping[str, str]], Mapping[str, Any]]
#: Entries of the legend that a lesson leaves out or says in fewer words.
WORDS = {
    "confidence": "",
    "focus": "",
    "numbers": "",
    "work": "",
    "boundary": "model's line",
    "original": "line before",
    "retrained": "retrained line",
    "forget": "to forget",
    "lost": "gets another label",
    "setForget": "forgotten points right",
    "setRetain": "other points right",
    "reference": "",
}


def blob(place: Place, view: View, found: Staged, guessed: Marks | None = None, *, elsewhere: bool = False) -> bytes:
    """Return the player's bytes of a step.

    Args:
        place: where one stands, and what was answered.
        view: what the step shows.
        found: what is ready of it.
        guessed: returns the marks of a whole class by the names of the panels, in place of one's own guess.
        elsewhere: one guesses on another screen than this.
    """
    step = place.step
    assert step is not None
    locked = place.locked
    names = _titles(step, view, found, locked)
    panels = [_calm(step, panel, names[panel.name], locked) for panel in found.panels.values()]
    moves = any(len(panel.step) > 1 for panel in panels)
    still = not moves or locked or (isinstance(step, Guess) and step.ends)
    look = PlayerLook(
        step=(1.0 if step.ends else 0.0) if isinstance(step, Guess) and locked else 1.0,
        layers=_layers(step, view, locked),
        projector=view.layout == "projector",
        play=not still,
        words={**WORDS, **_words(found)},
        expected=tuple(names.items()),
        lines=(len(_sets(step, False)), 0),  # room is kept while a guess is due, so that nothing jumps
        controls=() if still else ("play",),
    )
    scene = _unmarked(found.scene) if step.hides and locked else found.scene
    if view.page != "images" and len(scene.names) <= len(SHAPES):
        scene = replace(scene, names=SHAPES[: len(scene.names)])
    if found.quiz is not None and found.quiz.x is not None and not step.hides:
        panels = [replace(panel, helpers=(_asked(found.quiz.x, found.quiz.y),)) for panel in panels]
        look = replace(look, layers=(*look.layers, "helpers"))
    laid = overlay(place, view, found, moves=not still, guessed=guessed)
    return pack(scene, panels, look, replace(laid, ask="") if elsewhere else laid)


def _asked(x: NDArray[Any], y: NDArray[Any]) -> Helpers:
    """Return the points of the quiz as points beside the training points."""
    return Helpers("asked about", x, y, np.full(len(x), -1, np.int64))


def _sets(step: Step, locked: bool) -> tuple[str, ...]:
    """Return whose accuracies stand under the panels now."""
    return () if locked else step.numbers or (("forget",) if isinstance(step, Try) else ())


def _unmarked(scene: Scene) -> Scene:
    """Return a scene in which no point is marked as one to forget."""
    return replace(scene, forget=scene.forget[:0], after_x=scene.after_x[:0], after_y=scene.after_y[:0],
                   retrained_right=None)  # fmt: skip


def _words(found: Staged) -> dict[str, str]:
    """Return what the player says otherwise; what a lesson leaves out stays left out, and a line's name is short."""
    return {name: said for name, said in found.words.items() if WORDS.get(name, said) and name != "retrained"}


def _layers(step: Step, view: View, locked: bool) -> tuple[str, ...]:
    """Return the layers of a step; while a guess is due perhaps without the lines that give it away."""
    lines = step.lines is True or (step.lines == "told" and not locked)
    return tuple(layer for layer in view.layers if lines or layer not in ("original", "retrained"))


def _titles(step: Step, view: View, found: Staged, locked: bool) -> dict[str, str]:
    """Return the title of each panel by its name in the picture."""
    own = {name: panel.title for name, panel in zip(panel_names(view), view.panels, strict=True)}
    if view.page == "images":
        own = {}  # recorded runs are not the View's panels
    own |= {name: other_title(name) for name in step.others}
    own |= {panel.name: panel.title for panel in found.panels.values() if panel.name not in own}
    if not step.titles:
        return own
    given = dict(zip(own, step.titles, strict=True))
    return given if locked else {name: f"{given[name]}: {title.lower()}" for name, title in own.items()}


def _calm(step: Step, panel: PanelFrames, title: str, locked: bool) -> PanelFrames:
    """Return a panel under its title here, with numbers where one tries; while a guess is due nothing gives it away."""
    if not _sets(step, locked):
        panel = replace(panel, accuracy={}, cost=float("nan"), note="")
    if locked and step.titles:  # how long each trained would tell them apart
        end = slice(-1, None) if isinstance(step, Guess) and step.ends else slice(0, 1)
        panel = replace(
            panel, step=panel.step[:1], logits=panel.logits[end], confidence=panel.confidence[end], accuracy={},
            helpers=(), members=None, straight=False, way="",
        )  # fmt: skip
    if locked:
        said = panel.trouble if panel.refused else ""
        panel = replace(panel, unmoved="", trouble=said, kind="reference" if step.titles else panel.kind)
    return replace(panel, title=title, several=0)


# --- over the picture -------------------------------------------------------------------------------------------------


def overlay(place: Place, view: View, found: Staged, *, moves: bool = True, guessed: Marks | None = None) -> Overlay:
    """Return what a step lays over its picture.

    Args:
        place: where one stands, and what was answered.
        view: what the step shows.
        found: what is ready of it.
        moves: whether anything in it moves now.
        guessed: as `blob` takes it.
    """
    step = place.step
    assert step is not None
    named = dict(zip((panel.name for panel in view.panels), panel_names(view), strict=True))
    named |= {name: name for name in step.others} | {name: panel.name for name, panel in found.panels.items()}
    phase = "ask" if place.locked else "told" if isinstance(step, Guess) else ""
    marks: Mapping[str, Any] = {}
    if isinstance(step, Guess) and not place.locked:
        of_class = guessed(named) if guessed is not None and found.complete else None
        marks = _marks(step, place.answer, found, named) if of_class is None else of_class
    return Overlay(
        place=f"{place.key}:{place.at}:{phase}",
        spotlight=named.get(step.spotlight, step.spotlight),
        cue=moves and not isinstance(step, Try),
        locked=place.locked,
        sets=_sets(step, place.locked),
        ask=_asks(step) if isinstance(step, Guess) and place.locked else "",
        marks=marks,
    )


def _asks(step: Guess) -> Literal["", "points", "line"]:
    return "points" if isinstance(step.kind, Points) else "line" if isinstance(step.kind, Line) else ""


def _marks(step: Guess, answer: Any, found: Staged, named: Mapping[str, str]) -> dict[str, Any]:
    if not found.complete:
        return {}
    kind, truth, skipped = step.kind, found.truth, answer == SKIPPED
    if isinstance(kind, Choice):
        guess = None if skipped else answer
        if kind.panels:
            return {"panels": _framed([named[one] for one in kind.panels], guess, truth)}
        return {"panels": _said(kind, named[list(found.panels)[-1]], guess, truth)}
    if isinstance(kind, Number):
        return {"scale": scale(kind, found, None if skipped else answer, truth, named)}
    if isinstance(kind, Points):
        return {"points": {"guess": [] if skipped else list(answer), "truth": list(truth)}}
    if isinstance(kind, Line):
        path = () if skipped else answer
        wrong = [] if skipped else np.flatnonzero(~right_side(found.scene, path, truth)).tolist()
        return {"line": {"path": [list(one) for one in path], "wrong": wrong, "size": found.scene.size}}
    return {"panels": _ranked(kind, None if skipped else answer, truth, named)}


def _framed(panels: list[str], guess: int | None, truth: int) -> list[dict[str, Any]]:
    framed: list[dict[str, Any]] = [{"panel": panels[truth], "guess": False, "text": "the answer"}]
    if guess is not None:
        framed.append({"panel": panels[guess], "guess": True, "text": "your guess"})
    return framed


def _said(kind: Choice, panel: str, guess: int | None, truth: int) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = [
        {"panel": panel, "guess": False, "bare": True, "text": f"the answer: {kind.options[truth]}"}
    ]
    if guess is not None:
        said.append({"panel": panel, "guess": True, "bare": True, "text": f"your guess: {kind.options[guess]}"})
    return said


def scale(kind: Number, found: Staged, guess: float | None, truth: float, named: Mapping[str, str]) -> dict[str, Any]:
    """Return the scale of a number: a guess, None for none, and the truth with its band."""
    goals = found.scene.goals.get("forget")
    band = None
    if kind.truth == "retrained_right" and goals is not None:
        band = [goals.low * len(found.scene.forget), goals.high * len(found.scene.forget)]
    texts = {"guess": f"your guess: {guess:g}" if guess is not None else "", "truth": f"truth: {truth:g}"}
    scale = {"panel": named[kind.panel], "low": kind.low, "high": kind.high, "guess": guess, "truth": truth}
    return {**scale, "band": band, "texts": texts}


def _ranked(
    kind: Order, guess: tuple[str, ...] | None, truth: tuple[str, ...], named: Mapping[str, str]
) -> list[dict[str, Any]]:
    ranked: list[dict[str, Any]] = []
    for panel in kind.panels:
        ranked.append({"panel": named[panel], "guess": False, "bare": True, "text": f"{truth.index(panel) + 1}"})
        if guess is not None:
            ranked.append(
                {"panel": named[panel], "guess": True, "bare": True, "text": f"your guess: {guess.index(panel) + 1}"}
            )
    return ranked


def right_side(scene: Scene, path: tuple[tuple[float, float], ...], truth: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which cells a drawn line puts on the right side.

    The line is drawn on to the edges of the plane. Each of its two sides is given the class that most of its cells
    have, unless both would be the same; then the better of the two ways round.

    Args:
        scene: whose grid it is.
        path: places in the unit square.
        truth: (g * g,) class of each cell, two of them.

    Returns:
        (g * g,) bool.
    """
    g = scene.size
    centres = (np.arange(g) + 0.5) / g
    u, v = (one.ravel() for one in np.meshgrid(centres, centres))
    inside = _inside(_closed(path), u, v)
    first, second = np.unique(truth)[:1], np.unique(truth)[-1:]
    ways = [np.where(inside, a, b) == truth for a, b in ((first, second), (second, first))]
    return max(ways, key=lambda way: way.mean())


def _closed(path: tuple[tuple[float, float], ...]) -> NDArray[Any]:
    """Return a polygon: the path, drawn on far beyond the edges, and round one side of the plane."""
    places = np.array(path, float)
    begins, ends = places[0] - places[min(3, len(places) - 1)], places[-1] - places[max(-4, -len(places))]
    far = [end + 10 * way / max(float(np.hypot(*way)), 1e-9) for end, way in ((places[0], begins), (places[-1], ends))]
    whole = np.concatenate([far[0][None], places, far[1][None]])
    start, stop = (float(np.arctan2(*(end - 0.5)[::-1])) for end in (far[0], far[1]))
    turn = (start - stop) % (2 * np.pi)  # round the plane from the end back to the beginning
    arc = [[0.5 + 30 * np.cos(stop + turn * k / 16), 0.5 + 30 * np.sin(stop + turn * k / 16)] for k in range(17)]
    return np.concatenate([whole, np.array(arc)])


def _inside(polygon: NDArray[Any], u: NDArray[Any], v: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which places lie inside a polygon: a ray from them crosses it an odd number of times."""
    inside = np.zeros(len(u), bool)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if ay != by:
            inside ^= ((ay > v) != (by > v)) & (u < (bx - ax) * (v - ay) / (by - ay) + ax)
    return inside


# --- in words ---------------------------------------------------------------------------------------------------------


def right(step: Guess, answer: Any, found: Staged) -> bool:
    """Return whether a guess is right, or near enough."""
    kind, truth = step.kind, found.truth
    if answer == SKIPPED:
        return False
    if isinstance(kind, Number):
        return abs(answer - truth) <= kind.near
    if isinstance(kind, Points):
        both, either = set(answer) & set(truth), set(answer) | set(truth)
        return len(both) >= kind.near * len(either)
    if isinstance(kind, Line):
        return share(found, answer) >= kind.near
    return answer == truth


def share(found: Staged, path: tuple[tuple[float, float], ...]) -> float:
    """Return the share of the plane that a drawn line puts on the right side."""
    return float(right_side(found.scene, path, found.truth).mean())


def outcome(step: Guess, view: View, answer: Any, found: Staged) -> str:
    """Say in one sentence how guess and truth compare."""
    kind, truth, skipped = step.kind, found.truth, answer == SKIPPED
    if isinstance(kind, Choice):
        number: int = truth
        answer_is = kind.options[number]
        if skipped:
            return f"The answer: {answer_is}."
        return f"Yes: {answer_is}." if answer == truth else f"You: {kind.options[answer]}. The answer: {answer_is}."
    if isinstance(kind, Number):
        unit = f" {kind.unit}" if kind.unit else ""
        return f"It is {truth:g}{unit}." if skipped else f"You said {answer:g}; it is {truth:g}{unit}."
    if isinstance(kind, Points):
        if skipped:
            ringed = len({*truth} & {*found.scene.forget.tolist()})
            return (
                f"{len(truth)} points change: {ringed} of the {len(found.scene.forget)} ringed ones and "
                f"{len(truth) - ringed} others."
            )
        hit = len(set(answer) & set(truth))
        return f"You chose {len(answer)} points, {hit} of them rightly; {len(truth)} change."
    if isinstance(kind, Line):
        if skipped:
            return "The solid line is the true one."
        return f"Your line puts {share(found, answer):.0%} of the plane on the right side."
    titles = {panel.name: panel.title for panel in view.panels}
    order = ", ".join(titles[name] for name in truth)
    if skipped:
        return f"The order: {order}."
    return f"Yes: {order}." if answer == truth else f"The order is {order}."


def is_done(step: Try, found: Staged) -> bool:
    """Return whether all that a Try asks for holds."""
    return found.complete and all(_holds(one, found) for one in step.done)


def _holds(condition: Done, found: Staged) -> bool:
    value = float(found.panels[condition.method].accuracy[condition.of][-1])
    if isinstance(condition, InBand):
        band = found.scene.goals[condition.of]
        return band.low - condition.within <= value <= band.high + condition.within
    return value > condition.limit if isinstance(condition, Above) else value < condition.limit
