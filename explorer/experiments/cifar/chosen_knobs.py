"""Say with which knobs a method answers a request on images: those its file declares, and what trials chose.

A method's own file says where it starts and which values of one knob are tried (`Method.images`). A trial is judged on
training images that are kept apart (tuning.py), never on a retrained model. What was chosen is a finding and no code:
it stands in chosen.json beside the recorded runs, by folder and method.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from explorer.experiments.cifar.files import SHIPPED
from explorer.spec import Spec, folder_of
from explorer.spec.catalog import CATALOG
from explorer.whole_files import whole_file

CHOSEN = SHIPPED / "chosen.json"

# Tables by folder of recorded runs.
# Where a request leaves no image for validation, trials run on this many images of its data set.
TRIED_ON = {"cifar10-compact-standard-class": 45_000}

# Requests that take the values of another where nothing was tried on their own.
ALIKE = {
    "cifar10-compact-memorise-part": "cifar10-compact-memorise-random",
    "cifar20-compact-memorise-subclass": "cifar10-compact-memorise-class",
    "cifar10-compact-standard-class": "cifar10-compact-memorise-class",
}


@dataclass(frozen=True)
class Chosen:
    """What the trials of a method on a request found.

    Attributes:
        knobs: the tried knob -> the value that judged best.
        trials: how many values were tried.
        remark: what must be known about the others, or "".
    """

    knobs: Mapping[str, float]
    trials: int
    remark: str = ""


Table = Mapping[str, Mapping[str, Chosen]]  # folder -> method -> what was chosen


@cache
def chosen(file: Path = CHOSEN) -> Table:
    """Return what was chosen, as it stands in a file."""
    held = json.loads(file.read_text(encoding="utf-8"))
    return {folder: {name: Chosen(**one) for name, one in methods.items()} for folder, methods in held.items()}


def keep(folder: str, method: str, found: Chosen, file: Path = CHOSEN) -> None:
    """Write what trials found in place of what stands there; a remark on the same knobs stays.

    Raises:
        OSError: if the file cannot be written.
    """
    table = {name: dict(methods) for name, methods in chosen(file).items()}
    before = table.setdefault(folder, {}).get(method)
    if before is not None and before.knobs == found.knobs:
        found = Chosen(found.knobs, found.trials, before.remark)
    table[folder][method] = found
    parts = [f" {json.dumps(name)}: {{\n{_lines(table[name])}\n }}" for name in sorted(table)]
    with whole_file(file) as stream:
        stream.write(("{\n" + ",\n".join(parts) + "\n}\n").encode())
    chosen.cache_clear()


def _lines(methods: Mapping[str, Chosen]) -> str:
    return ",\n".join(f"  {json.dumps(name)}: {json.dumps(asdict(methods[name]))}" for name in sorted(methods))


def values_of(method: str, base: Spec) -> Mapping[str, tuple[float, ...]]:
    """Return the values of the tried knob for a request; empty where nothing is tried."""
    images = CATALOG.methods[method].images
    return images.search_at.get(folder_of(base), images.search)


def start_of(method: str, base: Spec) -> dict[str, Any]:
    """Return the knobs (those that differ from the defaults) with which a method is first tried on a request."""
    images = CATALOG.methods[method].images
    size = f"{base.data.name}-{base.data.options.model_dump().get('n')}"
    return {**images.start, **images.start_at.get(size, {})}


def knobs_of(method: str, base: Spec) -> tuple[dict[str, Any], str]:
    """Return the knobs (those that differ from the defaults) of a method for a request, and how they were found."""
    knobs, folder = start_of(method, base), folder_of(base)
    found, where = chosen().get(folder, {}).get(method), ""
    if found is not None and folder in TRIED_ON:
        where = f", of models trained on {TRIED_ON[folder]:,} images"
    if found is None and folder in ALIKE and CATALOG.methods[method].images.borrows:
        found, where = chosen()[ALIKE[folder]].get(method), f" for {ALIKE[folder]}"
    if found is None:
        return knobs, "our first choice, not tuned" if knobs else "the defaults, not tuned"
    names, remark = " and ".join(found.knobs), f": {found.remark}" if found.remark else ""
    sentence = f"{names} chosen among {found.trials} values on validation images{where}{remark}"
    return {**knobs, **found.knobs}, sentence


def has_trials(base: Spec) -> bool:
    """Say whether trials were made for a request, or for one that is alike."""
    folder = folder_of(base)
    return folder in chosen() or folder in ALIKE
