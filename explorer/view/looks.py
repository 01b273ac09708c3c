"""Declare what a page looks at: one frozen group of fields a page, each field once.

A field has a name, a default, a check and a title. Its name stands in the address and in the JSON of a View; how it is
written and read there follows from its type (`address.py`), and so do reset and `View.unlooked`. So a new thing to look
at is one line here. Names are those of the address: no two groups may share one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, ValidationError, ValidationInfo

from explorer.knobs import KnobBase, knob, knob_infos, one_sentence, shorten
from explorer.spec import ORDERS, SpecError
from explorer.spec.catalog import CATALOG, GIVEN
from explorer.spec.sequence import MAX_BATCHES
from explorer.spec.values import is_list

#: In the order in which they tell their story, in groups.
GROUPS = (
    ("start", "lessons", "quiz", "decks"),
    ("watch", "method", "compare"),
    ("tradeoff", "attacks", "audits", "streams"),
    ("images", "report"),
)
PAGES = tuple(page for group in GROUPS for page in group)
LAYERS = (
    "confidence",
    "boundary",
    "original",
    "retrained",
    "cloud",
    "members",
    "disagreement",
    "entropy",
    "excess",
    "slope",
    "helpers",
    "oracle",
)
DEFAULT_LAYERS = ("confidence", "boundary", "original", "retrained")
LAYOUTS = ("auto", "projector")
HIDEABLE = (
    "presets",
    "data",
    "request",
    "model",
    "weights",
    "training",
    "panels",
    "knobs",
    "numbers",
    "layers",
    "transport",
    "export",
    "card",
)
#: What can stand on the axes of the page *trade-off*; "auc" is the loss attack's, "cost" a share of retraining's.
_DISTANCES = ("activation_distance", "js_divergence", "forget_agreement", "disagreement_area")
ACROSS = ("forget", "auc", *_DISTANCES, "cost")
UP = ("test", "retain", "forget", "auc", *_DISTANCES)
_AXES = f"name what is across ({', '.join(ACROSS)}) and, other than that, up ({', '.join(UP)})"
#: What an attack's scores are summed up by.
STATISTICS = ("auc", "balanced_accuracy", "tpr_at_1", "tpr_at_01", "paper_rate")
#: How many shadow models the live attack can train.
SHADOW_MODELS = (64, 128, 256)
#: What a sweep over a knob can draw.
SWEPT = (
    *("forget", "retain", "test", "auc", *_DISTANCES, "change_precision", "change_recall"),
    *("tow", "privacy_score", "boundary_mean", "zrf", "relearn_forget", "cost"),
)
#: Former names that links may still hold.
FORMERLY = {"relearn_time": "relearn_forget"}
SWEPT_AT_FIRST = ("forget", "retain", "test", "activation_distance", "disagreement_area")
#: What a report, or the quiz, can be about.
ABOUT = ("points", "images")
#: The models that are attacked in the quiz, in this order.
TURNS = ("original", "unlearned", "retrained")
QUESTIONS = 20  # of one round of the quiz
MAX_DRAWS = 1000
#: What can stand across on the trade-off plane of recorded runs.
RUNS_ACROSS = ("forget", "auc")
MAX_RUNS = 6
MAX_CUTS = 8
MAX_POINTS = 10**6
MAX_STEPS = 12  # of a lesson


# --- checks: each says what a value must be, in one sentence with the field's name ----------------------------------


def _must(rule: Callable[[], str], fits: Callable[[Any], bool]) -> BeforeValidator:
    """Return what refuses a value that does not fit; a list is kept as a tuple."""

    def check(value: Any, info: ValidationInfo) -> Any:
        kept: Any = tuple(value) if is_list(value) else value
        if not fits(kept):
            raise ValueError(f"`{info.field_name}` must {rule()}, got {shorten(value)}")
        return kept

    return BeforeValidator(check)


def _one_of(known: Callable[[], Collection[Any]]) -> BeforeValidator:
    return _must(
        lambda: f"be one of {', '.join(map(str, known()))}",
        lambda value: value in tuple(known()) and not isinstance(value, bool | float),
    )


def _number_of(what: str, below: int) -> BeforeValidator:
    return _must(
        lambda: f"be the number of {what}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below,
    )


def _whole(low: int, high: int) -> BeforeValidator:
    return _must(
        lambda: f"be a whole number in [{low}, {high}]",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high,
    )


def _texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in cast("tuple[Any, ...]", value))


def _names(rule: str, known: Callable[[], Collection[str]], *, least: int = 0, most: int) -> BeforeValidator:
    return _must(
        lambda: f"name {rule}, each once",
        lambda value: _texts(value) and least <= len(set(value)) == len(value) <= most and set(value) <= set(known()),
    )


def _renamed(value: Any) -> Any:
    """Return names with those of today in place of former ones."""
    return [FORMERLY.get(item, item) if isinstance(item, str) else item for item in value] if is_list(value) else value


def _are_axes(value: Any) -> bool:
    return _texts(value) and len(set(value)) == len(value) == 2 and value[0] in ACROSS and value[1] in UP


_FOLDER = re.compile(r"((yours:)?[A-Za-z0-9_-]{1,80})?", re.ASCII)


def _is_folder(value: Any) -> bool:
    return isinstance(value, str) and bool(_FOLDER.fullmatch(value))


def _run() -> tuple[str, ...]:
    return (GIVEN, *CATALOG.methods)


def _is_method(value: Any) -> bool:
    return value in ("", *_run())


_SAID = re.compile(rf"[yn]{{0,{QUESTIONS}}}", re.ASCII)


def _are_said(value: Any) -> bool:
    return isinstance(value, str) and bool(_SAID.fullmatch(value))


_KEY = re.compile(r"([a-z][a-z0-9_]{0,39})?", re.ASCII)
_ANSWER = re.compile(r"[0-9]{1,2}\.[A-Za-z0-9._-]{1,2000}", re.ASCII)


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and bool(_KEY.fullmatch(value))


def _are_answers(value: Any) -> bool:
    return _texts(value) and len(value) <= MAX_STEPS and all(_ANSWER.fullmatch(text) for text in value)


def over_models() -> tuple[str, ...]:
    """Return the attacks that look at many models."""
    return tuple(name for name, attack in CATALOG.attacks.items() if "shadows" in attack.needs)


@cache
def _knob_names() -> frozenset[str]:
    return frozenset(name for method in CATALOG.methods.values() for name in knob_infos(method.knobs))


# --- the groups ---------------------------------------------------------------------------------------------------


class Tradeoff(KnobBase):
    """What the page *trade-off* looks at."""

    plane: Annotated[tuple[str, str], _must(lambda: _AXES, _are_axes)] = knob(
        ("forget", "test"), title="Across and up", help="What stands on the axes."
    )


class Attacks(KnobBase):
    """What the page *attacks* looks at."""

    statistic: Annotated[str, _one_of(lambda: STATISTICS)] = knob(
        "auc", title="Number", help="Which number of every attack is shown."
    )
    attack: Annotated[str, _one_of(lambda: CATALOG.attacks)] = knob(
        "loss", title="Attack", help="The attack looked at closely."
    )
    shadow_attack: Annotated[str, _one_of(over_models)] = knob(
        "u_lira", title="Attack over many models", help="The one whose curves are shown."
    )
    shadow_models: Annotated[int, _one_of(lambda: SHADOW_MODELS)] = knob(
        SHADOW_MODELS[0], title="Shadow models", help="How many models the live attack trains."
    )
    point: Annotated[int, _number_of("a training point", MAX_POINTS)] | None = knob(
        None, title="Point", help="The training point looked at closely; none means the most exposed one."
    )


class Audits(KnobBase):
    """What the page *audits* looks at."""

    audit: Annotated[str, _one_of(lambda: CATALOG.audits)] = knob(
        "relearning", title="Audit", help="Which audit is shown."
    )


class Streams(KnobBase):
    """What the page *streams* looks at: the stream of requests that stands in place of the base's request."""

    order: Annotated[str, _one_of(lambda: ORDERS)] = knob(
        "cluster", title="Order",
        help="Which points come first: those at one end of a class, random ones, or those nearest to the boundary.",
    )  # fmt: skip
    batches: Annotated[int, _whole(1, MAX_BATCHES)] = knob(
        20, title="Requests", help="How many requests come, one after another."
    )
    size: Annotated[int, _whole(1, 500)] = knob(5, title="Points a request", help="How many points each request names.")
    label: Annotated[int, _whole(0, 99)] = knob(
        0, title="Class", help="In the order cluster: the class whose points go, from one end on."
    )


