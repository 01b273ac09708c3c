"""The table of numbers says of each what `pipeline.METRICS` says, and marks it against retrained or the floor."""

import csv
import io
from dataclasses import replace
from html import escape

import pytest

from explorer.contents.tables import numbers
from explorer.contents.tables.numbers import ROWS, Row
from explorer.figures.curves import CURVES
from explorer.pipeline import METRICS
from explorer.records import Band, Comparison

ACCURACIES = ("forget", "retain", "test")
DISTANCES = tuple(row.key for row in ROWS if not row.accuracy)
SAID = Comparison(
    accuracy={
        "retrained": {name: Band((0.6, 0.8)) for name in ACCURACIES},
        "original": {name: Band((0.9,)) for name in ACCURACIES},
        "unlearned": {"forget": Band((0.7,)), "retain": Band((0.5,)), "test": Band((0.8,))},
    },
    to_retrained={name: Band((0.3, 0.5)) for name in DISTANCES},
    untouched={name: Band((0.9,)) for name in DISTANCES},
    floor={name: Band((0.1, 0.2)) for name in DISTANCES},
    spread={name: Band((0.3, 0.6)) for name in DISTANCES},
    signal_to_floor=3.0,
    seconds={},
    example_gradients={},
)


def test_every_row_says_what_the_metrics_say():
    text = numbers.table({"0:jit": ("JiT", SAID)})
    for row in ROWS:
        reading = METRICS[row.key]
        for words in (reading.title, reading.sentence, reading.direction.capitalize()):
            assert escape(words) in text, (row.key, words)


def test_curves_have_the_titles_and_units_of_the_metrics():
    assert {key: (METRICS[key].title, METRICS[key].unit) for key in CURVES} == CURVES


def test_accuracies_are_those_whose_goal_is_retrained_s_own_value():
    assert tuple(row.key for row in ROWS if row.accuracy) == ACCURACIES


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("forget", "in"),
        ("retain", "out"),
        ("test", "in"),  # the band's edge
        ("activation_distance", "out"),  # mean .4, floor at most .2, less is closer
        ("forget_agreement", "in"),  # mean .4, floor at least .1, more is closer
    ],
)
def test_a_number_is_marked_against_the_band_or_the_floor(key: str, said: str):
    assert numbers.verdict(Row(key), SAID) == said


def test_nothing_is_marked_where_there_is_no_reference():
    bare = replace(SAID, floor={name: Band(()) for name in DISTANCES})
    assert numbers.verdict(Row("activation_distance"), bare) == ""


def test_the_csv_has_a_line_a_number_in_full():
    lines = list(csv.DictReader(io.StringIO(numbers.as_csv({"0:jit": ("JiT", SAID)}))))
    assert [line["number"] for line in lines] == [row.key for row in ROWS]
    assert float(lines[1]["value"]) == 0.5 and float(lines[1]["retrained_or_floor_max"]) == 0.8


def test_the_head_of_a_column_has_its_direction_and_says_how_to_read_it():
    for key, mark in (("forget", "= retrained"), ("js_divergence", "↓ to floor"), ("forget_agreement", "↑ to floor")):
        text = numbers.head(key, "Short")
        assert mark in text and escape(METRICS[key].sentence, quote=True) in text
