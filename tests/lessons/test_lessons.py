"""Every lesson, step by step and without a page: it runs, is short, and asks what can be answered."""

from __future__ import annotations

import re
from typing import Any

import pytest

from explorer.contents.glossary import TERMS, marked
from explorer.contents.lessons import shown as over
from explorer.lessons import (
    ORDER,
    SKIPPED,
    Attack,
    Choice,
    Guess,
    Look,
    Number,
    Order,
    Step,
    Try,
    lessons,
    place_of,
    standing,
)
from explorer.lessons._lesson import MOST_STEPS, MOST_WORDS
from explorer.player import unpack
from explorer.spec.catalog import CATALOG
from explorer.view import View
from tests.lessons._staged import an_answer, place, shown

STEPS = [(key, at) for key in ORDER for at in range(len(lessons()[key].steps))]
BUTTONS = 6  # words: Back, Next, Skip, Show me, That is my guess


def of(kind: type[Any]) -> list[tuple[str, int]]:
    return [(key, at) for key, at in STEPS if isinstance(lessons()[key].steps[at], kind)]


def words(step: Step) -> int:
    """Count the words of a step that may be on screen at once, those of the legend and the titles among them."""
    if isinstance(step, Look):
        texts = [step.say]
    else:
        texts = [step.ask, step.why, "You said 00; it is 00." if isinstance(step, Guess) else "Done."]
    legend = ["to forget", "gets another label", "model's line", "line before", "retrained line", "about to change"]
    return sum(len(text.split()) for text in [*texts, *legend]) + BUTTONS


def test_the_order_names_every_file_once():
    assert list(lessons()) == list(ORDER) and len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize("key", ORDER)
def test_a_lesson_is_short_and_says_what_it_is_for(key: str):
    lesson = lessons()[key]
    assert 2 <= len(lesson.steps) <= MOST_STEPS and 2 <= lesson.minutes <= 6
    assert lesson.question.endswith("?") and lesson.goal.endswith(".") and lesson.goal.count(". ") == 0
    assert any(not isinstance(step, Look) for step in lesson.steps[:2]), "one does something in the first minute"


@pytest.mark.parametrize(("key", "at"), STEPS)
def test_a_step_has_few_words_and_few_controls(key: str, at: int):
    step = lessons()[key].steps[at]
    assert words(step) <= 90
    assert not isinstance(step, Look) or len(step.say.split()) <= MOST_WORDS
    assert not isinstance(step, Try) or 1 <= len(step.knobs) <= 3


@pytest.mark.parametrize(("key", "at"), STEPS)
def test_a_step_runs_headless_in_each_of_its_phases(key: str, at: int):
    step, found = lessons()[key].steps[at], shown(key, at)
    names = list(found.panels)
    assert step.spotlight in ("", "forget", *names) and len(step.titles) in (0, len(names))
    asks = isinstance(step, Guess | Attack)
    for answer in (None, SKIPPED, an_answer(step, found)) if asks else (None,):
        where = place(key, at, answer)
        header = unpack(over.blob(where, standing(step, answer), found)).header
        locked = asks and answer is None
        assert header["overlay"]["locked"] == locked and len(header["panels"]) == len(names)
        assert bool(header["overlay"]["marks"]) == (isinstance(step, Guess) and not locked), "truth in the picture"
        if locked:
            assert not header["look"]["play"] and header["look"]["controls"] == []
            assert not any(panel["unmoved"] or panel["trouble"] or panel["note"] for panel in header["panels"])
            assert not step.titles or [panel["title"] for panel in header["panels"]] == list(step.titles)
            assert not step.titles or all(len(panel["step"]) == 1 for panel in header["panels"])


@pytest.mark.parametrize(("key", "at"), of(Guess))
def test_a_guess_is_told_right_from_wrong_and_comes_back_from_the_address(key: str, at: int):
    step, found = lessons()[key].steps[at], shown(key, at)
    assert isinstance(step, Guess)
    view, truth = standing(step, None), found.truth
    if isinstance(step.kind, Choice | Number | Order):
        assert over.right(step, truth, found)
        assert step.kind.read(step.kind.write(truth)) == truth
    assert not over.right(step, SKIPPED, found)
    guess = an_answer(step, found)
    for answer in (SKIPPED, guess):
        assert over.outcome(step, view, answer, found).endswith(".")
    text = SKIPPED if guess == SKIPPED else step.kind.write(guess)
    kept = View.default().looking("lesson", lesson=key, at=at, g=(f"{at}.{text}",))
    again, ignored = View.from_query(kept.to_query(), "lessons")
    assert not ignored and place_of(again, lessons()).answer == guess


@pytest.mark.parametrize(("key", "at"), of(Try))
def test_a_task_is_not_done_at_first_and_done_by_its_answer(key: str, at: int):
    step = lessons()[key].steps[at]
    assert isinstance(step, Try) and set(step.answer) == set(step.knobs)
    assert not over.is_done(step, shown(key, at))
    assert over.is_done(step, shown(key, at, dict(step.answer)))


@pytest.mark.parametrize(("key", "at"), STEPS)
def test_a_step_names_methods_that_are_there(key: str, at: int):
    step = lessons()[key].steps[at]
    named = {panel.name for panel in step.picture.panels}
    assert named <= {*CATALOG.methods, "original", "retrained"} and len(named) == len(step.picture.panels)


def said(key: str) -> str:
    """Return all that a lesson says."""
    texts = [lessons()[key].title, lessons()[key].goal]
    for step in lessons()[key].steps:
        texts += [getattr(step, name) for name in ("say", "ask", "why", "hint") if hasattr(step, name)]
    return " ".join(texts).lower()


def test_a_term_has_one_sentence_and_is_said_where_it_is_first_met():
    for term in TERMS:
        words = "|".join(re.escape(form.lower()) for form in (term.word, *term.forms))
        met = next((key for key in ORDER if re.search(rf"\b({words})\b", said(key))), "")
        assert term.met == met, term.word
        assert term.says.endswith(".") and term.says.count(". ") == 0
    forms = [form.lower() for term in TERMS for form in (term.word, *term.forms)]
    assert len(forms) == len(set(forms))


def test_a_term_can_be_pointed_at_once_and_nothing_is_lost_of_a_text():
    html = marked("A retrained model & another retrained model < 2 retrained.")
    assert html.count("ue-term") == 1 and "&amp;" in html and "&lt; 2 retrained." in html
    assert "seed" in marked("By seed") and "ue-term" not in marked("By seeding")


def test_a_term_that_a_text_before_has_met_is_not_marked_again():
    seen = set[str]()
    assert "ue-term" in marked("A seed.", seen=seen) and seen == {"seed"}
    assert "ue-term" not in marked("Two seeds.", seen=seen)
