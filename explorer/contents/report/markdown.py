"""Write a report as Markdown: the words and numbers of its page, with its picture as alt text."""

from __future__ import annotations

from explorer.contents.report.page import MARKS, versions
from explorer.contents.report.parts import TITLE, Answer, Report


def markdown(report: Report) -> str:
    """Return the text."""
    parts = [
        f"# {TITLE}",
        "## What was asked", *report.asked,
        f"## What was done: {_plain(report.method)}", " ".join(report.did),
        *(part for answer in report.answers for part in _answer(answer)),
        "## What was not tested", "\n".join(f"- {one}" for one in report.untested),
        "## How to have it again",
        f"Picture: <{report.link}>, once `python -m explorer app` runs. It shows before, after and retrained.",
        f"Command, with the Spec below in spec.json: `{report.command}`",
        report.files,
        f"Hash of the Spec: `{report.hash}`. Versions: {versions(report)}.",
        f"```json\n{report.spec}\n```",
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _answer(answer: Answer) -> list[str]:
    head = "| | before | after | held against | |\n| --- | --- | --- | --- | --- |"
    rows = [
        f"| {_plain(line.title)} | {line.before} | {line.after} | {line.beside}, {line.against} | "
        f"{MARKS[line.verdict]} |"
        for line in answer.lines
    ]
    return [f"## {answer.question}", f"**{answer.said}**", "\n".join([head, *rows]) if rows else "", answer.rule]


def _plain(text: str) -> str:
    """Return a text that stands in a cell of a table."""
    return text.replace("|", "\\|")
