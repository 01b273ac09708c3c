"""Give each page's table as CSV: what its button writes, computed without the page."""

from __future__ import annotations

from explorer.contents import attacks, audits, picture, poster, streams, tradeoff
from explorer.contents.poster import Poster
from explorer.contents.recorded.runs import Opened
from explorer.contents.tables import attacks as attack_tables
from explorer.contents.tables import audits as audit_tables
from explorer.contents.tables import formats, numbers, papers
from explorer.contents.tables import streams as stream_tables
from explorer.contents.words import method_title
from explorer.experiments.store.store import Store
from explorer.session.desk import Here, silent
from explorer.spec.catalog import CATALOG
from explorer.view import View


def panel_table(view: View, store: Store) -> str:
    """Return the table of a page on points of a plane; "" where no panel holds a method with numbers."""
    by_page = {
        "tradeoff": _tradeoff, "attacks": _attack, "audits": _audit, "streams": _stream, "compare": _compare,
    }  # fmt: skip
    return by_page.get(view.page, _watch)(view, store)


def poster_of(view: View, store: Store) -> Poster:
    """Return the whole poster of a View."""
    *_, whole = poster.posters(view, store.memo, silent)
    return whole


def recorded_table(opened: Opened, view: View) -> str:
    """Return the table of recorded runs: every method that was recorded, and the papers' rows."""
    attack = papers.attack_shown(opened, view.looks.images.table_attack)
    asked = CATALOG.attacks[attack]
    shown = papers.columns(opened, attack, asked.title, asked.paper_rate_reads)
    return formats.as_csv(papers.exported(opened, attack, method_title), papers.heads(shown))


def _watch(view: View, store: Store) -> str:
    *_, whole = picture.pictures(view, Here(store.memo), silent)
    titled = {
        name: (panel.title, whole.numbers[name])
        for name, panel in zip(picture.panel_names(view), view.panels, strict=True)
        if name in whole.numbers
    }
    return numbers.as_csv(titled) if titled else ""


def _tradeoff(view: View, store: Store) -> str:
    *_, whole = picture.pictures(view, Here(store.memo), silent, with_curves=True)
    rows = tradeoff.rows(view, whole, store.memo)
    return formats.as_csv(rows, tradeoff.COLUMNS) if rows else ""


def _attack(view: View, store: Store) -> str:
    *_, asked = attacks.asking(view, store.memo, silent)
    titled = {name: (method_title(name.partition(":")[2]), one) for name, one in asked.numbers.items()}
    return attack_tables.as_csv(titled) if titled else ""


def _audit(view: View, store: Store) -> str:
    *_, now = audits.auditing(view, store.memo, silent)
    named = audits.titles(view, now)
    return audit_tables.as_csv(now.audit, now.numbers, named) if named else ""


def _stream(view: View, store: Store) -> str:
    *_, now = streams.streaming(view, Here(store.memo), silent)
    named = streams.methods(view, now)
    return stream_tables.as_csv(now.drifts, named) if named else ""


def _compare(view: View, store: Store) -> str:
    return poster.as_csv(poster_of(view, store))
