"""The decks that are there: one of each group of presets, one of each lesson, and one of a single picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from explorer.decks._deck import Deck
from explorer.decks._slide import Slide, first_sentence, slides_of
from explorer.lessons import (
    SKIPPED,
    Attack,
    Choice,
    Guess,
    Look,
    Order,
    Place,
    Step,
    Try,
    answered,
    first_of,
    lessons,
    moved,
    place_of,
)
from explorer.spec.catalog import CATALOG
from explorer.view import View
from explorer.view.presets import PRESETS, Preset

#: Key of a deck of presets -> the group, and the deck's title.
GROUPS: Mapping[str, tuple[str, str]] = {
    "first": ("First", "What unlearning looks like"),
    "methods": ("Methods", "What some methods do"),
    "attacks": ("Attacks", "What attacks find"),
    "audits": ("Audits", "What comes back, shows or is told after a deletion"),
    "streams": ("Streams", "One request after another"),
}
#: Preset with rows -> what the slide of each row says.
ROWS: Mapping[str, tuple[str, ...]] = {
    "jit": ("A point in the gap between the classes is forgotten.", "A point in the thick of its class is forgotten."),
}
#: What a picture says that nobody has written a sentence for, by kind of request.
ASKED = {
    "forget": "The ringed points are to be forgotten; the goal is the retrained model, which never saw them.",
    "correct_labels": "The ringed rows had wrong labels; the goal is the model that was retrained on the right ones.",
    "erase_feature": "A feature of the ringed rows is erased; the goal is the model that was retrained without it.",
}
OF_IMAGES = "The images with a picture are to be forgotten; the goal is a model that was retrained without them."


@cache
def known() -> Mapping[str, Deck]:
    """Return every deck that is there, by its key: groups of presets first, then lessons in the order of the story."""
    groups = {key: Deck(title, tuple(_of_group(group))) for key, (group, title) in GROUPS.items()}
    return {**groups, **{key: of_lesson(key) for key in lessons()}}


def _of_group(group: str) -> Iterator[Slide]:
    for preset in PRESETS:
        if preset.group == group:
            yield from _of_preset(preset, preset.view())


def _of_preset(preset: Preset, view: View) -> tuple[Slide, ...]:
    """Return the slides of a preset; of a poster each one says what its row shows."""
    audit = view.looks.audits.audit
    shows_numbers = view.page == "audits" and not moves(audit)
    says = first_sentence(CATALOG.audits[audit].sentence if shows_numbers else preset.sentence)
    slides = slides_of(view, preset.title, says, preset.sentence)
    rows = ROWS.get(preset.key, ())
    return tuple(replace(one, says=says) for one, says in zip(slides, rows, strict=True)) if rows else slides


def moves(audit: str) -> bool:
    """Return whether an audit has a picture for the player; of another one a slide shows the numbers."""
    return bool(CATALOG.audits[audit].way)


@cache
def of_lesson(key: str) -> Deck:
    """Return the deck of a lesson: a question stands on a slide of its own, and the next one shows the answer.

    Raises:
        KeyError: if there is no such lesson.
    """
    lesson = lessons()[key]
    start = first_of(replace(View.default(), page="lessons"), key)
    slides = list[Slide]()
    for at, step in enumerate(lesson.steps):
        here = moved(start, at)
        if isinstance(step, Look):
            slides.append(Slide.of(here, lesson.title, first_sentence(step.say), step.say))
            continue
        slides.append(Slide.of(here, lesson.title, _question(step), "The next slide shows the answer."))
        answer = dict(step.answer) if isinstance(step, Try) else SKIPPED
        told = answered(here, Place(key, lesson, at), answer)
        slides.append(Slide.of(told, lesson.title, first_sentence(step.why), step.why))
    slides.append(Slide.of(moved(start, len(lesson.steps)), lesson.title, lesson.goal, lesson.goal))
    return Deck(lesson.title, tuple(slides))


def _question(step: Guess | Attack | Try) -> str:
    """Return what is asked; with the answers to choose from where no panel stands for them."""
    if isinstance(step, Guess) and isinstance(step.kind, Choice) and not step.kind.panels:
        return f"{step.ask} {' / '.join(step.kind.options)}"
    if isinstance(step, Guess) and isinstance(step.kind, Order):
        return f"{step.ask} {step.kind.first.capitalize()} first."
    return step.ask


def slide_of_step(key: str, at: int, *, told: bool) -> int:
    """Return the number of the slide that shows a step of a lesson, from 0.

    Args:
        key: of the lesson.
        at: number of the step; as many as there are steps for the lesson's end.
        told: whether its answer is known.
    """
    steps: tuple[Step, ...] = lessons()[key].steps
    before = sum(1 if isinstance(step, Look) else 2 for step in steps[:at])
    asks = at < len(steps) and not isinstance(steps[at], Look)
    return before + (1 if told and asks else 0)


def at_step(view: View) -> tuple[Deck, int, str]:
    """Return the deck of the lesson in which a View stands, the number of the slide of its step, and what is wrong.

    Without such a lesson it is the first deck.
    """
    place = place_of(view, lessons())
    if place.lesson is None:
        return known()["first"], 0, place.trouble or "No lesson is named; this is the first deck."
    return of_lesson(place.key), slide_of_step(place.key, place.at, told=place.answer is not None), place.trouble


def alone(view: View) -> Deck:
    """Return the deck of one picture, with the words of the preset that it is, if it is one."""
    here = view.unlooked().to_query()
    for preset in PRESETS:
        shown = preset.view()
        same_audit = preset.group != "Audits" or shown.looks.audits == view.looks.audits
        if same_audit and shown.unlooked().to_query() == here:
            return Deck(preset.title, _of_preset(preset, view))
    title, says = _words(view)
    return Deck(title, slides_of(view, title, says))


def _words(view: View) -> tuple[str, str]:
    if view.page == "images":
        return "The same methods on real images", OF_IMAGES
    data = CATALOG.data_titles[view.base.data.name]
    if view.page == "audits":
        audit = CATALOG.audits[view.looks.audits.audit]
        return f"{audit.title}: {data.lower()}", first_sentence(audit.look)
    return data, ASKED[view.base.request.kind]
