"""The figure of trials: one panel a knob, both judges, and the marks."""

import math
from typing import Any

import pytest

from explorer.figures.layout import alt_text
from explorer.figures.theme import MODES
from explorer.figures.trials import Judged, KnobAxis, trials

JUDGED = Judged([0.4, 0.2, math.inf], [0.5, 0.6, math.inf], [False, False, True], chosen=1, authors=0, by_oracle=0)
KNOBS = [KnobAxis("Rate", [1e-3, 1e-4, 1e-2], log=True), KnobAxis("Mode", ["a", "b", "a"], choices=True)]


def traces(figure: Any, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


@pytest.mark.parametrize("mode", MODES)
def test_every_trial_is_a_dot_of_both_judges_in_every_panel(mode: Any):
    figure: Any = trials(KNOBS, JUDGED, mode=mode)
    for name, values in (("Honest judge", [0.4, 0.2]), ("Oracle", [0.5, 0.6])):
        found = traces(figure, name)
        assert len(found) == len(KNOBS)
        for trace, knob in zip(found, KNOBS, strict=True):
            assert list(trace.x) == knob.values and list(trace.y[:2]) == values
            assert trace.y[2] > 0.6 and trace.marker.symbol[2] == "x"  # broke down: a cross above all others
    assert [trace.showlegend for trace in traces(figure, "Oracle")] == [True, False]


def test_an_axis_is_logarithmic_where_the_range_is():
    figure: Any = trials(KNOBS, JUDGED)
    assert (figure.layout.xaxis.type, figure.layout.xaxis2.type) == ("log", "category")
    sizes: Any = trials([KnobAxis("Weight", ["0.95", "16", "0.8"], choices=True)], JUDGED)
    assert sizes.layout.xaxis.categoryarray == ("0.8", "0.95", "16")
    plain: Any = trials([KnobAxis("Epochs", [1, 2, 3])], JUDGED)
    assert plain.layout.xaxis.type == "linear"


def test_marks_stand_at_their_trial_and_are_told_in_words():
    figure = trials(KNOBS, JUDGED)
    assert [(list(one.x), list(one.y)) for one in traces(figure, "Chosen")] == [([1e-4], [0.2]), (["b"], [0.2])]
    assert list(traces(figure, "First for the oracle")[0].y) == [0.5]
    said = alt_text(figure)
    assert "Chosen is trial 2, judge 0.2: Rate 0.0001, Mode b." in said and "1 of the models lost most" in said


def test_without_marks_there_are_none():
    figure = trials(KNOBS, Judged([math.inf], [math.inf], [True]))
    assert not traces(figure, "Chosen") and not traces(figure, "The authors' own setting")


def test_a_narrow_figure_has_one_panel_a_row():
    narrow: Any = trials(KNOBS, JUDGED, width=400)
    wide: Any = trials(KNOBS, JUDGED, width=900)
    assert narrow.layout.height > wide.layout.height
