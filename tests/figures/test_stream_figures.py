"""The filmstrip and the drift: what is drawn where, and what is said of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.figures.drift import Curve, drift
from explorer.figures.filmstrip import Ground, Strip, filmstrip, fitting
from explorer.figures.layout import alt_text
from explorer.figures.theme import COLOURS
from explorer.records import Plane
from tests.figures._read import layout

STRIP: Any = filmstrip  # plotly makes the attributes of a figure at run time
DRIFT: Any = drift
PLANE = Plane(np.array([-1, -1], np.float32), np.array([3, 1], np.float32))
AXIS = PLANE.grid(8)[:, 0]


def split_at(x: float) -> np.ndarray:
    """Return logits of a model that answers class 1 right of x."""
    return np.stack([np.zeros_like(AXIS), 4 * (AXIS - x)], axis=1).astype(np.float32)


GROUND = Ground(
    PLANE, 8, ("up", "down"), (1, 4), [split_at(0.0), split_at(1.0)],
    [np.zeros((1, 2), np.float32), np.zeros((3, 2), np.float32)],
)  # fmt: skip
HOLDS = Strip("Holds", [split_at(0.0), split_at(1.0)], ["d .010", "d .020"], [False, False])
BREAKS = Strip("Breaks", [split_at(0.5), split_at(2.5)], ["d .100", "d .700"], [False, True])


def lines(figure: Any, axis: str) -> list[float]:
    """Return where the lines in a picture run, from left to right: retrained's, then the method's."""
    drawn = [trace for trace in figure.data if trace.mode == "lines" and trace.xaxis == axis and trace.x[0] is not None]
    return [round(float(np.nanmean(np.asarray(trace.x, dtype=float))), 2) for trace in drawn]


def test_each_picture_has_retrained_of_its_own_time_and_the_method():
    figure = STRIP([HOLDS, BREAKS], GROUND)
    assert [lines(figure, axis) for axis in ("x", "x2", "x3", "x4")] == [
        [0.0, 0.0], [1.0, 1.0], [0.0, 0.5], [1.0, 2.5],
    ]  # fmt: skip
    assert len(layout(figure).images) == 4


def test_points_asked_for_by_then_have_rings():
    figure = STRIP([HOLDS], GROUND)
    rings = [trace for trace in figure.data if trace.mode == "markers" and trace.xaxis in ("x", "x2") and trace.opacity]
    assert [len(trace.x) for trace in rings] == [1, 3]


def test_a_broken_picture_is_framed_and_crossed():
    figure, warning = STRIP([BREAKS], GROUND), COLOURS["light"].warning
    assert [layout(figure)[axis].linecolor == warning for axis in ("xaxis", "xaxis2")] == [False, True]
    said = [note.text for note in layout(figure).annotations]
    assert "d .100" in said and "× d .700" in said
    assert "after 1 request" in said and "after 4" in said


def test_the_strip_fits_its_width_and_says_what_it_shows():
    for width in (340, 900):
        figure = STRIP([HOLDS, BREAKS], GROUND, width=width)
        domains = [layout(figure)[f"{axis}axis{k}"].domain for axis in "xy" for k in ("", 2, 3, 4)]
        assert all(0 <= low < high <= 1 for low, high in domains)
    assert "after 1, 4 requests" in alt_text(STRIP([HOLDS], GROUND)) and "Holds: d .010, d .020" in alt_text(
        STRIP([HOLDS], GROUND)
    )
    assert (fitting(340), fitting(900), fitting(100)) == (3, 8, 2)


CURVES = [Curve("Holds", np.array([0.0, 0.02, 0.03]), 0.1, 0), Curve("Breaks", np.array([0.0, 0.4, 0.6]), 0.2, 3)]
REFERENCES = {"original": np.array([0.0, 0.1, 0.2]), "retrained": np.array([0.0, 0.01, 0.01])}


def test_a_curve_ends_beside_the_same_points_at_once_and_is_crossed_where_it_breaks():
    figure = DRIFT([0, 2, 4], CURVES, REFERENCES, panel="0:holds")
    named = {trace.name: trace for trace in figure.data if trace.mode == "lines"}
    assert list(named) == ["Original, nothing forgotten", "Retrained (same seed)", "Holds", "Breaks"]
    marks = [trace for trace in figure.data if trace.mode == "markers" and trace.x[0] is not None]
    assert [(float(mark.x[0]), float(mark.y[0])) for mark in marks] == [(4, 0.1), (4, 0.2), (3, pytest.approx(0.5))]
    assert layout(figure).meta["panel"] == "0:holds" and layout(figure).meta["explorer"] == "curves"
    assert layout(figure).yaxis.range[1] == pytest.approx(1.08 * 0.6)


def test_the_drift_is_said_in_words():
    said = alt_text(DRIFT([0, 2, 4], CURVES, REFERENCES, panel=""))
    assert "Breaks 0.6, all at once 0.2, breaks at request 3" in said
    assert "Original 0.2, retrained from the same seed 0.01" in said


def test_what_is_not_known_at_once_leaves_no_gap_in_the_scale():
    figure = DRIFT([0, 1], [Curve("A", np.array([0.0, 0.5]), float("nan"), 0)], {
        "original": np.zeros(2), "retrained": np.zeros(2),
    }, panel="")  # fmt: skip
    assert layout(figure).yaxis.range[1] == pytest.approx(0.54)
