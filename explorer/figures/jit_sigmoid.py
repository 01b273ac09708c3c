"""Draw JiT's Figure 3: one sigmoid on a line, and what one step of JiT for one forget point makes of it.

    s(x) = 1 / (1 + exp(-(w x + b))),   w = 1, b = 0
    JiT's loss for small noise:   | s(x) - s(x + xi) | / | xi |  ->  s'(x)
    one step up:                  (w, b) <- (1, 0) + step * ( s'(x) + x s''(x), s''(x) )

What to look at: where each black point, the forget point on its own new sigmoid, has gone. Up the loss the boundary
comes to a forget point near it, and points far out hardly change. Down the loss, as it is stated, near points flatten
the sigmoid instead and the boundary moves away from them. What it does not show: more than one step, one input, or a
network. Each of the 17 points is forgotten by itself, always from the same start.

Source: Foster et al., An Information Theoretic Approach to Machine Unlearning, TMLR 2025, arXiv:2402.01401, Figure 3;
the script of that figure is not released. What we read off the picture stands in records/read_off.py. We find that one
step of about 4.8 up the loss gives it and no step down does; the authors have not confirmed this.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.figures.layout import dress, figures_of
from explorer.figures.theme import COLOURS, DASHES, Mode
from explorer.records.read_off import FORGET, STEP
from explorer.records.read_off import height as read_off

Sign = Literal["up", "down"]
SIGNS: dict[Sign, str] = {
    "up": "as in Figure 3 (up the loss: our finding, not confirmed by the authors)",
    "down": "stated loss (down)",
}
BEFORE, AFTER, PAPER = "Forget point before", "The same point after", "Read off the paper's figure"
HEIGHT = 480
RANGE = (-5.0, 5.0)


def logistic(z: ArrayLike) -> NDArray[np.float64]:
    """Return 1 / (1 + exp(-z))."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=np.float64)))


def one_step(x: ArrayLike, step: float, sign: Sign) -> NDArray[np.float64]:
    """Return the sigmoids after one gradient step of JiT for small noise, one for each forget point.

    Args:
        x: (n,) forget points, each forgotten by itself from (w, b) = (1, 0).
        step: length of the step, at least 0.
        sign: "up" or "down" the loss.

    Returns:
        (n, 2) float64, a row (w, b) for each point.
    """
    points = np.asarray(x, dtype=np.float64)
    p = logistic(points)
    first = p * (1 - p)
    second = first * (1 - 2 * p)
    signed = step if sign == "up" else -step
    return np.stack([1 + signed * (first + points * second), signed * second], axis=-1)


def jit_sigmoid(step: float = STEP, sign: Sign = "up", mode: Mode = "light") -> go.Figure:
    """Return the figure: the original sigmoid, and for each of 17 forget points its new one.

    Args:
        step: length of the step, at least 0.
        sign: "up" the loss, as the published figure, or "down", as the loss is stated.
        mode: "light" or "dark".
    """
    colours, points, figure = COLOURS[mode], np.array(FORGET), go.Figure()
    sigmoids, line = one_step(points, step, sign), np.linspace(*RANGE, 241)
    after = logistic((sigmoids * np.stack([points, np.ones_like(points)], axis=-1)).sum(axis=-1))
    for i, (w, b) in enumerate(sigmoids):
        figure.add_trace(
            go.Scatter(
                x=line, y=logistic(w * line + b), mode="lines", line={"color": colours.line, "width": 1},
                name="After one step, for each point", legendgroup="after", showlegend=i == 0,
                hoverinfo="skip",
            )
        )  # fmt: skip
    original = {"color": colours.models["original"], "dash": DASHES["original"], "width": 2.5}
    figure.add_trace(
        go.Scatter(x=line, y=logistic(line), mode="lines", line=original, name="Original", hoverinfo="skip")
    )
    figure.add_trace(_points(points, logistic(points), BEFORE, colours.sets["forget"], "diamond-open", 7))
    if sign == "up":
        read = np.array([read_off(x) for x in FORGET])
        figure.add_trace(_points(points, read, PAPER, colours.accent, "circle-open", 12))
    figure.add_trace(_points(points, after, AFTER, colours.ink, "circle", 4))
    figure.update_xaxes(title_text="Input x", range=list(RANGE))
    figure.update_yaxes(title_text="s(x), probability of class 1", range=[-0.03, 1.03])
    dress(figure, alt=_alt(step, sign, sigmoids), mode=mode, height=HEIGHT, explorer="jit_sigmoid")
    below = {"orientation": "v", "yanchor": "top", "y": -0.2, "x": 0, "xanchor": "left"}  # cards are narrow
    return figure.update_layout(legend=below, margin={"t": 12, "b": 12})


def _points(
    x: NDArray[np.float64], y: NDArray[np.float64], name: str, colour: str, symbol: str, size: int
) -> go.Scatter:
    marker = {"color": colour, "symbol": symbol, "size": size, "line": {"color": colour, "width": 1.8}}
    return go.Scatter(x=x, y=y, mode="markers", marker=marker, name=name, hovertemplate="x %{x}: %{y:.3f}")


def _alt(step: float, sign: Sign, sigmoids: NDArray[np.float64]) -> str:
    w, b = sigmoids[FORGET.index(1.0)]
    where = f"its boundary at {figures_of(-b / w)}" if abs(w) > 1e-9 else "no boundary"
    return (
        f"One sigmoid, 17 forget points, each forgotten by itself with one step of {step:g}: {SIGNS[sign]}. "
        f"Forgetting x = 1 gives slope {figures_of(w)} and {where}; the original has slope 1 and its boundary at 0."
    )
