"""Draw what a knob does over its whole range: curves of some numbers, or a heat map over two knobs, and the cliff.

What to look at: whether a curve lies in retrained's band over a wide range or at one place only, and how near that
place is to the cliff, beyond which the model breaks. What it does not show: the runs between two values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike
from plotly.subplots import make_subplots

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, DASHES, Mode

ROW = 150  # pixels
NARROW, FEW = 640, 5  # pixels below which no more names than that stand side by side


class Range(NamedTuple):
    """A number over seeds: smallest, mean and largest; NaN where it is not defined or not known yet."""

    low: float
    mean: float
    high: float


UNKNOWN = Range(float("nan"), float("nan"), float("nan"))


def knob_curves(
    knob: str, values: Sequence[Any], numbers: Mapping[str, Sequence[Range]], bands: Mapping[str, Range], *,
    titles: Mapping[str, str], broken: Sequence[bool], log: bool = False, here: Any = None, width: float = 900,
    mode: Mode = "light",
) -> go.Figure:  # fmt: skip
    """Return one row a number over the values of one knob.

    Args:
        knob: its title, for the axis.
        values: (t,) what it was set to, in order; numbers, or names of choices.
        numbers: key -> (t,) Range of each run over the originals; UNKNOWN where a run failed or is not done.
        bands: key -> the retrained models' values, or the floor of a distance.
        titles: key -> title.
        broken: (t,) whether the model was broken there; shaded, and the cliff marked.
        log: logarithmic axis; a value of 0 is then drawn one factor of ten below the smallest.
        here: the value that the knob has now; marked by a dotted line and a triangle. None marks nothing.
        width: pixels that the figure will have; where there is little room every other value is named.
        mode: "light" or "dark".
    """
    colours = COLOURS[mode]
    x, ticks = _places(values, log)
    figure = make_subplots(rows=len(numbers), cols=1, shared_xaxes=True, vertical_spacing=0.22 / max(len(numbers), 2))
    for row, (key, runs) in enumerate(numbers.items(), start=1):
        band = bands.get(key, UNKNOWN)
        if np.isfinite(band.mean):
            figure.add_hrect(
                y0=band.low, y1=band.high, fillcolor=faded(colours.models["retrained"], 0.22), line_width=0,
                exclude_empty_subplots=False,
                row=row, col=1,  # type: ignore[arg-type]  # plotly takes numbers
            )  # fmt: skip
            figure.add_hline(
                y=band.mean, line={"color": colours.models["retrained"], "dash": DASHES["retrained"], "width": 1.5},
                exclude_empty_subplots=False,
                row=row, col=1,  # type: ignore[arg-type]  # plotly takes numbers
            )  # fmt: skip
        low, mean, high = ([getattr(run, name) for run in runs] for name in ("low", "mean", "high"))
        span = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        figure.add_trace(go.Scatter(x=x, y=low, **span), row=row, col=1)
        fill = faded(colours.models["unlearned"], 0.15)
        figure.add_trace(go.Scatter(x=x, y=high, fill="tonexty", fillcolor=fill, **span), row=row, col=1)
        figure.add_trace(
            go.Scatter(
                x=x, y=mean, mode="lines+markers", line={"color": colours.models["unlearned"], "width": 2},
                showlegend=False, name=titles[key], customdata=[str(value) for value in values],
                hovertemplate=f"{knob} %{{customdata}}: %{{y:.3f}}<extra></extra>",
            ),
            row=row, col=1,
        )  # fmt: skip
        figure.update_yaxes(range=_range([*low, *high, band.low, band.high]), nticks=4, row=row, col=1)
        number = "" if row == 1 else str(row)
        figure.add_annotation(
            text=titles[key], showarrow=False, xref=f"x{number} domain", yref=f"y{number} domain", x=0, y=1,
            xanchor="left", yanchor="bottom", font={"size": 11, "color": colours.ink},
        )  # fmt: skip
    ends = _ends(x)
    for low, high in _stretches(x, ends, broken):
        figure.add_vrect(x0=low, x1=high, fillcolor=faded(colours.warning, 0.12), line_width=0, row="all", col=1)  # type: ignore[arg-type]  # plotly takes "all"
        for edge in {low, high} - {*ends}:  # the cliff
            line = {"color": colours.warning, "dash": "dash", "width": 1.5}
            figure.add_vline(x=edge, line=line, row="all", col=1)  # type: ignore[arg-type]  # plotly takes "all"
        figure.add_annotation(
            text="× broken", showarrow=False, x=(low + high) / 2, xref="x", y=1, yref="y domain", yanchor="bottom",
            font={"size": 11, "color": colours.warning},
        )  # fmt: skip
    some = 2 if width < NARROW and len(ticks) > FEW else 1
    named = [tick if k % some == 0 else "" for k, tick in enumerate(ticks)]
    figure.update_xaxes(tickvals=x, ticktext=named, range=list(ends))
    now = None if here is None else _place(here, values, x, log)
    if now is not None:
        last = "" if len(numbers) == 1 else str(len(numbers))
        figure.add_annotation(
            text="▲ now", showarrow=False, x=now, xref=f"x{last}", y=0, yref=f"y{last} domain", yanchor="bottom",
            font={"size": 11, "color": colours.accent}, bgcolor=faded(colours.paper, 0.8), borderpad=1,
        )  # fmt: skip
        line = {"color": colours.accent, "dash": "dot", "width": 1.5}
        figure.add_vline(x=now, line=line, row="all", col=1)  # type: ignore[arg-type]  # plotly takes "all"
    figure.update_xaxes(title_text=knob, row=len(numbers), col=1)
    dress(figure, alt=_alt(knob, ticks, numbers, bands, titles, broken), mode=mode, height=ROW * len(numbers) + 70)
    return figure


def heat(
    across: tuple[str, Sequence[Any]], up: tuple[str, Sequence[Any]], z: ArrayLike, broken: ArrayLike, *,
    title: str, near: ArrayLike | None = None, mode: Mode = "light",
) -> go.Figure:  # fmt: skip
    """Return one number over two knobs as a heat map; a cross where the model is broken, a dot where it is near.

    Args:
        across: title and values (s,) of one knob.
        up: title and values (t,) of the other.
        z: (t, s), NaN where a run failed or is not done.
        broken: (t, s) bool.
        title: of the number.
        near: (t, s) bool, whether the number is where retrained models are.
        mode: "light" or "dark".
    """
    colours = COLOURS[mode]
    values, crossed = np.asarray(z, dtype=float), np.asarray(broken, dtype=bool)
    names = [_places(one, False)[1] for one in (across[1], up[1])]
    figure = go.Figure(
        go.Heatmap(
            z=values, x=list(range(len(names[0]))), y=list(range(len(names[1]))), hoverongaps=False,
            colorscale=[[0, colours.ramp[0]], [1, colours.ramp[1]]],
            colorbar={
                "title": {"text": title, "side": "right", "font": {"size": 12}}, "thickness": 14, "outlinewidth": 0,
            },
            hovertemplate="%{z:.3f}<extra></extra>",
        )
    )  # fmt: skip
    rows, columns = np.nonzero(crossed)
    figure.add_trace(
        go.Scatter(
            x=columns, y=rows, mode="markers", name="broken", hoverinfo="skip",
            marker={"symbol": "x", "size": 11, "color": colours.warning, "line": {"color": colours.halo, "width": 1}},
        )
    )  # fmt: skip
    close = np.zeros(values.shape, dtype=bool) if near is None else np.asarray(near, dtype=bool) & ~crossed
    rows, columns = np.nonzero(close)
    figure.add_trace(
        go.Scatter(
            x=columns, y=rows, mode="markers", name="as retrained", hoverinfo="skip",
            marker={
                "symbol": "circle", "size": 11, "color": colours.models["retrained"],
                "line": {"color": colours.halo, "width": 1.5},
            },
        )
    )  # fmt: skip
    figure.update_xaxes(tickvals=list(range(len(names[0]))), ticktext=names[0], title_text=across[0])
    figure.update_yaxes(tickvals=list(range(len(names[1]))), ticktext=names[1], title_text=up[0])
    least = f"smallest {figures_of(float(np.nanmin(values)))}" if np.isfinite(values).any() else "nothing yet"
    alt = f"{title} over {across[0]} and {up[0]}: {least}; broken in {int(crossed.sum())} of {crossed.size} runs."
    alt += f" As retrained in {int(close.sum())}." if near is not None else ""
    return dress(figure, alt=alt, mode=mode, height=420)


def names_of(values: Sequence[Any]) -> list[str]:
    """Return what stands beside each value: three digits, on or off, or the choice itself."""
    return [
        ("on" if value else "off") if isinstance(value, bool)
        else str(value).replace("_", " ") if isinstance(value, int | str)
        else f"{value:.3g}"
        for value in values
    ]  # fmt: skip


def _places(values: Sequence[Any], log: bool) -> tuple[list[float], list[str]]:
    """Return where values stand on a linear axis, and their names."""
    names = names_of(values)
    if any(isinstance(value, bool | str) for value in values):
        return [float(k) for k in range(len(values))], names
    numbers = np.asarray(values, dtype=float)
    if not log or not (numbers > 0).any():
        return numbers.tolist(), names
    least = np.log10(numbers[numbers > 0].min())
    return [float(np.log10(value)) if value > 0 else float(least - 1) for value in numbers], names


def _place(value: Any, values: Sequence[Any], x: Sequence[float], log: bool) -> float | None:
    """Return where one value stands on the axis of the others; None where it has no place there."""
    if any(isinstance(one, bool | str) for one in values):
        return x[values.index(value)] if value in values else None
    if not log or not any(one > 0 for one in values):
        return float(value)
    return max(float(np.log10(value)), min(x)) if value > 0 else min(x)


def _range(values: Sequence[float]) -> list[float]:
    """Return what an axis shows, retrained's band included; from 0 to 1 while nothing is known."""
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return [0.0, 1.0]
    pad = 0.06 * max(max(known) - min(known), 1e-3)
    return [min(known) - pad, max(known) + pad]


