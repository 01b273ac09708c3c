import numpy as np
import pytest

from explorer.figures.curves import CURVES, RETRAINED, SHARES, curves
from explorer.figures.layout import alt_text
from explorer.figures.theme import COLOURS, MODES
from explorer.metrics.reading import METRICS
from explorer.records import Band
from tests.figures._read import layout

STEPS = np.array([0, 5, 20])
NUMBERS = {
    "step": STEPS,
    "forget": np.array([0.9, 0.5, 0.1]),
    "activation_distance": np.array([1.0, 0.4, 0.2]),
    "change_precision": np.array([np.nan, 0.5, 0.8]),
}
BANDS = {"forget": Band((0.05, 0.15)), "activation_distance": Band((0.01, 0.03)), "change_precision": Band((0.9,))}


def draw(**changed):
    return curves("jit", NUMBERS, BANDS, title="JiT", **changed)


def draw_one(name, bands=BANDS):
    return curves("jit", {key: NUMBERS[key] for key in ("step", name)}, bands, title="JiT")


def test_the_words_are_those_of_the_readings():
    assert {key: (METRICS[key].title, METRICS[key].unit) for key in CURVES} == dict(CURVES)


def test_the_player_finds_its_panel():
    assert layout(draw()).meta["explorer"] == "curves"
    assert layout(draw()).meta["panel"] == "jit"


def test_the_x_axis_counts_steps_and_is_shared():
    shown = layout(draw())
    assert [axis.range for axis in (shown.xaxis, shown.xaxis2, shown.xaxis3)] == [(0, 20)] * 3
    assert shown.xaxis3.title.text.startswith("Step")
    straight = layout(draw(straight=True)).xaxis3
    assert straight.title.text.startswith("Share of the way")
    assert (straight.tickvals[0], straight.tickvals[-1], straight.ticktext[-1]) == (0, 20, "1")


def test_each_number_has_its_curve_the_originals_line_and_the_retrained_band():
    figure = draw_one("forget")
    by_name = {trace.name: trace for trace in figure.data if trace.name}
    np.testing.assert_array_equal(by_name["JiT"].y, NUMBERS["forget"])
    assert list(by_name["Original"].y) == [0.9, 0.9]
    low, high = figure.data[0], figure.data[1]
    assert (low.y[0], high.y[0], high.fill) == (0.05, 0.15, "tonexty")
    assert by_name[RETRAINED].y[0] == pytest.approx(0.1)


def test_a_distance_stands_before_the_floor():
    (mean,) = [trace for trace in draw_one("activation_distance").data if trace.name == RETRAINED]
    assert "retrained to retrained" in mean.hovertemplate and mean.showlegend


def test_shares_have_the_same_range_and_distances_start_at_0():
    shown = layout(draw())
    axes = zip(list(NUMBERS)[1:], (shown.yaxis, shown.yaxis2, shown.yaxis3), strict=True)
    ranges = {key: axis.range for key, axis in axes}
    assert ranges["forget"] == ranges["change_precision"]
    assert ranges["activation_distance"][0] == 0
    assert "activation_distance" not in SHARES


def test_roles_differ_in_dash_as_well_as_in_colour():
    traces = {trace.name: trace for trace in draw_one("forget").data if trace.name}
    lines = [traces[name].line for name in ("JiT", "Original", RETRAINED)]
    assert len({line.dash for line in lines}) == 3
    assert len({line.color for line in lines}) == 3


def test_a_number_without_a_band_is_drawn_without_one():
    figure = draw_one("forget", {})
    assert len(figure.data) == 2


def test_the_alt_text_says_where_the_curves_go():
    said = alt_text(draw())
    assert "Forget accuracy goes from 0.9 to 0.1 (retrained 0.05 to 0.15)" in said
    assert "Change precision goes from not defined to 0.8" in said


def test_a_number_that_is_nowhere_defined_is_no_obstacle():
    figure = curves("a", {"step": [0], "js_divergence": [np.nan]}, {"js_divergence": Band((np.nan,))}, title="A")
    assert len(figure.data) == 2


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="must hold some of"):
        curves("jit", {"step": STEPS}, {}, title="JiT")


@pytest.mark.parametrize("mode", MODES)
def test_the_same_arrays_give_the_same_figure_in_the_modes_colours(mode):
    assert draw(mode=mode).to_json() == draw(mode=mode).to_json()
    shown = layout(draw(mode=mode))
    assert shown.font.color == COLOURS[mode].ink
    assert shown.paper_bgcolor == "rgba(0,0,0,0)"  # the page's own paper shows through
