"""Numbers in notes: short, without a zero before the point."""

import math

import pytest

from explorer.audits._words import share, short


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (0.004, "0"), (-0.004, "0"), (0.5, ".50"), (1.0, "1"), (1.239, "1.24"), (-0.5, "−.50"), (0.999, "1")],
)
def test_a_number_is_short(value: float, said: str):
    assert short(value) == said


def test_what_is_not_defined_is_said_so():
    assert short(math.nan) == "not defined"


def test_a_share_is_per_cent():
    assert share(0.0425) == "4.2 %"
