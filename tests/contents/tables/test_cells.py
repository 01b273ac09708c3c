"""Numbers as they stand in every table."""

import pytest

from explorer.contents.tables import cells
from explorer.records import Band


@pytest.mark.parametrize(
    ("value", "said"), [(0.5, ".500"), (-0.02, "−.020"), (-2.5, "−2.5"), (0.0, "0"), (12.34, "12.3")], ids=str
)
def test_a_number_has_three_digits_and_its_sign(value: float, said: str):
    assert cells.number(value) == said


def test_a_range_below_0_is_no_row_of_dashes():
    assert "−.030 to −.010" in cells.spread_text(Band((-0.03, -0.01)))


def test_a_number_that_is_not_defined_is_a_dash():
    assert cells.number(float("nan")) == cells.spread_text(Band((float("nan"),))) == "–"
    assert cells.full(float("nan")) == ""


def test_a_value_printed_like_an_end_of_the_band_lies_within():
    band = Band((0.0104, 0.0112))  # printed .010-.011
    assert [cells.within(value, band) for value in (0.0096, 0.0113, 0.0094, 0.0117)] == ["in", "in", "out", "out"]
    assert cells.near(0.01141, band, "js_divergence") == "in"  # both print .011
    assert cells.near(0.0117, band, "js_divergence") == "out"


def test_one_value_has_no_range():
    assert cells.spread(Band((0.5,))) == cells.spread(Band(())) == ""
    assert cells.spread(Band((0.5, float("nan"), 0.25))) == ".250–.500"


def test_the_floor_counts_to_the_distance_s_own_side():
    floor = Band((0.2, 0.4))
    assert [cells.near(value, floor, "js_divergence") for value in (0.1, 0.4, 0.5)] == ["in", "in", "out"]
    assert [cells.near(value, floor, "forget_agreement") for value in (0.1, 0.2, 0.5)] == ["out", "in", "in"]
    assert cells.near(float("nan"), floor, "js_divergence") == cells.near(0.1, Band(()), "js_divergence") == ""


def test_how_to_read_a_number_without_a_floor_says_so():
    assert "no floor" in cells.reads("weight_distance") and "down to" not in cells.reads("weight_distance")


def test_what_stands_in_a_cell_is_escaped_and_marked():
    table = cells.table([cells.head("<i>", "a & b")], cells.row('"x"', "", cells.marked("out", ".5", stale=True)))
    assert "&lt;i&gt;<small>a &amp; b</small>" in table and "&quot;x&quot;" in table
    assert '<td class="ue-stale"><b title="outside">○</b>.5<small>&nbsp;</small></td>' in table


def test_csv_quotes_what_holds_a_comma():
    assert cells.csv_text([("a", "b"), ("x, y", 0.5)]) == 'a,b\n"x, y",0.5\n'
