"""One palette, by role, for the plotly figures and for the player (whose blob carries it, so there is no second).

The colours survive colour blindness (classes are spaced after Okabe and Ito) and a weak projector. What must be told
apart differs in dash or symbol too. Lines differ in lightness from every class region they can lie on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")

MODELS = ("original", "unlearned", "retrained")

#: Dash of each model's line, in plotly's words; the player draws the same pattern (see `PATTERNS`).
DASHES: Mapping[str, str] = {"original": "dash", "unlearned": "solid", "retrained": "dashdot"}
#: The same dashes as lengths, in units of the line's width.
PATTERNS: Mapping[str, tuple[float, ...]] = {"original": (4.0, 2.5), "unlearned": (), "retrained": (6.0, 2.2, 1.0, 2.2)}
#: Symbol of a point by class, in plotly's words; the player draws the same shapes. One more class starts again.
SYMBOLS: tuple[str, ...] = (
    "circle", "square", "triangle-up", "diamond", "triangle-down", "pentagon", "star", "cross", "hexagon", "x",
)  # fmt: skip


@dataclass(frozen=True)
class Palette:
    """Colours of one mode, each "#rrggbb".

    Attributes:
        classes: colour of a class, for points and (mixed with `paper`) for its region.
        models: role ("original", "unlearned", "retrained") -> colour of its line or bar.
        sets: role ("retain", "forget", "test") -> colour.
        paper: background of a figure.
        panel: background of a panel or plot area.
        ink: text, and the panel's own boundary.
        muted: secondary text.
        line: frames, ticks and grid lines.
        halo: thin outline that lifts marks from what lies under them.
        warning: the divergence banner and warnings.
        warning_paper: background under a warning's text.
        accent: focus ring, cursor, the button that is on.
        ramp: (start, end) of sequential scales (entropy, slope), from little to much.
        diverging: (below, above) of scales around 0, whose middle is `panel`; apart for every colour vision.
    """

    classes: tuple[str, ...]
    models: Mapping[str, str]
    sets: Mapping[str, str]
    paper: str
    panel: str
    ink: str
    muted: str
    line: str
    halo: str
    warning: str
    warning_paper: str
    accent: str
    ramp: tuple[str, str]
    diverging: tuple[str, str]


COLOURS: Mapping[Mode, Palette] = {
    "light": Palette(
        classes=(
            "#0067b1", "#e0700a", "#008f68", "#c2609c", "#3da3dd", "#a89200", "#6d4fa0", "#8c5a3c", "#6b7680",
            "#c8324f",
        ),
        models={"original": "#5b6470", "unlearned": "#12161c", "retrained": "#7a1fc9"},
        sets={"retain": "#2b7a4b", "forget": "#c2185b", "test": "#64707d"},
        paper="#ffffff", panel="#f7f8fa", ink="#12161c", muted="#5b6470", line="#d5dae1", halo="#ffffff",
        warning="#a32100", warning_paper="#fff1ec", accent="#7a1fc9", ramp=("#f7f8fa", "#12406e"),
        diverging=("#1f3f9e", "#b04a00"),
    ),
    "dark": Palette(
        classes=(
            "#4ba3ea", "#ff9a3d", "#2fc79a", "#ec8fc6", "#8fd3ff", "#e3cf45", "#b59aec", "#cf9b78", "#a7b1bb",
            "#ff7088",
        ),
        models={"original": "#a9b2bd", "unlearned": "#f4f6f9", "retrained": "#d3a6ff"},
        sets={"retain": "#6bd093", "forget": "#ff6fa8", "test": "#a9b2bd"},
        paper="#0e1117", panel="#161b24", ink="#f4f6f9", muted="#a9b2bd", line="#323a47", halo="#0e1117",
        warning="#ffb199", warning_paper="#3a1710", accent="#d3a6ff", ramp=("#161b24", "#9fd0ff"),
        diverging=("#7fb0ff", "#ffa64d"),
    ),
}  # fmt: skip


def class_colour(index: int, mode: Mode = "light") -> str:
    """Return the colour of a class; colours start again after the tenth."""
    classes = COLOURS[mode].classes
    return classes[index % len(classes)]


def class_symbol(index: int) -> str:
    """Return the plotly symbol of a class."""
    return SYMBOLS[index % len(SYMBOLS)]
