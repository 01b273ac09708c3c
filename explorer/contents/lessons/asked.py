"""Put a guess of a lesson to a class: the question for its phones; what it has guessed, as marks, bars and words."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.classroom import Question, Tally, tally_of
from explorer.contents.lessons import shown
from explorer.contents.lessons.staged import Staged
from explorer.lessons import SKIPPED, Choice, Guess, Line, Number, Order, Place, Points
from explorer.records import Scene
from explorer.view import View

SHOWN = ("confidence", "boundary")  # layers on a phone: no other model's line
FINE = 2  # cells of a heat map of lines along a cell of the scene
NEAR = 0.02  # of the plane's mean side: what lies around a point, one standard deviation


@dataclass(frozen=True)
class Bar:
    """One bar beside the picture.

    Attributes:
        title: what was answered.
        count: by how many.
        right: whether it is the truth.
    """

    title: str
    count: int
    right: bool


def question_of(place: Place, view: View, found: Staged) -> Question:
    """Return what is asked at a place.

    Args:
        place: at a Guess.
        view: what the step shows.
        found: all of it.
    """
    step = place.step
    assert isinstance(step, Guess)
    kind = step.kind
    titles = {panel.name: panel.title for panel in view.panels}
    question = Question(
        f"{place.key}:{place.at}", step.ask, kind,
        titles=tuple(titles[name] for name in kind.panels) if isinstance(kind, Order) else (),
        rows=len(found.scene.x) if isinstance(kind, Points) else 0,
    )  # fmt: skip
    return replace(question, picture=_picture(place, view, found)) if question.on_picture else question


def _picture(place: Place, view: View, found: Staged) -> bytes:
    """Return the player's bytes of what is on screen while the guess is due, and nothing that comes after."""
    step = place.step
    assert isinstance(step, Guess)
    scene, at = found.scene, slice(-1, None) if step.ends else slice(0, 1)
    bare = replace(scene, retrained=scene.original[None], paired=scene.original, retrained_right=None, goals={})
    panels = {
        name: replace(
            panel, step=panel.step[:1], logits=panel.logits[at], confidence=panel.confidence[at], members=None,
            helpers=(),
        )
        for name, panel in found.panels.items()
    }  # fmt: skip
    asked = replace(place, answers={})
    return shown.blob(asked, replace(view, layers=SHOWN, layout="auto"), Staged(bare, panels, True))


def tallied(question: Question, guesses: tuple[Any, ...], found: Staged) -> Tally:
    """Return the guesses of a class, counted."""
    return tally_of(question, guesses, FINE * found.scene.size)


# --- in the picture ---------------------------------------------------------------------------------------------------


def marks(step: Guess, tally: Tally, found: Staged, named: Mapping[str, str]) -> dict[str, Any]:
    """Return what the class has guessed as marks of the picture, with the truth.

    Args:
        step: that asked.
        tally: at least one guess.
        found: all that the step shows.
        named: method or reference -> name of its panel in the picture.
    """
    kind, truth, people = step.kind, found.truth, tally.people
    if isinstance(kind, Number):
        plain = shown.scale(kind, found, None, truth, named)
        return {"scale": {**plain, "bins": [[one.low, one.high, one.count] for one in tally.bins], "people": people}}
    if isinstance(kind, Points):
        assert tally.rows is not None
        cells, most = np.round(around(found.scene, tally.rows), 2).tolist(), int(tally.rows.max())
        votes = {"cells": cells, "size": found.scene.size, "truth": list(truth), "most": most, "people": people}
        return {"votes": {**votes, "even": True}}
    if isinstance(kind, Line):
        assert tally.cells is not None
        panel = named.get(kind.truth.partition(".")[0], "")
        cells, most = tally.cells.tolist(), int(tally.cells.max())
        return {
            "heat": {"cells": cells, "size": FINE * found.scene.size, "panel": panel, "most": most, "people": people}
        }
    if isinstance(kind, Order):
        return {"panels": [_ranked(name, place, named, tally, kind) for place, name in enumerate(truth)]}
    return {"panels": [_voted(at, panel, named, tally, truth) for at, panel in enumerate(kind.panels)]}


