"""Draw a method's numbers step by step, the retrained models' band shaded behind each curve.

What to look at: whether a curve enters the band and stays. What it does not show: where on the plane it happens. The x
axis counts the steps of the player's panel, so that the player can move a cursor over it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike
from plotly.subplots import make_subplots

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, DASHES, Mode
from explorer.records import Band

ROW = 118  # pixels
TOP = 44  # pixels, for a legend of two lines

#: key -> (title, unit), in the order in which they are drawn; the words are those of metrics/reading.py.
CURVES: Mapping[str, tuple[str, str]] = {
    "forget": ("Forget accuracy", "share"),
    "retain": ("Retain accuracy", "share"),
    "test": ("Test accuracy", "share"),
    "forget_agreement": ("Agreement on the forget points", "share"),
    "activation_distance": ("Activation distance", ""),
    "js_divergence": ("Jensen-Shannon divergence", "nats"),
    "disagreement_area": ("Disagreement area", "share of the plane"),
    "change_precision": ("Change precision", "share"),
    "change_recall": ("Change recall", "share"),
}
SHARES = frozenset({"forget", "retain", "test", "forget_agreement", "change_precision", "change_recall"})
ACCURACIES = frozenset({"forget", "retain", "test"})
RETRAINED = "Retrained models, or the floor between them (band: range over seeds)"
ONE_JUMP = "Share of the way (one jump, drawn as a straight line)"


def curves(
    panel: str,
    numbers: Mapping[str, ArrayLike],
    bands: Mapping[str, Band],
    *,
    title: str,
    straight: bool = False,
    mode: Mode = "light",
    words: Callable[[str], str] = str,
) -> go.Figure:
    """Return one figure with a row a number, all over the same steps.

    Args:
        panel: the player's panel whose steps the x axis counts; goes to layout.meta["panel"].
        numbers: "step" (t,) and key -> (t,) values; the value at step 0 is the original's. NaN leaves a gap.
        bands: key -> the retrained models' values for accuracies, the floor (retrained to retrained) for distances.
        title: the method's name, for the legend and the text.
        straight: the method makes one jump, so the steps are points of a straight line.
        mode: "light" or "dark".
        words: says the name of a number in the words of the request.
    """
    shown = [key for key in CURVES if key in numbers]
    if not shown:
        raise ValueError(f"`numbers` must hold some of {', '.join(CURVES)}, got {', '.join(numbers) or 'none'}")
    figure = make_subplots(rows=len(shown), cols=1, shared_xaxes=True, vertical_spacing=0.35 / max(len(shown), 3))
    steps = np.asarray(numbers["step"], dtype=float)
    for row, key in enumerate(shown, start=1):
        values = np.asarray(numbers[key], dtype=float)
        for trace in _traces(key, steps, values, bands.get(key, Band(())), title, first=row == 1, mode=mode):
            figure.add_trace(trace, row=row, col=1)
        name, unit = CURVES[key]
        label, number = words(f"{name} ({unit})" if unit else name), "" if row == 1 else str(row)
        figure.add_annotation(
            text=label, showarrow=False, xref=f"x{number} domain", yref=f"y{number} domain", x=0, y=1, xanchor="left",
            yanchor="bottom", font={"size": 11, "color": COLOURS[mode].ink},
        )  # fmt: skip
        figure.update_yaxes(range=_range(key, values, bands.get(key)), nticks=4, row=row, col=1)
    figure.update_xaxes(range=[float(steps.min()), float(max(steps.max(), steps.min() + 1e-9))])
    if straight:  # what is counted is the player's; what is said is how far
        ticks = np.linspace(float(steps.min()), float(steps.max()), 5)
        figure.update_xaxes(tickvals=ticks, ticktext=["0", ".25", ".5", ".75", "1"])
    figure.update_xaxes(title_text=ONE_JUMP if straight else "Step (updates of the model)", row=len(shown), col=1)
    alt = words(_alt(title, shown, numbers, bands))
    dress(figure, alt=alt, mode=mode, height=ROW * len(shown) + 96 + TOP, explorer="curves", panel=panel)
    return figure.update_layout(hovermode="x unified", margin={"t": 40 + TOP})


def _traces(
    key: str, steps: np.ndarray, values: np.ndarray, band: Band, title: str, *, first: bool, mode: Mode
) -> list[go.Scatter]:
    colours = COLOURS[mode]
    ends = [float(steps.min()), float(steps.max())]
    traces = []
    if band.finite:
        edge = {"x": ends, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "legendgroup": "band"}
        fill = faded(colours.models["retrained"], 0.22)
        reference = "retrained models" if key in ACCURACIES else "retrained to retrained"
        middle = {"color": colours.models["retrained"], "dash": DASHES["retrained"], "width": 1.5}
        traces += [
            go.Scatter(y=[band.low] * 2, showlegend=False, **edge),
            go.Scatter(
                y=[band.high] * 2, fill="tonexty", fillcolor=fill, showlegend=False, **edge,
            ),
            go.Scatter(
                x=ends, y=[band.mean] * 2, mode="lines", line=middle, legendgroup="band", showlegend=first,
                name=RETRAINED,
                hovertemplate=f"%{{y:.3f}}<extra>mean, {reference}</extra>",
            ),
        ]  # fmt: skip
    original = {"color": colours.models["original"], "dash": DASHES["original"], "width": 1.5}
    line = {"color": colours.models["unlearned"], "dash": DASHES["unlearned"], "width": 2}
    traces += [
        go.Scatter(
            x=ends, y=[values[0]] * 2, mode="lines", line=original, name="Original", legendgroup="original",
            showlegend=first, hovertemplate="%{y:.3f}",
        ),
        go.Scatter(
            x=steps, y=values, mode="lines", line=line, name=title, legendgroup="method", showlegend=first,
            hovertemplate="%{y:.3f}", connectgaps=False,
        ),
    ]  # fmt: skip
    return traces


def _range(key: str, values: np.ndarray, band: Band | None) -> list[float]:
    """Return the same range for the same kind of number: shares from 0 to 1, distances from 0 to a little above all."""
    if key in SHARES:
        return [-0.03, 1.03]
    top = max([float(value) for value in values if np.isfinite(value)] + [band.high if band and band.finite else 0.0])
    return [0.0, 1.08 * top if top > 0 else 1.0]


def _alt(title: str, shown: Sequence[str], numbers: Mapping[str, ArrayLike], bands: Mapping[str, Band]) -> str:
    return f"{title}, step by step. " + "; ".join(_said(key, numbers[key], bands.get(key)) for key in shown) + "."


def _said(key: str, numbers: ArrayLike, band: Band | None) -> str:
    values = np.asarray(numbers, dtype=float)
    way = f"{CURVES[key][0]} goes from {figures_of(values[0])} to {figures_of(values[-1])}"
    if not band or not band.finite:
        return way
    reference = "retrained" if key in ACCURACIES else "floor"
    return f"{way} ({reference} {figures_of(band.low)} to {figures_of(band.high)})"
