"""What the pages say in words of a number; thresholds and rounding by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.contents.words import (
    KINDS,
    PLAYER_WORDS,
    faint,
    hardness_lines,
    method_title,
    notes_of,
    ratio_sentence,
    spelled_out,
)
from explorer.records import Data, Sets, Space, Split
from explorer.spec.catalog import CATALOG
from explorer.spec.spec import REQUEST_KINDS


def made(n: int, forget: int, y: np.ndarray | None = None, *, removes: bool = True) -> tuple[Data, Sets]:
    """Return n points, the first of them to forget."""
    points = Split(np.zeros((n, 2), np.float32), np.arange(n) % 2 if y is None else y)
    one = np.ones(2, np.float32)
    data = Data(points, points, points, Space(one, one, one, one), 2, ("a", "b"))
    return data, Sets(np.arange(forget), points, points, removes)


@pytest.mark.parametrize(("ratio", "times"), [(1.25, "1.2"), (2.0, "2.0"), (9.44, "9.4"), (9.6, "10"), (27.3, "27")])
def test_a_ratio_has_one_digit_below_ten_and_none_above(ratio: float, times: str):
    assert ratio_sentence(ratio) == f"Here forgetting moves the boundary {times} times as much as a new seed does."


def test_no_floor_is_said_and_is_not_faint():
    assert ratio_sentence(math.nan) == "Signal above the seed floor: not defined, all retrained models agree."
    assert not faint(math.nan)


def test_a_change_is_faint_below_twice_the_floor():
    assert faint(1.99) and not faint(2.0)


def test_nothing_is_noted_of_an_ordinary_request():
    assert notes_of(*made(100, 20), whole_class=False) == ()


def test_the_note_of_the_data_comes_first():
    data, sets = made(100, 4)
    notes = notes_of(replace(data, note="Labels are noisy."), sets, whole_class=False)
    assert notes[0] == "Labels are noisy." and len(notes) == 2


def test_few_points_are_compared_with_the_paired_model_below_five_in_a_hundred():
    (note,) = notes_of(*made(100, 4), whole_class=False)
    assert note.startswith("Only 4.0% of the points are forgotten: compare with the paired retrained model")
    assert notes_of(*made(100, 5), whole_class=False) == ()


def test_forgetting_one_of_two_classes_leaves_models_of_one_class():
    y = np.repeat([0, 1], 10)
    (note,) = notes_of(*made(20, 10, y), whole_class=True)
    assert note.startswith("Of two classes one is forgotten")
    assert notes_of(*made(15, 5, np.repeat([0, 1, 2], 5)), whole_class=True) == ()  # two classes stay
    assert notes_of(*made(20, 10, y, removes=False), whole_class=True) == ()  # its labels are corrected


def test_hardness_is_said_as_far_as_it_is_known():
    assert hardness_lines({}, 3, 60, "forget") == ("3 of 60 points are to be forgotten.", "")
    known = {"near_boundary": 0.25, "loss_unseen": 1.234}
    assert hardness_lines(known, 3, 60, "forget") == (
        "3 of 60 points are to be forgotten; 25% of them lie next to the boundary.",
        "Models that never saw them have loss 1.23 on them.",
    )
    assert hardness_lines(known, 3, 60, "correct_labels") == (
        "3 of 60 points have a wrong label that is to be corrected; 25% of them lie next to the boundary.",
        "Models trained on the right labels have loss 1.23 on them.",
    )
    assert hardness_lines({"near_boundary": math.nan, "loss_unseen": math.nan}, 1, 2, "forget")[1] == ""


def test_every_kind_of_request_has_its_words():
    assert set(KINDS) == set(PLAYER_WORDS) == set(REQUEST_KINDS)


def test_a_method_has_its_title_and_a_reference_its_name():
    assert method_title("neg_grad_plus") == "NegGrad+"
    assert method_title("retrained") == "Retrained"


def test_titles_that_are_short_are_spelled_out_and_no_others():
    assert spelled_out(["retrained", "fine_tune"]) == ""
    assert spelled_out(["jit", "fine_tune", "tmu"]) == "JiT: Just in Time unlearning; TMU: Twin Machine Unlearning."
    long = {key for key, method in CATALOG.methods.items() if method.long}
    newer = {"delete", "unsc", "weight_negation", "sfron", "undo", "gdr_gma", "l2ul"}
    assert long == {"jit", "tmu", "camu", "dui", *newer}


def test_a_page_shows_at_most_three_knobs_of_a_method_first():
    for key, method in CATALOG.methods.items():
        assert 1 <= len(method.main_knobs) <= 3 and set(method.main_knobs) <= set(method.knobs.model_fields), key
    assert CATALOG.methods["jit"].main_knobs == ("sigma", "lr", "epochs")
    assert CATALOG.methods["fisher"].main_knobs == ("alpha", "points")
