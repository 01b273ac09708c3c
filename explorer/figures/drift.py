"""Draw how far each method drifts from retrained models while requests come, beside its answer to all at once.

What to look at: whether a curve stays near that of a retrained model, and whether its end lies above or below the open
mark, the same points answered at once. What it does not show: where on the plane models differ, and what an answer
cost. The x axis counts requests, as the player does, which moves a cursor over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.layout import dress, figures_of
from explorer.figures.theme import COLOURS, DASHES, SYMBOLS, Mode

HEIGHT = 400  # pixels
#: Dashes of the curves, one after the other.
_DASHES = ("solid", "dash", "dot", "longdash", "longdashdot")
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One method's way.

    Attributes:
        title: its name.
        area: (m,) mean disagreement area to retrained models at each time.
        at_once: the same of its answer to all points at once; NaN where that is not known.
        breaks_at: the first request after which it is broken; 0 for none.
    """

    title: str
    area: Numbers
    at_once: float
    breaks_at: int


def drift(
    times: Sequence[int], curves: Sequence[Curve], references: Mapping[str, Numbers], *, panel: str,
    mode: Mode = "light", width: float = 900,
) -> go.Figure:  # fmt: skip
    """Return the drift over requests, a curve a method.

    Args:
        times: (m,) numbers of requests.
        curves: one a method.
        references: "original" and "retrained" -> (m,), as `Curve.area`.
        panel: the player's panel whose requests the x axis counts.
        mode: "light" or "dark".
        width: pixels that the figure will have, for its legend.
    """
    colours, figure, x = COLOURS[mode], go.Figure(), np.asarray(times)
    for role, name in (("original", "Original, nothing forgotten"), ("retrained", "Retrained (same seed)")):
        line = {"color": colours.models[role], "dash": DASHES[role], "width": 2}
        figure.add_trace(_line(x, references[role], name, line))
    for number, curve in enumerate(curves):
        colour = colours.classes[number % len(colours.classes)]
        line = {"color": colour, "dash": _DASHES[number % len(_DASHES)], "width": 2.4}
        figure.add_trace(_line(x, curve.area, curve.title, line))
        symbol = SYMBOLS[number % len(SYMBOLS)]
        figure.add_trace(_mark(x[-1], curve.at_once, f"{symbol}-open", colour, f"{curve.title}, all at once"))
        if curve.breaks_at:
            height = float(np.interp(curve.breaks_at, x, curve.area))
            said = f"{curve.title} breaks at request {curve.breaks_at}"
            figure.add_trace(_mark(curve.breaks_at, height, "x", colours.warning, said))
    for symbol, name, colour in (("x", "× breaks", colours.warning), ("circle-open", "all at once", colours.ink)):
        marker = {"symbol": symbol, "size": 9, "color": colour, "line": {"width": 2}}
        figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", name=name.removeprefix("× "), marker=marker))
    tops = [float(np.nanmax([*curve.area, curve.at_once])) for curve in curves]
    top = max([*tops, *(float(values.max()) for values in references.values())])
    figure.update_xaxes(title_text="Requests answered", range=[0, float(x[-1]) * 1.03])
    figure.update_yaxes(title_text="Drift d (share of the plane)", range=[0, 1.08 * top])
    dress(figure, alt=_alt(x, curves, references), mode=mode, height=HEIGHT, explorer="curves", panel=panel)
    lines = -(-(len(curves) + 4) * 170 // max(int(width), 1))
    return figure.update_layout(margin={"t": 30 + 20 * lines}, height=HEIGHT + 20 * lines, hovermode="closest")


def _line(x: NDArray[np.int64], y: Numbers, name: str, line: Mapping[str, object]) -> go.Scatter:
    said = f"{name}: %{{y:.3f}} after %{{x}} requests<extra></extra>"
    return go.Scatter(x=x, y=y, mode="lines", name=name, line=line, hovertemplate=said)


def _mark(x: float, y: float, symbol: str, colour: str, said: str) -> go.Scatter:
    marker = {"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2}}
    return go.Scatter(
        x=[x], y=[y], mode="markers", marker=marker, showlegend=False, cliponaxis=False,
        hovertemplate=f"{said}: %{{y:.3f}}<extra></extra>",
    )  # fmt: skip


def _alt(times: NDArray[np.int64], curves: Sequence[Curve], references: Mapping[str, Numbers]) -> str:
    def said(curve: Curve) -> str:
        broken = f", breaks at request {curve.breaks_at}" if curve.breaks_at else ""
        ends = f"{figures_of(float(curve.area[-1]))}, all at once {figures_of(curve.at_once)}"
        return f"{curve.title} {ends}{broken}"

    known = {name: figures_of(float(values[-1])) for name, values in references.items()}
    return (
        f"Disagreement with retrained models after {times[-1]} requests: {'; '.join(said(one) for one in curves)}. "
        f"Original {known['original']}, retrained from the same seed {known['retrained']}."
    )
