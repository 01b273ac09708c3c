"""Draw what attackers reach on the same few points: one dot each, with intervals, and the ROC curves of attacks.

What to look at: whether your cross lies above the diagonal by more than its own arms. What it does not show: other
points; on another 20 every dot lies elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.layout import dress, figures_of
from explorer.figures.theme import COLOURS, Mode

SYMBOLS = ("star", "circle", "square", "diamond")
DASHES = ("solid", "solid", "dot", "dash")


@dataclass(frozen=True)
class Attacker:
    """One who said of every point whether it is a member.

    Attributes:
        name: for the legend.
        false: share of the others that it called members, its low and its high end (95 %).
        found: share of the members that it called members, its low and its high end.
        curve: false and true positive rates (t,) of its scores; None where it has none.
        own: whether it is the one who looks at the figure.
    """

    name: str
    false: tuple[float, float, float]
    found: tuple[float, float, float]
    curve: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    own: bool = False


def attackers(some: Sequence[Attacker], *, members: int, others: int, mode: Mode = "light") -> go.Figure:
    """Return the figure.

    Args:
        some: the attackers.
        members: how many members were judged.
        others: how many others.
        mode: "light" or "dark".
    """
    colours, figure = COLOURS[mode], go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", name="a coin", hoverinfo="skip",
            line={"color": colours.muted, "dash": "dot", "width": 1.5},
        )
    )  # fmt: skip
    for index, one in enumerate(some):
        colour = colours.accent if one.own else colours.classes[index % len(colours.classes)]
        if one.curve is not None:
            figure.add_trace(
                go.Scatter(
                    x=one.curve[0], y=one.curve[1], mode="lines", showlegend=False, hoverinfo="skip",
                    line={"color": colour, "width": 2, "shape": "hv", "dash": DASHES[index % len(DASHES)]},
                )
            )  # fmt: skip
        figure.add_trace(_dot(one, colour, SYMBOLS[0 if one.own else 1 + index % 3]))
    shown = {"range": [-0.04, 1.04], "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1]}
    figure.update_xaxes(title_text=f"Called members, of {others} non-members", **shown)
    figure.update_yaxes(title_text=f"Found, of {members} members", scaleanchor="x", constrain="domain", **shown)
    said = "; ".join(
        f"{one.name} found {figures_of(one.found[0])} at {figures_of(one.false[0])} false ones" for one in some
    )
    alt = f"What attackers reach on the same points, {members} members and {others} others. {said or 'Nobody yet'}."
    return dress(figure, alt=alt, mode=mode, height=430)


def _dot(one: Attacker, colour: str, symbol: str) -> go.Scatter:
    def arms(rate: tuple[float, float, float]) -> dict[str, object]:
        value, low, high = rate
        return {
            "type": "data", "symmetric": False, "array": [high - value], "arrayminus": [value - low], "width": 6,
            "color": colour, "thickness": 2, "visible": one.own,
        }  # fmt: skip

    return go.Scatter(
        x=[one.false[0]], y=[one.found[0]], mode="markers", name=one.name, error_x=arms(one.false),
        error_y=arms(one.found), marker={"color": colour, "size": 15 if one.own else 10, "symbol": symbol},
        hovertemplate=f"{one.name}: found %{{y:.2f}} at %{{x:.2f}} false ones<extra></extra>",
    )  # fmt: skip
