"""Keep every trial of a folder of recorded runs in its trials.csv, none left out, and read them.

One row a trial: the method, the trial's number from 0, where its knobs came from, all knobs that differ from where a
method starts or are searched, as JSON; both judges with their parts, as JSON; seconds, epochs' worth of passes, how it
ended, and a note. A judge that is infinite reads "inf".
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from explorer.experiments.cifar.files import SHIPPED, Unreadable
from explorer.records import Ended, Trial
from explorer.whole_files import UNREADABLE, whole_file

FILE = "trials.csv"
HEAD = (
    "method", "trial", "origin", "knobs", "judge", "judge_parts", "oracle", "oracle_parts", "seconds", "epochs",
    "state", "note",
)  # fmt: skip
BROKEN = 0.5  # of what retrained keeps: below it a model that forgot has no value
DIGITS = 6  # that are kept of a number

Origin = Literal["authors", "before", "alike", "drawn"]


@dataclass(frozen=True)
class Tried:
    """One trial of a method on a request.

    Attributes:
        method: its key.
        number: of the trial, from 0.
        origin: where its knobs came from. "authors": their own setting. "before": what was chosen before, or where the
            method starts. "alike": the best of a similar request. "drawn": at random, or after what trials showed.
        knobs: name -> value; the others are the method's defaults.
        trial: how it was judged.
    """

    method: str
    number: int
    origin: Origin
    knobs: Mapping[str, Any]
    trial: Trial

    @property
    def broken(self) -> bool:
        """Say whether the model broke down, answers at random or lost most of what was to be kept."""
        parts = self.trial.oracle_parts
        if self.trial.ended in ("broken", "collapsed") or not parts:
            return True
        return parts["kept"] < BROKEN * parts["kept_retrained"]


def read(folder: str, root: Path = SHIPPED) -> dict[str, list[Tried]]:
    """Return the trials of a folder: method -> its trials by number; empty where there are none.

    Raises:
        Unreadable: if the file is damaged.
    """
    file = root / folder / FILE
    if not file.is_file():
        return {}
    try:
        rows = [_tried(row) for row in csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))]
    except UNREADABLE as error:
        raise Unreadable(f"the trials in {folder} cannot be read: {error}") from None
    found: dict[str, list[Tried]] = {}
    for row in sorted(rows, key=lambda one: (one.method, one.number)):
        found.setdefault(row.method, []).append(row)
    return found


def append(folder: str, tried: Tried, root: Path = SHIPPED) -> None:
    """Add a trial to a folder's file, which appears whole or stays as it was.

    Raises:
        OSError: if the file cannot be written.
        Unreadable: if what is there is damaged.
    """
    held = read(folder, root)
    before = [one for one in held.get(tried.method, []) if one.number != tried.number]
    held[tried.method] = sorted([*before, tried], key=lambda one: one.number)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(_row(one) for method in sorted(held) for one in held[method])
    (root / folder).mkdir(parents=True, exist_ok=True)
    with whole_file(root / folder / FILE) as stream:
        stream.write(text.getvalue().encode())


def as_kept(trial: Trial) -> Trial:
    """Return a trial with its numbers as the file holds them, so that a search goes on from the very same ones."""
    return Trial(
        _short(trial.judge), _shorts(trial.parts), _short(trial.oracle), _shorts(trial.oracle_parts),
        round(trial.seconds, 2), round(trial.epochs, 3), trial.ended, trial.note,
    )  # fmt: skip


def best(trials: Sequence[Tried]) -> Tried | None:
    """Return the trial that the honest judge puts first; None where all broke down.

    Of those that ended by themselves, if there are any: what was stopped at the end of its budget costs more than that.
    One that collapsed comes last. One that lost more than half of the original's accuracy on what stays comes after
    those of its kind that did not: a model that is good for nothing is not chosen for having forgotten.
    """
    return _first(trials, lambda one: (_lost_most(one), one.trial.judge))


def _lost_most(one: Tried) -> bool:
    """Say whether a model lost more accuracy on validation images than it kept.

    Both are accuracies of original and unlearned model alone ("kept" stands among the oracle's parts): no retrained
    model is asked.
    """
    return one.trial.parts.get("lost", 0.0) > one.trial.oracle_parts.get("kept", math.inf)


def best_by_oracle(trials: Sequence[Tried]) -> Tried | None:
    """Return, of all trials, the one that the oracle puts first, as `best`. The search was not steered by it."""
    return _first(trials, lambda one: one.trial.oracle)


def _first(trials: Sequence[Tried], judge: Callable[[Tried], Any]) -> Tried | None:
    finite = [one for one in trials if one.trial.ended in _ENDS]
    return min(finite, key=lambda one: (_ENDS.index(one.trial.ended), judge(one), one.number), default=None)


_ENDS: tuple[Ended, ...] = ("whole", "cut", "collapsed")


def _short(value: float) -> float:
    return round(value, DIGITS)


def _shorts(parts: Mapping[str, float]) -> dict[str, float]:
    return {name: _short(value) for name, value in parts.items()}


def _row(one: Tried) -> tuple[Any, ...]:
    trial = one.trial
    return (
        one.method, one.number, one.origin, json.dumps(one.knobs), trial.judge, json.dumps(trial.parts),
        trial.oracle, json.dumps(trial.oracle_parts), trial.seconds, trial.epochs, trial.ended, trial.note,
    )  # fmt: skip


def _tried(row: Mapping[str, str]) -> Tried:
    trial = Trial(
        float(row["judge"]), json.loads(row["judge_parts"]), float(row["oracle"]), json.loads(row["oracle_parts"]),
        float(row["seconds"]), float(row["epochs"]), _one_of(Ended, row["state"]), row["note"],
    )  # fmt: skip
    return Tried(row["method"], int(row["trial"]), _one_of(Origin, row["origin"]), json.loads(row["knobs"]), trial)


def _one_of(known: Any, word: str) -> Any:
    if word not in get_args(known):
        raise ValueError(f"`{word}` is none of {', '.join(get_args(known))}")
    return word
