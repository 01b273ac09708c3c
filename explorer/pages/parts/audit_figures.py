"""Draw the figures of the page *audits*: curves under the player, or maps where nothing moves."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.contents.audits import Audited
from explorer.contents.picture import panel_names
from explorer.figures import drop_map, rings
from explorer.figures.relearning import relearning
from explorer.figures.weight_path import weight_path
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.records import AuditPicture
from explorer.view import View

CURVES = (
    "The curve of the panel in focus, which is chosen on the left. Above both bands, of retrained models and of the "
    "same method on retrained models: what comes back had been kept."
)


LAND = (
    " *Land*, the thin line in the colour of the method: of the places where retraining changes the class, the share "
    "that has the original's."
)


def title_of(view: View, name: str) -> str:
    """Return the title of a panel."""
    return dict(zip(panel_names(view), (panel.title for panel in view.panels), strict=True)).get(name, name)


def show(view: View, now: Audited, wide: int) -> None:
    """Draw the figure of an audit, if it has one.

    Args:
        view: the view.
        now: what is ready.
        wide: pixels, where the figure must know.
    """
    if now.audit == "relearning":
        _relearning(view, now)
    elif now.audit == "weight_path":
        _weight_path(view, now)
    elif now.audit == "two_model_membership":
        _maps(view, now, wide)
    elif now.audit == "completeness":
        _rings(view, now, wide)


def _in_order(view: View, now: Audited) -> list[tuple[str, str, AuditPicture]]:
    """Return name, title and picture of every panel of the view that could be audited."""
    return [(name, title_of(view, name), now.drawn[name]) for name in panel_names(view) if name in now.drawn]


def _focus(view: View, now: Audited) -> str:
    """Return the panel in focus, or the last that could be audited."""
    name = panel_names(view)[view.focus]
    return name if name in now.drawn else next(reversed([*now.drawn]), "")


def _relearning(view: View, now: Audited) -> None:
    name = _focus(view, now)
    if name:
        drawn = now.drawn[name]
        figure = relearning(drawn.arrays, drawn.at, title=now.panels[name].title, panel=name, mode=mode())
        chart(figure, "audits:relearning")
        st.caption(CURVES + (LAND if np.isfinite(drawn.arrays["land"]).all() else ""))


def _weight_path(view: View, now: Audited) -> None:
    found = _in_order(view, now)
    if not found:
        return
    areas = {title: drawn.arrays["area"] for _, title, drawn in found}
    nearest = {title: float(drawn.arrays["nearest"][0]) for _, title, drawn in found}
    figure = weight_path(areas, found[0][2].at, nearest, panel=found[0][0], mode=mode())
    chart(figure, "audits:weight_path")


def _maps(view: View, now: Audited, wide: int) -> None:
    found, scene = _in_order(view, now), now.scene
    if not found or scene is None:
        return
    maps = [drop_map.Map(title, one.note, one.arrays["before"], one.arrays["after"]) for _, title, one in found]
    first = found[0][2].arrays
    new_seed = drop_map.Map("New seed, nothing deleted", "the zero line", first["before"], first["new_seed"])
    ground = drop_map.Ground(scene.plane, scene.size, scene.x, scene.y, scene.forget, scene.names)
    chart(drop_map.drop_maps(ground, [*maps, new_seed], width=wide, mode=mode()), "audits:maps")


def _rings(view: View, now: Audited, wide: int) -> None:
    found, scene = _in_order(view, now), now.scene
    if not found or scene is None:
        return
    pictures = [
        rings.Rings(title, drawn.note, drawn.grid[-1], *(drawn.arrays[key] for key in ("ring", "own", "low", "high")))
        for _, title, drawn in found
    ]
    ground = rings.Ground(scene.plane, scene.size, scene.x, scene.y, scene.forget, scene.names)
    chart(rings.rings(ground, pictures, width=wide, mode=mode()), "audits:rings")
