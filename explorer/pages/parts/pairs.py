"""Draw the section of the numbers over many pairs of models: KLoM and forgetting quality."""

from __future__ import annotations

import streamlit as st

from explorer import pipeline
from explorer.contents import attacks as asked_attacks
from explorer.contents.tables import attacks as attack_tables
from explorer.pages.frame.binding import current
from explorer.pages.frame.progress import progress, watched
from explorer.records import PairNumbers
from explorer.session.tab import Tab
from explorer.spec import Spec


def show(tab: Tab, spec: Spec, title: str) -> None:
    """Draw the numbers over many pairs of models: the offer to run them, then their progress and the table."""
    if pipeline.why_no_shadows(spec):
        return
    content = asked_attacks.run_key(tab.view)
    started = tab.shown.get("pairs") == content
    if not started:
        st.button(
            f"KLoM and forgetting quality, over {pipeline.PAIRS} models", key="pairs:start",
            on_click=_start, help="About twenty seconds.",
        )  # fmt: skip
        return
    job = tab.jobs.job("pairs", content, lambda tick: tab.desk.stream(spec, asked_attacks.pairing, spec, tick=tick))

    def draw() -> None:
        progress(job, "pairs", tab=tab)
        numbers: PairNumbers | None = job.partial
        if numbers is not None:
            st.html(attack_tables.pairs(numbers, title))
            st.caption(
                f"{numbers.models} unlearned against as many retrained models, and for the floor retrained against as "
                f"many others. Perfectly told apart, so without a finite bound: {numbers.infinite:.0%} of the forget "
                f"points (floor {numbers.infinite_floor:.0%}); so many models cannot show a finite one above "
                f"{numbers.cap:.1f}. {numbers.discarded} points have no usable threshold."
            )
            if numbers.trouble:
                st.warning(numbers.trouble, icon=":material/warning:")

    watched(job, "pairs", draw)


def _start() -> None:
    tab = current()
    tab.shown["pairs"] = asked_attacks.run_key(tab.view)
