"""Lay recorded runs on images out as the README's table: every number beside retrained's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.experiments.cifar import files
from explorer.experiments.table import found as found_at
from explorer.pipeline.images import over_seeds
from explorer.records import ImageRun
from explorer.spec.catalog import CATALOG

HEAD = ("request", "method", "retain", "forget", "test", "loss AUC", "RMIA AUC", "distance to retrained", "cost", "s")


def rows(root: Path = files.SHIPPED) -> list[tuple[str, ...]]:
    """Return the rows of every recorded folder: retrained, original, then methods by distance."""
    found: list[tuple[str, ...]] = []
    for name in files.folders(root):
        held = files.load(name, root)
        whole = _cost(held.retrained, "train")
        found.append(
            (f"**{held.scene.title}**", "*retrained*", *_retrained(held.retrained), "1", _seconds(held.retrained))
        )
        found.append(("", "*original*", *_model(held.original), "", _seconds(held.original)))
        runs = sorted(held.methods.values(), key=lambda run: _number(run.numbers, "to_retrained", DISTANCE, "mean"))
        for run in runs:
            spent = (_cost(run, "unlearn") + _cost(run, "prepare")) / whole
            found.append(("", CATALOG.methods[run.name].title, *_model(run), f"{spent:.2f}", _seconds(run)))
    return found


DISTANCE = "js_divergence"
_CELLS = (("accuracy", "retain"), ("accuracy", "forget"), ("accuracy", "test"), ("attacks", "loss", "auc"),
          ("attacks", "rmia", "auc"))  # fmt: skip


def _model(run: ImageRun) -> tuple[str, ...]:
    model = run.numbers["models"][0]
    cells = [_text(found_at(model, path)) for path in _CELLS]
    return *cells, _text(found_at(run.numbers, ("to_retrained", DISTANCE, "mean")))


def _retrained(run: ImageRun) -> tuple[str, ...]:
    models = over_seeds(run.numbers["models"])
    cells = [_band(found_at(models, path)) for path in _CELLS]
    return *cells, f"floor {_text(found_at(run.numbers, ('floor', DISTANCE, 'mean')))}"


def _seconds(run: ImageRun) -> str:
    spent = run.numbers["seconds"]
    return f"{sum(spent.get(name, 0.0) for name in ('train', 'unlearn', 'prepare')):.0f}"


def _cost(run: ImageRun, name: str) -> float:
    return float(run.numbers["example_gradients"].get(name, 0.0))


def _number(values: Any, *path: str) -> float:
    found = found_at(values, path)
    return float("inf") if found is None else float(found)


def _text(value: Any) -> str:
    return "" if value is None else f"{value:.3f}".replace("0.", ".", 1)


def _band(value: Any) -> str:
    if not value or value.get("mean") is None:
        return ""
    return f"{_text(value['mean'])} ({_text(value['min'])}-{_text(value['max'])})"
