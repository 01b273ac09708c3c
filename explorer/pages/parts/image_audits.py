"""Show the audits of recorded runs on the page *CIFAR*, below their table; nothing where there are none."""

from __future__ import annotations

import streamlit as st

from explorer.contents.recorded.runs import Opened
from explorer.contents.tables import image_audits as tables
from explorer.contents.words import method_title
from explorer.experiments.cifar import audited, files


def show(opened: Opened, *, export: bool) -> None:
    """Draw them.

    Args:
        opened: the folder; only those that ship are audited.
        export: whether files of them are offered.
    """
    if opened.place.parent != files.SHIPPED:
        return
    found = audited.read(files.SHIPPED, opened.place.name)
    shown = tables.html(found, method_title)
    if not shown:
        return
    st.html(f"<h2 class='ue-head'>{tables.TITLE}</h2>{shown}{tables.readings(found)}")
    said = [tables.LOOK, tables.zero_lines(found), tables.NOT_SHOWN, tables.HOW_MADE]
    st.caption(" ".join(part for part in said if part))
    if not export:
        return
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Audits as CSV", lambda: tables.as_csv(found, method_title), f"{opened.place.name}-audits.csv", "text/csv",
            type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Audits as JSON", lambda: tables.as_json(found, opened.place.name, audited.COMMAND),
            f"{opened.place.name}-audits.json", "application/json", type="tertiary", icon=":material/download:",
            on_click="ignore",
        )  # fmt: skip
