"""One classroom: who may guess what, when it ends, and that nothing stays of it."""

from __future__ import annotations

import json
import threading

import pytest

from explorer.classroom import LONGEST, MOST_PEOPLE, MOST_QUESTIONS, Classroom, Question, Refusal
from explorer.lessons import Choice
from tests.classroom._rooms import CHOICE, EVERY, LINE, NUMBER, ORDER, POINTS, Clock


def opened() -> tuple[Classroom, Clock]:
    clock = Clock()
    return Classroom("BCDF", clock), clock


def refused(room: Classroom, token: str, question: Question, text: str) -> str:
    with pytest.raises(Refusal) as caught:
        room.guess(token, question.key, text)
    return caught.value.why


def test_a_guess_is_kept_and_changed_until_the_answer_is_told():
    room, _ = opened()
    token = room.join()
    assert refused(room, token, CHOICE, "0") == "late"
    room.ask(CHOICE)
    assert room.guess(token, CHOICE.key, "0") == "0"
    room.guess(token, CHOICE.key, "2")
    assert (room.guesses(CHOICE), room.guess_of(token), room.counts()) == ((2,), "2", (1, 1))
    room.tell(CHOICE, "The answer: B.", "1")
    assert refused(room, token, CHOICE, "1") == "late"
    assert room.guesses(CHOICE) == (2,)


def test_a_guess_for_another_question_than_the_one_at_hand_is_late():
    room, _ = opened()
    token = room.join()
    room.ask(CHOICE)
    room.ask(NUMBER)
    assert refused(room, token, CHOICE, "0") == "late"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (CHOICE, "3"), (CHOICE, "-1"), (CHOICE, "1.0"), (NUMBER, "81"), (NUMBER, "-1"), (NUMBER, "nan"),
        (NUMBER, "1e1"), (ORDER, "0.1"), (ORDER, "0.1.1"), (ORDER, "0.1.3"), (POINTS, "40"), (POINTS, "0.99999"),
        (POINTS, ""), (POINTS, ".".join(["1"] * 401)), (LINE, "0.0"), (LINE, "0.0.1001.5"), (LINE, "0.0.5"),
        (LINE, ".".join(["1"] * 50)), (CHOICE, "٠"), (NUMBER, "<script>"),
    ],
)  # fmt: skip
def test_what_is_no_guess_of_its_kind_is_refused_and_nothing_is_kept(question: Question, text: str):
    room, _ = opened()
    token = room.join()
    room.ask(question)
    assert refused(room, token, question, text) == "guess"
    assert room.counts() == (1, 0)


def test_a_guess_is_kept_in_one_way_of_writing_it():
    room, clock = opened()
    token = room.join()
    for question, text, kept in (
        (CHOICE, "1", "1"), (NUMBER, "07.50", "7.5"), (ORDER, "2.0.1", "2.0.1"), (POINTS, "3.1.3.002", "1.2.3"),
        (LINE, "000.5.1000.10", "0.5.1000.10"),
    ):  # fmt: skip
        clock.now += 1
        room.ask(question)
        assert room.guess(token, question.key, text) == kept


def test_a_phone_that_sends_a_hundred_guesses_a_second_is_held_back_and_the_others_are_not():
    room, clock = opened()
    hasty, calm = room.join(), room.join()
    room.ask(CHOICE)
    taken = 0
    for k in range(100):
        clock.now = k / 100
        try:
            room.guess(hasty, CHOICE.key, str(k % 3))
            taken += 1
        except Refusal as refusal:
            assert refusal.why == "often"
    assert taken == 8 + 3  # eight at once, and four a second for 0.99 s
    assert room.guess(calm, CHOICE.key, "1") == "1"
    clock.now += 1
    assert room.guess(hasty, CHOICE.key, "2") == "2"


