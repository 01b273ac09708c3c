"""Draw a certificate: the account over the deletions, and what the best attacker reads from models.

What to look at: in the account, how far the truth stays below the bound, and where the budget is full again; in the
readings, whether the two clouds can be told apart. What they do not show: whether the model is of use, and points
chosen by looking at it, for which nothing is promised.
"""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, DASHES, Mode
from explorer.records import Certificate

HEIGHT = 380
LEAST = 1e-11  # below it a distance is rounding
_ROUND = np.linspace(0, 2 * np.pi, 91)


def account(found: Certificate, *, panel: str, title: str, mode: Mode = "light") -> go.Figure:
    """Return what was counted after each deletion; the x axis counts the steps of the player's panel.

    Args:
        found: the account.
        panel: the player's panel whose cursor moves over it.
        title: the method's name, for the text.
        mode: "light" or "dark".
    """
    colours, figure = COLOURS[mode], go.Figure()
    steps, bounded = found.step.astype(float), math.isfinite(found.limit)
    for name, values in found.lines.items():
        line = {"color": colours.muted, "dash": "dot", "width": 1.5}
        if name == found.counts:
            line = {"color": colours.models["unlearned"], "dash": "solid", "width": 2.5}
        if name == found.truth:
            line = {"color": colours.sets["retain"], "dash": "dash", "width": 2}
        drawn = values if bounded else np.where(values > LEAST, values, np.nan)
        figure.add_trace(go.Scatter(x=steps, y=drawn, mode="lines", line=line, name=name[0].upper() + name[1:]))
    if bounded:
        ends = [float(steps.min()), float(steps.max())]
        line = {"color": colours.warning, "dash": "longdash", "width": 1.5}
        figure.add_trace(
            go.Scatter(x=ends, y=[found.limit] * 2, mode="lines", line=line, name="Budget", hoverinfo="skip")
        )
    again = steps[found.refilled]
    if len(again):
        marker = {"symbol": "triangle-up", "size": 9, "color": colours.models["retrained"]}
        figure.add_trace(
            go.Scatter(
                x=again, y=np.zeros(len(again)), mode="markers", marker=marker, name="Retrained, with new noise",
                hovertemplate="retrained at deletion %{x}<extra></extra>", cliponaxis=False,
            )
        )  # fmt: skip
    figure.update_xaxes(title_text="Deletions", range=[float(steps.min()), float(max(steps.max(), 1))])
    if bounded:
        top = max(found.limit, *(float(np.nanmax(values)) for values in found.lines.values()))
        figure.update_yaxes(title_text=found.measure, range=[0, 1.08 * top])
    else:
        figure.update_yaxes(title_text=found.measure, type="log", exponentformat="power", dtick=1)
    dress(figure, alt=_alt_account(found, title), mode=mode, height=HEIGHT, explorer="curves", panel=panel)
    return figure.update_layout(hovermode="x unified", margin={"t": 64})


def readings(found: Certificate, *, title: str, mode: Mode = "light") -> go.Figure:
    """Return what an attacker reads from models of many draws of the noise, retrained and unlearned.

    Args:
        found: the account.
        title: the method's name.
        mode: "light" or "dark".
    """
    colours, figure = COLOURS[mode], go.Figure()
    roles = (("Retrained", "retrained", "diamond-open", 0.0), (title, "unlearned", "circle", found.shift))
    for dots, (name, role, symbol, _) in zip(found.dots, roles, strict=True):
        marker = {"symbol": symbol, "size": 5, "color": faded(colours.models[role], 0.55)}
        figure.add_trace(go.Scatter(x=dots[:, 0], y=dots[:, 1], mode="markers", marker=marker, name=name,
                                    hoverinfo="skip"))  # fmt: skip
    for size, name, line in (
        (1.0, "One deviation of the noise", {"color": colours.models["retrained"], "dash": DASHES["retrained"]}),
        (found.allowed, "How far apart the means may lie", {"color": colours.warning, "dash": "dash"}),
    ):
        figure.add_trace(
            go.Scatter(x=size * np.cos(_ROUND), y=size * np.sin(_ROUND), mode="lines", name=name, hoverinfo="skip",
                       line={"width": 1.5, **line})
        )  # fmt: skip
    for name, role, symbol, place in roles:
        marker = {"symbol": symbol.removesuffix("-open"), "size": 11, "color": colours.models[role],
                  "line": {"color": colours.halo, "width": 1.5}}  # fmt: skip
        figure.add_trace(go.Scatter(x=[place], y=[0], mode="markers", marker=marker, name=f"Mean of {name.lower()}",
                                    hovertemplate="%{x:.3f}", showlegend=False))  # fmt: skip
    far = max(3.2, 1.1 * found.allowed, 1.1 * found.shift)
    figure.update_xaxes(title_text="Along the shift (deviations of the noise)", range=[-far, far], constrain="domain")
    figure.update_yaxes(title_text="Across it", range=[-far, far], scaleanchor="x", constrain="domain")
    dress(figure, alt=_alt_readings(found, title), mode=mode, height=HEIGHT, explorer="readings")
    return figure.update_layout(margin={"t": 64})


def _alt_account(found: Certificate, title: str) -> str:
    ends = "; ".join(f"{name} {figures_of(float(values[-1]))}" for name, values in found.lines.items())
    return f"{title}, deletion by deletion. {found.account}. At the end: {ends}. Unit: {found.measure.lower()}."


def _alt_readings(found: Certificate, title: str) -> str:
    return (
        f"What an attacker reads from retrained models and from {title}: {figures_of(found.shift)} deviations of the "
        f"noise apart, {figures_of(found.allowed)} are allowed. Best attacker's AUC {figures_of(found.auc)}, at most "
        f"{figures_of(found.cap)} by the promise."
    )
