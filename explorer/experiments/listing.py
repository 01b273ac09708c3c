"""List what there is to choose from: as JSON for other tools, as tables for the README."""

from __future__ import annotations

import re
from typing import Any

from explorer.experiments import overview_table
from explorer.experiments.cifar import readme_table
from explorer.experiments.claims import judged
from explorer.knobs import KnobBase, knob_infos
from explorer.spec.catalog import CATALOG

# `Any` in this file: values of JSON.
_YEAR = re.compile(r"\b(?:19|20)\d\d\b(?!\.\d)")  # 2010.10981 is no year, but a number of arXiv's
BEGIN, END = "<!-- {name}: made by `python -m explorer list --markdown` -->", "<!-- end of {name} -->"


def listing() -> dict[str, list[dict[str, Any]]]:
    """Return every method, data set, chooser, model, attack and audit, with its knobs."""
    return {
        "methods": [
            {
                "key": key, "title": method.title, "kind": method.kind, "reads": sorted(method.reads),
                "answers": sorted(method.answers), "knobs": _knobs(method.knobs), "own": key in CATALOG.own,
            }
            for key, method in CATALOG.methods.items()
        ],
        "data": [
            {"key": key, "title": CATALOG.data_titles[key], "knobs": _knobs(options)}
            for key, options in CATALOG.data.items()
        ],
        "choosers": [
            {"key": key, "title": chooser.title, "kinds": sorted(chooser.kinds), "knobs": _knobs(chooser.options)}
            for key, chooser in CATALOG.choosers.items()
        ],
        "models": [
            {"key": key, "title": first_sentence(model.__doc__), "knobs": _knobs(model.Options)}
            for key, model in CATALOG.models.items()
        ],
        "attacks": [
            {
                "key": key, "title": attack.title, "questions": sorted(attack.questions),
                "needs": sorted(attack.needs), "source": attack.source,
            }
            for key, attack in CATALOG.attacks.items()
        ],
        "audits": [
            {
                "key": key, "title": audit.title, "fields": list(audit.fields), "needs": sorted(audit.needs),
                "source": audit.source,
            }
            for key, audit in CATALOG.audits.items()
        ],
    }  # fmt: skip


def tables(*, full: bool = False) -> dict[str, str]:
    """Return the README's generated tables (Markdown) by name; of what is shipped, not of the reader's own methods.

    Args:
        full: each method's source in full; else its year.
    """
    cards = {key: CATALOG.card(key) for key in CATALOG.methods if key not in CATALOG.own}
    sources = {key: card.sections.get("Source", "") for key, card in cards.items()}
    methods = [
        (
            f"**{CATALOG.methods[key].title}**", f"`{key}`", CATALOG.methods[key].kind, first_sentence(card.idea),
            sources[key] if full else year(sources[key]),
        )
        for key, card in cards.items()
    ]  # fmt: skip
    data = [(CATALOG.data_titles[key], f"`{key}`", _names(options)) for key, options in CATALOG.data.items()]
    choosers = [(chooser.title, f"`{key}`", _names(chooser.options)) for key, chooser in CATALOG.choosers.items()]
    return {
        "methods": _table(("method", "key", "kind", "what it does", "source" if full else "year"), methods),
        "data": _table(("data set", "key", "options"), data),
        "choosers": _table(("which points", "key", "options"), choosers),
        "images": "\n\n".join(
            part for part in (_table(readme_table.HEAD, readme_table.rows()), readme_table.sentence()) if part
        ),
        "overview": f"{_table(overview_table.HEAD, overview_table.markdown())}\n\n{_readings()}",
        "claims": f"{_table(judged.HEAD, judged.rows())}\n\n{judged.rules()}",
    }


def filled(readme: str, *, full: bool = False) -> str:
    """Return the text with every generated table replaced by today's.

    Args:
        readme: the text.
        full: see `tables`.

    Raises:
        ValueError: if the place of one is missing.
    """
    for name, table in tables(full=full).items():
        begin, end = BEGIN.format(name=name), END.format(name=name)
        before, found, rest = readme.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"the text must hold the lines {begin} and {end}")
        readme = f"{before}{begin}\n{table}\n{end}{after}"
    return readme


def year(source: str) -> str:
    """Return the first year that a source names, an en dash where it names none."""
    found = _YEAR.search(source)
    return found[0] if found else "–"


def first_sentence(text: str | None) -> str:
    """Return the first sentence of a docstring, on one line and without its full stop."""
    line = " ".join((text or "").strip().split("\n\n")[0].split())
    return line.partition(". ")[0].rstrip(".")


def _knobs(group: type[KnobBase]) -> list[dict[str, Any]]:
    return [info.as_json() for info in knob_infos(group).values()]


def _readings() -> str:
    said = "; ".join(f"*{name}*: {text}" for name, text in overview_table.READINGS.items())
    return f"{said}. The methods are at their defaults; each can do better or worse elsewhere."


def _names(group: type[KnobBase]) -> str:
    return ", ".join(f"`{name}`" for name in group.model_fields)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
