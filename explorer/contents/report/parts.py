"""What a report holds: sentences, three answers with their numbers and rules, a picture, and how to have it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.contents.tables.cells import Verdict
from explorer.figures.numerals import as_printed, number, span
from explorer.figures.sheet import Sheet
from explorer.records import Band, Summary

TITLE = "What we did about a request to delete"
#: What is never said of an approximate method.
NEVER = re.compile(r"\bdeleted\b|\bguarantee|\bcomplian", re.IGNORECASE)


@dataclass(frozen=True)
class Among:
    """The values of several models, or of pairs of them.

    Attributes:
        mean: over those that are defined.
        low: the smallest.
        high: the largest.
        count: how many there are.
    """

    mean: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, found: Band | Summary) -> Among:
        """Return what is kept of a band or of a summary."""
        if isinstance(found, Summary):
            return cls(found.mean, found.min, found.max, found.n)
        return cls(found.mean, found.low, found.high, len(found.finite))

    def text(self) -> str:
        """Return mean and range as text, a dash where nothing is defined."""
        if not self.count:
            return "–"
        return f"{number(self.mean)} ({span(self.low, self.high)})" if self.count > 1 else number(self.mean)

    def holds(self, value: float) -> Verdict:
        """Return whether a value lies in the range, as all are printed."""
        if not self.count or value != value:
            return ""
        return "in" if as_printed(self.low) <= as_printed(value) <= as_printed(self.high) else "out"

    def reaches(self, value: float) -> Verdict:
        """Return whether a value is at least the smallest, as both are printed."""
        if not self.count or value != value:
            return ""
        return "in" if as_printed(value) >= as_printed(self.low) else "out"

    def covers(self, value: float) -> Verdict:
        """Return whether a value is at most the largest, as both are printed."""
        if not self.count or value != value:
            return ""
        return "in" if as_printed(value) <= as_printed(self.high) else "out"


@dataclass(frozen=True)
class Line:
    """One number of an answer.

    Attributes:
        title: what it is, in plain words.
        before: of the original model, as text; "" where it has none.
        after: of the model after the method, as text.
        beside: what it is held against, as text: mean and range.
        against: what that is, in words.
        verdict: whether it meets the rule; "" where no rule speaks of it.
    """

    title: str
    before: str
    after: str
    beside: str
    against: str
    verdict: Verdict = ""


@dataclass(frozen=True)
class Answer:
    """One of the three answers.

    Attributes:
        question: as the report asks it.
        said: the answer, in plain words.
        lines: its numbers.
        rule: by which it was said.
    """

    question: str
    said: str
    lines: tuple[Line, ...]
    rule: str


@dataclass(frozen=True)
class Shot:
    """One image that was to be forgotten.

    Attributes:
        source: the image, as a data URI.
        name: its class.
        confidence: probability of that class before, after and under retrained, as text.
    """

    source: str
    name: str
    confidence: tuple[str, str, str]


@dataclass(frozen=True)
class Report:
    """The whole report.

    Attributes:
        asked: sentences on what was asked.
        method: its name.
        did: sentences on what it does and what it looked at.
        picture: before, after, retrained.
        look: one sentence on what to look at there.
        answers: three.
        untested: sentences on what was not tested.
        link: address of the picture.
        command: what runs it again.
        spec: the Spec as JSON on one line.
        hash: of the Spec.
        versions: package -> version, the explorer's commit among them where it is known.
        shots: of images, some that were to be forgotten.
        files: one sentence on files of one's own that command and link need; "" where they need none.
    """

    asked: tuple[str, ...]
    method: str
    did: tuple[str, ...]
    picture: Sheet
    look: str
    answers: tuple[Answer, ...]
    untested: tuple[str, ...]
    link: str
    command: str
    spec: str
    hash: str
    versions: Mapping[str, str]
    shots: tuple[Shot, ...] = ()
    files: str = ""


def careful(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sentences that are there and use none of the words of NEVER."""
    return tuple(one for one in sentences if one and not NEVER.search(one))
