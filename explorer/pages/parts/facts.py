"""Say how hard the choice of points is, and how far forgetting moves the boundary."""

from __future__ import annotations

import streamlit as st

from explorer.contents.picture import Picture
from explorer.contents.requests import told
from explorer.contents.words import FAINT_WARNING, faint, hardness_lines


def facts(picture: Picture) -> None:
    """Say how hard the choice of points is and how far forgetting moves the boundary."""
    known = picture.facts
    if known is None:
        st.html('<div class="ue-facts">&nbsp;<br>&nbsp;</div>')
        return
    first, second = hardness_lines(known.hardness, known.forgotten, known.points, known.kind)
    st.html(f'<div class="ue-facts">{first}<br>{second}</div>')
    if faint(known.ratio) and not known.paired:
        st.warning(told(FAINT_WARNING, known.kind), icon=":material/blur_on:")
    for note in known.notes:
        st.info(note, icon=":material/info:")
