"""Run a page or a part of it again when there is something new for it; the browser asks for it, see news.js.

Nothing here runs on a clock, unless the host serves no routes.
"""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

import streamlit as st

from explorer.pages.frame import player
from explorer.service import NEWS, under
from explorer.session.tab import Tab

PAGE = "page"  # the part that stands for the whole page; news.js knows it too
_wholes = itertools.count()  # another number each time, so that the browser hears of each


@cache
def _script() -> str:
    return Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def wait(tab: Tab, part: str, drawn: int) -> None:
    """Let the browser ask for a run of the fragment that is drawn now when there is something new for it.

    Args:
        tab: whose page it is.
        part: name of the fragment; `tab.news.tell(part)` says that there is something new.
        drawn: `tab.news.count(part)` before anything was read of what is drawn.
    """
    data = {"route": under(st.get_option("server.baseUrlPath"), NEWS), "tab": tab.news.name}
    component = st.components.v2.component("explorer_news", js=_script())  # type: ignore[attr-defined]
    component(
        key=f"news:{part}", data={**data, "part": part, "count": drawn}, on_news_change=lambda: None,
        on_lost_change=player.anew,
    )  # fmt: skip


def wait_whole(tab: Tab) -> None:
    """Say that the whole page is drawn.

    The browser asks for a run of it where a fragment does not answer, and for new players where one is lost.
    """
    wait(tab, PAGE, next(_wholes))
