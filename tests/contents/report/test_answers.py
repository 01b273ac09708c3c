"""The three answers: what is said follows the rule that stands beside it, worked out by hand."""

import math

import pytest

from explorer.contents.report.answers import Attacked, Told, answers, range_of
from explorer.contents.report.parts import Among
from tests.contents.report._measured import BAND, attacked, found


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.3, "in"), (0.5, "in"), (0.5004, "in"), (0.501, "out"), (0.299, "out"), (math.nan, "")]
)
def test_a_range_holds_what_is_printed_within_it(value: float, verdict: str):
    assert BAND.holds(value) == verdict


def test_all_within_is_said_with_its_rule_and_with_what_it_does_not_show():
    alike, _, _ = answers(found())
    assert alike.said.startswith("On every number here it lies where retrained models lie.")
    assert [line.verdict for line in alike.lines] == ["in", "in"]
    assert alike.rule.startswith("Rule:") and "in 2 of 6 cases" in alike.rule


def test_what_lies_outside_is_named():
    alike, _, _ = answers(found(forget=0.1))
    assert alike.said == "On 1 of 2 numbers it lies where retrained models lie; not so: forget accuracy."
    assert (
        answers(found(forget=0.1, distance=0.3))[0].said == "On no number here does it lie where retrained models lie."
    )


def test_an_onlooker_who_finds_no_more_than_under_retrained():
    _, onlooker, _ = answers(found(attacks=(attacked(0.5),)))
    assert onlooker.said.endswith("no better than it does under a retrained model.")
    assert [line.verdict for line in onlooker.lines] == ["in"]
    assert onlooker.lines[0].after == ".500 [.400–.600]"


def test_the_most_telling_attack_stands_beside_the_first():
    some = (attacked(0.45), attacked(0.6, title="RMIA"), attacked(0.52, title="Entropy"))
    _, onlooker, _ = answers(found(attacks=some))
    assert len(onlooker.lines) == 2 and "the RMIA attack, the most telling of 3" in onlooker.lines[1].title
    assert "By the RMIA attack the points look more familiar to it than to a retrained model (AUC .600" in onlooker.said


def test_a_point_that_looks_too_unfamiliar_is_said_too():
    _, onlooker, _ = answers(found(attacks=(attacked(0.1),)))
    assert "the points look less familiar to it than to a retrained model" in onlooker.said


def test_where_there_was_little_to_find_that_is_said_first():
    little = Attacked("Loss", 0.52, 0.4, 0.3, 0.5, BAND)
    assert answers(found(attacks=(little,)))[1].said.startswith("There was little to find from the start")


def test_who_has_both_models_is_a_line_of_its_own():
    both = (Told("Entropy", 0.9, Among(0.55, 0.51, 0.6, 10)), Told("Loss", 0.56, Among(0.55, 0.51, 0.6, 10)))
    _, onlooker, _ = answers(found(attacks=(attacked(0.4),), both=both))
    assert onlooker.lines[-1].after == ".900" and onlooker.lines[-1].verdict == "out"
    assert onlooker.said.endswith("Whoever also has a retrained model can tell the two apart.")


def test_without_an_attack_nothing_is_claimed():
    assert answers(found())[1].said == "No attack could be asked, so nothing can be said here."


def test_what_it_cost_the_rest():
    _, _, rest = answers(found())
    assert rest.said == (
        "The other points and new points are answered as well as by retrained models. It took .250 times the work of "
        "one retraining."
    )
    assert [line.verdict for line in rest.lines] == ["in", "in", "", ""]
    lost = answers(found(retain=0.5))[2]
    assert lost.said.startswith("It cost accuracy: retain accuracy is below every retrained model's.")


def test_a_range_of_few_models_leaves_much_open():
    assert "in 2 of 4 cases" in range_of(3) and range_of(1) == ""
