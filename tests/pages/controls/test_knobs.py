"""The stops and steps of sliders; what is expected was worked out by hand."""

import pytest

from explorer.pages.controls.knobs import ladder, nice_step


def test_the_stops_are_round_numbers_between_both_ends():
    assert ladder(0.01, 1.0, 0.1) == [0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0]


def test_over_more_than_four_decades_there_are_three_stops_a_decade():
    assert ladder(1e-3, 1e2, 1.0) == [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
    ]  # fmt: skip


def test_both_ends_and_the_present_value_are_stops_however_odd():
    assert ladder(0.03, 0.8, 0.44) == [0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.44, 0.5, 0.7, 0.8]


def test_zero_comes_first_and_then_a_ten_millionth_of_the_largest():
    stops = ladder(0.0, 10.0, 0.0)
    assert stops[:5] == [0.0, 1e-6, 2e-6, 5e-6, 1e-5] and stops[-1] == 10.0
    assert len(stops) == 1 + 7 * 3 + 1  # off, seven decades, the end


def test_whole_stops_are_whole_and_each_stands_once():
    stops = ladder(1, 10, 4, whole=True)
    assert stops == [1, 2, 3, 4, 5, 7, 10]  # 1.5 and 2 are one stop
    assert all(type(stop) is int for stop in stops)
    assert ladder(0, 20, 3, whole=True) == [0, 1, 2, 3, 5, 7, 10, 15, 20]


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [
        (0.0, 1.0, 0.01),
        (0.0, 2.0, 0.02),
        (0.0, 3.0, 0.02),
        (0.0, 0.6, 0.005),
        (-5.0, 5.0, 0.1),
        (0.0, 0.001, 1e-5),
        (0.0, 500.0, 5.0),
        (1.0, 100.0, 0.5),
    ],
)
def test_a_step_is_one_two_or_five_and_cuts_the_range_into_a_hundred_parts_or_more(
    low: float, high: float, step: float
):
    assert nice_step(low, high) == pytest.approx(step, rel=1e-9)
    assert 100 <= round((high - low) / step) <= 250
