"""Give the three answers of a report from what was measured, each with the rule by which it is said.

A number is held against the retrained models: their range, or how far two of them are from each other (the floor). As
the range of k models is short, one more retrained model would lie outside it in 2 of k + 1 cases; the report says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.contents.report.parts import Among, Answer, Line
from explorer.contents.requests import told
from explorer.figures.numerals import as_printed, number, span
from explorer.pipeline import LITTLE

QUESTIONS = (
    "Does it behave like a model that never saw the data?",
    "What can an onlooker still find out?",
    "What did it cost the rest?",
)
RETRAINED, FLOOR = "retrained models", "two retrained models"
_SETS = {
    "forget": "Forget accuracy: share of the points to forget that it gets right",
    "retain": "Retain accuracy: share of the other training points that it gets right",
    "test": "Test accuracy: share of new points that it gets right",
}
_DISTANCES = {
    "js_divergence": "Distance of its answers on the points to forget, in nats (Jensen-Shannon)",
    "disagreement_area": "Share of the plane on which it answers otherwise",
}


@dataclass(frozen=True)
class Accuracy:
    """An accuracy of the original, of the model after the method, and of the retrained models, in [0, 1]."""

    before: float
    after: float
    retrained: Among


@dataclass(frozen=True)
class Distance:
    """The mean distance to the retrained models, of the original and after the method, and the floor."""

    before: float
    after: float
    floor: Among


@dataclass(frozen=True)
class Attacked:
    """What one attack finds in question A.

    Attributes:
        title: of the attack.
        before: AUC on the original, in [0, 1].
        after: AUC after the method.
        low: lower end of its 95 % interval.
        high: upper end.
        retrained: AUC on the retrained models.
    """

    title: str
    before: float
    after: float
    low: float
    high: float
    retrained: Among

    @property
    def excess(self) -> float:
        """Return how far it lies outside the range of the retrained models, at least 0."""
        return max(self.after - self.retrained.high, self.retrained.low - self.after, 0.0)


@dataclass(frozen=True)
class Told:
    """What one attack finds in question B: how well the model can be told from a retrained one.

    Attributes:
        title: of the attack.
        after: mean AUC over pairs of models, folded to at least .5.
        floor: the same between two retrained models.
    """

    title: str
    after: float
    floor: Among


@dataclass(frozen=True)
class Further:
    """What a further test of an onlooker finds.

    Attributes:
        line: its number.
        out: the sentence where its verdict is "out".
        rule: by which it is judged.
    """

    line: Line
    out: str
    rule: str


@dataclass(frozen=True)
class Measured:
    """All numbers of a report.

    Attributes:
        kind: of the request.
        seeds: how many retrained models there are.
        accuracy: "forget", "retain", "test" -> what was measured.
        distances: "js_divergence", "disagreement_area" -> what was measured.
        attacks: question A, in the order in which they were asked.
        both: question B.
        left_out: sentences on attacks that could not be asked.
        work: of the method, in times retraining; NaN where it was not counted.
        seconds: what the method took.
        retraining: seconds of one retraining.
        further: other tests that were made of an onlooker.
    """

    kind: str
    seeds: int
    accuracy: Mapping[str, Accuracy]
    distances: Mapping[str, Distance]
    attacks: Sequence[Attacked] = ()
    both: Sequence[Told] = ()
    left_out: Sequence[str] = ()
    work: float = math.nan
    seconds: float = math.nan
    retraining: float = math.nan
    further: Sequence[Further] = ()


def answers(found: Measured) -> tuple[Answer, Answer, Answer]:
    """Return the three answers."""
    return _alike(found), _onlooker(found), _rest(found)


def range_of(seeds: int) -> str:
    """Say how much the range of so many models leaves open; "" for fewer than two."""
    if seeds < 2:
        return ""
    return (
        f"One more retrained model would itself lie outside the range of {seeds} in 2 of {seeds + 1} cases, "
        "so that a single ○ says little."
    )


def _accuracy(found: Measured, name: str, *, least: bool = False) -> Line:
    one = found.accuracy[name]
    verdict = one.retrained.reaches(one.after) if least else one.retrained.holds(one.after)
    title = told(_SETS[name], found.kind)
    return Line(title, number(one.before), number(one.after), one.retrained.text(), RETRAINED, verdict)


def _alike(found: Measured) -> Answer:
    lines = [_accuracy(found, "forget")]
    for name, one in found.distances.items():
        title = told(_DISTANCES[name], found.kind)
        lines.append(
            Line(title, number(one.before), number(one.after), one.floor.text(), FLOOR, one.floor.covers(one.after))
        )
    rule = (
        "Rule: ● where forget accuracy lies in the range of the retrained models, and where a distance to them is at "
        "most the largest between two of them (the floor); else ○."
    )
    said = _said(
        lines, "On every number here it lies where retrained models lie. These numbers do not show more than that.",
        "On no number here does it lie where retrained models lie.",
    )  # fmt: skip
    rules = " ".join(filter(None, [rule, range_of(found.seeds)]))
    return Answer(QUESTIONS[0], said, tuple(lines), told(rules, found.kind))


def _said(lines: Sequence[Line], every: str, none: str) -> str:
    judged = [line for line in lines if line.verdict]
    inside = [line for line in judged if line.verdict == "in"]
    if not judged:
        return "Nothing could be measured."
    if len(inside) == len(judged):
        return every
    if not inside:
        return none
    names = " and ".join(
        line.title.partition(":")[0].partition(",")[0].lower() for line in judged if line not in inside
    )
    return f"On {len(inside)} of {len(judged)} numbers it lies where retrained models lie; not so: {names}."


# --- what an onlooker can find out ------------------------------------------------------------------------------------


def _onlooker(found: Measured) -> Answer:
    lines = [_attack_line(one, found) for one in _shown(found.attacks)]
    if found.both:
        one = max(found.both, key=lambda one: one.after)
        title = f"Against a retrained model: AUC of {_named(one)}, .5 is a coin"
        lines.append(Line(title, "", number(one.after), one.floor.text(), FLOOR, one.floor.covers(one.after)))
    rule = (
        "Rule: ● where an attack's AUC lies in the range of the retrained models, and where the model can be told from "
        "a retrained one no better than two of them from each other; else ○. The goal is not .5 but what the same "
        "attack finds on retrained models. In brackets after a number: its 95 % interval for the points judged."
    )
    said = " ".join([_found_out(found, lines), *(one.out for one in found.further if one.line.verdict == "out")])
    lines += [one.line for one in found.further]
    rule = " ".join([rule, *(one.rule for one in found.further)])
    return Answer(QUESTIONS[1], told(said, found.kind), tuple(lines), told(rule, found.kind))


def _shown(attacks: Sequence[Attacked]) -> list[Attacked]:
    """Return the first attack, and the one that lies farthest outside where that is another."""
    if not attacks:
        return []
    worst = max(attacks, key=lambda one: one.excess)
    return [attacks[0]] if worst is attacks[0] or worst.excess == 0 else [attacks[0], worst]


def _attack_line(one: Attacked, found: Measured) -> Line:
    worst = "" if one is found.attacks[0] else f", the most telling of {len(found.attacks)}"
    title = f"Points to forget against unseen ones: AUC of {_named(one)}{worst}"
    interval = "" if math.isnan(one.low) else f" [{span(one.low, one.high)}]"
    return Line(
        told(title, found.kind), number(one.before), number(one.after) + interval, one.retrained.text(), RETRAINED,
        one.retrained.holds(one.after),
    )  # fmt: skip


def _found_out(found: Measured, lines: Sequence[Line]) -> str:
    if not lines:
        return "No attack could be asked, so nothing can be said here."
    said = list[str]()
    if found.attacks:
        first = found.attacks[0]
        if abs(first.before - 0.5) < LITTLE and found.kind == "forget":
            said.append(
                f"There was little to find from the start: on the original the AUC is {number(first.before)}, and .5 "
                "is a coin."
            )
        said.append(_outside(found))
    if found.both and lines[-1].verdict == "out":
        said.append("Whoever also has a retrained model can tell the two apart.")
    return " ".join(said)


def _outside(found: Measured) -> str:
    shown = _shown(found.attacks)
    above = [one for one in shown if as_printed(one.after) > as_printed(one.retrained.high)]
    below = [one for one in shown if as_printed(one.after) < as_printed(one.retrained.low)]
    count = len(found.attacks)
    each = "The attack that was asked tells" if count == 1 else f"None of the {count} attacks that were asked tells"
    if not above and not below:
        negation = "" if count > 1 else " no"
        return f"{each} the points from unseen ones{negation} better than it does under a retrained model."
    ways = [(one, "more") for one in above] + [(one, "less") for one in below]
    said = [
        f"By {_named(one)} the points look {way} familiar to it than to a retrained model (AUC {number(one.after)}, "
        f"retrained {span(one.retrained.low, one.retrained.high)})."
        for one, way in ways
    ]
    return f"{' '.join(said)} An onlooker can use either."


def _named(one: Attacked | Told) -> str:
    """Return an attack as it stands in a sentence; a name with capitals of its own keeps them."""
    title = one.title if any(letter.isupper() for letter in one.title[1:]) else one.title.lower()
    return f"the {title} attack"


# --- what it cost -----------------------------------------------------------------------------------------------------


def _rest(found: Measured) -> Answer:
    lines = [_accuracy(found, name, least=True) for name in ("retain", "test")]
    said = _kept(lines)
    if not math.isnan(found.work):
        lines.append(
            Line("Work: passes over examples, in times one retraining", "", number(found.work), "1", "retraining")
        )
        said += f" It took {number(found.work)} times the work of one retraining."
    if not math.isnan(found.seconds):
        lines.append(
            Line(
                "Seconds on the machine that ran it", "", number(found.seconds), number(found.retraining), "retraining"
            )
        )
    rule = "Rule: ● where an accuracy is at least the lowest of the retrained models; else ○."
    return Answer(QUESTIONS[2], told(said, found.kind), tuple(lines), told(rule, found.kind))


def _kept(lines: Sequence[Line]) -> str:
    lost = [line.title.partition(":")[0].lower() for line in lines if line.verdict == "out"]
    if not lost:
        return "The other points and new points are answered as well as by retrained models."
    return f"It cost accuracy: {' and '.join(lost)} {'is' if len(lost) == 1 else 'are'} below every retrained model's."
