"""Draw the dependence panel: the models' outputs on the same probes, against the values put into the erased column.

What to look at: a cloud without any trend, and nHSIC inside the band of chance. What it does not show: the rest of the
plane, where unaffected rows may still teach the feature. A retrained model is not the goal of this number: it may still
use the feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, Mode

SYMBOLS = {"original": "circle-open", "retrained": "diamond-open", "unlearned": "circle"}


@dataclass(frozen=True)
class Cloud:
    """The outputs of one model on the probes.

    Attributes:
        title: for instance "Original" or a method's name.
        role: "original", "retrained" or "unlearned"; gives the colour.
        value: (m,) what was put into the erased column, data units; the same for every model.
        p: (m,) probability of one class.
        nhsic: in [0, 1], NaN where not defined.
        null: 5 % and 95 % points of nHSIC by chance.
        p_value: in (0, 1].
    """

    title: str
    role: str
    value: NDArray[np.floating]
    p: NDArray[np.floating]
    nhsic: float
    null: tuple[float, float]
    p_value: float


def dependence(clouds: Sequence[Cloud], *, feature: str, label: str, mode: Mode = "light") -> go.Figure:
    """Return the clouds side by side on the same axes, and nHSIC of each beside its band of chance.

    Args:
        clouds: one a model, in the order shown; at least one.
        feature: name of the erased column, for instance "x2".
        label: name of the class whose probability is drawn.
        mode: "light" or "dark".
    """
    count = len(clouds)
    widths = [1.0] * count + [0.8]
    titles = [cloud.title for cloud in clouds] + ["Dependence (nHSIC)"]
    figure = make_subplots(rows=1, cols=count + 1, column_widths=widths, subplot_titles=titles, horizontal_spacing=0.05)
    values = np.concatenate([cloud.value for cloud in clouds])
    for number, cloud in enumerate(clouds, start=1):
        figure.add_trace(_scatter(cloud, mode), row=1, col=number)
        across = f"{feature} put in (data units)" if number == (count + 1) // 2 else ""
        figure.update_xaxes(title_text=across, range=_range(values), row=1, col=number)
        figure.update_yaxes(range=[-0.03, 1.03], showticklabels=number == 1, row=1, col=number)
    figure.update_yaxes(title_text=f"p({label})", row=1, col=1)
    _beside_chance(figure, clouds, mode)
    dress(figure, alt=_alt(clouds, feature), mode=mode, height=360, explorer="dependence")
    figure.update_annotations(font={"size": 13})
    return figure.update_layout(legend={"x": 1, "xanchor": "right", "y": -0.28, "yanchor": "top"})


def _scatter(cloud: Cloud, mode: Mode) -> go.Scatter:
    colour = COLOURS[mode].models[cloud.role]
    marker = {"symbol": SYMBOLS[cloud.role], "size": 5, "color": faded(colour, 0.7)}
    hover = f"{cloud.title}<br>%{{x:.2f}}: p = %{{y:.3f}}<extra></extra>"
    return go.Scatter(
        x=cloud.value, y=cloud.p, mode="markers", name=cloud.title, marker=marker, hovertemplate=hover, showlegend=False
    )


def _beside_chance(figure: go.Figure, clouds: Sequence[Cloud], mode: Mode) -> None:
    """Add the last panel: nHSIC of each model as a mark over its band."""
    colours, column = COLOURS[mode], len(clouds) + 1
    for number, cloud in enumerate(clouds):
        low, high = cloud.null
        band = {"color": faded(colours.muted, 0.35), "width": 14}
        legend = {"name": "90 % of random pairings", "showlegend": number == 0, "legendgroup": "chance"}
        figure.add_trace(
            go.Scatter(x=[low, high], y=[cloud.title] * 2, mode="lines", line=band, hoverinfo="skip", **legend),
            row=1, col=column,
        )  # fmt: skip
        marker = {"symbol": SYMBOLS[cloud.role], "size": 11, "color": colours.models[cloud.role]}
        hover = f"{cloud.title}<br>nHSIC %{{x:.3f}}, p = {figures_of(cloud.p_value)}<extra></extra>"
        figure.add_trace(
            go.Scatter(
                x=[cloud.nhsic], y=[cloud.title], mode="markers+text", marker=marker, text=[figures_of(cloud.nhsic)],
                textposition="middle right", name=f"nHSIC, {cloud.title}", hovertemplate=hover, showlegend=False,
            ),
            row=1, col=column,
        )  # fmt: skip
    ends = np.array([end for cloud in clouds for end in (cloud.nhsic, *cloud.null)])
    widest = float(ends[np.isfinite(ends)].max(initial=0.05))
    figure.update_xaxes(title_text="nHSIC (0 = independent)", range=[-0.05 * widest, 1.5 * widest], row=1, col=column)
    figure.update_yaxes(range=[len(clouds) - 0.5, -0.5], showticklabels=False, row=1, col=column)


def _range(values: NDArray[np.floating]) -> list[float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.05 * (high - low or 1.0)
    return [low - margin, high + margin]


def _alt(clouds: Sequence[Cloud], feature: str) -> str:
    bands = [" to ".join(figures_of(end) for end in cloud.null) for cloud in clouds]
    pairs = zip(clouds, bands, strict=True)
    each = "; ".join(f"{cloud.title} {figures_of(cloud.nhsic)} (by chance {band})" for cloud, band in pairs)
    return f"Probability against the value put into {feature}, one cloud a model. Dependence nHSIC: {each}."
