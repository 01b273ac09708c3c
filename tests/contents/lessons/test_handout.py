"""A lesson on paper: every step with its picture, guesses blank, answers after all of them."""

import re

import pytest

from explorer.contents.lessons.handout import handout
from explorer.figures.numerals import number
from explorer.lessons import Look, Try, lessons
from explorer.session.desk import Here
from tests.lessons._staged import STORE, accuracy, shown

HERE = Here(STORE.memo)


@pytest.mark.parametrize("key", ["never_saw", "gap_or_inside"])
def test_a_lesson_is_one_page_that_needs_nothing_beside_it(key: str):
    lesson = lessons()[key]
    page = handout(key, lesson, HERE)
    steps, _, answers = page.partition('class="answers"')
    asked = [step for step in lesson.steps if not isinstance(step, Look)]
    assert steps.count("<svg") == len(lesson.steps) and answers.count("<svg") == len(asked)
    assert not re.search(r'(src|href)="(?!data:)', page) and "<script" not in page
    for step in lesson.steps:
        if not isinstance(step, Look):
            assert step.ask.split(".")[0] in steps and step.why[:20] not in steps and step.why[:20] in answers
    assert lesson.goal in answers and lesson.goal not in steps


def test_anonymous_panels_do_not_tell_how_long_they_trained_until_the_answers():
    steps, _, answers = handout("never_saw", lessons()["never_saw"], HERE).partition('class="answers"')
    asked = steps.split('class="step"')[2]
    assert ">A<" in asked and "step 125 of 125" not in asked and "step 125 of 125" in answers


def test_a_task_is_a_table_whose_numbers_are_computed_and_one_row_does_it():
    lesson = lessons()["right_anyway"]
    steps, _, answers = handout("right_anyway", lesson, HERE).partition('class="answers"')
    (task,) = (step for step in lesson.steps if isinstance(step, Try))
    rows = {row.split("</td>")[0]: row for row in steps.split("<tr><td>")[1:]}
    assert set(rows) == {f"{value:g}" for value in task.paper} | {"retrained"}
    right = accuracy(shown("right_anyway", 3, {task.knobs[0]: 46}), "neg_grad_plus")
    assert f"<td>{number(right)}</td>" in rows["46"] and "46 of the table." in answers


def test_points_that_change_are_marked_and_counted_by_whether_they_are_ringed():
    found = shown("right_anyway", 2)
    ringed = len(set(found.truth) & set(found.scene.forget.tolist()))
    answers = handout("right_anyway", lessons()["right_anyway"], HERE).partition('class="answers"')[2]
    assert f"{ringed} of the 80 ringed ones and {len(found.truth) - ringed} others." in answers
    assert "the answer</text>" in answers


def test_the_attack_is_20_numbered_points_and_the_answers_name_the_members():
    quiz = shown("be_the_attacker", 1).quiz
    assert quiz is not None
    steps, _, answers = handout("be_the_attacker", lessons()["be_the_attacker"], HERE).partition('class="answers"')
    asked = steps.split('class="step"')[2]
    assert all(f">{point}</text>" in asked and f"{point} ☐ yes" in asked for point in range(1, 21))
    members = [str(row + 1) for row, member in enumerate(quiz.member) if member]
    assert f"In the training set were {', '.join(members)}." in answers and "was in the training set" not in asked
