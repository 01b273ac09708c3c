"""Run a lesson without a page: what its steps show, and what is said of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from explorer.contents.lessons.shown import share
from explorer.contents.lessons.staged import Staged, staged
from explorer.contents.lessons.truths import area
from explorer.experiments.store.store import Store
from explorer.lessons import Attack, Guess, Place, Step, Try, lessons, standing
from explorer.session.desk import Here, silent

STORE = Store(None)  # in memory, for all tests of this process


@cache
def found(key: str, at: int, answered: tuple[tuple[str, float], ...] = ()) -> Staged:
    """Return all that a step shows, computed; of a Try with its knobs at other values."""
    step = lessons()[key].steps[at]
    view = standing(step, dict(answered) or None)
    *_, last = staged(step, view, Here(STORE.memo), silent)
    assert last.complete
    return last


def shown(key: str, at: int, answer: dict[str, float] | None = None) -> Staged:
    return found(key, at, tuple(sorted((answer or {}).items())))


def step_of(key: str, at: int, kind: type[Any]) -> Any:
    """Return a step, which must be of a kind."""
    step = lessons()[key].steps[at]
    assert isinstance(step, kind)
    return step


def accuracy(found: Staged, panel: str, of: str = "forget", at: int = -1) -> float:
    return float(found.panels[panel].accuracy[of][at])


def apart(found: Staged, panel: str) -> float:
    """Return the share of the plane on which a panel ends apart from the retrained models."""
    return area(found.scene, found.panels[panel].logits[-1])


def place(key: str, at: int, answer: Any = None) -> Place:
    return Place(key, lessons()[key], at, {} if answer is None else {at: answer})


def an_answer(step: Step, found: Staged) -> Any:
    """Return what somebody might answer: a guess of its kind that is not the truth, or a Try's own answer."""
    if isinstance(step, Try):
        return dict(step.answer)
    if isinstance(step, Attack):
        return "yn" * 10
    assert isinstance(step, Guess)
    texts = {"Choice": "0", "Number": f"{getattr(step.kind, 'low', 0):g}", "Points": "0.1.2", "Line": "0.500.1000.500"}
    kind = type(step.kind).__name__
    text = texts.get(kind) or ".".join(str(k) for k in reversed(range(len(step.kind.panels))))  # type: ignore[union-attr]
    return step.kind.read(text)


__all__ = ["STORE", "accuracy", "an_answer", "apart", "found", "place", "share", "shown", "step_of"]
