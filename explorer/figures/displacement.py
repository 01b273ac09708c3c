"""Draw how far the boundary moved at each forget point, beside how far retraining moves it there.

What to look at: the points at which the method's mark lies off retrained's bar. Above it the boundary has not come as
near as retraining brings it; below it the boundary came too near or too far over the point. What it does not show: the
boundary anywhere else, where a method may do its damage.
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, DASHES, Mode

HEIGHT = 400  # pixels
Numbers = NDArray[np.float64]


def outside(unlearned: Numbers, retrained: Numbers) -> NDArray[np.bool_]:
    """Return at which points (m,) a value lies outside the retrained models' range; False where one is not defined."""
    return (unlearned < retrained.min(axis=0)) | (unlearned > retrained.max(axis=0))


def displacement(
    rows: NDArray[np.integer], unlearned: Numbers, retrained: Numbers, *, title: str, mode: Mode = "light"
) -> go.Figure:
    """Return one column a forget point, sorted by how far retraining moves the boundary there.

    Args:
        rows: (m,) the points' rows in the training set, for reading off.
        unlearned: (m,) in data units, negative = the boundary came nearer or passed over; NaN where there is none.
        retrained: (r, m) likewise, of each retrained model.
        title: the method's name.
        mode: "light" or "dark".
    """
    colours = COLOURS[mode]
    order = np.argsort(retrained.mean(axis=0), kind="stable")
    rows, unlearned, retrained = np.asarray(rows)[order], unlearned[order], retrained[:, order]
    low, high, x = retrained.min(axis=0), retrained.max(axis=0), np.arange(len(rows))
    off, purple = outside(unlearned, retrained), colours.models["retrained"]
    figure = go.Figure(
        go.Bar(
            x=x, base=low.tolist(), y=high - low, width=0.8, name="Retrained: range over seeds", customdata=rows,
            marker={"color": faded(purple, 0.3), "line": {"color": purple, "width": 1}},
            hovertemplate="point %{customdata}: retrained from %{base:.3f}<extra></extra>",
        )
    )  # fmt: skip
    size = float(np.clip(320 / max(len(rows), 1), 4, 9))
    edge = np.where(unlearned > high, high, low)
    stems = np.stack([edge, unlearned, np.full(len(rows), np.nan)], axis=1)[off].ravel()
    line = {"color": colours.warning, "width": 1.2}
    figure.add_trace(
        go.Scatter(x=np.repeat(x[off], 3), y=stems, mode="lines", line=line, hoverinfo="skip", showlegend=False)
    )
    marks = (
        (~off & np.isfinite(unlearned), f"{title}: in the range", "circle", size * 0.8, colours.models["unlearned"]),
        (off, f"{title}: outside", "circle-open", size * 1.2, colours.warning),
    )
    for chosen, name, symbol, big, colour in marks:
        marker = {"symbol": symbol, "size": big, "color": colour, "line": {"width": 2, "color": colour}}
        figure.add_trace(
            go.Scatter(
                x=x[chosen], y=unlearned[chosen], mode="markers", name=name, marker=marker, customdata=rows[chosen],
                hovertemplate=f"point %{{customdata}}: {title} %{{y:.3f}}<extra></extra>",
            )
        )  # fmt: skip
    still = {"color": colours.models["original"], "dash": DASHES["original"], "width": 1.5}
    ends = [-0.6, len(rows) - 0.4]
    figure.add_trace(
        go.Scatter(x=ends, y=[0, 0], mode="lines", line=still, name="Original: not moved", hoverinfo="skip")
    )
    figure.update_xaxes(title_text="Forget points, in the order of retrained's mean", range=ends)
    figure.update_yaxes(title_text="Boundary moved (data units)", zeroline=False)
    middle = f"{figures_of(float(unlearned.mean()))} on average (retrained {figures_of(float(retrained.mean()))})"
    alt = (
        f"How far the boundary moved at each of {len(rows)} forget points. {title} lies outside the retrained models' "
        f"range at {int(off.sum())} of them; it moved it by {middle} data units."
    )
    dress(figure, alt=alt, mode=mode, height=HEIGHT)
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False, ticks="")
    return figure
