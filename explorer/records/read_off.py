"""Numbers that we read off a published figure and that more than one room needs.

Source: Foster et al., An Information Theoretic Approach to Machine Unlearning (JiT), TMLR 2025, arXiv:2402.01401,
Figure 3; the script of that figure is not released.
"""

from __future__ import annotations

#: Forget point -> height of its black point in the figure, to about .003; antisymmetric around (0, 1/2).
READ_OFF = {0.0: 0.5, 0.25: 0.595, 0.5: 0.675, 0.75: 0.72, 1.0: 0.745, 1.25: 0.752, 1.5: 0.75, 2.0: 0.745, 4.0: 0.95}
FORGET: tuple[float, ...] = tuple(sorted({sign * x for x in READ_OFF for sign in (-1, 1)}))
STEP = 4.8  # the size of one step up the loss that fits the figure: our finding


def height(x: float) -> float:
    """Return the height of the black point of a forget point of FORGET, in [0, 1]."""
    return READ_OFF[abs(x)] if x >= 0 else 1 - READ_OFF[abs(x)]
