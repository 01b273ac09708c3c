"""One recorded run on images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.records.paths import Snapshots


@dataclass(frozen=True)
class ImageRun:
    """One recorded run: a method, or all seeds of a reference.

    Attributes:
        name: "original", "retrained" or a method's key.
        spec: the full Spec, as JSON values.
        snapshots: one a seed; the first is the one on screen.
        numbers: JSON values. One dict a seed in `models`: {"accuracy": {"retain", "forget", "test"}, "attacks":
            {name: {"auc", ...}}}; "to_retrained": {name: {"mean", "min", "max", "n"}} (methods, original) and "floor"
            (retrained) with {..., "attacks": {name: {"auc": {...}}}}; "seconds": {"train" | "unlearn" | "prepare" |
            "record"} ("train" is the mean over seeds, "record" all evaluation and recording); "example_gradients";
            "trouble"; "note"; "tuned"; "made": {"commit", "version", "torch", "hardware", "date"}.
    """

    name: str
    spec: Mapping[str, Any]
    snapshots: tuple[Snapshots, ...]
    numbers: Mapping[str, Any]
