"""Say how much of the time of recorded runs went into evaluation and recording.

    share = record / (train + prepare + unlearn + record),   summed over original, retrained models and methods

The budget is a quarter. Training the attacks' reference models is counted neither as work nor as recording, so the
share is an upper bound. Files are written after the clock has stopped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from explorer.experiments.cifar.files import Unreadable, read_numbers

SHARE = 0.25  # of the wall time that evaluation and recording may take


def share_of_record(folder: Path) -> tuple[float, float]:
    """Return the share of evaluation and recording in a folder's runs, in [0, 1], and the wall seconds of all.

    Args:
        folder: recorded runs of one request; only their JSONs are read.

    Raises:
        Unreadable: one sentence, if one cannot be read, or none holds a time.
    """
    spent = [_spent(folder, file.stem) for file in sorted(folder.glob("*.json"))]
    record = sum(one for one, _ in spent)
    whole = record + sum(one for _, one in spent)
    if not whole:
        raise Unreadable(f"no run in {folder.name} says how long it took")
    return record / whole, whole


def _spent(folder: Path, name: str) -> tuple[float, float]:
    """Return the seconds of recording and of work of a run; the seconds of a training are its mean over seeds."""
    numbers = read_numbers(folder, name)
    if numbers.seconds.record is None or math.isnan(numbers.seconds.work):
        raise Unreadable(f"the recorded run {folder.name}/{name} must say how many seconds it took")
    return numbers.seconds.record, len(numbers.models) * numbers.seconds.work


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
