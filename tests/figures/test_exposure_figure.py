from typing import Any

import numpy as np
import pytest

from explorer.figures.exposure import World, maps, worlds
from explorer.figures.layout import alt_text
from tests.figures._read import layout

RNG = np.random.default_rng(0)
X, Y, FORGET = RNG.normal(size=(20, 2)), np.arange(20) % 2, np.array([3, 7])
BEFORE = np.linspace(0.4, 1.0, 20)
AFTER = np.where(np.arange(20) == 5, np.nan, 0.5)
TITLES = {"original": "Before", "unlearned": "After", "retrained": "Retrained"}


def draw(**more: Any) -> Any:
    return maps(X, Y, FORGET, {"original": BEFORE, "unlearned": AFTER}, titles=TITLES, **more)


def test_every_panel_has_every_point_on_one_scale():
    figure: Any = maps(X, Y, FORGET, {"original": BEFORE, "unlearned": np.flip(BEFORE)}, titles=TITLES)
    assert [trace.name for trace in figure.data] == ["Before", "After"]
    for trace, values in zip(figure.data, (BEFORE, np.flip(BEFORE)), strict=True):
        np.testing.assert_allclose(trace.marker.color, values)
        assert not trace.showlegend
        assert trace.marker.coloraxis == "coloraxis"
    assert (layout(figure).coloraxis.cmin, layout(figure).coloraxis.cmax) == (0.5, 1.0)


def test_forget_points_are_told_by_ring_and_size_and_a_click_knows_the_row():
    trace = draw().data[0]
    assert [k for k in range(20) if trace.marker.size[k] > 10] == FORGET.tolist()
    assert [pair[0] for pair in trace.customdata] == list(range(20))
    assert trace.customdata[7][1] == "to forget"


def test_a_point_that_cannot_be_judged_is_not_drawn_as_a_safe_one():
    figure: Any = maps(X, Y, FORGET, {"original": AFTER, "unlearned": AFTER, "retrained": BEFORE}, titles=TITLES)
    known, cross, _, other, _ = figure.data
    assert 5 not in [pair[0] for pair in known.customdata] and len(known.x) == 19
    assert (cross.x[0], cross.y[0]) == tuple(X[5]) and len(cross.x) == 1
    assert cross.marker.symbol == "x-thin" and cross.marker.coloraxis is None
    assert list(cross.customdata[0]) == [5, "to keep", "not defined"]  # a click knows the row
    assert [trace.name for trace in figure.data if trace.showlegend] == ["cannot be judged"]  # once for all panels
    assert other.name == cross.name
    assert "1 cannot be judged" in alt_text(figure)


def test_a_point_to_forget_that_cannot_be_judged_keeps_its_ring():
    figure: Any = maps(X, Y, FORGET, {"original": np.where(np.arange(20) < 4, np.nan, 0.6)}, titles=TITLES)
    cross = figure.data[1]
    assert cross.marker.line.color[3] != cross.marker.line.color[0]
    assert cross.marker.size[3] > cross.marker.size[0]


def test_the_chosen_point_is_circled_in_every_panel():
    figure = draw(chosen=4)
    circles = [trace for trace in figure.data if trace.marker.symbol == "circle-open"]
    assert [(trace.x[0], trace.y[0]) for trace in circles] == [tuple(X[4])] * 2


@pytest.mark.parametrize(("width", "rows"), [(1200, 1), (620, 2), (400, 3)])
def test_a_unit_is_as_long_across_as_up_and_little_room_makes_more_rows(width: float, rows: int):
    figure: Any = maps(X, Y, FORGET, dict.fromkeys(TITLES, BEFORE), titles=TITLES, width=width)
    shown = layout(figure)
    assert [shown[f"yaxis{k}"].scaleanchor for k in ("", "2", "3")] == ["x", "x2", "x3"]
    assert len({round(shown[f"yaxis{k}"].domain[0], 3) for k in ("", "2", "3")}) == rows
    wide, high = (np.ptp(shown[axis].domain) for axis in ("xaxis", "yaxis"))
    units = wide * (width - 150) / np.ptp(shown.xaxis.range), high * (shown.height - 86) / np.ptp(shown.yaxis.range)
    assert units[0] == pytest.approx(units[1], rel=0.05)  # the panels fill the height that they are given


def test_the_alt_text_says_how_exposed_points_are():
    assert f"Before: points to forget {BEFORE[FORGET].mean():.3g}" in alt_text(draw())


def world(title, normal):
    return World(title, RNG.normal(2, 1, 30), RNG.normal(0, 1, 30), normal, (0.0, 1.0))


def test_each_world_has_two_histograms_and_the_fitted_densities():
    figure: Any = worlds([world("Before", (2.0, 1.0)), world("After", (float("nan"), float("nan")))])
    kinds = [trace.type for trace in figure.data]
    assert kinds.count("histogram") == 4
    curves = [trace for trace in figure.data if trace.type == "scatter"]
    assert len(curves) == 3  # nothing is drawn where nothing was fitted
    first = curves[0]
    assert first.x[int(np.argmax(first.y))] == pytest.approx(2.0, abs=0.05)
    assert np.trapezoid(first.y, first.x) == pytest.approx(1.0, abs=0.1)


def test_both_worlds_share_one_axis():
    figure: Any = worlds([world("Before", (2.0, 1.0)), world("After", (2.0, 1.0))])
    assert layout(figure).xaxis.range == layout(figure).xaxis2.range