def test_three_hundred_may_join_and_one_more_may_not():
    room, _ = opened()
    assert len({room.join() for _ in range(MOST_PEOPLE)}) == MOST_PEOPLE
    with pytest.raises(Refusal, match="full: 300") as caught:
        room.join()
    assert caught.value.why == "full"


def test_three_hundred_that_join_at_once_are_all_counted():
    room, _ = opened()
    room.ask(CHOICE)
    begin = threading.Barrier(20)

    def some() -> None:
        begin.wait()
        for _ in range(15):
            room.guess(room.join(), CHOICE.key, "1")

    threads = [threading.Thread(target=some) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert room.counts() == (300, 300) and room.guesses(CHOICE) == (1,) * 300


@pytest.mark.parametrize("by_clock", [False, True])
def test_a_class_ends_by_the_lecturer_or_by_the_clock_and_forgets_everything(by_clock: bool):
    room, clock = opened()
    token = room.join()
    room.ask(CHOICE)
    room.guess(token, CHOICE.key, "0")
    if by_clock:
        clock.now = LONGEST
    else:
        room.end()
    assert room.standing.phase == "over" and room.standing.said == "This class has ended."
    assert refused(room, token, CHOICE, "0") == "over"
    with pytest.raises(Refusal, match="has ended"):
        room.join()
    assert (room.counts(), room.guesses(CHOICE), room.holds(token)) == ((0, 0), (), False)
    room.ask(NUMBER)
    assert room.standing.phase == "over"


def test_a_question_that_is_asked_again_has_its_guesses_still():
    room, _ = opened()
    token = room.join()
    room.ask(CHOICE)
    room.guess(token, CHOICE.key, "1")
    room.rest("Look here.")
    assert room.counts() == (1, 0)
    room.ask(CHOICE)
    assert (room.counts(), room.guess_of(token)) == ((1, 1), "1")


def test_only_the_last_questions_guesses_are_kept():
    room, clock = opened()
    token = room.join()
    asked = [Question(f"q:{k}", "?", CHOICE.kind) for k in range(MOST_QUESTIONS + 1)]
    for question in asked:
        clock.now += 1
        room.ask(question)
        room.guess(token, question.key, "1")
    assert [len(room.guesses(question)) for question in asked] == [0] + [1] * MOST_QUESTIONS


def test_what_phones_show_holds_no_answer_until_it_is_told():
    room, _ = opened()
    secret = Question("one:1", "Which one?", Choice(("A", "B"), "retrained.name", ("jit", "retrained")))
    room.ask(secret)
    assert json.loads(room.standing.text) == {
        "phase": "ask", "said": "", "truth": "",
        "question": {"key": "one:1", "ask": "Which one?", "kind": "choice", "options": ["A", "B"]},
    }  # fmt: skip
    room.tell(secret, "The answer: B.", "1")
    assert json.loads(room.standing.text)["truth"] == "1"


@pytest.mark.parametrize("question", EVERY, ids=lambda one: type(one.kind).__name__)
def test_a_phone_is_told_what_it_needs_to_ask(question: Question):
    needs = {
        "Choice": {"options"}, "Number": {"low", "high", "step", "unit"}, "Order": {"options", "first"},
        "Points": set[str](), "Line": set[str](),
    }  # fmt: skip
    assert question.card().keys() == {"key", "ask", "kind"} | needs[type(question.kind).__name__]


def test_listeners_hear_of_what_they_listen_to_and_of_nothing_after_they_left():
    room, _ = opened()
    heard: list[str] = []
    leave = room.listen("standing", lambda: heard.append("standing"))
    room.listen("counts", lambda: heard.append("counts"))
    token = room.join()
    room.ask(CHOICE)
    room.ask(CHOICE)  # the same again is no news
    room.guess(token, CHOICE.key, "1")
    room.guess(token, CHOICE.key, "2")  # a change of mind counts as before
    leave()
    room.rest("Look here.")
    assert heard == ["counts", "standing", "counts", "counts", "counts"]
