"""Numbers in tables that are kept in files, rounded by hand."""

import math

import pytest

from explorer.experiments.cifar import not_knowing
from explorer.experiments.numerals import number


@pytest.mark.parametrize(
    ("value", "said", "long"),
    [
        (0.25, ".250", ".250"),
        (0.0, ".000", ".000"),
        (-0.25, "−.250", "−.250"),
        (-0.0001, ".000", ".000"),
        (0.9996, "1.000", "1.000"),
        (1.0, "1.00", "1.000"),
        (10.123, "10.12", "10.123"),
        (-20.5, "−20.50", "−20.500"),
        (math.nan, "–", "–"),
    ],
)
def test_a_number_keeps_every_digit_before_its_point_but_a_lone_zero(value: float, said: str, long: str):
    assert (number(value), number(value, from_one=3)) == (said, long)


def test_a_distance_above_ten_is_said_whole():
    said = not_knowing.sentence([("JiT", 10.123, 0.5)])
    assert "the mean distance to retrained is 10.123, and .500 where" in said
