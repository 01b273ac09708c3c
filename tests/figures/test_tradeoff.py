import numpy as np
import pytest

from explorer.figures.layout import alt_text, faded
from explorer.figures.tradeoff import Axis, Path, pareto, tradeoff
from explorer.records import Band
from tests.figures._read import layout

X, Y = Axis("Activation distance", "", "lower"), Axis("Test accuracy", "share", "higher")
PATHS = [
    Path("jit", "JiT", np.array([0, 3, 9]), np.array([1.0, 0.5, 0.2]), np.array([0.9, 0.95, 0.6])),
    Path("ga", "Gradient ascent", np.array([0, 1]), np.array([1.0, 0.3]), np.array([0.9, 0.5])),
]
RETRAINED = (Band((0.02, 0.06)), Band((0.93, 0.97)))


def draw(x=X, y=Y):
    return tradeoff(PATHS, RETRAINED, (1.0, 0.9), x=x, y=y)


def trace(figure, name):
    return next(one for one in figure.data if one.name == name)


def test_pareto_agrees_with_the_definition_written_out():
    rng = np.random.default_rng(0)
    x, y = rng.random(200).round(1), rng.random(200).round(1)
    beaten = [((x <= x[i]) & (y >= y[i]) & ((x < x[i]) | (y > y[i]))).any() for i in range(200)]
    front = pareto(x, y)
    assert {(x[i], y[i]) for i in front} == {(x[i], y[i]) for i in range(200) if not beaten[i]}
    assert (np.diff(x[front]) > 0).all()


def test_pareto_leaves_out_what_is_not_defined():
    assert pareto([0.1, np.nan, 0.2], [0.5, 9.0, np.nan]).tolist() == [0]


def test_every_recorded_step_is_a_dot_that_knows_its_panel_and_step():
    dots = trace(draw(), "JiT")
    assert dots.mode == "lines+markers"
    assert [list(pair) for pair in dots.customdata] == [["jit", 0], ["jit", 3], ["jit", 9]]


def test_the_star_stands_on_the_retrained_mean_in_its_band():
    figure = draw()
    star, band = trace(figure, "Retrained"), trace(figure, "Retrained: range over seeds")
    assert (star.marker.symbol, star.x[0], star.y[0]) == ("star", pytest.approx(0.04), pytest.approx(0.95))
    assert (min(band.x), max(band.x), min(band.y), max(band.y)) == (0.02, 0.06, 0.93, 0.97)


def test_the_front_joins_the_dots_that_none_beats():
    front = trace(draw(), "Pareto front")
    assert list(zip(front.x, front.y, strict=True)) == [(0.2, 0.6), (0.5, 0.95)]


def test_a_number_that_should_match_retrained_is_best_there_and_not_at_its_ends():
    forget = Axis("Forget accuracy", "share", "match")
    paths = [Path("a", "A", np.arange(3), np.array([1.0, 0.5, 0.0]), np.array([0.9, 0.9, 0.9]))]
    figure = tradeoff(paths, (Band((0.45, 0.55)), RETRAINED[1]), (1.0, 0.9), x=forget, y=Y)
    assert list(trace(figure, "Pareto front").x) == [0.5]


def test_axes_have_names_units_and_directions():
    figure = draw(x=Axis("Cost", "example-gradients", "lower", log=True))
    assert layout(figure).xaxis.type == "log"
    assert layout(figure).xaxis.title.text == "Cost (example-gradients; lower is better)"
    assert layout(figure).yaxis.title.text == "Test accuracy (share; higher is better)"


def test_methods_differ_in_colour_and_symbol():
    one, other = trace(draw(), "JiT"), trace(draw(), "Gradient ascent")
    assert one.line.color != other.line.color
    assert one.marker.symbol != other.marker.symbol


def test_the_alt_text_says_where_methods_end_and_retrained_stands():
    said = alt_text(draw())
    assert "Retrained stands at 0.04, 0.95" in said
    assert "JiT ends at 0.2, 0.6" in said


def test_no_method_yet_is_no_obstacle():
    assert trace(tradeoff([], RETRAINED, (1.0, 0.9), x=X, y=Y), "Retrained")


def test_faded_keeps_the_colour():
    assert faded("#ff8000", 0.5) == "rgba(255,128,0,0.5)"


def test_a_narrow_plane_keeps_its_height_below_a_long_legend():
    def height(width: float) -> int:
        return layout(tradeoff(PATHS, RETRAINED, (1.0, 0.9), x=X, y=Y, width=width)).height

    assert height(1100) == height(900) == 480
    entries = len(draw().data)
    assert height(360) == 480 + 19 * (entries - 3)  # one entry a line
