"""Turn an equation in plain notation into rows of Markdown with KaTeX, which wrap on a narrow screen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.contents.equations.parse import Item, Symbol, math, parse

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#$~|:])")
_PART = re.compile(r"(?<=[,;])\s{2,}")
BINARY = ("+", "-", r"\cdot")


@dataclass(frozen=True)
class Row:
    """One line of an equation.

    Attributes:
        pieces: (formula or not, LaTeX or words), in order; white space where it is wanted is part of the words.
    """

    pieces: tuple[tuple[bool, str], ...]

    @property
    def markdown(self) -> str:
        """Return the row for a page, formulas between dollars."""
        return "".join(
            rf"$\displaystyle {said}$" if formula else _MARKDOWN.sub(r"\\\1", said) for formula, said in self.pieces
        )


@dataclass(frozen=True)
class Equation:
    """An equation, typeset.

    Attributes:
        rows: one below the other.
        symbols: that stand in it, each once, in the order of reading.
        defined: names of the symbols that it explains itself, by "name = ..." or "name: ...".
    """

    rows: tuple[Row, ...]
    symbols: tuple[Symbol, ...]
    defined: frozenset[str]

    @property
    def markdown(self) -> str:
        """Return the equation for a page, each row a paragraph."""
        return "\n\n".join(row.markdown for row in self.rows)


def equation(text: str) -> Equation:
    """Typeset an equation.

    A line ends a row, and so does a comma or a semicolon with two spaces or more behind it. A line that begins with a
    space goes on with the row before.

    Args:
        text: in the notation of explorer/contents/equations/parse.py.

    Raises:
        ValueError: if it does not keep to the notation.
    """
    rows, symbols, defined = list[Row](), dict[Symbol, None](), set[str]()
    for line in re.sub(r"\n\s+", " ", text.strip()).splitlines():
        for part in _PART.split(line):
            items, found = parse(part)
            rows.append(Row(_pieces(items)))
            symbols |= dict.fromkeys(found)
            defined |= _defined(items)
    return Equation(tuple(rows), tuple(symbols), frozenset(defined))


def _defined(items: list[Item]) -> set[str]:
    """Return what a row explains: what stands before "=" or ":" at its beginning or behind a mark."""
    found = set[str]()
    for at, item in enumerate(items[:-1]):
        begins = at == 0 or items[at - 1].kind == "mark"
        if begins and item.symbol is not None and items[at + 1].tex in ("=", ":"):
            found.add(item.symbol.forms[0][0])
    return found


def _pieces(items: list[Item]) -> tuple[tuple[bool, str], ...]:
    flat = _flat(items)
    pieces, at = list[tuple[bool, str]](), 0
    while at < len(flat):
        start, formula = at, not _is_words(flat[at])
        at += 1
        while at < len(flat) and _is_words(flat[at]) != formula:
            at += 1
        while formula and at < len(flat) and flat[at].kind == "mark" and not flat[at].spaced:
            at += 1  # a comma stays with its formula when the row wraps
        if start and flat[start].spaced:
            pieces.append((False, " "))
        pieces.append((formula, _formula(flat[start:at], start > 0) if formula else _words(flat[start:at])))
    return _joined(pieces)


def _words(run: list[Item]) -> str:
    return "".join((" " if item.spaced and at else "") + item.tex for at, item in enumerate(run))


def _formula(run: list[Item], goes_on: bool) -> str:
    """Return a formula between words; a sign at its beginning or end has room though its other operand is a word."""
    marks = "".join(f"{{{item.tex}}}" for item in run if item.kind == "mark")
    run = [item for item in run if item.kind != "mark"]
    parts = [math(run)]
    if len(run) > 1 and run[-1].tex in BINARY:
        parts = [math(run[:-1]), r"\;", run[-1].tex]
    elif len(run) > 1 and goes_on and run[0].tex in BINARY and run[1].spaced:
        parts = [run[0].tex, r"\;", math(run[1:])]
    return " ".join(parts) + marks


def _joined(pieces: list[tuple[bool, str]]) -> tuple[tuple[bool, str], ...]:
    joined = list[tuple[bool, str]]()
    for formula, said in pieces:
        if joined and not formula and not joined[-1][0]:
            joined[-1] = (False, joined[-1][1] + said)
        else:
            joined.append((formula, said))
    return tuple(joined)


def _is_words(item: Item) -> bool:
    return item.kind in ("word", "mark")


def _flat(items: list[Item] | tuple[Item, ...]) -> list[Item]:
    """Return the items with brackets that hold words opened, so that the words can wrap."""
    flat = list[Item]()
    for item in items:
        if item.open is None:
            flat.append(item)
            continue
        kind = "word" if item.open[0] == "(" else "operand"
        flat += [Item(kind, item.open[0], item.spaced), *_flat(item.inner), Item(kind, item.open[1])]
    return flat
