"""Typeset a method's equation, which its docstring writes in plain notation, and name the symbols in it."""

from explorer.contents.equations.typeset import Equation, Row, equation

__all__ = ["Equation", "Row", "equation"]
