"""Lay out what the papers say and what we see: a heading for each claim, and a line for each setting of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from explorer.experiments.claims import judged as in_words
from explorer.experiments.claims.claim import CHECKED, Claim, Judged, Verdict

MARKS: Mapping[Verdict, str] = {
    "holds": "●", "holds in part": "◐", "does not hold here": "○", "not tested": "–",
}  # fmt: skip
HEAD = ("Our setting", "Our numbers", "Verdict")
TITLE = "What the papers say, and what we see"
HOW_TO_READ = (
    "Read a claim's heading, then how it fares in each setting of ours; the rule that makes the verdict stands in the "
    "heading, and its bounds are ours. On the plane numbers are means over ten seeds, with their range; on images one "
    "run of a method, and the range of retrained models."
)
NOT_SHOWN = (
    "What it does not show: whether the paper is right in its own setting. A verdict speaks of the setting beside it."
)


def counted(found: Sequence[Judged]) -> str:
    """Return how many verdicts there are of each kind, in words; those of which there is none are left out."""
    counts = [(kind, sum(one.verdict == kind for one in found)) for kind in MARKS]
    return ", ".join(f"{kind}: {count}" for kind, count in counts if count)


def html(found: Sequence[Judged]) -> str:
    """Return the table of judged claims; the settings of a claim follow each other."""
    heads = "".join(f'<th scope="col" role="columnheader">{head}</th>' for head in HEAD)
    body = "".join(_claim(claim, list(settings)) for claim, settings in groupby(found, key=lambda one: one.claim))
    return (
        '<div class="ue-claims"><table role="table"><thead role="rowgroup"><tr role="row">'
        f"{heads}</tr></thead>{body}</table></div>"
    )


def _claim(claim: Claim, settings: Sequence[Judged]) -> str:
    paper = f"{claim.place}: {claim.paper} ({CHECKED[claim.checked]})."
    heading = (
        f'<tr role="row" class="ue-claim"><th role="rowheader" scope="rowgroup" colspan="{len(HEAD)}">'
        f"<strong>{escape(claim.says)}</strong><small>{escape(paper)}</small>"
        f"<small>Rule: {escape(claim.rule.says)}</small></th></tr>"
    )
    return f'<tbody role="rowgroup">{heading}{"".join(_setting(one) for one in settings)}</tbody>'


def _setting(one: Judged) -> str:
    how = f"<small>{escape(one.how)}</small>" if one.how else ""
    each = "".join(
        f"<div>{escape(one.claim.shows[name])} <b>{escape(in_words.text(band))}</b></div>"
        for name, band in one.numbers.items()
    )
    because = f"<small>because {escape(one.because)}</small>" if one.because else ""
    return (
        f'<tr role="row"><th role="rowheader" scope="row">{escape(one.setting.says)}{how}</th>'
        f'<td role="cell">{each}</td>'
        f'<td role="cell" class="ue-verdict"><span aria-hidden="true">{MARKS[one.verdict]}</span> '
        f"{escape(one.verdict)}{because}</td></tr>"
    )
