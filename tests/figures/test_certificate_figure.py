import dataclasses
import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer.figures.certificate import account, readings
from explorer.figures.layout import alt_text
from explorer.figures.theme import COLOURS, MODES
from explorer.records import Certificate
from tests.figures._read import layout

FOUND = Certificate(
    epsilon=1.0, delta=1e-4, promise="promised", account="4 deletions, one retraining", step=np.arange(5),
    lines={
        "Guo's bound": np.array([0, 0.4, 0.9, 0.0, 0.3]), "sharper bound": np.array([0, 0.1, 0.2, 0.0, 0.1]),
        "what it is in truth": np.array([0, 0.01, 0.02, 0.0, 0.01]),
    },
    measure="Length (share of the budget)", limit=1.0, counts="Guo's bound", truth="what it is in truth",
    left=np.array([1, 0.6, 0.1, 1.0, 0.7]), refilled=np.array([False, False, False, True, False]), shift=0.01,
    shift_before=3.0, auc=0.503, auc_before=0.98, allowed=0.228, cap=0.564, reading="the gradient",
    dots=np.zeros((2, 6, 2), np.float32), cloud=np.zeros((5, 2, 6), np.float32),
)  # fmt: skip
UNBOUNDED = dataclasses.replace(
    FOUND, lines={"bound": np.full(5, 1e-3), "what it is in truth": np.array([0, 1e-5, 1e-4, 1e-5, 1e-5])},
    limit=math.nan, counts="bound", left=np.empty(0), refilled=np.zeros(5, np.bool_),
)  # fmt: skip


def traces(figure: go.Figure) -> dict[str, Any]:
    shown: Any = figure.data
    return {one.name: one for one in shown}


@pytest.mark.parametrize("mode", MODES)
def test_the_account_draws_bounds_truth_budget_and_retrainings_each_in_its_own_way(mode):
    shown = traces(account(FOUND, panel="0:x", title="X", mode=mode))
    assert list(shown) == [
        "Guo's bound", "Sharper bound", "What it is in truth", "Budget", "Retrained, with new noise",
    ]  # fmt: skip
    assert list(shown["Guo's bound"].y) == [0, 0.4, 0.9, 0.0, 0.3] and list(shown["Budget"].y) == [1.0, 1.0]
    assert list(shown["Retrained, with new noise"].x) == [3]
    dashes = [shown[name].line.dash for name in list(shown)[:4]]
    assert len(set(dashes)) == 4
    assert shown["Guo's bound"].line.color == COLOURS[mode].models["unlearned"]


def test_the_players_cursor_moves_over_the_account():
    assert layout(account(FOUND, panel="0:x", title="X")).meta["explorer"] == "curves"
    assert layout(account(FOUND, panel="0:x", title="X")).meta["panel"] == "0:x"


def test_distances_without_a_budget_stand_on_a_scale_of_powers():
    figure = account(UNBOUNDED, panel="0:x", title="X")
    shown = traces(figure)
    assert list(shown) == ["Bound", "What it is in truth"] and layout(figure).yaxis.type == "log"
    assert np.isnan(shown["What it is in truth"].y[0])  # a logarithm of 0 is no place


def test_the_readings_are_a_plane_with_a_circle_for_what_is_allowed():
    figure = readings(FOUND, title="X")
    shown = traces(figure)
    circle = shown["How far apart the means may lie"]
    assert np.allclose(np.hypot(circle.x, circle.y), 0.228)
    assert shown["Retrained"].marker.symbol != shown["X"].marker.symbol
    assert shown["Mean of x"].x[0] == 0.01 and shown["Mean of retrained"].x[0] == 0.0
    assert layout(figure).yaxis.scaleanchor == "x" and layout(figure).xaxis.range == layout(figure).yaxis.range


def test_alt_texts_say_the_numbers():
    assert "Guo's bound 0.3" in alt_text(account(FOUND, panel="0:x", title="X"))
    said = alt_text(readings(FOUND, title="X"))
    assert "AUC 0.503, at most 0.564 by the promise" in said and "0.01 deviations" in said
