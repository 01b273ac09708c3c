"""Draw how the forgotten points come back while a model is trained on with kept points alone.

What to look at: whether the method's curve rises above both bands, that of retrained models and that of the same method
run on retrained models. The thin line is *land*: how much of the plane that retraining changes is as it was before.
What it does not show: other rates, and what happens after the last step. The x axis counts the
steps of the player's panel, so that the player can move a cursor over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, DASHES, Mode

HEIGHT = 380  # pixels


def relearning(
    curves: Mapping[str, NDArray[np.float64]],
    drawn: NDArray[np.float64],
    *,
    title: str,
    panel: str,
    mode: Mode = "light",
) -> go.Figure:
    """Return forget accuracy over the steps.

    Args:
        curves: "curve" (t,), "retrained" (r, t), and where there is one "control" and "matched" (r, t); "land"
            (d,), NaN where retraining changes no place.
        drawn: (d,) the steps at which land is known.
        title: the method's name.
        panel: the player's panel whose steps the x axis counts.
        mode: "light" or "dark".
    """
    colours, own, figure = COLOURS[mode], curves["curve"], go.Figure()
    steps = np.arange(len(own))
    bands = [("retrained", "Retrained models", colours.models["retrained"], DASHES["retrained"])]
    if "control" in curves:
        bands.append(("control", f"{title} on retrained models", colours.warning, "dash"))
        bands.append(("matched", "matched: until as much is damaged", colours.warning, "dot"))
    for key, name, colour, dash in bands:
        if key != "matched":
            edge = {"x": steps, "mode": "lines", "hoverinfo": "skip", "line": {"width": 0}, "showlegend": False}
            figure.add_trace(go.Scatter(y=curves[key].min(axis=0), **edge))
            figure.add_trace(
                go.Scatter(y=curves[key].max(axis=0), fill="tonexty", fillcolor=faded(colour, 0.16), **edge)
            )
        figure.add_trace(_line(steps, curves[key].mean(axis=0), f"{name} (mean)", colour, dash, 1.8))
    land, colour = curves["land"], colours.models["unlearned"]
    if np.isfinite(land).all():
        figure.add_trace(_line(drawn, land, f"{title}: land", colour, "solid", 1.2))
    figure.add_trace(_line(steps, own, title, colour, "solid", 2.6))
    figure.update_xaxes(title_text="Steps of training on with kept points alone", range=[0, steps[-1]])
    figure.update_yaxes(title_text="Forget accuracy, land (shares)", range=[-0.03, 1.03])
    said = [f"{name} at most {figures_of(float(curves[key].mean(axis=0).max()))}" for key, name, _, _ in bands]
    if np.isfinite(land).all():
        said.append(f"land from {figures_of(float(land[0]))} to at most {figures_of(float(land.max()))}")
    alt = (
        f"Forget accuracy over {steps[-1]} steps of training on with kept points alone. {title} goes from "
        f"{figures_of(float(own[0]))} up to {figures_of(float(own.max()))}; {'; '.join(said)}."
    )
    dress(figure, alt=alt, mode=mode, height=HEIGHT, explorer="curves", panel=panel)
    return figure.update_layout(hovermode="x unified", margin={"t": 70})


def _line(x: NDArray[Any], y: NDArray[np.float64], name: str, colour: str, dash: str, width: float) -> go.Scatter:
    line = {"color": colour, "dash": dash, "width": width}
    return go.Scatter(x=x, y=y, mode="lines", name=name, line=line, hovertemplate="%{y:.3f}")
