"""Draw how fast the forget set is learnt again: a model that still knew it is back at once.

What to look at: whether the unlearned model's curve rises within the retrained models' band, or is back sooner than a
model that never saw the points. What it does not show: other rates or momenta, with which the number of steps differs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, DASHES, Mode

HEIGHT = 400  # pixels


def relearn_forget(
    curves: Mapping[str, NDArray[np.float64]], *, title: str, within: float, mode: Mode = "light"
) -> go.Figure:  # fmt: skip
    """Return forget accuracy over the steps of learning the forget set again.

    Args:
        curves: "original" and "unlearned" -> (1, t), "retrained" -> (r, t), each from step 0 on.
        title: the method's name.
        within: how near to the original's first value counts as known again; a dotted line stands there.
        mode: "light" or "dark".
    """
    colours, retrained = COLOURS[mode], curves["retrained"]
    steps, figure = np.arange(retrained.shape[1]), go.Figure()
    edge = {"x": steps, "mode": "lines", "hoverinfo": "skip", "line": {"width": 0}}
    figure.add_trace(go.Scatter(y=retrained.min(axis=0), showlegend=False, **edge))
    figure.add_trace(
        go.Scatter(
            y=retrained.max(axis=0), fill="tonexty", fillcolor=faded(colours.models["retrained"], 0.2),
            name="Retrained: range over seeds", **edge,
        )
    )  # fmt: skip
    # The original comes last: its dashes are seen on the method's line where both know all the points.
    drawn = (("retrained", "Retrained: mean", retrained.mean(axis=0)), ("unlearned", title, curves["unlearned"][0]),
             ("original", "Original", curves["original"][0]))  # fmt: skip
    for role, name, values in drawn:
        line = {"color": colours.models[role], "dash": DASHES[role], "width": 2.5 if role == "unlearned" else 2}
        hover = f"{name}, step %{{x}}: %{{y:.3f}}<extra></extra>"
        figure.add_trace(go.Scatter(x=steps, y=values, mode="lines", name=name, line=line, hovertemplate=hover))
    target = float(curves["original"][0, 0]) - within
    figure.add_trace(
        go.Scatter(
            x=steps[[0, -1]], y=[target, target], mode="lines", name="Known again", showlegend=False,
            line={"color": colours.muted, "dash": "dot", "width": 1.5}, hoverinfo="skip",
        )
    )  # fmt: skip
    note = f"known again: within {within:g} of the original".replace("0.", ".")
    figure.add_annotation(
        text=note, x=1, xref="paper", y=target, xanchor="right", yanchor="top", showarrow=False,
        font={"size": 11, "color": colours.muted}, bgcolor=faded(colours.paper, 0.7), borderpad=1,
    )  # fmt: skip
    least = min(target, *(float(values.min()) for values in curves.values()))
    figure.update_xaxes(title_text="Steps of learning the forget set again", range=[0, steps[-1]])
    figure.update_yaxes(title_text="Forget accuracy (share)", range=[math.floor(10 * least - 0.3) / 10, 1.02])
    ends = "; ".join(f"{name} goes from {figures_of(one[0])} to {figures_of(one[-1])}" for _, name, one in drawn)
    low, high = (figures_of(end) for end in (retrained[:, 0].min(), retrained[:, 0].max()))
    first = f"retrained models begin between {low} and {high}"
    alt = f"Forget accuracy over {steps[-1]} steps of learning the forget set again. {ends}; {first}."
    dress(figure, alt=alt, mode=mode, height=HEIGHT)
    return figure.update_layout(legend={"traceorder": "normal"})
