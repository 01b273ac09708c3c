"""Numbers as every table and caption writes them."""

import math

import pytest

from explorer.figures.numerals import as_printed, number, span


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.25, 0.5, ".250–.500"),
        (-0.2, -0.1, "−.200 to −.100"),
        (-0.1, 0.2, "−.100 to .200"),
        (-0.2, 0.0, "−.200 to 0"),
        (0.5, 0.5001, ".500"),
        (0.0, 1.0, "0–1"),
    ],
)
def test_a_range_has_words_between_numbers_with_a_minus_sign(low: float, high: float, said: str):
    assert span(low, high) == said


@pytest.mark.parametrize("value", [0.0104, 0.0625, 0.9996, 12.345, -0.3126, 1234.5])
def test_what_is_compared_is_what_is_printed(value: float):
    assert float(number(value).replace("−", "-")) == as_printed(value)


def test_what_is_not_defined_stays_so():
    assert math.isnan(as_printed(math.nan)) and as_printed(math.inf) == math.inf