def _ends(x: Sequence[float]) -> tuple[float, float]:
    """Return what the axis shows: half a step more than the values at either end."""
    first, last = (x[1] - x[0], x[-1] - x[-2]) if len(x) > 1 else (1.0, 1.0)
    return x[0] - first / 2, x[-1] + last / 2


def _stretches(x: Sequence[float], ends: tuple[float, float], broken: Sequence[bool]) -> list[tuple[float, float]]:
    """Return (from, to) of every stretch in which the model is broken, half-way to the values that hold."""
    edges = [ends[0], *((a + b) / 2 for a, b in pairwise(x)), ends[1]]
    found: list[tuple[float, float]] = []
    for k, bad in enumerate(broken):
        if bad and k and broken[k - 1]:
            found[-1] = (found[-1][0], edges[k + 1])
        elif bad:
            found.append((edges[k], edges[k + 1]))
    return found


def _alt(
    knob: str, ticks: Sequence[str], numbers: Mapping[str, Sequence[Range]], bands: Mapping[str, Range],
    titles: Mapping[str, str], broken: Sequence[bool],
) -> str:  # fmt: skip
    ways = []
    for key, runs in numbers.items():
        band = bands.get(key, UNKNOWN)
        ends = f"{titles[key]} goes from {figures_of(runs[0].mean)} to {figures_of(runs[-1].mean)}"
        ways.append(f"{ends} (retrained or floor {figures_of(band.low)} to {figures_of(band.high)})")
    bad = [tick for tick, one in zip(ticks, broken, strict=True) if one]
    where = f"The model is broken at {', '.join(bad)}." if bad else "The model breaks nowhere."
    return f"{knob} from {ticks[0]} to {ticks[-1]}. {'; '.join(ways)}. {where}"
