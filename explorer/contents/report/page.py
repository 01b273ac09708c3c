"""Write a report as one page of HTML that needs nothing beside it; on paper it takes at most two pages A4."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from explorer.contents.report.parts import TITLE, Answer, Line, Report, Shot
from explorer.figures.svg import svg

MARKS = {"in": "●", "out": "○", "": ""}
MEANS = {"in": "meets the rule", "out": "does not meet the rule", "": ""}
HEADS = ("", "Before", "After", "Held against", "")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{policy}
<title>{title}: {method}</title>
<style>
{style}
</style>
</head>
<body>
<h1>{title}</h1>
<section><h2>What was asked</h2>{asked}</section>
<section><h2>What was done: {method}</h2>{did}</section>
<section class="picture"><h2>Before, after, retrained</h2>{picture}{shots}<p class="small">{look}</p></section>
{answers}
<section><h2>What was not tested</h2><ul>{untested}</ul></section>
<section class="again"><h2>How to have it again</h2>
<p>Link, once <code>python -m explorer app</code> runs: <a href="{link}">{link}</a></p>
<p>Command, with the Spec below in spec.json: <code>{command}</code></p>{files}
<p>Hash of the Spec: <code>{hash}</code>. Versions: {versions}.</p>
<p class="spec">{spec}</p>
</section>
</body>
</html>
"""

#: What a file may fetch: nothing. Within the app the frame around it must measure it, which this would forbid.
_POLICY = (
    """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; """
    """img-src data:">"""
)
_STYLE = """body { font: 9.2pt/1.34 "Source Sans", "Source Sans 3", system-ui, sans-serif; color: #12161c; background: #fff; margin: 0 auto; max-width: 47rem; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .3rem; } h2 { font-size: 1.02rem; margin: .55rem 0 .15rem; }
p { margin: 0 0 .2rem; } ul { margin: 0; padding-left: 1.1rem; } section { break-inside: avoid; }
.picture svg { width: 100%; height: auto; max-height: 7.6cm; margin: -3px 0 -14px; }
.small, .rule { font-size: 8.4pt; color: #3d4653; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: .15rem 0; }
th, td { text-align: right; font-weight: 400; padding: .12rem 0 .12rem .7rem; border-bottom: 1px solid #d5dae1; vertical-align: top; white-space: nowrap; }
thead th { font-size: 8.4pt; color: #3d4653; white-space: nowrap; } tbody th { text-align: left; padding-left: 0; white-space: normal; width: 60%; }
td small { display: block; color: #3d4653; font-size: 8pt; } td.mark { width: 1.2em; }
.said { font-weight: 600; }
.shots { display: flex; flex-wrap: wrap; gap: .3rem .9rem; margin: .2rem 0; } .shots figure { margin: 0; font-size: 8pt; line-height: 1.25; }
.shots img { width: 1.35cm; height: 1.35cm; image-rendering: pixelated; display: block; border-radius: 2px; }
code, .spec, a { font-size: 8.2pt; overflow-wrap: anywhere; } .spec { font-family: ui-monospace, monospace; font-size: 6.6pt; line-height: 1.25; color: #3d4653; margin-top: .3rem; }
@page { size: A4; margin: 13mm 15mm; }
@media print { body { max-width: none; padding: 0; } a { color: inherit; } }
@media (max-width: 600px) { thead { display: none; } tr { display: grid; grid-template-columns: auto auto 1fr auto; } tbody th { grid-column: 1 / -1; border: 0; width: auto; } td[data-head]:not(:empty)::before { content: attr(data-head) " "; color: #3d4653; } td small { white-space: normal; } }"""  # noqa: E501  # a line a rule


def page(report: Report, *, alone: bool = True) -> str:
    """Return the page.

    Args:
        report: what it says.
        alone: as a file; else for a frame within the app.
    """
    return _PAGE.format(
        policy=_POLICY if alone else "",
        title=TITLE, method=escape(report.method), style=_STYLE, asked=_paragraphs([" ".join(report.asked)]),
        did=_paragraphs([" ".join(report.did)]), picture=svg(report.picture), shots=_shots(report.shots),
        look=escape(report.look), answers="\n".join(_answer(one) for one in report.answers),
        untested="".join(f"<li>{escape(one)}</li>" for one in report.untested), link=escape(report.link, quote=True),
        command=escape(report.command), files=_paragraphs([report.files]), hash=report.hash,
        versions=escape(versions(report)), spec=escape(report.spec),
    )  # fmt: skip


def versions(report: Report) -> str:
    """Return the versions as text."""
    return ", ".join(f"{name} {version}" for name, version in report.versions.items())


def _paragraphs(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{escape(one)}</p>" for one in sentences if one)


def _answer(answer: Answer) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in HEADS)
    body = "".join(_line(line) for line in answer.lines)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>" if body else ""
    return (
        f'<section><h2>{escape(answer.question)}</h2><p class="said">{escape(answer.said)}</p>{table}'
        f'<p class="rule">{escape(answer.rule)}</p></section>'
    )


def _line(line: Line) -> str:
    mark = f'<span title="{MEANS[line.verdict]}">{MARKS[line.verdict]}</span>' if line.verdict else ""
    return (
        f'<tr><th scope="row">{escape(line.title)}</th><td data-head="before">{escape(line.before)}</td>'
        f'<td data-head="after">{escape(line.after)}</td>'
        f'<td>{escape(line.beside)}<small>{escape(line.against)}</small></td><td class="mark">{mark}</td></tr>'
    )


def _shots(some: Iterable[Shot]) -> str:
    each = "".join(
        f'<figure><img src="{one.source}" alt="{escape(one.name, quote=True)}"><figcaption>{escape(one.name)}'
        f"<br>{' / '.join(one.confidence)}</figcaption></figure>"
        for one in some
    )
    said = "Some of the images; confidence in their true class before / after / retrained (mean):"
    return f'<p class="small">{said}</p><div class="shots">{each}</div>' if each else ""
