"""Write a lesson as one page that needs nothing beside it: steps with pictures, guesses left blank, answers last.

Each answer stands under its own picture, at the end of the methods, with what is true marked in it. What is done with a
knob on screen is on paper a table of its values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape

import numpy as np

from explorer.contents.lessons import shown
from explorer.contents.lessons.staged import Staged, staged
from explorer.contents.lessons.truths import truth_of_quiz
from explorer.figures.numerals import number, span
from explorer.figures.still import Still, sheet
from explorer.figures.svg import svg
from explorer.lessons import (
    SKIPPED,
    Attack,
    Choice,
    Guess,
    Lesson,
    Line,
    Look,
    Order,
    Place,
    Points,
    Step,
    Try,
    standing,
)
from explorer.player.still import still
from explorer.records import Quiz
from explorer.session.desk import Desk, silent
from explorer.spec.catalog import CATALOG
from explorer.view import QUESTIONS, View

COLUMNS, WHOLE = 2, 4  # pictures a row of half a page, and of its whole width: so that points can be told apart
ALONE, BESIDE = 430.0, 265.0  # pixels of a picture

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
body {{ font: 11pt/1.4 "Source Sans", "Source Sans 3", system-ui, sans-serif; color: #12161c; background: #fff; margin: 0 auto; max-width: 46rem; padding: 1rem; }}
h1 {{ font-size: 1.5rem; margin: 0; }} h2 {{ font-size: 1.1rem; margin: 0 0 .3rem; }} p {{ margin: 0 0 .4rem; }}
.step {{ display: grid; grid-template-columns: 58% 1fr; gap: 1rem; align-items: start; break-inside: avoid; padding: .6rem 0; border-top: 1px solid #d5dae1; }}
.step svg {{ width: 100%; height: auto; max-height: 9.6cm; }}
.blank {{ border-bottom: 1px solid #12161c; height: 1.6rem; }}
.answers {{ break-before: page; }}
.told {{ display: grid; grid-template-columns: 1fr 1fr; gap: .4rem 1.2rem; }}
.told > div {{ break-inside: avoid; }} .told svg {{ width: 100%; height: auto; max-height: 7.4cm; }} .told .wide {{ grid-column: 1 / -1; }}
table {{ border-collapse: collapse; font-size: .9em; margin: .3rem 0; }} td, th {{ text-align: right; padding: .05rem .5rem; border-bottom: 1px solid #d5dae1; }}
pre {{ font-size: .85em; white-space: pre-wrap; margin: 0; }}
.ticks {{ columns: 2; font-size: .9em; }}
@page {{ size: A4; margin: 14mm; }}
@media print {{ body {{ max-width: none; padding: 0; }} }}
@media (max-width: 600px) {{ .step, .told {{ grid-template-columns: 1fr; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{question}</p>
{steps}
<section class="answers">
<h1>Answers</h1>
<div class="told">
{answers}
</div>
<p><b>You can now say:</b> {goal}</p>
</section>
</body>
</html>
"""  # noqa: E501  # a line a rule


def handout(key: str, lesson: Lesson, desk: Desk) -> str:
    """Return the page.

    Args:
        key: of the lesson.
        lesson: what it says.
        desk: who computes its pictures.
    """
    steps, answers = list[str](), list[str]()
    for at, step in enumerate(lesson.steps):
        found = _found(step, desk)
        steps.append(_step(Place(key, lesson, at), found, desk))
        if not isinstance(step, Look):
            answers.append(_told(Place(key, lesson, at), found, desk))
    return _PAGE.format(
        title=escape(lesson.title), question=escape(lesson.question), steps="\n".join(steps),
        answers="\n".join(answers), goal=escape(lesson.goal),
    )  # fmt: skip


def _found(step: Step, desk: Desk, answer: Mapping[str, float] | None = None) -> Staged:
    """Return all that a step shows, of a Try with its knobs at other values."""
    *_, found = staged(step, standing(step, answer), desk, silent)
    return found


# --- the steps --------------------------------------------------------------------------------------------------------


def _step(place: Place, found: Staged, desk: Desk) -> str:
    step = place.step
    assert step is not None
    text = _text(step) + (_table(step, desk) if isinstance(step, Try) else "")
    if isinstance(step, Look):
        text += _equation(step)
    return (
        f'<div class="step"><div>{_picture(place, standing(step, None), found)}</div>'
        f"<div><h2>{place.at + 1}</h2>{text}</div></div>"
    )


def _picture(place: Place, view: View, found: Staged, columns: int = COLUMNS) -> str:
    step, shown_now = place.step, still(shown.blob(place, view, found), "")
    if found.quiz is not None and not (step is not None and step.hides):
        attacks = isinstance(step, Attack)
        shown_now = _of_quiz(shown_now, found.quiz, attacks=attacks, told=attacks and not place.locked)
    count = sum(len(strip.pictures) for strip in shown_now.strips)
    return svg(sheet(replace(shown_now, columns=min(columns, count), widest=ALONE if count == 1 else BESIDE)))