def around(scene: Scene, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how many chose the points around each cell of a scene's grid.

    It is the mean over the points near by, the nearer the heavier; far from every point it falls to nothing.

    Args:
        scene: whose points and grid.
        counts: (n,) how many chose each point.

    Returns:
        (size * size,).
    """
    plane, cells = scene.plane, scene.plane.grid(scene.size)
    width = NEAR * float(np.sqrt(np.prod(plane.high - plane.low)))
    total, weight, nearest = (np.zeros(len(cells)) for _ in range(3))
    for place, count in zip(scene.x, counts, strict=True):
        near = np.exp(-((cells - place) ** 2).sum(axis=1) / (2 * width * width))
        total += near * count
        weight += near
        np.maximum(nearest, near, out=nearest)
    return total / np.maximum(weight, 1e-12) * np.minimum(1.0, nearest / np.exp(-2.0))


def _voted(at: int, panel: str, named: Mapping[str, str], tally: Tally, truth: int) -> dict[str, Any]:
    said = f"{tally.options[at]} of {tally.people}"
    right = at == truth
    text = f"the answer: {said}" if right else said
    return {"panel": named[panel], "guess": not right, "bare": not right, "text": text}


def _ranked(name: str, place: int, named: Mapping[str, str], tally: Tally, kind: Order) -> dict[str, Any]:
    first = tally.options[kind.panels.index(name)]
    return {
        "panel": named[name],
        "guess": False,
        "bare": True,
        "text": f"{place + 1}. put first by {first} of {tally.people}",
    }


# --- beside it --------------------------------------------------------------------------------------------------------


def bars(step: Guess, view: View, tally: Tally, truth: Any) -> tuple[Bar, ...]:
    """Return the bars of a Choice, or of an Order how often each was put first; none of other kinds."""
    kind = step.kind
    if isinstance(kind, Choice):
        return tuple(Bar(title, tally.options[at], at == truth) for at, title in enumerate(kind.options))
    if isinstance(kind, Order):
        titles = {panel.name: panel.title for panel in view.panels}
        return tuple(Bar(titles[name], tally.options[at], name == truth[0]) for at, name in enumerate(kind.panels))
    return ()


def summary(step: Guess, tally: Tally, found: Staged) -> str:
    """Say in one sentence what the class has guessed, and how many were right."""
    if not tally.people:
        return "Nobody has guessed."
    kind, people = step.kind, f"{tally.people} {'has' if tally.people == 1 else 'have'} guessed"
    right = sum(shown.right(step, one, found) for one in tally.guesses)
    if isinstance(kind, Number):
        middle, near = statistics.median(tally.guesses), f" within {kind.near:g}" if kind.near else ""
        return f"{people}: median {middle:g}; {right} of them{near or ' right'}{' of the truth' if near else ''}."
    if isinstance(kind, Line):
        shares = [shown.share(found, one) for one in tally.guesses]
        return (
            f"{people}: the median line puts {statistics.median(shares):.0%} of the plane on the right side, "
            f"the best {max(shares):.0%}."
        )
    if isinstance(kind, Points):
        truth = set(found.truth)
        hit = statistics.median(len(truth & set(one)) for one in tally.guesses)
        return f"{people}: the median guess holds {hit:g} of the {len(truth)} points that change."
    if isinstance(kind, Order):
        return f"{people}; {right} have the whole order right."
    return f"{people}, {right} of them rightly."


def said_of(step: Guess, view: View, found: Staged) -> tuple[str, str]:
    """Return the answer as a phone tells it: a sentence, and the right guess as text where a phone can mark it."""
    kind, sentence = step.kind, shown.outcome(step, view, SKIPPED, found)
    if isinstance(kind, Line):
        return "The true line is on the screen.", ""
    if isinstance(kind, Points):
        return f"{len(found.truth)} points change; they are on the screen.", ""
    return sentence, kind.write(found.truth)
