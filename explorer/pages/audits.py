"""*Audits*: what a model still gives away when one looks at more than its answers of one moment."""

from __future__ import annotations

from html import escape

import streamlit as st

from explorer.contents import audits as contents
from explorer.contents import symbols
from explorer.contents.audits import Audited
from explorer.contents.glossary import marked
from explorer.contents.tables import audits as tables
from explorer.contents.tables.cells import ON_SCREEN
from explorer.pages.frame import player
from explorer.pages.frame.binding import controlled, current, on_change
from explorer.pages.frame.progress import followed, soon, waiting
from explorer.pages.frame.width import width
from explorer.pages.parts import audit_figures, equation, presets, said
from explorer.pages.parts.stage import switched, take_away
from explorer.session.tab import Tab
from explorer.spec.catalog import CATALOG
from explorer.view import View

HOW_TO_READ = (
    "● lies among the retrained models, ○ outside. Of retrained: mean and range over its models; of a method: the "
    f"{ON_SCREEN}."
)


def show() -> None:
    """Draw the page."""
    tab = current()
    view = tab.view
    key = view.looks.audits.audit
    with st.container(key="page"):
        if "presets" not in view.hidden:
            presets.of_group(view, "Audits", 3)
        with st.container(key="audit_choice"):
            _choose(view)
        audit = CATALOG.audits[key]
        wide = width("width:audits") if not audit.way else 0
        job = tab.jobs.job(
            "audits",
            contents.work_key(view),
            lambda tick: tab.desk.stream(view.base, contents.auditing, view, tick=tick),
        )
        soon(job, lambda partial: partial.ready(view))
        followed(
            job, "audits", lambda tab: _drawn(tab, _latest(tab, job.partial, view), wide),
            stale=lambda now: contents.work_key(now) != contents.work_key(view),
        )  # fmt: skip
        said.spelled(view)
        if "card" not in view.hidden:
            with st.container(key="audit_card"):
                _card(key)


def _choose(view: View) -> None:
    every, now = contents.every(), view.looks.audits.audit
    st.segmented_control(
        "Audit", every, default=now, required=True, key=controlled("audit", now), label_visibility="collapsed",
        format_func=lambda name: CATALOG.audits[name].title,
        **on_change("audit", lambda view, name: view.looking("audits", audit=name), every),
    )  # fmt: skip


def _latest(tab: Tab, now: Audited | None, view: View) -> Audited | None:
    """Return what to show; until a panel is ready, what was there before, if it is the same audit."""
    before: Audited | None = tab.shown.get("audited")
    if now is not None and (now.panels or now.complete or before is None or before.audit != now.audit):
        tab.shown["audited"] = now
        return now
    return before if before is not None and before.audit == view.looks.audits.audit else None


def _drawn(tab: Tab, now: Audited | None, wide: int) -> None:
    view = tab.view
    if now is None or not now.panels:
        waiting()
        return
    audit = CATALOG.audits[now.audit]
    for name, why in now.refused.items():
        st.warning(f"{audit_figures.title_of(view, name)}: {why}", icon=":material/block:")
    if audit.way:
        shown = contents.blob(view, now)
        player.mount(shown, key=f"player:audits:{now.audit}", on_step=tab.set_step, on_layers=switched)
        if "export" not in view.hidden:
            take_away(tab, shown, view.base.data.name)
    st.markdown(f"**{audit.sentence}**")  # below the picture: above it there is no room on a small laptop
    audit_figures.show(view, now, wide)
    st.caption(f"{audit.look} {audit.not_shown}")
    st.caption(f"What an onlooker must have: {audit.onlooker[:1].lower()}{audit.onlooker[1:]}")
    titles = contents.titles(view, now)
    if titles and "numbers" not in view.hidden:
        st.html(tables.table(now.audit, now.numbers, titles))
        st.caption(f"Held against: {audit.zero_line} {HOW_TO_READ}")
        if "export" not in view.hidden:
            st.download_button(
                "Numbers as CSV", tables.as_csv(now.audit, now.numbers, titles), "audit.csv", "text/csv",
                icon=":material/download:", on_click="ignore", type="tertiary",
            )  # fmt: skip


def _card(key: str) -> None:
    """Draw what the audit is, folded up."""
    audit = CATALOG.audits[key]
    with st.expander(f"{audit.title}: formula, zero line, source", icon=":material/fact_check:"):
        st.latex(_lines(audit.formula))
        equation.named(symbols.AUDITS.get(key, {}))
        seen = set[str]()
        st.html(f"<p>Held against: {marked(audit.zero_line, seen=seen)}</p>")
        for field in audit.fields.values():
            st.html(f"<p><b>{escape(field.title)}.</b> {marked(field.reads, seen=seen)}</p>")
        if audit.differs:
            st.html(f"<p>Differs from what is published: {marked(audit.differs, seen=seen)}</p>")
        st.caption(f"Source: {audit.source}.")


def _lines(formula: str) -> str:
    r"""Return a formula whose parts, between \quad, stand below each other: side by side a phone has no room."""
    parts = formula.replace(r"\quad", r"\\")
    return rf"\begin{{gathered}} {parts} \end{{gathered}}"
