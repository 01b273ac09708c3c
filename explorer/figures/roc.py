"""Draw ROC curves of attacks with both axes logarithmic, where the few points that are surely exposed can be seen.

What to look at: how far a curve lies above the dashed diagonal at low false positive rates, and whether the unlearned
model's lies on the retrained ones'. What it does not show: which points they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.layout import dress, figures_of
from explorer.figures.theme import COLOURS, DASHES, Mode


@dataclass(frozen=True)
class Line:
    """One curve.

    Attributes:
        name: for the legend.
        role: "original", "unlearned" or "retrained"; sets colour and dash.
        fpr: (t,) ascending from 0 to 1.
        tpr: (t,) ascending from 0 to 1.
        auc: shown in the legend.
    """

    name: str
    role: str
    fpr: NDArray[np.float64]
    tpr: NDArray[np.float64]
    auc: float


POINTS = ("forgotten points", "unseen points")


def roc(
    lines: Sequence[Line], *, others: int, members: int, judged: tuple[str, str] = POINTS, mode: Mode = "light"
) -> go.Figure:
    """Return the curves of one attack on several models.

    Args:
        lines: the curves.
        others: number of unseen points judged; no false positive rate below one in so many can be seen.
        members: number of forgotten points judged; likewise for the true positive rate.
        judged: what members and others are, in the plural.
        mode: "light" or "dark".
    """
    colours = COLOURS[mode]
    least = [0.5 / others, 0.5 / members]
    figure = go.Figure()
    corner = max(least)
    figure.add_trace(
        go.Scatter(
            x=[corner, 1],
            y=[corner, 1],
            mode="lines",
            name="cannot tell",
            hoverinfo="skip",
            line={"color": colours.muted, "dash": "dot", "width": 1},
        )
    )
    seen: set[str] = set()
    for line in lines:
        style = {"color": colours.models[line.role], "dash": DASHES[line.role], "width": 2, "shape": "hv"}
        figure.add_trace(
            go.Scatter(
                x=np.maximum(line.fpr, least[0]),
                y=np.maximum(line.tpr, least[1]),
                mode="lines",
                line=style,
                name=f"{line.name} (AUC {figures_of(line.auc)})",
                opacity=0.55 if line.role in seen else 1,
                hovertemplate="%{y:.3g} found at %{x:.3g} false ones<extra></extra>",
            )
        )
        seen.add(line.role)
    ticks = {"type": "log", "dtick": 1, "tickformat": ".1g"}
    figure.update_xaxes(
        title_text=f"False positive rate (of {others} {judged[1]})", range=[np.log10(least[0]), 0], **ticks
    )
    figure.update_yaxes(
        title_text=f"True positive rate (of {members} {judged[0]})", range=[np.log10(least[1]), 0], **ticks
    )
    areas = "; ".join(f"{line.name} AUC {figures_of(line.auc)}" for line in lines)
    alt = f"ROC curves of an attack on logarithmic axes, {members} {judged[0]} against {others} {judged[1]}. {areas}."
    return dress(figure, alt=alt, mode=mode, height=420)
