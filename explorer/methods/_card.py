"""Read a method's card from its docstring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """What a method's docstring says, by section.

    Attributes:
        idea: the first paragraphs, in words.
        equation: the indented block, as text.
        sections: heading -> text, for instance "Watch", "Fails", "Source", "Differs".
    """

    idea: str
    equation: str
    sections: Mapping[str, str]


SECTIONS = ("Reads", "Watch", "Fails", "Source", "Differs")
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}): ?(.*)$")


def card(docstring: str) -> Card:
    """Split a method file's docstring into its card.

    The docstring starts with one sentence and an idea of two sentences, has the equation as an indented block, and
    paragraphs that begin with "Reads: ", "Watch: " (what to look for in the motion), "Fails: ", "Source: " and
    "Differs: " (from the authors' released code, and why).
    """
    idea: list[str] = []
    equation: list[str] = []
    sections: dict[str, list[str]] = {}
    current = idea
    for line in docstring.strip().splitlines():
        heading = _HEADING.match(line)
        if heading:
            current = sections.setdefault(heading[1], [])
            line = heading[2]
        if line.startswith("    ") and current is idea:
            equation.append(line[4:])
        else:
            current.append(line)
    text = {name: " ".join(" ".join(lines).split()) for name, lines in sections.items()}
    return Card(idea="\n".join(idea).strip(), equation="\n".join(equation).strip(), sections=text)
