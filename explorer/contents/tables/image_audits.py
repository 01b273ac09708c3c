"""Lay out the audits of recorded runs: a row a model, a column a number, retrained's row the zero line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from explorer.contents.tables import cells
from explorer.contents.tables.cells import NOTHING, number
from explorer.contents.tables.papers import MARKS
from explorer.records import Band
from explorer.spec.catalog import CATALOG

Found = Mapping[str, Mapping[str, Mapping[str, Band]]]  # model -> audit -> field
Titles = Callable[[str], str]
ORIGINAL, RETRAINED = "original", "retrained"
TITLE = "Audits: what the models still hold, or give away"
#: Audit and field, in the order of the columns.
COLUMNS = (
    ("relearning", "start"), ("relearning", "peak"), ("relearning", "control_peak"), ("linear_probe", "few3"),
    ("linear_probe", "half"), ("two_model_membership", "auc"), ("weight_path", "barrier"), ("weight_path", "nearest"),
)  # fmt: skip
BESIDE = {("relearning", "start"), ("relearning", "control_peak"), ("weight_path", "nearest")}  # have no mark
LOOK = (
    "Look for a method whose forget accuracy, in the table above, is retrained's while what comes back, or what the "
    "probe reads from its last hidden layer, lies above retrained's: its answers have forgotten, its weights have not."
)
NOT_SHOWN = (
    "What the table does not show: other rates, other probes, or other originals; each method was run once, and its "
    "control on one retrained model."
)
HOW_MADE = (
    "Methods run at their recorded knobs from the shipped original. Relearning takes 60 mini-batches of 500 kept "
    "images. The retrained models are those that ship, in half precision; the place nearest to retrained is known to "
    ".25."
)


def columns(found: Found) -> list[tuple[str, str]]:
    """Return the columns for which any model has a number."""
    return [one for one in COLUMNS if any(band.finite for model in found for band in [_band(found, model, *one)])]


def html(found: Found, title: Titles) -> str:
    """Return the table; "" where nothing was measured.

    Args:
        found: what `experiments.cifar.audited.read` returns.
        title: the name on screen of a method.
    """
    shown = columns(found)
    if not shown:
        return ""
    heads = [
        cells.head(CATALOG.audits[audit].fields[field].title, CATALOG.audits[audit].title, said=_reads(audit, field))
        for audit, field in shown
    ]
    body = "".join(_row(found, model, shown, title) for model in found)
    return cells.table(heads, body, classes="ue-numbers ue-wide ue-papers")


def readings(found: Found) -> str:
    """Return how to read each column as HTML, folded up."""
    shown = columns(found)
    return cells.readings({
        f"{CATALOG.audits[audit].title}: {CATALOG.audits[audit].fields[field].title}": _reads(audit, field)
        for audit, field in shown
    })  # fmt: skip


def _reads(audit: str, field: str) -> str:
    return CATALOG.audits[audit].fields[field].reads


def _band(found: Found, model: str, audit: str, field: str) -> Band:
    return found.get(model, {}).get(audit, {}).get(field, NOTHING)


def _row(found: Found, model: str, shown: Iterable[tuple[str, str]], title: Titles) -> str:
    each = ""
    for audit, field in shown:
        band, goal = _band(found, model, audit, field), _band(found, RETRAINED, audit, field)
        if model == RETRAINED:
            each += f"<td>{cells.spread_text(band) if len(band.finite) > 1 else _text(band)}</td>"
        else:
            plain = model == ORIGINAL or (audit, field) in BESIDE
            each += f"<td>{'' if plain else _mark(cells.first(band), goal)}{_text(band)}</td>"
    return cells.row(_name(model, title), "", each)


def _mark(value: float, goal: Band) -> str:
    verdict = cells.within(value, goal)
    return f'<b title="{MARKS[verdict][1]} retrained\'s range">{MARKS[verdict][0]}</b>' if verdict else ""


def _text(band: Band) -> str:
    return number(cells.first(band)) if band.finite else "–"


def _name(model: str, title: Titles) -> str:
    return model.capitalize() if model in (ORIGINAL, RETRAINED) else title(model)


def zero_lines(found: Found) -> str:
    """Return a sentence with what the audit of two models is held against; "" where it was not measured."""
    audit = "two_model_membership"
    model = next((name for name, audits in found.items() if audit in audits), ORIGINAL)
    before, new = (_band(found, model, audit, name) for name in ("before_auc", "new_seed_auc"))
    if not before.finite:
        return ""
    said = f"Of two models: the loss attack on the original alone has AUC {number(cells.first(before))}"
    return said + (f", a new seed with nothing deleted {number(cells.first(new))}." if new.finite else ".")


def as_csv(found: Found, title: Titles) -> str:
    """Return a line a model, audit and number, full precision; an empty cell where a number is not defined."""
    heads = ("model", "audit", "number", "mean", "min", "max", "n")
    lines = (
        (
            _name(model, title),
            audit,
            field,
            *(cells.full(one) for one in (band.mean, band.low, band.high)),
            str(len(band.finite)),
        )
        for model, audits in found.items()
        for audit, fields in audits.items()
        for field, band in fields.items()
    )
    return cells.csv_text([heads, *lines])


def as_json(found: Found, folder: str, command: str) -> str:
    """Return the same as JSON: model -> audit -> field -> mean, min, max and n; null where a number is not defined."""
    content: dict[str, Any] = {  # `Any`: JSON
        "folder": folder,
        "command": command,
        "models": {
            model: {
                audit: {field: band.as_json() for field, band in fields.items()} for audit, fields in audits.items()
            }
            for model, audits in found.items()
        },
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"
