"""What the rules find of methods that break them in ways that are easily missed."""

import dataclasses
import importlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from torch import nn

from explorer.contract import RULES, Finding, Subject, check
from explorer.knobs import KnobBase, knob
from explorer.methods._images import Images
from explorer.spec.catalog import CATALOG

checking = importlib.import_module("explorer.contract.checking")  # `check` hides no module, but `contract` names both
ASCENT = CATALOG.methods["gradient_ascent"]


def found_of(monkeypatch: pytest.MonkeyPatch, titles: tuple[str, ...], **changes: Any) -> list[Finding]:
    """Return what some of the rules find of gradient ascent with something changed."""
    monkeypatch.setattr(checking, "RULES", [rule for rule in RULES if rule.title.startswith(titles)])
    subject = Subject(dataclasses.replace(ASCENT, **changes), CATALOG.card("gradient_ascent"))
    return list(check(subject))


def then(draw: Callable[[], object]) -> Callable[..., Iterator[nn.Module]]:
    """Return gradient ascent with something done at each step."""

    def unlearn(*given: Any) -> Iterator[nn.Module]:
        for model in ASCENT.unlearn(*given):
            draw()
            yield model

    return unlearn


@pytest.mark.parametrize("draw", [np.random.rand, np.random.randn], ids=["uniform", "normal"])
def test_a_single_draw_from_numpy_is_noticed(monkeypatch: pytest.MonkeyPatch, draw: Callable[[], object]):
    state = np.random.get_state()
    try:
        np.random.seed(0)
        np.random.rand()  # the next keys are made: a few draws now change none of them
        found = found_of(monkeypatch, ("the global random state",), unlearn=then(draw))
    finally:
        np.random.set_state(state)
    said = "it drew from the global generator of numpy: draw from `rng`"
    assert [one.fault for one in found] == [said, said]


def test_what_draws_nothing_keeps_the_rule(monkeypatch: pytest.MonkeyPatch):
    found = found_of(monkeypatch, ("the global random state",), unlearn=then(lambda: None))
    assert [one.fault for one in found] == ["", ""]


def endless(*given: Any) -> Iterator[nn.Module]:
    model = next(ASCENT.unlearn(*given))
    while True:
        yield model


def test_a_method_that_does_not_end_is_found_once_and_asked_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "MOST", 50)
    found = found_of(monkeypatch, ("it yields the same", "the original is", "the request is"), unlearn=endless)
    assert [(one.rule.title, one.net) for one in found if one.fault] == [("the original is untouched", "mlp")]
    assert found[-1].fault == "it must end: it yielded more than 50 times, so no further rule was asked"


def unending(*given: Any) -> Any:
    while True:
        pass


def test_a_loop_without_a_yield_is_ended_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "LONG", 0.2)
    found = found_of(monkeypatch, ("the original is", "the request is"), prepare=unending)
    assert [(one.rule.title, one.net) for one in found] == [("the original is untouched", "mlp")]
    assert found[-1].fault == "it must end: one rule took more than 0.2 s, so no further rule was asked"


def test_a_method_may_yield_as_often_as_is_allowed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "MOST", 3)  # as often as gradient ascent does with few steps
    assert not any(one.fault for one in found_of(monkeypatch, ("the original is",)))


class Beyond(KnobBase):
    """Knobs whose default lies outside the range."""

    steps: int = knob(200, ge=0, le=100, title="Steps", help="How many.")


def test_a_default_outside_its_range_is_found(monkeypatch: pytest.MonkeyPatch):
    changes = {"knobs": Beyond, "neutral": {}, "presets": {}, "main": (), "images": Images()}
    found = found_of(monkeypatch, ("every knob",), **changes)
    assert [one.fault for one in found] == ["the default of `steps` must lie in [0, 100], got 200"]
