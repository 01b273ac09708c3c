"""Draw how near each place of a straight way through weights is to retrained models; the nearest is marked.

What to look at: whether the mark lies before a = 1 (the method went too far), at it, or beyond (not far enough). What
it does not show: other ways than the straight one. The x axis counts the places of the player's panel, so that the
player can move a cursor over it; its labels say a.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.layout import dress
from explorer.figures.theme import COLOURS, SYMBOLS, Mode

HEIGHT = 360  # pixels
#: Dashes of the curves, one after the other.
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def weight_path(
    areas: Mapping[str, NDArray[np.float64]], at: NDArray[np.float64], nearest: Mapping[str, float], *, panel: str,
    mode: Mode = "light",
) -> go.Figure:  # fmt: skip
    """Return the disagreement area with retrained over the way, a curve a model.

    Args:
        areas: title -> (t,) share of the plane.
        at: (t,) the places a.
        nearest: title -> the place to mark; NaN for none.
        panel: the player's panel whose places the x axis counts.
        mode: "light" or "dark".
    """
    colours, figure = COLOURS[mode], go.Figure()
    places = np.arange(len(at))
    for number, (title, area) in enumerate(areas.items()):
        colour = _colour(number, title, mode)
        line = {"color": colour, "width": 2, "dash": _DASHES[number % len(_DASHES)]}
        figure.add_trace(
            go.Scatter(
                x=places, y=area, mode="lines", name=title, line=line, customdata=at, legendgroup=title,
                hovertemplate=f"{title}, a = %{{customdata:.2f}}: %{{y:.3f}}<extra></extra>",
            )
        )  # fmt: skip
        if math.isnan(nearest[title]):
            continue
        best = int(np.abs(at - nearest[title]).argmin())
        figure.add_trace(
            go.Scatter(
                x=[best], y=[area[best]], mode="markers", legendgroup=title, showlegend=False, cliponaxis=False,
                marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 12, "color": colour,
                        "line": {"width": 1.5, "color": colours.halo}},
                hovertemplate=f"{title}: nearest to retrained at a = {at[best]:.2f}<extra></extra>",
            )
        )  # fmt: skip
    for a in (0.0, 1.0):
        where = int(np.abs(at - a).argmin())
        figure.add_vline(x=where, line={"color": colours.muted, "dash": "dot", "width": 1})
    ticks = [int(np.abs(at - a).argmin()) for a in (-0.5, 0, 0.5, 1, 1.5)]
    words = ["−.5", "0: original", ".5", "1: the model", "1.5"]
    figure.update_xaxes(title_text="Place a on the way", tickvals=ticks, ticktext=words, range=[0, len(at) - 1])
    top = 1.08 * max(float(area.max()) for area in areas.values())
    figure.update_yaxes(title_text="Disagreement with retrained (share of the plane)", range=[0, top])
    said = "; ".join(
        f"{title} is nearest at a = {value:.2f}" for title, value in nearest.items() if not math.isnan(value)
    )
    alt = "Disagreement with retrained models along the straight way through weights, from a = -.5 to 1.5."
    alt += f" {said}." if said else ""
    dress(figure, alt=alt, mode=mode, height=HEIGHT, explorer="curves", panel=panel)
    return figure.update_layout(margin={"t": 60})


def _colour(number: int, title: str, mode: Mode) -> str:
    if title.startswith("Retrained"):
        return COLOURS[mode].models["retrained"]
    return COLOURS[mode].classes[number % len(COLOURS[mode].classes)]
