from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer.figures.dependence import Cloud, dependence
from explorer.figures.layout import alt_text
from explorer.figures.theme import COLOURS, MODES, Mode
from tests.figures._read import layout

VALUE = np.linspace(-1, 1, 20)
CLOUDS = [
    Cloud("Original", "original", VALUE, (VALUE + 1) / 2, 0.3, (0.01, 0.05), 0.005),
    Cloud("Retrained", "retrained", VALUE, np.full(20, 0.4), 0.2, (0.01, 0.04), 0.005),
    Cloud("DUI", "unlearned", VALUE, np.full(20, 0.5), float("nan"), (np.nan, np.nan), float("nan")),
]


def draw(mode: Mode = "light") -> go.Figure:
    return dependence(CLOUDS, feature="x2", label="class 1", mode=mode)


def traces(figure: go.Figure, name: str) -> list[Any]:
    shown: Any = figure.data
    return [one for one in shown if one.name == name]


def test_each_model_has_its_cloud_in_its_own_colour_and_symbol():
    figure = draw()
    clouds = [traces(figure, cloud.title)[0] for cloud in CLOUDS]
    assert [list(one.x) for one in clouds] == [list(VALUE)] * 3
    assert list(clouds[0].y) == list(CLOUDS[0].p)
    assert len({(one.marker.color, one.marker.symbol) for one in clouds}) == 3


@pytest.mark.parametrize("mode", MODES)
def test_all_clouds_share_one_range(mode):
    shown = layout(draw(mode))
    assert shown.xaxis.range == shown.xaxis2.range == shown.xaxis3.range
    assert shown.yaxis.range == shown.yaxis2.range == shown.yaxis3.range
    assert shown.font.color == COLOURS[mode].ink


def test_the_number_stands_over_its_band_of_chance():
    figure = draw()
    bands, marks = traces(figure, "90 % of random pairings"), traces(figure, "nHSIC, Original")
    assert list(bands[0].x) == [0.01, 0.05] and list(marks[0].x) == [0.3]
    assert marks[0].y[0] == bands[0].y[0] == "Original"
    assert [band.showlegend for band in bands] == [True, False, False]


def test_every_axis_with_ticks_has_a_name():
    shown = layout(draw())
    assert shown.yaxis.title.text == "p(class 1)"
    assert shown.xaxis2.title.text == "x2 put in (data units)"
    assert shown.xaxis4.title.text == "nHSIC (0 = independent)"


def test_alt_text_says_the_numbers_and_what_is_not_defined():
    said = alt_text(draw())
    assert "Original 0.3 (by chance 0.01 to 0.05)" in said
    assert "DUI not defined" in said


def test_the_same_input_gives_the_same_figure():
    assert draw().to_json() == draw().to_json()
