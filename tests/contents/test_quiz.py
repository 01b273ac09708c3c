"""What the quiz says of 20 answers, and what stands beside them."""

from pathlib import Path

import numpy as np
import pytest

from explorer.contents import quiz as contents
from explorer.contents.recorded.runs import open_runs
from explorer.experiments.cifar import files
from explorer.metrics.guessing import guessed
from explorer.records import Quiz
from explorer.spec import SpecError
from explorer.view import View

MEMBER = np.arange(20) % 2 == 0
LOGITS = np.zeros((20, 2), np.float32)
ROLES = ("original", "unlearned", "retrained")


def quiz(score: np.ndarray) -> Quiz:
    logits = {role: LOGITS for role in ROLES}
    scores = {role: {"loss": score} for role in ROLES}
    return Quiz(np.zeros(20, np.int64), MEMBER, ("a", "b"), logits, scores)


def right(count: int) -> str:
    """Return answers of which so many are right, in the order of the points."""
    return "".join("yn"[(not member) != (at >= count)] for at, member in enumerate(MEMBER))


def test_you_and_the_attacks_are_judged_on_the_same_points_and_a_coin_is_not():
    found = contents.scores(quiz(MEMBER.astype(float)), "original", right(20), 0)
    assert [one.name for one in found] == ["You", "Loss", "A coin"]
    assert found[0].reached is not None and found[0].reached.right.hits == 20
    assert found[1].reached is not None and found[1].reached.found.hits == 10 and found[1].curve is not None
    assert found[2].reached is None


def test_answers_of_another_order_are_put_back_in_place():
    order = contents.order_of("retrained", 3)
    assert sorted(order) == list(range(20)) and order != list(range(20))
    said = "".join("y" if MEMBER[at] else "n" for at in order)
    you = contents.scores(quiz(MEMBER.astype(float)), "retrained", said, 3)[0]
    assert you.reached is not None and you.reached.right.hits == 20


def test_without_all_answers_only_attacks_are_shown():
    assert [one.name for one in contents.scores(quiz(MEMBER.astype(float)), "original", "", 0)] == ["Loss", "A coin"]


@pytest.mark.parametrize(
    ("hits", "words"),
    [
        (14, ("14 of 20 times", "in 5.8 of 100 rounds", "do not tell you from a coin")),
        (15, ("in 2.1 of 100 rounds", "better than a coin, but 20 answers do not say by how much")),
        (20, ("in fewer than .1 of 100 rounds", "better than a coin")),
        (3, ("worse than a coin", "Turn your rule round")),
    ],
)
def test_it_says_how_sure_20_answers_can_make_one(hits: int, words: tuple[str, ...]):
    said = contents.sentence(guessed([letter == "y" for letter in right(hits)], MEMBER))
    assert all(word in said for word in words), said


def test_answers_are_kept_in_the_address_and_taken_back():
    view = contents.answered(contents.answered(View.default(), "y"), "n")
    assert view.looks.quiz.of_original == "yn"
    assert contents.answered(view, "").looks.quiz.of_original == "y"
    other = contents.answered(view.looking("quiz", turn="retrained"), "y")
    assert (other.looks.quiz.of_original, other.looks.quiz.of_retrained) == ("yn", "y")
    again, ignored = View.from_query(other.to_query(), "quiz")
    assert again.looks.quiz == other.looks.quiz and ignored == []


@pytest.mark.parametrize("text", ["x", "y" * 21, "Y", "yn "])
def test_what_is_no_answer_is_one_sentence(text: str):
    view, ignored = View.from_query({"v": "1", "of_original": text}, "quiz")
    assert view.looks.quiz.of_original == "" and len(ignored) == 1


def test_a_coin_is_as_good_on_retrained_and_a_place_may_give_points_away():
    assert contents.caution("retrained", "random") == contents.EVEN and contents.caution("original", "random") == ""
    assert contents.caution("original", "cluster") == contents.PLACE


def test_without_a_method_there_is_no_unlearned_model():
    with pytest.raises(SpecError, match="no panel holds a method"):
        contents.key_of(View.parse({"base": {}, "panels": [{"method": "retrained"}]}))


NAMES = [name for name in files.folders(files.SHIPPED) if name.endswith("-random")]


@pytest.mark.parametrize("name", NAMES)
def test_recorded_images_give_a_round_without_pictures_and_without_lira(name: str):
    opened = open_runs(name, Path(files.SHIPPED) / name)
    one = contents.of_images(opened, "scrub", 0)
    assert one.member.sum() == 10 and sorted(one.y[one.member]) == sorted(one.y[~one.member])
    assert one.x is None and list(one.scores["original"]) == ["loss"] and "LiRA" in one.left_out["lira_offline"]
    assert (one.scores["original"]["loss"] <= 0).all()
    other = contents.of_images(opened, "scrub", 1)
    assert not np.array_equal(other.logits["original"], one.logits["original"])
