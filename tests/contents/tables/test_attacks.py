"""The tables of attacks, from numbers written by hand."""

import csv
import io
from dataclasses import replace

import numpy as np

from explorer.contents.tables import attacks as attack_tables
from explorer.records import AttackNumbers, Band

LOSSES = ("loss", "entropy")


def numbers(value: float, b: float) -> AttackNumbers:
    auc = {"original": (0.6,), "unlearned": (value, 0.5), "retrained": (0.48, 0.52)}
    return AttackNumbers(
        a={
            role: {name: {"auc": Band(values), "members": Band((30.0,)), "others": Band((500.0,))} for name in LOSSES}
            for role, values in auc.items()
        },
        b={"entropy": {"auc": Band((b, b))}},
        b_floor={"entropy": {"auc": Band((0.52, 0.56))}},
    )


def test_a_number_is_marked_by_whether_it_lies_within_the_retrained_models():
    inside, outside = ("JiT", numbers(0.51, 0.55)), ("GA", numbers(0.2, 0.9))
    text = attack_tables.question_a({"a": inside, "b": outside}, "auc")
    assert text.count("●") == text.count("○") == 2  # two attacks
    assert ".600" in text and ".480–.520" in text
    text = attack_tables.question_b({"a": inside, "b": outside})
    assert text.count("●") == text.count("○") == 1


def test_each_row_says_on_how_many_points_and_how_far_chance_reaches():
    said = numbers(0.51, 0.55)
    sure = {**said.a["unlearned"]["loss"], "auc_low": Band((0.41,)), "auc_high": Band((0.61,))}
    few = {**said.a["retrained"]["loss"], "members": Band((12.0,)), "others": Band((2000.0,))}
    changed = {"unlearned": {**said.a["unlearned"], "loss": sure}, "retrained": {**said.a["retrained"], "loss": few}}
    said = replace(said, a={**said.a, **changed})
    text = attack_tables.question_a({"a": ("JiT", said)}, "auc")
    assert "12 forgotten against 2,000 unseen points" in text and "30 forgotten against 500 unseen points" in text
    assert text.count("95 %: .410–.610") == text.count("95 %") == 1
    assert "95 %" not in attack_tables.question_a({"a": ("JiT", said)}, "balanced_accuracy")


def test_the_points_csv_has_a_line_a_point_and_no_number_where_there_is_none():
    y, forget = np.array([0, 1, 1]), np.array([2])
    exposed = {"original": np.array([0.5, float("nan"), 0.75]), "unlearned": np.array([0.1, 0.2, 0.3])}
    lines = list(csv.DictReader(io.StringIO(attack_tables.points_as_csv(y, forget, exposed))))
    assert [line["set"] for line in lines] == ["retain", "retain", "forget"]
    assert [line["original"] for line in lines] == ["0.5", "", "0.75"]


def test_below_one_half_is_as_far_from_no_difference_as_above():
    assert "○" in attack_tables.question_b({"a": ("NegGrad+", numbers(0.5, 0.1))})


def test_who_forgets_too_much_is_named():
    assert attack_tables.streisand({"a": ("JiT", numbers(0.5, 0.5))}) == ""
    said = attack_tables.streisand({"a": ("JiT", numbers(0.5, 0.5)), "b": ("GA", numbers(0.2, 0.9))})
    assert said.startswith("GA: the forgotten points have a larger loss") and "GA: less sure" in said


def test_what_chance_alone_does_is_no_streisand_effect():
    assert attack_tables.judged(numbers(0.45, 0.5), "loss") == (30, 500)
    assert attack_tables.streisand({"a": ("GA", numbers(0.45, 0.5))}) == ""  # .03 below the lowest retrained
