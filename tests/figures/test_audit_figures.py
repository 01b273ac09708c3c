"""The figures of audits: curves with both bands, the marked place, maps of the drop, rings a point."""

from typing import Any

import numpy as np
import pytest

from explorer.figures import drop_map, rings
from explorer.figures._planes import Ground
from explorer.figures.layout import alt_text
from explorer.figures.relearning import relearning
from explorer.figures.theme import MODES, Mode
from explorer.figures.weight_path import weight_path
from explorer.records import Plane

STEPS = np.arange(61)
CURVES = {
    "curve": np.where(STEPS > 4, 0.9, 0.1),
    "retrained": np.full((2, 61), 0.2),
    "control": np.stack([np.full(61, 0.3), np.full(61, 0.5)]),
    "matched": np.full((2, 61), 0.45),
    "land": np.array([0.25, 0.75, 0.5]),
}
DRAWN = np.array([0.0, 5.0, 60.0])
SIZE = 8
GROUND = Ground(
    Plane(np.array([0, 0], np.float32), np.array([2, 1], np.float32)),
    SIZE,
    np.array([[0.5, 0.5], [1.0, 0.5], [1.5, 0.2], [0.2, 0.9]], np.float32),
    np.array([0, 1, 0, 1]),
    np.array([0, 2]),
    ("class 0", "class 1"),
)


@pytest.mark.parametrize("mode", MODES)
def test_relearning_shows_the_method_between_two_bands_and_follows_the_player(mode: Mode):
    figure: Any = relearning(CURVES, DRAWN, title="JiT", panel="1:jit", mode=mode)
    names = [trace.name for trace in figure.data if trace.name]
    assert names == [
        "Retrained models (mean)",
        "JiT on retrained models (mean)",
        "matched: until as much is damaged (mean)",
        "JiT: land",
        "JiT",
    ]
    np.testing.assert_array_equal(figure.data[-2].x, DRAWN)
    np.testing.assert_allclose(figure.data[-1].y, CURVES["curve"])
    control = next(trace for trace in figure.data if trace.name == names[1])
    np.testing.assert_allclose(control.y, 0.4)
    assert figure.layout.meta["explorer"] == "curves" and figure.layout.meta["panel"] == "1:jit"
    assert "from 0.1 up to 0.9" in alt_text(figure) and "at most 0.4" in alt_text(figure)
    assert "land from 0.25 to at most 0.75" in alt_text(figure)


def test_relearning_of_a_reference_has_no_control_and_no_land_where_retraining_changes_no_place():
    known = {key: CURVES[key] for key in ("curve", "retrained")} | {"land": np.full(3, np.nan)}
    figure: Any = relearning(known, DRAWN, title="Original", panel="0:original")
    assert [trace.name for trace in figure.data if trace.name] == ["Retrained models (mean)", "Original"]


@pytest.mark.parametrize("mode", MODES)
def test_the_weight_path_marks_the_nearest_place(mode: Mode):
    at = np.round(np.linspace(-0.5, 1.5, 41), 2)
    area = np.abs(at - 0.55) * 0.1 + 0.02
    figure: Any = weight_path({"NegGrad+": area}, at, {"NegGrad+": 0.55}, panel="1:neg_grad_plus", mode=mode)
    curve, mark = figure.data
    np.testing.assert_allclose(curve.y, area)
    assert (mark.x[0], mark.y[0]) == (21, pytest.approx(0.02))
    assert list(figure.layout.xaxis.tickvals) == [0, 10, 20, 30, 40]
    assert "NegGrad+ is nearest at a = 0.55" in alt_text(figure)


def test_the_drop_is_what_the_first_model_s_answer_lost():
    before = np.array([[0.9, 0.1], [0.2, 0.8]])
    after = np.array([[0.6, 0.4], [0.1, 0.9]])
    np.testing.assert_allclose(drop_map.drops(before, after), [0.3, -0.1])


@pytest.mark.parametrize("width", [340.0, 900.0])
@pytest.mark.parametrize("mode", MODES)
def test_maps_stand_side_by_side_or_below_each_other(mode: Mode, width: float):
    before = np.tile([0.9, 0.1], (SIZE * SIZE, 1))
    maps = [drop_map.Map(title, f"AUC .{k}", before, before[:, ::-1]) for k, title in enumerate(("A", "B"))]
    figure: Any = drop_map.drop_maps(GROUND, maps, width=width, mode=mode)
    assert len(figure.layout.images) == 2 and figure.layout.width == width
    domains = [tuple(axis.domain) for axis in (figure.layout.xaxis, figure.layout.xaxis2)]
    assert (domains[0] == domains[1]) == (width < 600)
    assert all(0 <= end <= 1 for domain in domains for end in domain)
    forgotten = [trace for trace in figure.data if trace.x is not None and list(trace.x) == [0.5, 1.5]]
    assert len(forgotten) == 2
    assert "A: AUC .0, largest drop 0.8" in alt_text(figure)


@pytest.mark.parametrize("mode", MODES)
def test_rings_differ_by_symbol_and_say_their_number(mode: Mode):
    logits = np.zeros((SIZE * SIZE, 2), np.float32)
    logits[:, 0] = 1
    one = rings.Rings(
        "JiT", "C = .7", logits, np.array([1.0, -1.0]), np.array([0.9, 0.1]), np.array([0.3, 0.3]), np.array([0.6, 0.6])
    )
    figure: Any = rings.rings(GROUND, [one], width=400, mode=mode)
    marks = {trace.marker.symbol: list(trace.x) for trace in figure.data if trace.customdata is not None}
    assert marks["triangle-up"] == [0.5] and marks["triangle-down"] == [1.5] and marks["circle-open"] == []
    assert "JiT: 1 above, 0 inside, 1 below" in alt_text(figure)
