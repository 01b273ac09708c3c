"""Lay recorded runs on images out as the README's table: every number beside retrained's.

A method has one line. Where an oracle judged its trials too, a cell holds two numbers: with the knobs that were chosen
without the answer, and after a slash with the oracle's.
"""

from __future__ import annotations

import math
from pathlib import Path

from explorer.experiments.cifar import files, not_knowing, trials
from explorer.experiments.numerals import number
from explorer.records import Band, ImageRun, RunNumbers
from explorer.spec.catalog import CATALOG

HEAD = ("request", "method", "retain", "forget", "test", "loss AUC", "RMIA AUC", "distance to retrained", "cost", "s")


def rows(root: Path = files.SHIPPED) -> list[tuple[str, ...]]:
    """Return the rows of every recorded folder: retrained, original, then methods by distance."""
    found: list[tuple[str, ...]] = []
    for name in files.folders(root):
        held = files.load(name, root)
        first = held.original.numbers
        whole = held.retrained.numbers.example_gradients.work
        found.append(
            (
                f"**{held.scene.title}**",
                "*retrained*",
                *_retrained(held.retrained.numbers),
                "1",
                _seconds(held.retrained.numbers),
            )
        )
        found.append(("", "*original*", *_cells(first), _distance(first), "", _seconds(first)))
        for run in sorted(held.methods.values(), key=_order):
            both = [_method(run.numbers, whole)]
            if run.name in held.oracle:
                both.append(_method(held.oracle[run.name].numbers, whole))
            found.append(("", CATALOG.methods[run.name].title, *(_both(one) for one in zip(*both, strict=True))))
    return found


def sentence(root: Path = files.SHIPPED) -> str:
    """Return what tuning without the answer costs, over every recorded folder; "" where no oracle judged."""
    recorded = [(files.load(name, root), trials.read(name, root)) for name in files.folders(root)]
    return not_knowing.sentence(
        pair for held, made in recorded for pair in not_knowing.pairs(held.methods, held.oracle, made)
    )


def _both(values: tuple[str, ...]) -> str:
    """Return the numbers of one cell; a dash for one that was not measured, nothing where none was."""
    return " / ".join(one or "–" for one in values) if any(values) else ""


def _method(numbers: RunNumbers, whole: float) -> list[str]:
    spent = numbers.example_gradients.work / whole
    return [*_cells(numbers), _distance(numbers), f"{spent:.2f}", _seconds(numbers)]


def _cells(numbers: RunNumbers) -> list[str]:
    """Return accuracies and AUCs: of one model its numbers, of several their mean and range."""
    accuracy, attacks = [one.accuracy for one in numbers.models], [one.attacks for one in numbers.models]
    columns = [
        [one.retain for one in accuracy],
        [one.forget for one in accuracy],
        [one.test for one in accuracy],
        *([one[key].auc if key in one else math.nan for one in attacks] for key in ("loss", "rmia")),
    ]
    return [_text(Band(tuple(column))) for column in columns]


def _retrained(numbers: RunNumbers) -> tuple[str, ...]:
    floor = numbers.floor
    return *_cells(numbers), f"floor {_number(floor.js_divergence.mean) if floor else ''}"


def _distance(numbers: RunNumbers) -> str:
    return _number(not_knowing.distance(numbers))


def _order(run: ImageRun) -> float:
    far = not_knowing.distance(run.numbers)
    return math.inf if math.isnan(far) else far


def _seconds(numbers: RunNumbers) -> str:
    return f"{numbers.seconds.work:.0f}"


def _text(band: Band) -> str:
    span = f" ({_number(band.low)}-{_number(band.high)})" if len(band.values) > 1 and band.finite else ""
    return _number(band.mean) + span


def _number(value: float) -> str:
    return "" if math.isnan(value) else number(value, from_one=3)
