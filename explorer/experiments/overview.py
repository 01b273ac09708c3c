"""All methods side by side on the default picture: what each looks at, and where it ends beside retrained.

What is measured is kept in overview.json, beside the recorded runs: `python -m explorer record --only overview` makes
what is missing and what another Spec was asked for, for instance before a default changed. A change of the code that
measures, of a method or of the training is not noticed: remove the file to measure anew. A method that does not answer
the default request has no numbers, and says why.

    {"made": {...}, "measured": {<method>: {"asked": <hash>, "refused": <sentence> | "",
     "area": [a value an original], "forget": [a value an original], "work": <times retraining> | null}}}

The entry "original" has the numbers of the original models, "retrained" the floor and the retrained models' own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from explorer import pipeline
from explorer.experiments.store import provenance
from explorer.experiments.work.gather import gather
from explorer.records import Band
from explorer.spec import CannotAnswer, Spec
from explorer.spec.catalog import CATALOG
from explorer.whole_files import object_in, write_object

FILE = "overview.json"
NAME = "overview"
REFERENCES = ("retrained", "original")
# `Any` in this file: values of JSON.


@dataclass(frozen=True)
class Ending:
    """Where a method ends on the default picture.

    Attributes:
        area: share of the plane on which it disagrees with a retrained model, mean over those; a value an original. Of
            retrained models the floor, a value a pair.
        forget: its forget accuracy, a value an original; of retrained models a value each.
        work: times retraining, its preparation included; None for a reference, or where it is not known.
        refused: why there are no numbers; "" where there are.
    """

    area: Band
    forget: Band
    work: float | None
    refused: str


def asked(key: str) -> Spec:
    """Return the Spec that a row rests on: the default one, with a method at its defaults."""
    return Spec.parse({} if key in REFERENCES else {"method": {"name": key}})


def listed() -> list[str]:
    """Return what has a row: the references, then every method that ships."""
    return [*REFERENCES, *(key for key in CATALOG.methods if key not in CATALOG.own)]


def measured(key: str) -> dict[str, Any]:
    """Measure a row: the entry of overview.json, without the hash of what was asked."""
    spec = asked(key)
    try:
        run = pipeline.Run(spec if spec.method else asked("fine_tune"))
        numbers = pipeline.compare(run)
    except ValueError as error:
        said = error.said if isinstance(error, CannotAnswer) else str(error)
        return {"area": [], "forget": [], "work": None, "refused": " ".join(said.split())}
    if key == "retrained":
        area, forget = numbers.floor["disagreement_area"], numbers.accuracy["retrained"]["forget"]
    elif key == "original":
        area, forget = numbers.untouched["disagreement_area"], numbers.accuracy["original"]["forget"]
    else:
        area, forget = numbers.spread["disagreement_area"], numbers.accuracy["unlearned"]["forget"]
    work = math.nan if key in REFERENCES else pipeline.work(run)
    return {
        "area": [round(value, 5) for value in area.values],
        "forget": [round(value, 5) for value in forget.values],
        "work": round(work, 5) if math.isfinite(work) else None,
        "refused": "",
    }


def record(root: Path, executor: Executor, tell: Callable[[str], None]) -> int:
    """Measure what is not kept under a root yet, and keep it; returns how many rows failed.

    Args:
        root: where overview.json lies.
        executor: who does the work, one task a row.
        tell: called with a line for every row that ended.
    """
    held = {key: one for key, one in object_in(root / FILE, "measured").get("measured", {}).items() if key in listed()}
    due = [key for key in listed() if held.get(key, {}).get("asked") != asked(key).key()]
    futures: dict[Future[dict[str, Any]], str] = {executor.submit(measured, key): key for key in due}
    failed = 0
    for done, (key, future) in enumerate(gather(futures), 1):
        if (error := future.exception()) is None:
            held[key] = {"asked": asked(key).key(), **future.result()}
            write_object(
                root / FILE,
                {
                    "made": asdict(provenance.made()),
                    "measured": {name: held[name] for name in listed() if name in held},
                },
            )
        failed += error is not None
        tell(f"{done}/{len(futures)} {NAME}: {key}{'' if error is None else f': {error}'}")
    return failed


def read(root: Path) -> Mapping[str, Ending]:
    """Return what is kept under a root, by key; empty where there is no file or it is damaged."""
    file = root / FILE
    return _read(root, file.stat().st_mtime_ns if file.exists() else 0)


@lru_cache(maxsize=4)
def _read(root: Path, _: int) -> Mapping[str, Ending]:
    return {
        key: Ending(Band(tuple(one["area"])), Band(tuple(one["forget"])), one["work"], one["refused"])
        for key, one in object_in(root / FILE, "measured").get("measured", {}).items()
    }
