"""Lay recorded runs on images out as the README's table: every number beside retrained's."""

from __future__ import annotations

import math
from pathlib import Path

from explorer.experiments.cifar import files
from explorer.records import Band, ImageRun
from explorer.spec.catalog import CATALOG

HEAD = ("request", "method", "retain", "forget", "test", "loss AUC", "RMIA AUC", "distance to retrained", "cost", "s")


def rows(root: Path = files.SHIPPED) -> list[tuple[str, ...]]:
    """Return the rows of every recorded folder: retrained, original, then methods by distance."""
    found: list[tuple[str, ...]] = []
    for name in files.folders(root):
        held = files.load(name, root)
        whole = held.retrained.numbers.example_gradients.work
        found.append(
            (f"**{held.scene.title}**", "*retrained*", *_retrained(held.retrained), "1", _seconds(held.retrained))
        )
        found.append(("", "*original*", *_cells(held.original), _distance(held.original), "", _seconds(held.original)))
        for run in sorted(held.methods.values(), key=_order):
            spent = run.numbers.example_gradients.work / whole
            title = CATALOG.methods[run.name].title
            found.append(("", title, *_cells(run), _distance(run), f"{spent:.2f}", _seconds(run)))
    return found


def _cells(run: ImageRun) -> list[str]:
    """Return accuracies and AUCs: of one model its numbers, of several their mean and range."""
    models = run.numbers.models
    accuracy, attacks = [one.accuracy for one in models], [one.attacks for one in models]
    columns = [
        [one.retain for one in accuracy],
        [one.forget for one in accuracy],
        [one.test for one in accuracy],
        *([one[key].auc if key in one else math.nan for one in attacks] for key in ("loss", "rmia")),
    ]
    return [_text(Band(tuple(column))) for column in columns]


def _retrained(run: ImageRun) -> tuple[str, ...]:
    floor = run.numbers.floor
    return *_cells(run), f"floor {_number(floor.js_divergence.mean) if floor else ''}"


def _distance(run: ImageRun) -> str:
    far = run.numbers.to_retrained
    return _number(far.js_divergence.mean) if far else ""


def _order(run: ImageRun) -> float:
    far = run.numbers.to_retrained
    return math.inf if far is None or math.isnan(far.js_divergence.mean) else far.js_divergence.mean


def _seconds(run: ImageRun) -> str:
    return f"{run.numbers.seconds.work:.0f}"


def _text(band: Band) -> str:
    span = f" ({_number(band.low)}-{_number(band.high)})" if len(band.values) > 1 and band.finite else ""
    return _number(band.mean) + span


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}".replace("0.", ".", 1)
