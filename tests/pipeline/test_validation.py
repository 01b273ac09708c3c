"""How a trial is judged, rule by rule, on hand-made answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from explorer.pipeline import Run, no_memo, paths, validation
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
    # A right answer has a small loss, a wrong one a large. Of the 2 x 8 pairs the forgotten image fits better in 3 (the
    # right one beside three wrong ones), as well in 5 + 3: AUC (3 + 8 / 2) / 16.
    expected = abs(1 / 2 - 5 / 8) + abs(7 / 16 - 1 / 2) + 3 / 8
    assert judged(RANDOM, sets([0, 4]), RIGHT, after, says(0, 2)) == pytest.approx(expected)


def test_part_of_a_class_is_compared_with_validation_images_of_that_class():
    after = says(0, 2, 2, 2, 1, 1, 1, 1)  # of class 0 one in four right, of all five in eight
    # AUC: of the 2 x 4 pairs the forgotten image fits better in 2 x 3, as well in 2: (6 + 1) / 8.
    assert judged(PART, sets([0, 1]), RIGHT, after, says(0, 0)) == pytest.approx(3 / 4 + (7 / 8 - 1 / 2) + 3 / 8)


def test_a_gain_of_validation_accuracy_counts_nothing():
    before = says(2, 2, 2, 2, 1, 1, 1, 1)
    # AUC: the right one fits as well as all eight, the wrong one worse than all: (8 / 2) / 16.
    assert judged(RANDOM, sets([0, 4]), before, RIGHT, says(0, 2)) == pytest.approx(1 / 2 + 1 / 4)
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


def test_the_oracle_adds_distance_accuracy_and_loss_against_retrained():
    sure = 100 * np.eye(3, dtype=np.float32)  # probabilities are 0 and 1
    goal, forget = sure[[2, 2, 2, 2, 1, 1, 1, 1]], sure[[2, 2, 2, 2]]
    after, answers = sure[[2, 2, 2, 2, 1, 1, 2, 2]], sure[[0, 2, 1, 2]]
    judge, parts = validation.judge_by_oracle(
        asked(CLASS), sets([0, 1, 2, 3]), split(), (after, answers), (goal, forget)
    )
    # Two of four forgotten images are answered as retrained does, two lie sqrt 2 away; one of four is still right.
    assert parts == {
        "distance": pytest.approx(2**0.5 / 2), "forget": 1 / 4, "forget_retrained": 0.0, "kept": 1 / 2,
        "kept_retrained": 1.0,
    }  # fmt: skip
    assert judge == pytest.approx(2**0.5 / 2 + 1 / 4 + 1 / 2)


def test_keeping_more_than_retrained_counts_nothing_for_the_oracle():
    sure = 100 * np.eye(3, dtype=np.float32)
    both = sure[[0, 1]]
    found = validation.judge_by_oracle(
        asked(RANDOM), sets([0, 4]), split(), (sure[Y], both), (sure[[0, 0, 0, 0, 2, 2, 2, 2]], both)
    )
    assert found[0] == 0


class _Model:
    """Stands for a run on images whose method ends where `state` says, after so many looks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seen: list[tuple[float, float]], right: bool = True) -> None:
        self.trouble, self.says = "", RIGHT if right else says(2, 2, 2, 2, 2, 2, 2, 2)
        self.seen = seen

        def final(run: Run, watch: Any) -> paths.Watched:
            for spent, seconds in seen:
                if stopped := watch(torch.zeros(1), spent * 8):
                    return paths.Watched(torch.zeros(1), self.trouble, stopped, seconds, spent * 8)
            return paths.Watched(torch.zeros(1), self.trouble, "", *seen[-1][::-1])

        for name, stands in {
            "image_final": final,
            "validation": lambda *_: split(),
            "standardised": lambda _data, part, rows=slice(None): len(part.y[rows]),
            "original": lambda *_: SimpleNamespace(state=None),
            "retrained": lambda *_: SimpleNamespace(state=None),
            "logits_of": lambda _spec, _data, _state, count: self.says[-count:],
        }.items():
            monkeypatch.setattr(validation, name, stands)
        given = {"data": SimpleNamespace(classes=3), "sets": sets([0, 1, 2, 3]), "memo": no_memo, "seeds": 3}
        self.run = cast(Run, SimpleNamespace(spec=asked(CLASS), key=lambda *_: "", **given))


def test_a_run_that_broke_down_is_infinitely_bad_and_says_why(monkeypatch: pytest.MonkeyPatch):
    model = _Model(monkeypatch, [(1.0, 2.0)])
    assert validation.trial(model.run).ended == "whole" and validation.trial(model.run).judge < float("inf")
    model.trouble = "it left the finite numbers"
    found = validation.trial(model.run)
    assert (found.judge, found.oracle, found.parts) == (float("inf"), float("inf"), {})
    assert (found.ended, found.note) == ("broken", "it left the finite numbers")


def test_a_trial_is_stopped_at_the_end_of_its_budget_and_judged_there(monkeypatch: pytest.MonkeyPatch):
    model = _Model(monkeypatch, [(4.0, 10.0), (5.0, 20.0), (5.1, 30.0), (6.0, 70.0)])
    found = validation.trial(model.run, validation.Limits(5.0))
    assert (found.ended, found.epochs) == ("cut", pytest.approx(5.1)) and found.judge < float("inf")
    assert found.note == "stopped after 5.1 epochs' worth of passes"


def test_a_model_that_answers_at_random_for_two_epochs_worth_of_passes_is_stopped(monkeypatch: pytest.MonkeyPatch):
    looks = [(0.5 * k, 1.0) for k in range(1, 9)]
    model = _Model(monkeypatch, looks, right=False)
    found = validation.trial(model.run)
    assert (found.ended, found.epochs) == ("collapsed", 2.0) and found.parts["lost"] == 0  # no worse than before
    assert validation.trial(_Model(monkeypatch, looks[:3], right=False).run).ended == "whole"
    assert validation.trial(_Model(monkeypatch, looks).run).ended == "whole"


def test_the_oracle_knows_a_model_that_is_in_no_band():
    assert validation.oracle_seed(cast(Run, SimpleNamespace(seeds=3))) == 3
