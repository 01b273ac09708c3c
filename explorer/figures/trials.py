"""Draw the trials of a method's knobs: both judges against each knob, every trial a dot in every panel.

What to look at: whether the good trials lie close together or are scattered, and whether the best lies at the end of a
range. What it does not show: how knobs hang together; a trial is one dot in each panel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.figures.layout import dress, figures_of
from explorer.figures.theme import COLOURS, Mode

ROW, MOST = 210, 3  # pixels of a row of panels, and panels side by side
NARROW = 640  # pixels below which there is one panel a row
ABOVE = 1.08  # times the worst finite judge: where trials stand that broke down


@dataclass(frozen=True)
class KnobAxis:
    """One knob.

    Attributes:
        title: its name.
        values: one a trial; numbers, or names of choices.
        log: logarithmic axis; then all numbers are above 0.
        choices: the values are names.
    """

    title: str
    values: Sequence[Any]
    log: bool = False
    choices: bool = False


@dataclass(frozen=True)
class Judged:
    """What two judges say of n trials; lower is better.

    Attributes:
        honest: (n,) the judge that sees no retrained model; infinite where a model broke down.
        oracle: (n,) the one that knows a retrained model.
        lost: (n,) whether the model broke down or lost most of what was to be kept.
        chosen: the trial that the honest judge puts first, None where there is none.
        authors: the trial with the authors' own setting, None where there is none.
        by_oracle: the trial that the oracle puts first, None where there is none.
    """

    honest: Sequence[float]
    oracle: Sequence[float]
    lost: Sequence[bool]
    chosen: int | None = None
    authors: int | None = None
    by_oracle: int | None = None


def trials(knobs: Sequence[KnobAxis], judged: Judged, *, width: float = 900, mode: Mode = "light") -> go.Figure:
    """Return one panel a knob, with both judges of every trial.

    Args:
        knobs: at least one.
        judged: of the trials.
        width: pixels that the figure will have.
        mode: "light" or "dark".
    """
    colours, columns = COLOURS[mode], min(len(knobs), 1 if width < NARROW else MOST)
    rows = math.ceil(len(knobs) / columns)
    figure = make_subplots(
        rows=rows,
        cols=columns,
        shared_yaxes="all",  # type: ignore[arg-type]  # plotly takes "all"
        horizontal_spacing=0.04,
        vertical_spacing=0.34 / max(rows, 1),
    )
    top = ABOVE * max([value for value in (*judged.honest, *judged.oracle) if math.isfinite(value)], default=1.0)
    series = (
        ("Honest judge", judged.honest, "circle", colours.models["unlearned"]),
        ("Oracle", judged.oracle, "diamond-open", colours.muted),
    )
    for at, knob in enumerate(knobs):
        row, col = at // columns + 1, at % columns + 1
        for name, values, symbol, colour in series:
            y = [value if math.isfinite(value) else top for value in values]
            marks = ["x" if lost else symbol for lost in judged.lost]
            figure.add_trace(
                go.Scatter(
                    x=list(knob.values), y=y, mode="markers", name=name, legendgroup=name, showlegend=at == 0,
                    marker={"symbol": marks, "size": 8, "color": colour, "opacity": 0.8},
                    customdata=[[k + 1, figures_of(v) if math.isfinite(v) else "none"] for k, v in enumerate(values)],
                    hovertemplate=f"trial %{{customdata[0]}}: {knob.title} %{{x}}<br>{name} %{{customdata[1]}}"
                    "<extra></extra>",
                ),
                row=row, col=col,
            )  # fmt: skip
        _marked(figure, knob, judged, top, (row, col), mode)
        kind = "category" if knob.choices else "log" if knob.log else "linear"
        if knob.choices:
            figure.update_xaxes(categoryorder="array", categoryarray=_in_order(knob.values), row=row, col=col)
        figure.update_xaxes(title_text=knob.title, type=kind, nticks=5, exponentformat="power", row=row, col=col)
    figure.update_yaxes(title_text="judge (lower is better)", col=1)
    dress(figure, alt=_alt(knobs, judged), mode=mode, height=ROW * rows + 90)
    return figure


def _in_order(names: Sequence[str]) -> list[str]:
    """Return each name once: numbers by size, then words by letter."""

    def place(name: str) -> tuple[bool, float, str]:
        try:
            return False, float(name), name
        except ValueError:
            return True, 0.0, name

    return sorted(set(names), key=place)


def _marked(figure: go.Figure, knob: KnobAxis, judged: Judged, top: float, where: tuple[int, int], mode: Mode) -> None:
    colours = COLOURS[mode]
    for name, trial, values, symbol, colour, size in (
        ("Chosen", judged.chosen, judged.honest, "circle-open", colours.accent, 17),
        ("The authors' own setting", judged.authors, judged.honest, "square-open", colours.ink, 14),
        ("First for the oracle", judged.by_oracle, judged.oracle, "diamond-open", colours.models["retrained"], 18),
    ):
        if trial is not None:
            y = values[trial] if math.isfinite(values[trial]) else top
            figure.add_trace(
                go.Scatter(
                    x=[knob.values[trial]], y=[y], mode="markers", name=name, legendgroup=name,
                    showlegend=where == (1, 1), hoverinfo="skip",
                    marker={"symbol": symbol, "size": size, "color": colour, "line": {"width": 2.5}},
                ),
                row=where[0], col=where[1],
            )  # fmt: skip


def _alt(knobs: Sequence[KnobAxis], judged: Judged) -> str:
    named = ", ".join(knob.title for knob in knobs)
    said = [f"Two judges of {len(judged.honest)} trials against {named}."]
    for name, trial, values in (
        ("Chosen", judged.chosen, judged.honest),
        ("The authors' own setting", judged.authors, judged.honest),
        ("First for the oracle", judged.by_oracle, judged.oracle),
    ):
        if trial is not None:
            judge = figures_of(values[trial]) if math.isfinite(values[trial]) else "none"
            at = ", ".join(f"{knob.title} {_shown(knob.values[trial])}" for knob in knobs)
            said.append(f"{name} is trial {trial + 1}, judge {judge}: {at}.")
    if lost := sum(judged.lost):
        said.append(f"{lost} of the models lost most of what was to be kept.")
    return " ".join(said)


def _shown(value: Any) -> str:
    return figures_of(value) if isinstance(value, float) else str(value)
