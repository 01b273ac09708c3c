"""Compute the truth of a guess by its name, from the picture itself: what is said is what is on screen.

A name is "<panel>.<quantity>", for instance "retrained.forget_right", or a quantity of all panels, for instance
"nearest". Panels are named by their method or reference.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.guessing import highest
from explorer.records import PanelFrames, Quiz, Scene

BREAK = 0.05  # of accuracy: a model that lost more of the retain set is said to be broken; our choice
HARDLY = 0.005  # of the plane
NEAR_END = 0.1  # of the way between two models
Panels = Mapping[str, PanelFrames]  # method or reference -> its frames, in their order


def truth_of(name: str, scene: Scene, panels: Panels) -> Any:
    """Return a truth: a number, rows, panels in order, or classes on the scene's grid.

    Args:
        name: as above.
        scene: what the panels share.
        panels: all of the step.

    Raises:
        ValueError: if there is no such quantity or panel.
    """
    panel, dot, quantity = name.rpartition(".")
    if not dot and quantity in OF_ALL:
        return OF_ALL[quantity](scene, panels)
    if quantity not in OF_ONE or panel not in panels:
        raise ValueError(
            f"a truth must be a panel ({', '.join(panels)}) with one of {', '.join(OF_ONE)}, or one of "
            f"{', '.join(OF_ALL)}, got {name}"
        )
    return OF_ONE[quantity](scene, panels, panel)


def at_points(scene: Scene, grid: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
    """Return logits at points, bilinear between the cells of a grid.

    Args:
        scene: whose plane and size the grid has.
        grid: (g * g, c) logits.
        x: (m, 2) places in data units.

    Returns:
        (m, c).
    """
    g, low, high = scene.size, scene.plane.low, scene.plane.high
    cells = grid.reshape(g, g, -1)
    at = np.clip((x - low) / (high - low) * g - 0.5, 0, g - 1)
    first = np.minimum(at.astype(int), g - 2)
    (s, t), (i, j) = (at - first).T[..., None], first.T
    below = cells[j, i] * (1 - s) + cells[j, i + 1] * s
    above = cells[j + 1, i] * (1 - s) + cells[j + 1, i + 1] * s
    return below * (1 - t) + above * t


def area(scene: Scene, grid: NDArray[Any]) -> float:
    """Return the share of the plane on which a model answers otherwise than the retrained ones, in their mean."""
    mine = grid.argmax(axis=-1)
    return float(np.mean([(mine != one.argmax(axis=-1)).mean() for one in scene.retrained]))


def entropy(scene: Scene, grid: NDArray[Any]) -> float:
    """Return the mean entropy of a model's answers at the points to forget, in nats."""
    z = at_points(scene, grid, scene.x[scene.forget])
    z = z - z.max(axis=-1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    return float(-(p * np.log(np.maximum(p, 1e-12))).sum(axis=-1).mean())


def truth_of_quiz(name: str, quiz: Quiz) -> int:
    """Return the truth of a guess about the quiz: "<role>.right", how many of its points the loss attack gets right.

    Raises:
        ValueError: if the name is no such one.
    """
    role, _, quantity = name.partition(".")
    if role not in quiz.scores or quantity != "right":
        raise ValueError(f"a truth of the quiz must be one of {', '.join(quiz.scores)} with .right, got {name}")
    called = highest(quiz.scores[role]["loss"], int(quiz.member.sum()))
    return int((called == quiz.member).sum())


def _end(panels: Panels, panel: str) -> NDArray[Any]:
    return panels[panel].logits[-1]


def _name(scene: Scene, panels: Panels, panel: str) -> tuple[str, ...]:
    """The panel itself."""
    return (panel,)


def _forget_right(scene: Scene, panels: Panels, panel: str) -> float:
    return round(float(panels[panel].accuracy["forget"][-1]) * len(scene.forget))


def _changed(scene: Scene, panels: Panels, panel: str) -> tuple[int, ...]:
    """Rows of the training set to which the panel's last model gives another class than the original does."""
    before, after = (at_points(scene, grid, scene.x).argmax(axis=-1) for grid in (scene.original, _end(panels, panel)))
    return tuple(int(row) for row in np.flatnonzero(before != after))


def _classes(scene: Scene, panels: Panels, panel: str) -> NDArray[Any]:
    return _end(panels, panel).argmax(axis=-1)


def _work(scene: Scene, panels: Panels, panel: str) -> float:
    """Work of a method, in per cent of retraining's."""
    return round(100 * panels[panel].cost)


def _holds(scene: Scene, panels: Panels, panel: str) -> float:
    """The last step on screen at which retain accuracy is at most BREAK below that of the original."""
    retain = panels[panel].accuracy["retain"]
    broken = np.flatnonzero(retain < retain[0] - BREAK)
    return int(panels[panel].step[broken[0] - 1 if len(broken) else -1])


def _hardly_moves(scene: Scene, panels: Panels, panel: str) -> int:
    """1 where the panel's model changes its answer on less than HARDLY of the plane, else 0."""
    before, after = panels[panel].logits[0].argmax(axis=-1), _end(panels, panel).argmax(axis=-1)
    return int((before != after).mean() < HARDLY)


def _repaired(scene: Scene, panels: Panels, panel: str) -> int:
    """How much of what a request names is right at the end: 0 nearly all (from .9 on), 1 about half, 2 hardly any."""
    right = float(panels[panel].accuracy["forget"][-1])
    return 0 if right >= 0.9 else 1 if right >= 0.35 else 2


def _peak(scene: Scene, panels: Panels, panel: str) -> float:
    """How many of the points to forget are right at the best step on screen."""
    return round(float(panels[panel].accuracy["forget"].max()) * len(scene.forget))


def _nearest_on_way(scene: Scene, panels: Panels, panel: str) -> int:
    """Where on the straight way the model is nearest to retrained: 0 before its end (a = 1), 1 there, 2 beyond it."""
    frames = panels[panel]
    areas = [area(scene, grid) for grid in frames.logits]
    share = float(np.argmin(areas)) / (len(areas) - 1)
    a = frames.ends[0] + share * (frames.ends[1] - frames.ends[0])
    return 0 if a < 1 - NEAR_END else 2 if a > 1 + NEAR_END else 1


def _forgotten(scene: Scene, panels: Panels) -> tuple[int, ...]:
    """Rows of the training set that are to be forgotten."""
    return tuple(sorted(int(row) for row in scene.forget))


def _prints(scene: Scene, panels: Panels) -> tuple[str, ...]:
    """Methods whose weights print the point to forget, the nearest print first, then those that print none."""
    point = scene.x[scene.forget[0]]

    def off(name: str) -> float:
        ghosts = [one.x[0] for one in panels[name].helpers if one.mark == "ghost"]
        return min((float(np.hypot(*(ghost - point))) for ghost in ghosts), default=np.inf)

    methods = [name for name, panel in panels.items() if panel.kind != "reference"]
    return tuple(sorted(methods, key=off))


def _retrained_per_cent(scene: Scene, panels: Panels) -> float:
    """The accuracy of the retrained models on what is to be forgotten, in per cent, in their mean."""
    return round(100 * scene.goals["forget"].mean)


def _nearest_forget(scene: Scene, panels: Panels) -> tuple[str, ...]:
    """Methods, from the one whose forget accuracy ends nearest to the retrained models' mean to the farthest."""
    goal = scene.goals["forget"].mean
    methods = [name for name, panel in panels.items() if panel.kind != "reference"]
    return tuple(sorted(methods, key=lambda name: abs(float(panels[name].accuracy["forget"][-1]) - goal)))


def _retrained_right(scene: Scene, panels: Panels) -> float:
    """How many of the points to forget retrained models get right, in their mean."""
    return round(scene.goals["forget"].mean * len(scene.forget))


def _retrained_changed(scene: Scene, panels: Panels) -> tuple[int, ...]:
    """Rows of the training set to which the retrained model of the original's seed gives another class than it."""
    before, after = (at_points(scene, grid, scene.x).argmax(axis=-1) for grid in (scene.original, scene.paired))
    return tuple(int(row) for row in np.flatnonzero(before != after))


def _floor(scene: Scene, panels: Panels) -> float:
    """The share of the plane, in per cent, on which two retrained models disagree, in the mean over all pairs."""
    answers = [grid.argmax(axis=-1) for grid in scene.retrained]
    return round(100 * float(np.mean([(a != b).mean() for a, b in itertools.combinations(answers, 2)])), 1)


def _alike(scene: Scene, panels: Panels) -> tuple[str, ...]:
    """The other panels, from the one that answers most like the first to the one least like it."""
    first, *others = panels
    answers = {name: _end(panels, name).argmax(axis=-1) for name in panels}
    return tuple(sorted(others, key=lambda name: float((answers[name] != answers[first]).mean())))


def _nearest(scene: Scene, panels: Panels) -> tuple[str, ...]:
    """Methods, from the one that ends nearest to the retrained models to the farthest."""
    methods = [name for name, panel in panels.items() if panel.kind != "reference"]
    return tuple(sorted(methods, key=lambda name: area(scene, _end(panels, name))))


def _least_sure(scene: Scene, panels: Panels) -> tuple[str, ...]:
    """Panels, from the one whose model is least sure at the points to forget to the surest."""
    return tuple(sorted(panels, key=lambda name: -entropy(scene, _end(panels, name))))


#: Quantity of one panel.
OF_ONE: Mapping[str, Callable[[Scene, Panels, str], Any]] = {
    "name": _name,
    "forget_right": _forget_right,
    "changed": _changed,
    "classes": _classes,
    "work": _work,
    "holds": _holds,
    "hardly_moves": _hardly_moves,
    "repaired": _repaired,
    "peak": _peak,
    "nearest_on_way": _nearest_on_way,
}
#: Quantity of all panels.
OF_ALL: Mapping[str, Callable[[Scene, Panels], Any]] = {
    "nearest": _nearest,
    "least_sure": _least_sure,
    "floor": _floor,
    "alike": _alike,
    "retrained_right": _retrained_right,
    "retrained_changed": _retrained_changed,
    "retrained_per_cent": _retrained_per_cent,
    "nearest_forget": _nearest_forget,
    "forgotten": _forgotten,
    "prints": _prints,
}
