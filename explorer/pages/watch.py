"""*Watch*: several methods move the boundary side by side, and the numbers say how close each comes to retraining."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

from explorer.pages import _numbers, _sweep_section
from explorer.pages._picture import Picture, panel_names
from explorer.pages._stage import stage
from explorer.pages._tab import current
from explorer.pages._words import FAINT_WARNING, faint, hardness_lines
from explorer.view import View

if TYPE_CHECKING:
    from explorer.presets import Preset


def show() -> None:
    """Draw the page."""
    tab = current()
    with st.container(key="page"):
        if "presets" not in tab.view.hidden:
            _presets(tab.view)
        stage(tab, _below)
        _sweep_section.show(tab, tab.view)


def _presets(view: View) -> None:
    from explorer.presets import PRESETS

    with st.container(horizontal=True, gap="small", key="presets"):
        _links([preset for preset in PRESETS if preset.group == "First"])
        with st.popover("Methods", type="tertiary"):
            _links([preset for preset in PRESETS if preset.group == "Methods"])
    preset_sentence(view)


def preset_sentence(view: View) -> None:
    """Say what to look at where the view is a preset."""
    from explorer.presets import PRESETS

    here = view.unlooked().to_query()
    for preset in PRESETS:
        if _query(preset.key) == here:
            st.caption(f"**{preset.title}.** {preset.sentence}")


@cache
def _query(key: str) -> dict[str, str]:
    from explorer.presets import PRESETS

    return next(preset for preset in PRESETS if preset.key == key).view().to_query()


def _links(presets: Sequence[Preset]) -> None:
    for preset in presets:
        view = preset.view()
        st.page_link(
            st.session_state["pages"][view.page], label=preset.title, help=preset.sentence,
            query_params=_query(preset.key),
        )  # fmt: skip


def facts(picture: Picture) -> None:
    """Say how hard the choice of points is and how far forgetting moves the boundary."""
    known = picture.facts
    if known is None:
        st.html('<div class="ue-facts">&nbsp;<br>&nbsp;</div>')
        return
    first, second = hardness_lines(known.hardness, known.forgotten, known.points, known.kind)
    st.html(f'<div class="ue-facts">{first}<br>{second}</div>')
    if faint(known.ratio) and not known.paired:
        st.warning(FAINT_WARNING, icon=":material/blur_on:")
    for note in known.notes:
        st.info(note, icon=":material/info:")


def _below(view: View, picture: Picture) -> None:
    facts(picture)
    if "numbers" in view.hidden:
        return
    names = panel_names(view)
    titled = {
        name: (panel.title, picture.numbers[name])
        for name, panel in zip(names, view.panels, strict=True)
        if name in picture.numbers
    }
    if titled:
        st.html(_numbers.table(titled, stale=picture.stale))
        st.caption(f"{_numbers.HOW_TO_READ} {_numbers.NOT_SHOWN}")
        if "export" not in view.hidden:
            st.download_button(
                "Numbers as CSV", lambda: _numbers.as_csv(titled), "numbers.csv", "text/csv",
                icon=":material/download:",
                on_click="ignore", type="tertiary",
            )  # fmt: skip
