"""What a page shows, as a small frozen value: the View, its address, and pictures worth opening first."""

from explorer.view.looks import (
    ACROSS,
    DEFAULT_LAYERS,
    GROUPS,
    HIDEABLE,
    LAYERS,
    LAYOUTS,
    MAX_RUNS,
    PAGES,
    RUNS_ACROSS,
    SHADOW_MODELS,
    STATISTICS,
    SWEPT,
    UP,
    Looks,
    over_models,
)
from explorer.view.panels import DEFAULT_PANELS, MAX_PANELS, MAX_ROWS, REFERENCES, Panel, Row, parse_panel
from explorer.view.parts import FIRST
from explorer.view.view import View

__all__ = [
    "ACROSS",
    "DEFAULT_LAYERS",
    "DEFAULT_PANELS",
    "FIRST",
    "GROUPS",
    "HIDEABLE",
    "LAYERS",
    "LAYOUTS",
    "MAX_PANELS",
    "MAX_ROWS",
    "MAX_RUNS",
    "PAGES",
    "REFERENCES",
    "RUNS_ACROSS",
    "SHADOW_MODELS",
    "STATISTICS",
    "SWEPT",
    "UP",
    "Looks",
    "Panel",
    "Row",
    "View",
    "over_models",
    "parse_panel",
]
