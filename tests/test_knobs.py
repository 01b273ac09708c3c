from typing import Any, Literal

import pytest
from pydantic import ValidationError

from explorer.knobs import KnobBase, knob, knob_infos, one_sentence, shorten, without_later


class Knobs(KnobBase):
    lr: float = knob(0.05, ge=1e-4, le=1.0, log=True, title="Learning rate", help="How far each step moves.")
    steps: int = knob(20, ge=0, le=500, step=5, unit="steps", title="Steps", help="How many.")
    seed: int = knob(0, ge=0, le=2**31 - 1, title="Seed", help="Draws.")
    labels: Literal["other", "any"] = knob("other", title="Labels", help="Which.")
    hard: bool = knob(False, title="Hard", help="Whether.")
    label: int | None = knob(None, ge=0, le=9, title="Label", help="Which class.")
    name: str = knob("a", title="Name", help="Text.")
    widths: list[int] = knob([3], title="Widths", help="Sizes.")


def refusal(**values: Any) -> str:
    with pytest.raises(ValidationError) as error:
        Knobs(**values)
    return one_sentence(error.value, Knobs, "method.knobs")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"lr": 99}, "`method.knobs.lr` must lie in [0.0001, 1], got 99"),
        ({"lr": 0}, "`method.knobs.lr` must lie in [0.0001, 1], got 0"),
        ({"lr": float("nan")}, "`method.knobs.lr` must be a finite number, got nan"),
        ({"lr": float("inf")}, "`method.knobs.lr` must be a finite number, got inf"),
        ({"lr": "fast"}, "`method.knobs.lr` must be a number, got fast"),
        ({"lr": "0.1"}, "`method.knobs.lr` must be a number, got 0.1"),
        ({"lr": True}, "`method.knobs.lr` must be a number, got True"),
        ({"lr": None}, "`method.knobs.lr` must be a number, got None"),
        ({"lr": ""}, '`method.knobs.lr` must be a number, got ""'),
        ({"steps": 501}, "`method.knobs.steps` must lie in [0, 500], got 501"),
        ({"steps": -1}, "`method.knobs.steps` must lie in [0, 500], got -1"),
        ({"steps": 1.5}, "`method.knobs.steps` must be a whole number, got 1.5"),
        ({"steps": "3"}, "`method.knobs.steps` must be a whole number, got 3"),
        ({"steps": True}, "`method.knobs.steps` must be a whole number, got True"),
        ({"steps": 10**400}, "`method.knobs.steps` must lie in [0, 500], got 1000"),
        ({"seed": -1}, "`method.knobs.seed` must lie in [0, 2147483647], got -1"),
        ({"labels": "some"}, "`method.knobs.labels` must be one of other, any, got some"),
        ({"labels": ["other"]}, "`method.knobs.labels` must be one of other, any, got ['other']"),
        ({"hard": 1}, "`method.knobs.hard` must be true or false, got 1"),
        ({"hard": "yes"}, "`method.knobs.hard` must be true or false, got yes"),
        ({"label": 10}, "`method.knobs.label` must lie in [0, 9], got 10"),
        ({"name": 3}, "`method.knobs.name` must be text, got 3"),
        ({"widths": 3}, "`method.knobs.widths` must be a list, got 3"),
        ({"widths": [3, "x"]}, "`method.knobs.widths.1` must be a whole number, got x"),
        ({"speed": 3}, "`method.knobs.speed` is not known here; known are: lr, steps, seed, labels, hard, label"),
    ],
    ids=str,
)
def test_a_refusal_says_field_rule_and_value(values: dict[str, Any], sentence: str):
    assert refusal(**values).startswith(sentence)
    assert "\n" not in refusal(**values) and len(refusal(**values)) < 200


def test_the_ends_of_a_range_are_allowed():
    assert Knobs(lr=1e-4, steps=0, label=0).steps == 0
    assert Knobs(lr=1.0, steps=500, label=9).lr == 1.0


def test_a_whole_number_is_a_number_too():
    assert Knobs(lr=1).lr == 1.0


def test_knobs_cannot_be_changed():
    with pytest.raises(ValidationError):
        Knobs().lr = 0.1  # type: ignore[misc]


def test_infos_hold_what_is_declared():
    infos = knob_infos(Knobs)
    assert list(infos) == ["lr", "steps", "seed", "labels", "hard", "label", "name", "widths"]
    assert [info.kind for info in infos.values()] == ["float", "int", "int", "choice", "bool", "int", "text", "list"]
    lr, steps = infos["lr"], infos["steps"]
    assert (lr.default, lr.low, lr.high, lr.log) == (0.05, 1e-4, 1.0, True)
    assert (steps.low, steps.step, steps.unit) == (0.0, 5, "steps")
    assert (lr.title, lr.help) == ("Learning rate", "How far each step moves.")
    assert infos["labels"].choices == ("other", "any")
    assert infos["label"].optional and not lr.optional


def test_json_of_a_knob_leaves_out_what_it_does_not_have():
    infos = knob_infos(Knobs)
    assert infos["steps"].as_json() == {
        "name": "steps", "kind": "int", "default": 20, "title": "Steps", "help": "How many.",
        "low": 0, "high": 500, "log": False,
    }  # fmt: skip
    assert infos["hard"].as_json() == {
        "name": "hard", "kind": "bool", "default": False, "title": "Hard", "help": "Whether.",
    }  # fmt: skip
    assert infos["labels"].as_json()["choices"] == ["other", "any"]


@pytest.mark.parametrize(("value", "text"), [(3, "3"), ("a\n b", "a b"), ("x" * 99, "x" * 57 + "..."), ("", '""')])
def test_shorten_fits_in_one_line(value: object, text: str):
    assert shorten(value) == text


def test_a_knob_that_came_later_is_left_out_at_its_default_only():
    class Grown(Knobs):
        decay: float = knob(0.0, ge=0.0, le=1.0, title="Decay", help="Added.", later=True)

    assert knob_infos(Grown)["decay"].later and not knob_infos(Grown)["lr"].later
    assert without_later(Grown(), {"lr": 0.05, "decay": 0.0}) == {"lr": 0.05}
    assert without_later(Grown(), {"lr": 0.05, "decay": 0.5}) == {"lr": 0.05, "decay": 0.5}
