"""Dress a plotly figure: fonts, papers and grid lines of a mode, the margins, and its alt text."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from explorer.figures.theme import COLOURS, Mode

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


def dress(figure: go.Figure, *, alt: str, mode: Mode = "light", height: int | None = None, **meta: Any) -> go.Figure:
    """Give a figure its mode's colours, one look for all axes, and what `layout.meta` carries.

    Args:
        figure: changed and returned.
        alt: what the figure shows, in a sentence or two; goes to layout.meta["alt"].
        mode: "light" or "dark".
        height: in pixels.
        meta: further entries of layout.meta, for instance what links it to the player.
    """
    colours = COLOURS[mode]
    axis = {
        "gridcolor": colours.line, "linecolor": colours.line, "zerolinecolor": colours.line, "tickcolor": colours.line,
        "ticks": "outside", "ticklen": 3, "title": {"font": {"size": 12}, "standoff": 8}, "automargin": True,
    }  # fmt: skip
    figure.update_layout(
        template="none", paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", height=height,
        font={"family": FONT, "size": 12, "color": colours.ink}, margin={"l": 56, "r": 16, "t": 32, "b": 54},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "font": {"size": 11}},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.ink},
        hoverlabel={"bgcolor": colours.panel, "bordercolor": colours.line, "font": {"color": colours.ink}},
        meta={"alt": alt, **meta},
    )  # fmt: skip
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def faded(colour: str, opacity: float) -> str:
    """Return "#rrggbb" as an rgba colour of the given opacity in [0, 1]."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def alt_text(figure: go.Figure) -> str:
    """Return what a figure shows, in words."""
    meta = figure.layout.meta  # type: ignore[attr-defined]  # plotly builds its attributes at run time
    return meta["alt"]


def figures_of(value: float) -> str:
    """Return a number in three digits for an alt text or a label; "not defined" for NaN."""
    return "not defined" if value != value else f"{value:.3g}"
