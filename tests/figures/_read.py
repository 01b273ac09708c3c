"""Read figures: plotly makes the attributes of a layout at run time, so no type checker knows them."""

from typing import Any

import plotly.graph_objects as go


def layout(figure: go.Figure) -> Any:
    return figure.layout
