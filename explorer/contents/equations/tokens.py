"""Cut a line of our plain notation into tokens, and say which names are Greek letters or functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "name", "quote", "sign"]

GREEK = {
    **{name: rf"\{name}" for name in ("alpha", "beta", "gamma", "delta", "epsilon", "eta", "lambda", "mu", "rho")},
    **{name: rf"\{name}" for name in ("sigma", "tau", "xi", "phi")},
    "lam": r"\lambda",
    "lr": r"\eta",
    "normal": r"\mathcal{N}",
}
#: Names in capitals that are one symbol.
UPRIGHT = ("CE", "KL", "HSIC", "DF", "AF", "CF", "wd")
#: Functions wherever they stand.
ALWAYS = {
    "exp": r"\exp",
    "ln": r"\ln",
    "log": r"\log",
    "inf": r"\infty",
    "argmax": r"\operatorname*{arg\,max}",
    "argmin": r"\operatorname*{arg\,min}",
    "softmax": r"\operatorname{softmax}",
    "softplus": r"\operatorname{softplus}",
    "onehot": r"\operatorname{onehot}",
}
#: Functions only where something shows it: a bracket or an index beside them, or grad before; else they are words.
SOMETIMES = {
    "mean": r"\operatorname*{mean}",
    "min": r"\min",
    "max": r"\max",
    "clip": r"\operatorname{clip}",
    "int": r"\operatorname{int}",
    "step": r"\operatorname{step}",
    "loss": r"\operatorname{loss}",
    "error": r"\operatorname{error}",
}
SIGNS = {
    "<-": r"\leftarrow",
    "->": r"\to",
    "<=": r"\le",
    ">=": r"\ge",
    "<": r"\lt",
    ">": r"\gt",
    "=": "=",
    "+": "+",
    "-": "-",
    "/": "/",
    "~": r"\sim",
    "*": r"\cdot",
    ".": r"\cdot",
    "..": r"\ldots",
    "|": r"\mid",
    "||": r"\,\Vert\,",
}
_TOKEN = re.compile(
    r"""(?P<space>\s*)(?:
    (?P<number>\d{1,3}(?:,\d{3})+|\d*\.\d+|\d+(?:e-?\d+)?)
    |(?P<name>[a-z]-th|[A-Za-z]{2,}'s|[A-Za-z]{2,}(?:-[A-Za-z]{2,})+|[A-Za-z]+)
    |(?P<quote>"[^"]*")
    |(?P<sign><-|->|<=|>=|\|\||\.\.|[-+*/=<>~^_'|.,;:(){}\[\]])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A piece of a line.

    Attributes:
        kind: what it is.
        text: as written.
        spaced: white space stands before it.
    """

    kind: Kind
    text: str
    spaced: bool


def tokens(line: str) -> list[Token]:
    """Return the tokens of a line.

    Raises:
        ValueError: if a character is none of the notation's.
    """
    found, at, line = list[Token](), 0, line.rstrip()
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None:
            raise ValueError(f"an equation is written in letters, digits and signs, got {line[at:].strip()[:1]!r}")
        for kind in ("number", "name", "quote", "sign"):
            if match[kind] is not None:
                found.append(Token(kind, match[kind], bool(match["space"])))
        at = match.end()
    return found
