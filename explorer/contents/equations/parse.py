r"""Read a line of our plain notation into items: words, signs, and operands with what KaTeX is to draw of each.

What is read, and as what:

    <-  ->  <=  >=  ~  *  .  ..         arrows, relations, products and dots
    x_adv, w_{t+1}, g^2, H^-1, G^T      subscripts and powers
    y', z~, w*                          prime, tilde, star; the sign stands right behind the name
    (1/N), t / (E - E_0)                fractions, where both sides are one operand each
    |w|, ||g||^2, KL(p || q)            absolute value, norm, divergence
    grad, sum_i, mean_{i in B}, sqrt(2) operators
    N(0, 1)                             the normal distribution
    every other name of two letters     a word
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from explorer.contents.equations.tokens import ALWAYS, GREEK, SIGNS, SOMETIMES, UPRIGHT, Token, tokens

PAIRS = {"(": ")", "[": "]", "{": "}", "|": "|", "||": "||"}
DRAWN = {"(": ("(", ")"), "[": ("[", "]"), "{": (r"\{", r"\}")}
BARS = {"|": (r"\lvert", r"\rvert"), "||": (r"\lVert", r"\rVert")}
UNNAMED = {"grad", "sum", "mean", "dw", *ALWAYS, *SOMETIMES}
TALL = (r"\frac", r"\sum", r"\operatorname*")


@dataclass(frozen=True)
class Symbol:
    """A symbol that stands in an equation.

    Attributes:
        forms: (name in our notation, LaTeX), the fullest first: y'_i, y_i, y.
    """

    forms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Item:
    """One part of a line.

    Attributes:
        kind: a word, a punctuation mark, a sign between operands, an operator before one, or an operand.
        tex: LaTeX, for a word the word itself.
        spaced: white space stands before it.
        symbol: what it is called, if it is one.
        open: opening bracket, for a bracket with words in it, or a call of one.
        inner: what such a bracket holds.
        bare: LaTeX of what an unindexed bracket holds, for a fraction needs no bracket.
    """

    kind: Literal["word", "mark", "sign", "operator", "operand"]
    tex: str
    spaced: bool = False
    symbol: Symbol | None = None
    open: tuple[str, str] | None = None
    inner: tuple[Item, ...] = ()
    bare: str = ""


@dataclass
class Line:
    """A line that is being read.

    Attributes:
        tokens: of the line.
        at: the next one.
        symbols: found so far, in the order of reading.
        bars: bars that are open, the innermost last.
    """

    tokens: list[Token]
    at: int = 0
    symbols: list[Symbol] = field(default_factory=list[Symbol])
    bars: list[str] = field(default_factory=list[str])

    def peek(self, ahead: int = 0) -> Token | None:
        """Return a token to come, None beyond the end."""
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def follows(self, *texts: str, ahead: int = 0) -> bool:
        """Return whether one of these stands next, with no space before it."""
        token = self.peek(ahead)
        return token is not None and not token.spaced and token.text in texts

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.peek()
        if token is None:
            raise ValueError("an equation ends in the middle of a bracket, a subscript or a power")
        self.at += 1
        return token


def parse(text: str) -> tuple[list[Item], list[Symbol]]:
    """Return the items of a line, and its symbols.

    Raises:
        ValueError: for a bracket that is not closed or was not opened, and for signs that are none of the notation's.
    """
    line = Line(tokens(text))
    items = _sequence(line, "")
    if line.peek() is not None:
        raise ValueError(f"{line.take().text!r} closes no bracket in {text.strip()!r}")
    return items, line.symbols


def math(items: list[Item] | tuple[Item, ...]) -> str:
    r"""Return items as one formula; words in it stand in \text."""
    parts, last = list[str](), None
    for item in items:
        if item.kind == "word":
            if last is not None and last.kind == "word":
                parts[-1] = f"{parts[-1][:-1]} {item.tex}}}"
            else:
                parts.append(rf"\text{{{'~' if last is not None else ''}{item.tex}}}")
        else:
            if last is not None and last.kind == "word" and item.kind != "mark":
                parts[-1] = f"{parts[-1][:-1]}~}}"
            if last is not None and _apart(last, item):
                parts.append(r"\,")
            parts.append(item.tex + (r"\;" if item.kind == "mark" and item.tex in ",;" else ""))
        last = item
    return " ".join(parts)


def _apart(left: Item, right: Item) -> bool:
    """Return whether two factors need a gap, because one has a name of several letters."""
    factors = {left.kind, right.kind} <= {"operand", "operator"}
    return factors and (left.tex.startswith(r"\mathrm") or right.tex.startswith(r"\mathrm"))


def _sequence(line: Line, close: str, *, script: bool = False) -> list[Item]:
    items = list[Item]()
    while (token := line.peek()) is not None and not _closes(line, token, close):
        if token.text in (")", "]", "}"):
            break
        items.append(_item(line, token, items[-1] if items else None, script))
    return _fractions(items)


def _closes(line: Line, token: Token, close: str) -> bool:
    return token.text == close and (close not in BARS or (bool(line.bars) and line.bars[-1] == close))


def _item(line: Line, token: Token, before: Item | None, script: bool) -> Item:
    if token.kind == "quote":
        return Item("word", line.take().text, token.spaced)
    if token.text in (",", ";", ":"):
        return Item("mark", line.take().text, token.spaced)
    if token.kind == "name" and _is_word(line, token, before):
        line.take()
        return Item("sign", r"\in", True) if script and token.text == "in" else Item("word", token.text, token.spaced)
    if token.kind == "sign" and not _opens(line, token):
        if token.text not in SIGNS:
            raise ValueError(f"{token.text!r} stands behind nothing")
        line.take()
        return Item("sign", _product(line) if token.text == "*" else SIGNS[token.text], token.spaced)
    return _operand(line)


def _product(line: Line) -> str:
    token = line.peek()
    return r"\," if token is not None and token.text in ("grad", "sum") else SIGNS["*"]


def _opens(line: Line, token: Token) -> bool:
    """Return whether a bracket opens here. A single bar with space on both sides means "given"."""
    after = line.peek(1)
    if token.text == "|":
        return not token.spaced or (after is not None and not after.spaced)
    if token.text == "||":
        return after is not None and not after.spaced
    return token.text in DRAWN


def _is_word(line: Line, token: Token, before: Item | None) -> bool:
    name, after = token.text, line.peek(1)
    if name in ALWAYS or name in GREEK or name in UPRIGHT or name in ("grad", "sum", "sqrt", "dw"):
        return False
    called = line.follows("(", "_", "^", ahead=1)
    if name in SOMETIMES:
        nabla = before is not None and before.tex == r"\nabla"
        number = name in ("min", "max") and after is not None and after.kind == "number"
        return not (called or nabla or number or (after is not None and after.text == "{"))
    if len(name) == 1:
        article = name == "a" and after is not None and after.kind == "name" and len(after.text) > 1
        return article and after is not None and after.text not in (*GREEK, *ALWAYS, "grad", "sum")
    return not called


def _operand(line: Line) -> Item:
    token = line.take()
    if token.text == "sqrt":
        inside = _operand(line)
        return Item("operand", rf"\sqrt{{{inside.bare or inside.tex}}}", token.spaced)
    if token.text in PAIRS:
        return _scripted(line, token, _bracket(line, token))
    if token.text == "N" and line.follows("(") and line.follows("0", ahead=1):
        token = Token("name", "normal", token.spaced)
    base = Item("operand", _drawn(token), token.spaced)
    item = _scripted(line, token, base)
    if token.kind == "name" and line.follows("("):
        return _call(line, item)
    return item


def _drawn(token: Token) -> str:
    name = token.text
    if token.kind == "number":
        value, _, power = name.partition("e")
        return rf"10^{{{power}}}" if power and value == "1" else name.replace(",", r"{,}")
    if name in ("grad", "sum"):
        return {"grad": r"\nabla", "sum": r"\sum"}[name]
    if name == "dw":
        return name
    known = {**GREEK, **ALWAYS, **SOMETIMES}.get(name)
    if known or len(name) == 1:
        return known or name
    return rf"\mathrm{{{name}}}"


def _bracket(line: Line, token: Token) -> Item:
    close = PAIRS[token.text]
    if token.text in BARS:
        line.bars.append(token.text)
    inner = _sequence(line, close)
    if token.text in BARS:
        line.bars.pop()
    if line.take().text != close:
        raise ValueError(f"{token.text!r} is closed by another bracket")
    tex = math(inner)
    left, right = DRAWN.get(token.text) or BARS[token.text]
    if any(tall in tex for tall in TALL):
        left, right = rf"\Bigl{left}", rf"\Bigr{right}"
    words = any(item.kind == "word" or item.open for item in inner)
    return Item(
        "operand", f"{left} {tex} {right}", token.spaced, open=(left, right) if words else None, inner=tuple(inner),
        bare=tex if token.text == "(" else "",
    )  # fmt: skip


def _call(line: Line, name: Item) -> Item:
    token = line.take()
    inside = _bracket(line, token)
    tex = name.tex + inside.tex
    if inside.open is not None:
        return Item("operand", tex, name.spaced, name.symbol, (name.tex + inside.open[0], inside.open[1]), inside.inner)
    return replace(_scripted(line, token, Item("operand", tex, name.spaced)), symbol=name.symbol)


def _scripted(line: Line, token: Token, base: Item) -> Item:
    """Read what stands right behind an operand: its index, its power, a prime, a tilde or a star."""
    named = token.kind == "name" and token.text not in UNNAMED and not (token.text == "d" and _divides(line))
    if named:
        line.symbols.append(Symbol(()))
    place = len(line.symbols) - 1
    tex, forms, low, high = base.tex, [(token.text, base.tex)], "", ""
    taken = set[str]()
    while line.follows("_", "^", "'", "~", "*"):
        if line.follows("*") and not _is_star(line):
            break
        sign = line.take().text
        if sign in taken and sign in "_^":
            raise ValueError(f"{base.tex!r} has two indices or two powers; put them into one curly brace")
        taken.add(sign)
        if sign == "_":
            start, low = line.at, _script(line, power=False, loud=not named)
            forms.append((f"{forms[-1][0]}_{_written(line, start)}", f"{tex}_{{{low}}}"))
        elif sign == "^":
            high += _script(line, power=True, loud=True)
        elif sign == "~":
            tex = rf"\tilde{{{tex}}}"
            forms.append((f"{forms[-1][0]}~", _with(tex, low, "")))
        else:
            high = (r"\prime" if sign == "'" else "*") + high
            forms.append((f"{forms[-1][0]}{sign}", _with(tex, low, high)))
    symbol = Symbol(tuple(reversed(forms))) if named else None
    if symbol is not None:
        line.symbols[place] = symbol
    kind = "operator" if token.text in ("grad", "sum", "mean") else "operand"
    whole = _with(tex, low, high)
    return Item(kind, whole, base.spaced, symbol, None if low or high else base.open, base.inner,
                "" if low or high else base.bare)  # fmt: skip


def _divides(line: Line) -> bool:
    after = line.peek()
    return after is not None and after.text == "/"


def _is_star(line: Line) -> bool:
    after = line.peek(1)
    return after is None or after.spaced or after.text in (",", ";", ")", "|", "||", "^")


def _with(tex: str, low: str, high: str) -> str:
    return tex + (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")


def _written(line: Line, start: int) -> str:
    return "".join((" " if token.spaced else "") + token.text for token in line.tokens[start : line.at])


def _script(line: Line, *, power: bool, loud: bool) -> str:
    """Read an index or a power: a bracket of curly braces, or one name or number with a minus before it.

    Args:
        line: at its first token.
        power: T means transposed.
        loud: its symbols are to be named too.
    """
    count = len(line.symbols)
    if line.follows("{"):
        line.take()
        tex = math(_sequence(line, "}", script=True)).replace(r"\;", "")
        if line.take().text != "}":
            raise ValueError("an index that opens with a curly brace must close with one")
    else:
        minus = line.take().text if line.follows("-") else ""
        token = line.take()
        if token.kind not in ("name", "number"):
            raise ValueError(f"an index or a power is a name, a number or a curly brace, got {token.text!r}")
        transposed = power and token.text == "T"
        tex = minus + (r"\top" if transposed else _drawn(token))
        if token.kind == "name" and not transposed:
            line.symbols.append(Symbol(((token.text, _drawn(token)),)))
    if not loud:
        del line.symbols[count:]
    return tex


def _fractions(items: list[Item]) -> list[Item]:
    """Draw a / b as a fraction, where both are one operand; a bracket that holds one fraction alone is not drawn."""
    found, at = list[Item](), 0
    while at < len(items):
        item = items[at]
        whole = 0 < at < len(items) - 1 and item.tex == "/" and found[-1].kind == items[at + 1].kind == "operand"
        if whole:
            above, below = found.pop(), items[at + 1]
            tex = rf"\frac{{{above.bare or above.tex}}}{{{below.bare or below.tex}}}"
            found.append(Item("operand", tex, above.spaced))
            at += 2
        else:
            found.append(item)
            at += 1
    return [_unwrapped(item) for item in found]


def _unwrapped(item: Item) -> Item:
    alone = len(item.inner) == 1 and bool(item.bare) and item.inner[0].tex.startswith(r"\frac")
    return item.inner[0] if alone else item
