"""Lay out all methods side by side: what each looks at, answers and costs, and where it ends on the default picture."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from explorer.experiments.overview import REFERENCES
from explorer.experiments.overview_table import HEAD, READINGS, Row
from explorer.view import View

TITLE = "Which method needs what"
HOW_TO_READ = (
    "Choose by what you have: whoever lost the retain set has only the methods that do not look at it. The numbers are "
    "of the default picture, a cluster of 80 of 400 points; the nearest to retrained stand first."
)
NOT_SHOWN = (
    "What this table does not show: how a method does on other requests, on images, or with other knobs. A small area "
    "does not mean that an attacker learns nothing."
)
_MEASURED = 3  # the last columns


def html(rows: list[Row]) -> str:
    """Return the table."""
    heads = "".join(f'<th scope="col"{_said(name)}>{escape(name.capitalize())}</th>' for name in HEAD)
    body = "".join(_row(row) for row in rows)
    return (
        '<div class="ue-numbers ue-wide ue-overview" role="group" tabindex="0" aria-label="Table"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _said(name: str) -> str:
    if name not in READINGS:
        return ' class="ue-words"'
    return f' title="{escape(READINGS[name], quote=True)}"'


def _row(row: Row) -> str:
    reference = row.key in REFERENCES
    name = escape(row.title)
    if not reference:
        name = f'<a href="{_address(row.key)}" target="_self">{name}</a>'
    cells = "".join(f'<td class="ue-words">{escape(text)}</td>' for text in (row.reads, row.kind, row.answers))
    if row.note:
        cells += f'<td colspan="{_MEASURED}" class="ue-words">{escape(row.note)}</td>'
    else:
        cells += "".join(f"<td>{escape(text) or '–'}</td>" for text in (row.work, row.area, row.forget))
    mark = ' class="ue-reference"' if reference else ""
    return f'<tr{mark}><th scope="row">{name}</th>{cells}</tr>'


def _address(key: str) -> str:
    view, _ = View.from_query({"v": "1", "panels": f"retrained~{key}", "focus": "1"}, "method")
    return escape(f"method?{urlencode(view.to_query())}", quote=True)
