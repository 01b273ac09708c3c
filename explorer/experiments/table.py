"""Lay a sweep out as a table: one row a Spec, tab-separated, with what changes first and its numbers behind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from explorer.experiments.sweeps import Outcome
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

# Column -> where it stands in the JSON of a run.
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "retain": ("models", "unlearned", "accuracy", "retain"),
    "forget": ("models", "unlearned", "accuracy", "forget"),
    "test": ("models", "unlearned", "accuracy", "test"),
    "forget_retrained": ("models", "retrained", "accuracy", "forget", "mean"),
    "activation_distance": ("to_retrained", "activation_distance", "mean"),
    "activation_distance_floor": ("floor", "activation_distance", "mean"),
    "disagreement_area": ("to_retrained", "disagreement_area", "mean"),
    "disagreement_area_floor": ("floor", "disagreement_area", "mean"),
    "loss_auc": ("models", "unlearned", "attacks", "loss", "auc"),
    "loss_auc_retrained": ("models", "retrained", "attacks", "loss", "auc", "mean"),
    "entropy_auc_b": ("to_retrained", "attacks", "entropy", "auc", "mean"),
    "entropy_auc_b_floor": ("floor", "attacks", "entropy", "auc", "mean"),
    "seconds": ("cost", "seconds", "unlearn"),
}


def audit_numbers(specs: Sequence[Spec]) -> dict[str, tuple[str, ...]]:
    """Return a column for each number of the audits that any Spec names, and one for retrained's mean, as NUMBERS."""
    named = list(dict.fromkeys(key for spec in specs for key in spec.evaluation.audits or []))
    columns: dict[str, tuple[str, ...]] = {}
    for key in named:
        for field in CATALOG.audits[key].fields:
            columns[f"{key}.{field}"] = ("models", "unlearned", "audits", key, field)
            columns[f"{key}.{field}_retrained"] = ("models", "retrained", "audits", key, field, "mean")
    return columns


class Table:
    """The rows of a sweep; fields that are the same in all Specs have no column, but for the method's name."""

    def __init__(self, specs: Sequence[Spec]) -> None:
        """Look at which fields change."""
        self._flat = [_flat(spec.as_json()) for spec in specs]
        self._numbers = {**NUMBERS, **audit_numbers(specs)}
        names = list(dict.fromkeys(name for flat in self._flat for name in flat))
        self.changing = [
            name
            for name in names
            if name == "method.name" or len({json.dumps(flat.get(name)) for flat in self._flat}) > 1
        ]

    def head(self) -> str:
        """Return the first line."""
        return "\t".join([*self.changing, *self._numbers, "trouble"])

    def row(self, outcome: Outcome) -> str:
        """Return the line of one Spec; what is not defined, or could not be run, is empty."""
        fields = [_text(self._flat[outcome.index].get(name)) for name in self.changing]
        numbers = [_text(found(outcome.result, path)) for path in self._numbers.values()]
        trouble = outcome.error or str((outcome.result or {}).get("trouble", ""))
        return "\t".join([*fields, *numbers, trouble])

    def in_order(self, outcomes: Iterable[Outcome]) -> Iterator[str]:
        """Yield the lines in the order of the Specs, each as soon as all before it are there."""
        ready: dict[int, Outcome] = {}
        following = 0
        for outcome in outcomes:
            ready[outcome.index] = outcome
            while following in ready:
                yield self.row(ready.pop(following))
                following += 1


def found(result: Mapping[str, Any] | None, path: Sequence[str]) -> Any:
    """Return what stands at a path in the JSON of a run, None where there is nothing."""
    value: Any = result
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _flat(content: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else json.dumps(value)
