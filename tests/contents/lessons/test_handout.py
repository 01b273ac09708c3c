"""A lesson on paper: every step with its picture, guesses blank, answers after all of them."""

import re

import pytest

from explorer.contents.lessons.handout import handout
from explorer.experiments.store.store import Store
from explorer.lessons import Look, lessons
from explorer.session.desk import Here

HERE = Here(Store(None).memo)


@pytest.mark.parametrize("key", ["never_saw", "gap_or_inside"])
def test_a_lesson_is_one_page_that_needs_nothing_beside_it(key: str):
    lesson = lessons()[key]
    page = handout(key, lesson, HERE)
    steps, _, answers = page.partition('class="answers"')
    assert page.count("<svg") == steps.count("<svg") == len(lesson.steps)
    assert not re.search(r'(src|href)="(?!data:)', page) and "<script" not in page
    for step in lesson.steps:
        if not isinstance(step, Look):
            assert step.ask.split(".")[0] in steps and step.why[:20] not in steps and step.why[:20] in answers
    assert lesson.goal in answers and lesson.goal not in steps