def _of_quiz(shown_now: Still, quiz: Quiz, *, attacks: bool, told: bool) -> Still:
    """Return a picture with the points of the quiz alone, numbered; who attacks sees the original, then the members."""
    (strip,) = shown_now.strips
    assert strip.ground is not None and quiz.x is not None
    members = np.flatnonzero(quiz.member) if told else np.zeros(0, np.int64)
    ground = replace(
        strip.ground, x=quiz.x, y=quiz.y, forget=members, numbered=True, original=None, retrained=None
    )  # fmt: skip
    pictures = strip.pictures[:1] if attacks else strip.pictures
    words = {**shown_now.words, "forget": "was in the training set"}
    return replace(shown_now, strips=(replace(strip, ground=ground, pictures=pictures),), words=words, note="")


def _text(step: Step) -> str:
    if isinstance(step, Look):
        return f"<p>{escape(step.say)}</p>"
    said = f"<p><b>{escape(step.ask)}</b></p>"
    if isinstance(step, Try):
        return said + "<p>On screen this is done with a slider. On paper: which row of the table does it?</p>"
    if isinstance(step, Attack):
        ticks = "".join(f"<div>{point + 1} ☐ yes ☐ no</div>" for point in range(QUESTIONS))
        return said + f'<p>Was the point in the training set?</p><div class="ticks">{ticks}</div>'
    if isinstance(step.kind, Choice):
        return said + f"<p>{escape(' / '.join(step.kind.options))}</p>"
    if isinstance(step.kind, Order):
        titles = {panel.name: panel.title for panel in step.picture.panels}
        said += f"<p>{escape(', '.join(titles[name] for name in step.kind.panels))}</p>"
    if isinstance(step.kind, Line | Points):
        return said + "<p>Draw in the picture.</p>"
    return said + '<p class="blank"></p>'


def _table(step: Try, desk: Desk) -> str:
    """Return the numbers of a method at several values of its first knob, beside those of the retrained models."""
    (method, _, knob), rows = step.knobs[0].partition("."), list[str]()
    for value in step.paper:
        accuracy = _found(step, desk, {step.knobs[0]: value}).panels[method].accuracy
        rows.append(_row(f"{value:g}", *(number(float(accuracy[of][-1])) for of in ("forget", "retain"))))
    goals = _found(step, desk).scene.goals
    rows.append(_row("retrained", *(span(goals[of].low, goals[of].high) for of in ("forget", "retain"))))
    title = CATALOG.methods[method].knobs.model_fields[knob].title or knob
    heads = "".join(f"<th>{escape(head)}</th>" for head in (title, "forget accuracy", "retain accuracy"))
    return f"<table><tr>{heads}</tr>{''.join(rows)}</table>"


def _row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


# --- the answers ------------------------------------------------------------------------------------------------------


def _told(place: Place, found: Staged, desk: Desk) -> str:
    """Return the answer to a step under its picture, at the end of the methods."""
    step = place.step
    assert step is not None and not isinstance(step, Look)
    answer = dict(step.answer) if isinstance(step, Try) else SKIPPED
    view = standing(step, answer if isinstance(step, Try) else None)
    if isinstance(step, Try):
        found = _found(step, desk, step.answer)
    many = len(found.panels) > COLUMNS  # these take the whole width
    picture = _picture(replace(place, answers={place.at: answer}), view, found, WHOLE if many else COLUMNS)
    wide = ' class="wide"' if many else ""
    text = f"{_answer(step, found, desk)} {step.why}"
    return f"<div{wide}>{picture}<p><b>{place.at + 1}.</b> {escape(text)}</p>{_equation(step)}</div>"


def _equation(step: Step) -> str:
    return f"<pre>{escape(CATALOG.card(step.equation).equation)}</pre>" if step.equation else ""


def _answer(step: Step, found: Staged, desk: Desk) -> str:
    if isinstance(step, Guess):
        return shown.outcome(step, standing(step, None), SKIPPED, found)
    if isinstance(step, Attack):
        assert found.quiz is not None
        members = ", ".join(str(point + 1) for point in np.flatnonzero(found.quiz.member))
        right = truth_of_quiz("original.right", found.quiz)
        return f"In the training set were {members}. The loss attack is right {right} of {len(found.quiz)} times."
    assert isinstance(step, Try)
    done = [one for one in step.paper if shown.is_done(step, _found(step, desk, {step.knobs[0]: one}))]
    return f"{' and '.join(f'{one:g}' for one in done)} of the table."
