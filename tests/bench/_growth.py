"""How time grows, as a row of the table; it is only reported. What grows with what, and the figure: see growth.py."""

import sys

from tests.bench.growth import exponent, measured


def growth() -> float:
    """Return the steepest of the fitted exponents; those of all axes are printed, with their seconds."""
    return max(exponent(found) for found in measured(sys.stderr).values())
