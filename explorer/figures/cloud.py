"""Draw the cloud of features in motion: the original, a method step by step, a retrained model, on the same two axes.

The axes are the two main axes of the original's own features, the same for all models. A retrained model has learnt
other features: its cloud is shorter on them and has a scale of its own. What to look at: whether the ringed forget
images drift out of their class, to where the retrained model puts them. What it does not show: the other dimensions, in
which most of a model's decision lies. Another seed turns and stretches its features, so only the arrangement of the
retrained cloud has a meaning, not its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from explorer.figures.layout import dress
from explorer.figures.theme import COLOURS, Mode, class_colour, class_symbol

ORDER = ("retain", "test", "forget")  # drawn in this order, so that what is forgotten lies on top
SIZES: Mapping[str, float] = {"retain": 6, "test": 4, "forget": 9}
OPACITY: Mapping[str, float] = {"retain": 0.75, "test": 0.35, "forget": 1.0}
MARGIN = 0.05
TWEEN = 350  # ms from one recorded step to the next


@dataclass(frozen=True)
class Probed:
    """The images whose features are drawn.

    Attributes:
        slot: (n,) int64, the colour and shape of each image's class.
        names: one name a slot.
        sets: "forget", "retain" and "test" -> where its images stand among the n.
        what: what is done to the images of the forget set, in one word.
    """

    slot: NDArray[np.int64]
    names: Sequence[str]
    sets: Mapping[str, slice]
    what: str = "forgotten"


def cloud(
    original: NDArray[np.floating],
    path: NDArray[np.floating],
    steps: Sequence[int],
    retrained: NDArray[np.floating],
    probed: Probed,
    *,
    title: str,
    straight: bool = False,
    mode: Mode = "light",
) -> go.Figure:
    """Return three clouds side by side; the one in the middle moves, with a play button and a slider.

    Args:
        original: (n, 2) features.
        path: (t, n, 2) features of the method at its recorded steps.
        steps: (t,) its steps.
        retrained: (n, 2) features of one retrained model.
        probed: which images they are.
        title: the method's name.
        straight: the method makes one jump; its steps are parts of the straight line.
        mode: "light" or "dark".
    """
    if len(path) != len(steps) or not len(path):
        raise ValueError(f"`path` must hold one cloud a step, got {len(path)} for {len(steps)} steps")
    figure = make_subplots(
        rows=1, cols=3, horizontal_spacing=0.05,
        subplot_titles=("Original", title, "Retrained (on its own scale)"),
    )  # fmt: skip
    for column, places in enumerate((original, path[-1], retrained), start=1):
        for name in ORDER:
            figure.add_trace(_points(places, probed, name, mode), row=1, col=column)
    moving = [len(ORDER) + k for k in range(len(ORDER))]
    figure.frames = [
        go.Frame(
            name=str(k), traces=moving,
            data=[go.Scatter(x=_short(place[probed.sets[name], 0]), y=_short(place[probed.sets[name], 1]))
                  for name in ORDER],
        )
        for k, place in enumerate(path)
    ]  # fmt: skip
    _legend(figure, probed, mode)
    for axis, at in (("x", 0), ("y", 1)):
        update = figure.update_xaxes if axis == "x" else figure.update_yaxes
        shared = _range(np.concatenate([original[:, at], path[..., at].ravel()]))
        for column, span in enumerate((shared, shared, _range(retrained[:, at])), start=1):
            update(range=span, zeroline=False, row=1, col=column)
    figure.update_xaxes(title_text="main axis 1 (feature units)")
    figure.update_yaxes(title_text="main axis 2 (feature units)", row=1, col=1)
    alt = (
        f"Features of {len(probed.slot)} images on two axes under the original, {title} and a retrained model. "
        f"{_said(original, path, retrained, probed)}"
    )
    dress(figure, alt=alt, mode=mode, height=470, explorer="cloud")
    figure.update_annotations(font={"size": 13, "color": COLOURS[mode].ink})
    return figure.update_layout(
        margin={"t": 78, "b": 118, "r": 16},
        legend={"y": 1.12, "itemclick": False, "itemdoubleclick": False},
        **_transport(steps, straight, mode),
    )


def _range(values: NDArray[np.floating]) -> list[float]:
    low, high = float(values.min()), float(values.max())
    pad = MARGIN * ((high - low) or 1.0)
    return [low - pad, high + pad]


def _points(places: NDArray[np.floating], probed: Probed, name: str, mode: Mode) -> go.Scatter:
    where = probed.sets[name]
    slot = probed.slot[where]
    ring = COLOURS[mode].sets["forget"] if name == "forget" else COLOURS[mode].halo
    return go.Scatter(
        x=_short(places[where, 0]), y=_short(places[where, 1]), mode="markers", showlegend=False, name=name,
        marker={
            "size": SIZES[name], "opacity": OPACITY[name], "color": [class_colour(int(k), mode) for k in slot],
            "symbol": [class_symbol(int(k)) for k in slot],
            "line": {"color": ring, "width": 2 if name == "forget" else 0.5},
        },
        text=[probed.names[k] for k in slot], hovertemplate=f"{name}: %{{text}}<extra></extra>",
    )  # fmt: skip


def _short(values: NDArray[np.floating]) -> list[float]:
    """Return coordinates without digits that no screen shows: the figure is a third as long."""
    return [float(f"{value:.4g}") for value in values]


def _legend(figure: go.Figure, probed: Probed, mode: Mode) -> None:
    colours = COLOURS[mode]
    present = sorted({int(k) for k in probed.slot})
    marks = [(probed.names[k], {"color": class_colour(k, mode), "symbol": class_symbol(k), "size": 8}) for k in present]
    ring = {"color": colours.sets["forget"], "width": 2}
    marks.append((f"{probed.what} (ringed, large)", {"color": "rgba(0,0,0,0)", "size": SIZES["forget"], "line": ring}))
    marks += [
        (f"{name} ({how})", {"color": colours.muted, "size": SIZES[name], "opacity": OPACITY[name]})
        for name, how in (("retain", "medium"), ("test", "small, pale"))
    ]
    for name, marker in marks:
        figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", name=name, marker=marker), row=1, col=1)


def _transport(steps: Sequence[int], straight: bool, mode: Mode) -> dict[str, Any]:
    colours = COLOURS[mode]
    last = max(int(steps[-1]), 1)
    words = [f"{100 * int(step) // last} %" if straight else str(int(step)) for step in steps]
    smooth = {
        "frame": {"duration": TWEEN, "redraw": False}, "transition": {"duration": TWEEN, "easing": "linear"},
        "mode": "immediate",
    }  # fmt: skip
    play = {**smooth, "fromcurrent": True, "mode": "immediate"}
    stop = {"frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}, "mode": "immediate"}
    look = {"bgcolor": colours.panel, "bordercolor": colours.line, "font": {"color": colours.ink, "size": 12}}
    buttons = {
        "type": "buttons", "direction": "right", "showactive": False, "x": 0, "y": -0.26, "xanchor": "left",
        "yanchor": "top", "pad": {"t": 0, "r": 8}, **look,
        "buttons": [
            {"label": "Play", "method": "animate", "args": [[str(k) for k in range(len(steps))], play]},
            {"label": "Pause", "method": "animate", "args": [[None], stop]},
        ],
    }  # fmt: skip
    slider = {
        "x": 0.26, "len": 0.74, "y": -0.2, "pad": {"t": 8, "b": 0}, "active": len(steps) - 1,
        "currentvalue": {
            "prefix": "part of one jump: " if straight else "step: ", "xanchor": "right", "font": {"size": 12},
        },
        "bgcolor": colours.line, "activebgcolor": colours.accent, "bordercolor": colours.line,
        "tickcolor": colours.line, "font": {"size": 11, "color": colours.muted},
        "steps": [
            {"label": word, "method": "animate", "args": [[str(k)], {**smooth, "frame": stop["frame"]}]}
            for k, word in enumerate(words)
        ],
        "transition": {"duration": TWEEN, "easing": "linear"},
    }  # fmt: skip
    return {"updatemenus": [buttons], "sliders": [slider]}


def _said(
    original: NDArray[np.floating], path: NDArray[np.floating], retrained: NDArray[np.floating], probed: Probed
) -> str:
    """Return how far the images of the forget set moved on average, and how far the retrained model has them."""
    where = probed.sets["forget"]
    if not len(original[where]):
        return f"No image is {probed.what}."

    def far(places: NDArray[np.floating]) -> float:
        return float(np.linalg.norm(places[where].astype(float) - original[where].astype(float), axis=1).mean())

    moved = f"The {probed.what} images move by {far(path[-1]):.3g} on average"
    return f"{moved}; retrained has them {far(retrained):.3g} away."
