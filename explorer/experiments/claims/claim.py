"""Say what a claim of a paper is, what it rests on here, and how a rule judges it. No verdict is ever typed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from explorer.records import Band

Verdict = Literal["holds", "holds in part", "does not hold here", "not tested"]
Checked = Literal["figure", "table", "abstract", "reviews"]

#: How the paper's side of a claim is known.
CHECKED: Mapping[Checked, str] = {
    "figure": "read off a picture of the figure",
    "table": "read off a picture of the table",
    "abstract": "from the abstract; the paper's tables could not be checked",
    "reviews": "from public reviews; the paper's tables could not be checked",
}


@dataclass(frozen=True)
class Found:
    """What recorded runs say.

    Attributes:
        numbers: name -> its values, one a seed or a model.
        how: settings that are read from the run itself, in words; "" where there are none.
    """

    numbers: Mapping[str, Band]
    how: str = ""


@dataclass(frozen=True)
class Missing:
    """Why there is nothing to judge: the rest of a sentence that begins with "not tested, because"."""

    because: str


Evidence = Found | Missing


class Source(Protocol):
    """Where the numbers of a claim lie."""

    def find(self, root: Path) -> Evidence:
        """Return what the recorded runs under a root say, or why they say nothing."""
        ...


@dataclass(frozen=True)
class Rule:
    """How a verdict follows from numbers.

    Attributes:
        says: the rule in words, with its bounds.
        needs: names of the numbers that it looks at.
        decide: the numbers -> the verdict, or why nothing can be said of them.
        undefined: names that may hold no defined number, because that is a finding.
    """

    says: str
    needs: tuple[str, ...]
    decide: Callable[[Mapping[str, Band]], Verdict | Missing]
    undefined: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """One place where a claim is put to the test.

    Attributes:
        says: data, model, request and seeds, in words.
        source: where its numbers lie.
    """

    says: str
    source: Source


@dataclass(frozen=True)
class Claim:
    """One claim of a paper.

    Attributes:
        method: key of the method.
        says: the claim, in our words.
        place: paper and figure, table or part.
        paper: the paper's number or finding: facts and figures, in our words.
        checked: how that is known.
        shows: name of a number -> what it is, in the order in which they are shown.
        rule: how it is judged, the same in every setting.
        settings: where it is put to the test.
    """

    method: str
    says: str
    place: str
    paper: str
    checked: Checked
    shows: Mapping[str, str]
    rule: Rule
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Judged:
    """A claim in one setting, judged.

    Attributes:
        claim: the claim.
        setting: the setting.
        verdict: what the rule says.
        because: why it is not tested; "" otherwise.
        numbers: name -> its values, those of `claim.shows` that there are.
        how: settings that are read from the run itself, in words.
    """

    claim: Claim
    setting: Setting
    verdict: Verdict
    because: str
    numbers: Mapping[str, Band]
    how: str = ""

    def words(self) -> str:
        """Return the verdict with its reason."""
        return f"{self.verdict}, because {self.because}" if self.because else self.verdict


def judge(claim: Claim, setting: Setting, root: Path) -> Judged:
    """Return what the rule of a claim says of the runs that are recorded under a root now."""
    evidence = setting.source.find(root)
    if isinstance(evidence, Missing):
        return Judged(claim, setting, "not tested", evidence.because, {})
    shown = {name: evidence.numbers[name] for name in claim.shows if name in evidence.numbers}
    found = verdict(claim.rule, evidence.numbers)
    if isinstance(found, Missing):
        return Judged(claim, setting, "not tested", found.because, shown, evidence.how)
    return Judged(claim, setting, found, "", shown, evidence.how)


def verdict(rule: Rule, numbers: Mapping[str, Band]) -> Verdict | Missing:
    """Return what a rule says of numbers; where one that it needs is not there, that it is missing."""
    for name in rule.needs:
        band = numbers.get(name)
        if band is None or not band.values:
            return Missing(f"the recorded runs do not have this number: {name}")
        if name not in rule.undefined and not any(math.isfinite(value) for value in band.values):
            return Missing(f"this number is not defined in the recorded runs: {name}")
    return rule.decide(numbers)
