"""Say how much of the time of recorded runs went into evaluation and recording.

    share = record / (train + prepare + unlearn + record),   summed over original, retrained models and methods

The issue asks for at most a quarter. Reference models of attacks are trained once for all requests on a data set; their
training counts on neither side, so the share shown is the larger one. Files are written after the clock has stopped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.experiments.cifar.files import Unreadable

SHARE = 0.25  # of the wall time that evaluation and recording may take
WORK = ("train", "prepare", "unlearn")


def share_of_record(folder: Path) -> tuple[float, float]:
    """Return the share, in [0, 1], that evaluation and recording take of a folder's runs, and all wall seconds.

    Args:
        folder: recorded runs of one request; only their JSONs are read.

    Raises:
        Unreadable: one sentence, if one cannot be read, or none holds a time.
    """
    try:
        spent = [_spent(numbers) for numbers in _numbers(folder)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"the seconds of {folder.name} cannot be read: {error}") from None
    record = sum(one for one, _ in spent)
    whole = record + sum(one for _, one in spent)
    if not whole:
        raise Unreadable(f"no run in {folder.name} says how long it took")
    return record / whole, whole


def _numbers(folder: Path) -> Iterator[dict[str, Any]]:  # JSON values
    for file in sorted(folder.glob("*.json")):
        yield json.loads(file.read_text(encoding="utf-8"))["numbers"]


def _spent(numbers: dict[str, Any]) -> tuple[float, float]:
    """Return the seconds of recording and of work; what is given of a training is its mean over seeds."""
    seconds = numbers["seconds"]
    return seconds["record"], len(numbers["models"]) * sum(seconds.get(name, 0.0) for name in WORK)


def lines(root: Path, names: list[str]) -> Iterator[str]:
    """Yield one line for each folder under a root, fit for a terminal."""
    for name in names:
        try:
            share, whole = share_of_record(root / name)
        except Unreadable as error:
            yield str(error)
        else:
            over = "" if share <= SHARE else f", more than the {100 * SHARE:.0f} % that are allowed"
            yield f"{name}: evaluation and recording took {100 * share:.0f} % of {whole / 60:.0f} min{over}"
