"""Write a lesson as one page that needs nothing beside it: steps with pictures, guesses left blank, answers last."""

from __future__ import annotations

from html import escape

from explorer.contents.lessons import shown
from explorer.contents.lessons.staged import Staged, staged
from explorer.figures.still import sheet
from explorer.figures.svg import svg
from explorer.lessons import SKIPPED, Choice, Guess, Lesson, Look, Order, Place, Step, standing
from explorer.player.still import still
from explorer.session.desk import Desk, silent

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
.step svg {{ width: 100%; height: auto; max-height: 8.2cm; }}
.blank {{ border-bottom: 1px solid #12161c; height: 1.6rem; }}
.answers {{ break-before: page; }} .answers div {{ break-inside: avoid; margin-bottom: .7rem; }}
@page {{ size: A4; margin: 14mm; }}
@media print {{ body {{ max-width: none; padding: 0; }} }}
@media (max-width: 600px) {{ .step {{ grid-template-columns: 1fr; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{question}</p>
{steps}
<section class="answers">
<h1>Answers</h1>
{answers}
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
        view = standing(step, None)
        *_, found = staged(step, view, desk, silent)
        steps.append(_step(Place(key, lesson, at), found))
        if not isinstance(step, Look):
            answers.append(f"<div><b>{at + 1}.</b> {escape(_answer(step, found))} {escape(step.why)}</div>")
    return _PAGE.format(
        title=escape(lesson.title), question=escape(lesson.question), steps="\n".join(steps),
        answers="\n".join(answers), goal=escape(lesson.goal),
    )  # fmt: skip


def _step(place: Place, found: Staged) -> str:
    step = place.step
    assert step is not None
    picture = svg(sheet(still(shown.blob(place, standing(step, None), found), "")))
    return f'<div class="step"><div>{picture}</div><div><h2>{place.at + 1}</h2>{_text(step)}</div></div>'


def _text(step: Step) -> str:
    if isinstance(step, Look):
        return f"<p>{escape(step.say)}</p>"
    said = f"<p><b>{escape(step.ask)}</b></p>"
    if isinstance(step, Guess) and isinstance(step.kind, Choice):
        return said + f"<p>{escape(' / '.join(step.kind.options))}</p>"
    if isinstance(step, Guess) and isinstance(step.kind, Order):
        titles = {panel.name: panel.title for panel in step.picture.panels}
        said += f"<p>{escape(', '.join(titles[name] for name in step.kind.panels))}</p>"
    return said + '<p class="blank"></p>'


def _answer(step: Step, found: Staged) -> str:
    if isinstance(step, Guess):
        return shown.outcome(step, standing(step, None), SKIPPED, found)
    assert not isinstance(step, Look)
    return " ".join(f"{name.partition('.')[2]}: {value:g}." for name, value in step.answer.items())
