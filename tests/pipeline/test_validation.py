"""How a trial is judged, rule by rule, on hand-made answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from explorer.pipeline import Run, no_memo, validation
from explorer.records import Float, Sets, Split
from explorer.spec import Spec

# Four training images of class 0 (sub-classes 0, 0, 1, 1) and four of class 1 (sub-class 2); so too validation images.
Y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
FINE = np.array([0, 0, 1, 1, 2, 2, 2, 2])
RANDOM = {"choose": "random", "fraction": 0.25}
PART = {"choose": "random", "fraction": 0.5, "label": 0}
CLASS = {"choose": "class", "label": 0}
SUBCLASS = {"choose": "subclass", "label": 0}
POISONED = {"kind": "correct_labels", "choose": "random", "fraction": 0.25}


def asked(request: dict[str, Any]) -> Spec:
    return Spec.parse({"data": {"name": "cifar20"}, "request": request})


def split(y: np.ndarray = Y) -> Split:
    return Split(np.zeros((len(y), 3, 32, 32), dtype=np.uint8), y, FINE)


def sets(forget: list[int], wrong: np.ndarray | None = None) -> Sets:
    before = split() if wrong is None else Split(split().x, wrong)
    return Sets(np.array(forget), before, split(), removes=wrong is None)


def says(*answers: int) -> Float:
    """Return logits of a model that gives these answers."""
    return np.eye(3, dtype=np.float32)[list(answers)]


def judged(request: dict[str, Any], made: Sets, before: Float, after: Float, forget: Float) -> float:
    return validation.judge(asked(request), made, split(), before, after, forget)[0]


RIGHT = says(0, 0, 0, 0, 1, 1, 1, 1)


def test_random_images_are_to_be_as_hard_as_validation_images_of_their_classes():
    after = says(0, 0, 0, 2, 1, 1, 2, 2)  # 5 of 8 right; before 8 of 8
    assert judged(RANDOM, sets([0, 4]), RIGHT, after, says(0, 2)) == pytest.approx(abs(1 / 2 - 5 / 8) + 3 / 8)


def test_part_of_a_class_is_compared_with_validation_images_of_that_class():
    after = says(0, 2, 2, 2, 1, 1, 1, 1)  # of class 0 one in four right, of all five in eight
    assert judged(PART, sets([0, 1]), RIGHT, after, says(0, 0)) == pytest.approx(3 / 4 + 3 / 8)


def test_a_gain_of_validation_accuracy_counts_nothing():
    before = says(2, 2, 2, 2, 1, 1, 1, 1)
    assert judged(RANDOM, sets([0, 4]), before, RIGHT, says(0, 2)) == pytest.approx(1 / 2)
    assert judged(CLASS, sets([0, 1, 2, 3]), says(0, 0, 0, 0, 2, 2, 1, 1), RIGHT, says(0, 2, 2, 2)) == 1 / 4


def test_a_class_is_to_be_lost_and_the_other_classes_are_not():
    after = says(2, 2, 2, 2, 1, 1, 1, 2)  # of the other class three in four
    assert judged(CLASS, sets([0, 1, 2, 3]), RIGHT, after, says(0, 2, 2, 2)) == pytest.approx(1 / 4 + 1 / 4)


def test_a_sub_class_is_to_be_lost_and_the_rest_of_its_class_is_not():
    after = says(2, 2, 0, 2, 1, 1, 1, 1)  # of the six images of other sub-classes five
    assert judged(SUBCLASS, sets([0, 1]), RIGHT, after, says(2, 0)) == pytest.approx(1 / 2 + 1 / 6)


def test_a_sub_class_that_is_gone_with_nothing_else_lost_cannot_be_bettered():
    assert judged(SUBCLASS, sets([0, 1]), RIGHT, says(2, 2, 0, 0, 1, 1, 1, 1), says(2, 2)) == 0


def test_poisoned_labels_are_judged_by_the_error_on_validation_images():
    made = sets([0, 4], wrong=np.array([1, 0, 0, 0, 0, 1, 1, 1]))
    assert judged(POISONED, made, says(1, 0, 0, 0, 0, 1, 1, 1), says(0, 0, 0, 0, 1, 1, 1, 2), says(0, 1)) == 1 / 8


@pytest.mark.parametrize("request_", [RANDOM, CLASS, SUBCLASS, POISONED])
@pytest.mark.parametrize("where", ["after", "forget"])
def test_outputs_that_are_not_finite_are_infinitely_bad(request_: dict[str, Any], where: str):
    answers = {"after": RIGHT.copy(), "forget": says(2, 2)}
    answers[where][0, 0] = np.nan
    assert judged(request_, sets([0, 1]), RIGHT, answers["after"], answers["forget"]) == float("inf")


def test_a_run_that_broke_down_is_infinitely_bad_and_says_why(monkeypatch: pytest.MonkeyPatch):
    broken = SimpleNamespace(state=torch.zeros(1), trouble="it left the finite numbers")
    for name, stands in {
        "image_final": lambda *_: broken,
        "validation": lambda *_: split(),
        "standardised": lambda _, split, rows=Y: len(rows),
        "original": lambda *_: broken,
        "logits_of": lambda _spec, _have, _state, count: RIGHT[:count],
    }.items():
        monkeypatch.setattr(validation, name, stands)
    given = {"data": None, "sets": sets([0, 1]), "memo": no_memo, "key": lambda *_: ""}
    run = cast(Run, SimpleNamespace(spec=asked(CLASS), **given))
    assert validation.trial(run) == (float("inf"), "it left the finite numbers")
    broken.trouble = ""
    assert validation.trial(run)[0] < float("inf")
