"""The pictures worth opening first, as links above the player."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

from explorer.view import View

if TYPE_CHECKING:
    from explorer.view.presets import Preset


def show(view: View) -> None:
    """Draw the links, and the sentence of the one that is on screen."""
    from explorer.view.presets import PRESETS

    with st.container(horizontal=True, gap="small", key="presets"):
        _links([preset for preset in PRESETS if preset.group == "First"])
        with st.popover("Methods", type="tertiary"):
            _links([preset for preset in PRESETS if preset.group == "Methods"])
    preset_sentence(view)


def of_group(view: View, group: str, most: int = 4) -> None:
    """Draw the links of one group, those beyond `most` folded up, and the sentence of the one that is on screen."""
    from explorer.view.presets import PRESETS

    found = [preset for preset in PRESETS if preset.group == group]
    with st.container(horizontal=True, gap="small", key="presets"):
        _links(found[:most])
        if found[most:]:
            with st.popover("More", type="tertiary"):
                _links(found[most:])
    preset_sentence(view)


def preset_sentence(view: View) -> None:
    """Say what to look at where the view is a preset."""
    from explorer.view.presets import PRESETS

    here = view.unlooked().to_query()
    for preset in PRESETS:
        shown = preset.view()
        alike = preset.group != "Audits" or shown.looks.audits == view.looks.audits
        alike = alike and (preset.group != "Streams" or shown.looks.streams == view.looks.streams)
        if alike and _bare(preset.key) == here:
            st.caption(f"**{preset.title}.** {preset.sentence}")


@cache
def _bare(key: str) -> dict[str, str]:
    """Return the address of what a preset shows, wherever one looks."""
    from explorer.view.presets import PRESETS

    return next(preset for preset in PRESETS if preset.key == key).view().unlooked().to_query()


@cache
def _query(key: str) -> dict[str, str]:
    from explorer.view.presets import PRESETS

    return next(preset for preset in PRESETS if preset.key == key).view().to_query()


def _links(presets: Sequence[Preset]) -> None:
    for preset in presets:
        view = preset.view()
        st.page_link(
            st.session_state["pages"][view.page], label=preset.title, help=preset.sentence,
            query_params=_query(preset.key),
        )  # fmt: skip