class Sweep(KnobBase):
    """What the section *sweep a knob* looks at, on every page that has it."""

    sweep: Annotated[tuple[str, ...], _names("at most two knobs of a method", _knob_names, most=2)] = knob(
        (), title="Knobs", help="One or two knobs of the method in focus, over their ranges; none means no sweep."
    )
    numbers: Annotated[
        tuple[str, ...],
        _names(f"at least one of {', '.join(SWEPT)}", lambda: SWEPT, least=1, most=len(SWEPT)),
        BeforeValidator(_renamed),
    ] = knob(SWEPT_AT_FIRST, title="Numbers", help="What is drawn; with two knobs the last of them.")


class Images(KnobBase):
    """What the page *CIFAR* looks at; only that page knows whether such runs are there."""

    folder: Annotated[str, _must(lambda: "be the name of recorded runs", _is_folder)] = knob(
        "", title="Recorded runs", help='"yours:" before one\'s own; none means the first there are.'
    )
    runs: Annotated[
        tuple[str, ...], _names(f"at most {MAX_RUNS} methods", lambda: (GIVEN, *CATALOG.methods), most=MAX_RUNS)
    ] = knob((), title="Methods side by side", help="By key; none means that the page chooses them.")
    shown: Annotated[str, _must(lambda: "be the key of a method", _is_method)] = knob(
        "", title="Looked at closely", help="One of them, by key; none means the first."
    )
    cut: Annotated[int, _number_of("a plane", MAX_CUTS)] = knob(
        0, title="Plane", help="Which of the planes through images."
    )
    table_attack: Annotated[str, _one_of(lambda: CATALOG.attacks)] = knob(
        "loss", title="Attack", help="Whose AUC stands in the table."
    )
    across: Annotated[str, _one_of(lambda: RUNS_ACROSS)] = knob(
        "forget", title="Across", help="What stands across on the trade-off plane."
    )


