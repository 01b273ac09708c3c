"""Keep what is measured on the plane in claims.json, beside the recorded runs: `python -m explorer record` makes it.

    {"seeds": [100, ...], "made": {...},
     "measured": {<measure>: {"asked": <hash>, "numbers": {<name>: [a value a seed]}}}}

A value that is not defined (a boundary that is gone) is null. With other seeds everything is measured anew, and else
a measure whose Specs or function's name have changed since (`Measure.asked`); the others are skipped. A change of the
code that measures, of a method or of the training is not noticed: remove the file to measure anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

from explorer.experiments.claims.plane import MEASURES, SEEDS, Numbers
from explorer.experiments.store import provenance
from explorer.experiments.work.gather import gather
from explorer.whole_files import UNREADABLE, write_object

FILE = "claims.json"
NAME = "claims"


class Unreadable(ValueError):
    """The file of claims cannot be read; the message is one sentence."""


def read(root: Path) -> Mapping[str, Mapping[str, Sequence[float]]]:
    """Return what is kept under a root: measure -> name -> a value a seed, NaN where not defined; empty without a file.

    Raises:
        Unreadable: if the file is damaged.
    """
    return {
        name: {each: tuple(math.nan if one is None else float(one) for one in values) for each, values in held.items()}
        for name, held in ((name, one["numbers"]) for name, one in _content(root).get("measured", {}).items())
    }


def measure_task(name: str, seed: int) -> Numbers:
    """Return the numbers of a measure for a seed."""
    return MEASURES[name].at(seed)


def record(root: Path, executor: Executor, tell: Callable[[str], None]) -> int:
    """Measure what is not kept under a root yet, as far as that is noticed, and keep it; returns how many tasks failed.

    Args:
        root: where claims.json lies.
        executor: who does the work, one task a measure and seed.
        tell: called with a line for every task that ended.
    """
    try:
        held = _content(root)
    except Unreadable:
        held = {}
    measured = dict(held.get("measured", {})) if held.get("seeds") == list(SEEDS) else {}
    due = [name for name, one in MEASURES.items() if measured.get(name, {}).get("asked") != one.asked()]
    futures: dict[Future[Numbers], str] = {
        executor.submit(measure_task, name, seed): f"{name}:{seed}" for name in due for seed in SEEDS
    }
    found: dict[str, dict[int, Numbers]] = {name: {} for name in due}
    failed = 0
    for done, (label, future) in enumerate(gather(futures), 1):
        name, _, seed = label.partition(":")
        if (error := future.exception()) is None:
            found[name][int(seed)] = future.result()
        failed += error is not None
        tell(f"{done}/{len(futures)} {NAME}: {name}, seed {seed}{'' if error is None else f': {error}'}")
        if len(found[name]) == len(SEEDS):
            measured[name] = {"asked": MEASURES[name].asked(), "numbers": _by_number(found[name])}
            write_object(root / FILE, {"seeds": list(SEEDS), "made": asdict(provenance.made()), "measured": measured})
    return failed


def _by_number(by_seed: Mapping[int, Numbers]) -> dict[str, list[float | None]]:
    """Return name -> a value a seed, None where it is not defined."""
    return {
        name: [value if math.isfinite(value := by_seed[seed][name]) else None for seed in SEEDS]
        for name in by_seed[SEEDS[0]]
    }


def _content(root: Path) -> dict[str, Any]:
    file = root / FILE
    if not file.is_file():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        for one in content["measured"].values():
            if any(len(values) != len(content["seeds"]) for values in one["numbers"].values()):
                raise ValueError("each number must have a value a seed")
        return content
    except (*UNREADABLE, AttributeError) as error:
        raise Unreadable(f"{FILE} cannot be read: {error}") from None
