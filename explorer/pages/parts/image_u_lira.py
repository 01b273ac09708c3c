"""Show what U-LiRA finds on recorded runs on the page *CIFAR*, below their audits; nothing where it was not asked."""

from __future__ import annotations

import streamlit as st

from explorer.contents.recorded.runs import Opened
from explorer.contents.tables import image_u_lira as tables
from explorer.contents.words import method_title
from explorer.experiments.cifar import files, many
from explorer.pages.parts import attack_cards


def show(opened: Opened, *, export: bool) -> None:
    """Draw it.

    Args:
        opened: the folder; only those that ship were asked.
        export: whether files of the numbers are offered.
    """
    if opened.place.parent != files.SHIPPED:
        return
    models, found = many.read(files.SHIPPED, opened.place.name)
    shown = tables.html(found, method_title)
    if not shown:
        return
    st.html(f"<h2 class='ue-head'>{tables.TITLE}</h2>{shown}")
    said = [tables.LOOK, tables.troubles(found, method_title), tables.NOT_SHOWN, tables.how_made(models)]
    st.caption(" ".join(part for part in said if part))
    attack_cards.show([many.ATTACK], label="What U-LiRA looks at, and needs")
    if export:
        st.download_button(
            "U-LiRA as JSON", lambda: tables.as_json(found, models, opened.place.name, many.COMMAND),
            f"{opened.place.name}-u-lira.json", "application/json", type="tertiary", icon=":material/download:",
            on_click="ignore",
        )  # fmt: skip