class Report(KnobBase):
    """What the page *report* is about."""

    about: Annotated[str, _one_of(lambda: ABOUT)] = knob(
        "points", title="About", help="Points of a plane, or the recorded runs that the page *CIFAR* looks at."
    )


_ANSWERS = f"hold at most {QUESTIONS} answers, each y or n"


class Quiz(KnobBase):
    """What the page *quiz* asks, and what was answered: y for "it was in the training set", n for "it was not"."""

    asks: Annotated[str, _one_of(lambda: ABOUT)] = knob(
        "points", title="About", help="Points of a plane, or images of the recorded runs."
    )
    turn: Annotated[str, _one_of(lambda: TURNS)] = knob("original", title="Model", help="The one that is attacked.")
    draw: Annotated[int, _number_of("a round", MAX_DRAWS)] = knob(0, title="Round", help="Another one, other points.")
    of_original: Annotated[str, _must(lambda: _ANSWERS, _are_said)] = knob(
        "", title="Answers about the original", help="In the order of the points."
    )
    of_unlearned: Annotated[str, _must(lambda: _ANSWERS, _are_said)] = knob(
        "", title="Answers about the unlearned model", help="In the order of the points."
    )
    of_retrained: Annotated[str, _must(lambda: _ANSWERS, _are_said)] = knob(
        "", title="Answers about the retrained model", help="In the order of the points."
    )


class Lesson(KnobBase):
    """The place in a lesson, as bounded text; only `explorer.lessons` knows what it means."""

    lesson: Annotated[str, _must(lambda: "be the key of a lesson", _is_key)] = knob(
        "", title="Lesson", help="Its key; none means that none is open."
    )
    at: Annotated[int, _number_of("a step", MAX_STEPS + 1)] = knob(0, title="Step", help="Its number, from 0.")
    g: Annotated[tuple[str, ...], _must(lambda: "hold one short answer a step", _are_answers)] = knob(
        (), title="Answers", help="What was guessed or tried, each with the number of its step before it."
    )


class Looks(KnobBase):
    """What every page looks at, a group a page."""

    tradeoff: Tradeoff = Tradeoff()
    attacks: Attacks = Attacks()
    audits: Audits = Audits()
    streams: Streams = Streams()
    sweep: Sweep = Sweep()
    images: Images = Images()
    report: Report = Report()
    quiz: Quiz = Quiz()
    lesson: Lesson = Lesson()

    def looking(self, page: str, **values: Any) -> Looks:
        """Return the same with some fields of one group changed, for instance `looking("attacks", point=3)`.

        Raises:
            SpecError: one sentence, if a value is not allowed.
        """
        group: KnobBase = getattr(self, page)
        try:
            changed = type(group).model_validate({**dict(group), **values})
        except ValidationError as error:
            raise SpecError(one_sentence(error, type(group))) from None
        return self.model_copy(update={page: changed})

    def as_json(self) -> dict[str, Any]:
        """Return every field of every group by its name, as JSON values."""
        return {name: value for group in self.model_dump(mode="json").values() for name, value in group.items()}


AT_FIRST = Looks()
#: Field -> the group that holds it.
GROUP_OF: Mapping[str, str] = {name: page for page, group in AT_FIRST for name, _ in group}
#: Field -> its kind of value, as knobs name them: text, int or list.
KIND_OF: Mapping[str, str] = {
    name: info.kind for _, group in AT_FIRST for name, info in knob_infos(cast("type[KnobBase]", type(group))).items()
}
