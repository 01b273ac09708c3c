"""The place in a lesson: what an address may say, and what happens where it says anything else."""

import pytest

from explorer.lessons import SKIPPED, Place, answered, first_of, lessons, moved, place_of
from explorer.view import View


def of(**kept: object) -> Place:
    return place_of(View.default().looking("lesson", **kept), lessons())


def test_no_lesson_is_open_at_first():
    assert place_of(View.default(), lessons()) == Place()


def test_a_step_and_its_answers_are_read():
    place = of(lesson="never_saw", at=4, g=("1.2", "4.skipped"))
    assert (place.at, dict(place.answers), place.trouble) == (4, {1: 2, 4: SKIPPED}, "")
    assert place.answer == SKIPPED and not place.locked
    assert of(lesson="never_saw", at=1).locked and not of(lesson="never_saw", at=0).locked


def test_the_end_is_a_place_too():
    last = len(lessons()["never_saw"].steps)
    assert of(lesson="never_saw", at=last).step is None and not of(lesson="never_saw", at=last).trouble


@pytest.mark.parametrize(
    ("kept", "word"),
    [
        ({"at": 9}, "it has 5 steps, got 10"),
        ({"at": 1, "g": ("1.7",)}, "a choice must be the number of one of 3 answers"),
        ({"at": 1, "g": ("1.x-y",)}, "a choice must be"),
        ({"at": 1, "g": ("0.1",)}, "nothing is asked in step 1"),
        ({"at": 1, "g": ("11.1",)}, "nothing is asked in step 12"),
    ],
)
def test_garbage_opens_the_lesson_at_its_start_and_says_so(kept: dict[str, object], word: str):
    place = of(lesson="never_saw", **kept)
    assert (place.key, place.at, dict(place.answers)) == ("never_saw", 0, {})
    assert word in place.trouble and place.trouble.endswith(".") and "\n" not in place.trouble


def test_a_lesson_that_is_not_there_is_said_and_the_list_opens():
    place = of(lesson="nowhere")
    assert place.lesson is None and "no lesson nowhere" in place.trouble


@pytest.mark.parametrize(
    "query",
    [
        {"lesson": "../etc"}, {"lesson": "X" * 99}, {"at": "-1"}, {"at": "99"}, {"at": "x"}, {"g": "?" * 9},
        {"g": "1." + "9" * 3000}, {"g": "~".join(["1.1"] * 99)},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_place_at_all_is_one_sentence(query: dict[str, str]):
    view, ignored = View.from_query({"v": "1", **query}, "lessons")
    assert view.looks == View.default().looks and len(ignored) == 1


def test_answers_are_kept_one_a_step_and_taken_back():
    view = first_of(View.default(), "never_saw")
    view = answered(moved(view, 1), of(lesson="never_saw", at=1), 2)
    view = answered(view, of(lesson="never_saw", at=1), 1)
    assert view.to_query() == {"v": "1", "lesson": "never_saw", "at": "1", "g": "1.1"}
    assert answered(view, of(lesson="never_saw", at=1), None).looks.lesson.g == ()
