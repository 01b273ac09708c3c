"""All methods side by side in words: what each looks at, answers and costs, and where it ends by default."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer.experiments import overview
from explorer.experiments.cifar import files
from explorer.experiments.numerals import number
from explorer.experiments.overview import REFERENCES, Ending
from explorer.records import Band
from explorer.spec.catalog import CATALOG

HEAD = ("method", "looks at", "kind", "answers", "work", "area to retrained", "forget accuracy")
#: How to read the columns that are measured.
READINGS: Mapping[str, str] = {
    "work": "the method's own passes and its preparation, in times retraining",
    "area to retrained": "share of the plane on which it disagrees with a retrained model: mean and range of five "
    "originals; of retrained models among themselves, the floor",
    "forget accuracy": "right answers on the forget set: mean and range of five originals; good where retrained's is",
}
_PARTS = {
    "forget": "forget set", "retain": "retain set", "before": "whole training set", "heldout": "held-out points",
    "corrected": "corrected rows",
}  # fmt: skip
_ANSWERS = {
    "forget": "points",
    "forget_class": "a whole class",
    "correct_labels": "labels",
    "erase_feature": "a feature",
}


@dataclass(frozen=True)
class Row:
    """One line of the overview; texts as they are printed.

    Attributes:
        key: of the method, or "retrained" or "original".
        title: its name on screen.
        reads: what it looks at.
        kind: "reference" or the method's kind.
        answers: which requests.
        work: times retraining.
        area: mean and range.
        forget: mean and range.
        note: why it has no numbers; "" where it has.
    """

    key: str
    title: str
    reads: str
    kind: str
    answers: str
    work: str
    area: str
    forget: str
    note: str


def rows(root: Path = files.SHIPPED) -> list[Row]:
    """Return the references, then the methods that ship: the nearest to retrained first, without numbers last."""
    held = overview.read(root)
    methods = [key for key in overview.listed() if key not in REFERENCES]
    methods.sort(key=lambda key: (_distance(held.get(key)), CATALOG.methods[key].title.lower()))
    return [_row(key, held.get(key)) for key in (*REFERENCES, *methods)]


def markdown(root: Path = files.SHIPPED) -> list[tuple[str, ...]]:
    """Return the cells of the README's table."""
    return [
        (
            f"*{row.title}*" if row.key in REFERENCES else f"**{row.title}**", row.reads, row.kind, row.answers,
            row.work, row.area or row.note, row.forget,
        )
        for row in rows(root)
    ]  # fmt: skip


def _distance(ending: Ending | None) -> float:
    return ending.area.mean if ending is not None and ending.area.finite else math.inf


def _row(key: str, ending: Ending | None) -> Row:
    note = "not measured yet" if ending is None else ending.refused
    area, forget = (_text(ending.area), _text(ending.forget)) if ending is not None else ("", "")
    if key in REFERENCES:
        said = {"retrained": "retain set, from scratch", "original": "whole training set"}[key]
        work = {"retrained": "1", "original": ""}[key]
        return Row(key, f"{key.capitalize()}", said, "reference", "", work, area, forget, note)
    method = CATALOG.methods[key]
    work = "" if ending is None or ending.work is None else _times(ending.work)
    return Row(key, method.title, looks_at(key), method.kind, _answers(method.answers), work, area, forget, note)


def looks_at(key: str) -> str:
    """Return in words which parts of a request a method looks at, its preparation included."""
    labels = {"xy": "", "x": " without labels", "y": ", labels only"}
    said = [_PARTS[part] + labels[fields] for part, fields in parts_read(key).items() if fields]
    if "record" in parts_read(key):
        said.append("record of the training")
    return "; ".join(said) or "nothing but the model"


def parts_read(key: str) -> Mapping[str, str]:
    """Return which parts of a request a method looks at, its preparation included.

    Returns:
        Part -> "xy" for points with their labels, "x" or "y" for one of them; "record" -> "" for the training's record.
    """
    method = CATALOG.methods[key]
    named = {*method.reads, *method.prepare_reads}
    fields = {part: "".join(name for name in "xy" if f"{part}.{name}" in named) for part in _PARTS}
    return {part: both for part, both in fields.items() if both} | ({"record": ""} if "record" in named else {})


def _answers(answers: Collection[str]) -> str:
    """Return which requests are answered; whoever forgets points also forgets a class of them."""
    kept = [said for name, said in _ANSWERS.items() if name in answers]
    return ", ".join(said for said in kept if not (said == "a whole class" and "points" in kept))


def _text(band: Band) -> str:
    if not band.finite:
        return ""
    low, high = number(band.low), number(band.high)
    return number(band.mean) + (f" ({low}–{high})" if low != high else "")


def _times(value: float) -> str:
    return "0" if value == 0 else "< .01" if value < 0.005 else f"{value:.2f}".removeprefix("0")
