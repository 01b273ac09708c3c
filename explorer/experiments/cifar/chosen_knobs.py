"""Say with which knobs a method answers a request on images: those its file declares, and what trials chose.

A method's own file says where it starts and what is searched (`Method.images`). A trial is judged on training images
that are kept apart (tuning.py). What was chosen is a finding and no code: it stands in chosen.json beside the recorded
runs, by folder and method.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from explorer.experiments.cifar.budgets import alike, tried_on
from explorer.experiments.cifar.files import SHIPPED
from explorer.experiments.cifar.search import held_at, start_of
from explorer.spec import Spec, folder_of
from explorer.spec.catalog import CATALOG
from explorer.whole_files import whole_file

CHOSEN = SHIPPED / "chosen.json"


@dataclass(frozen=True)
class ByOracle:
    """The trial that a judge puts first who knows a retrained model.

    Attributes:
        knobs: of the trial.
        number: of the trial, from 0.
        numbers: "judge" and its parts.
    """

    knobs: Mapping[str, Any]
    number: int
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class Chosen:
    """What the trials of a method on a request found.

    Attributes:
        knobs: knob -> the value that judged best; of a search, of every knob that was searched or declared.
        trials: how many there were.
        remark: what must be known about the others, or "".
        before: of a search, the knobs that were chosen before it; None where one knob was tried at a few values.
        number: of the trial that was chosen, from 0; None where all broke down or before searches.
        judge: its honest judge; None with `number`.
        oracle: the trial that the oracle puts first; None with `number`.
    """

    knobs: Mapping[str, Any]
    trials: int
    remark: str = ""
    before: Mapping[str, Any] | None = None
    number: int | None = None
    judge: float | None = None
    oracle: ByOracle | None = None

    @property
    def searched(self) -> bool:
        """Say whether knobs were searched together; else one was tried at a few values."""
        return self.before is not None


Table = Mapping[str, Mapping[str, Chosen]]  # folder -> method -> what was chosen


@cache
def chosen(file: Path = CHOSEN) -> Table:
    """Return what was chosen, as it stands in a file; nothing where there is none."""
    held = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {folder: {name: _read(one) for name, one in methods.items()} for folder, methods in held.items()}


def _read(one: Mapping[str, Any]) -> Chosen:
    return Chosen(**{**one, "oracle": ByOracle(**one["oracle"])} if "oracle" in one else one)


def keep(folder: str, method: str, found: Chosen, file: Path = CHOSEN) -> None:
    """Write what trials found in place of what stands there.

    Raises:
        OSError: if the file cannot be written.
    """
    chosen.cache_clear()  # another process may have written
    table = {name: dict(methods) for name, methods in chosen(file).items()}
    table.setdefault(folder, {})[method] = found
    parts = [f" {json.dumps(name)}: {{\n{_lines(table[name])}\n }}" for name in sorted(table)]
    with whole_file(file) as stream:
        stream.write(("{\n" + ",\n".join(parts) + "\n}\n").encode())
    chosen.cache_clear()


def _lines(methods: Mapping[str, Chosen]) -> str:
    return ",\n".join(f"  {json.dumps(name)}: {json.dumps(_plain(methods[name]))}" for name in sorted(methods))


def _plain(one: Chosen) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if value is not None}


def knobs_of(method: str, base: Spec, file: Path = CHOSEN) -> tuple[dict[str, Any], str]:
    """Return the knobs (those that differ from the defaults) of a method for a request, and how they were found."""
    knobs, folder, held = start_of(method, base), folder_of(base), chosen(file)
    found, where = held.get(folder, {}).get(method), ""
    if found is not None and tried_on(base) != base:
        where = f", of models trained on {tried_on(base).data.options.model_dump()['n']:,} images"
    other = _taken_over(method, base)
    if found is None and other in held:
        found, where = held[other].get(method), f" for {other}"
    if found is None:
        return knobs, "our first choice, not tuned" if knobs else "the defaults, not tuned"
    names, remark = " and ".join(found.knobs), f": {found.remark}" if found.remark else ""
    if found.searched:
        best = f"the best of {found.trials} trials" if found.trials > 1 else "the only setting that was tried, judged"
        sentence = f"{best} on validation images{where}{remark}"
    else:
        sentence = f"{names} chosen among {found.trials} values on validation images{where}{remark}"
    return {**knobs, **found.knobs, **(held_at(method, base) if found.searched else {})}, sentence


def by_oracle(method: str, base: Spec, file: Path = CHOSEN) -> ByOracle | None:
    """Return the trial of a request that the oracle puts first; None where none was searched there."""
    found = chosen(file).get(folder_of(base), {}).get(method)
    return found.oracle if found else None


def has_trials(base: Spec) -> bool:
    """Say whether trials were made for a request, or for one that is alike."""
    return folder_of(base) in chosen() or _same_network(base)


def _taken_over(method: str, base: Spec) -> str:
    """Return the folder of the request that is alike, if what was chosen there for a method is taken over; else "".

    It is where the network is the same. Methods that are recorded on full networks take it over there too, from the
    same data and if both networks normalise by batches: a trial costs tens of times one of the small network.
    """
    images, other = CATALOG.methods[method].images, alike(base)
    near = images.full and other.startswith(f"{base.data.name}-") and CATALOG.models[base.model.name].BATCH_STATISTICS
    return other if images.borrows and (near or _same_network(base)) else ""


def _same_network(base: Spec) -> bool:
    return base.model.name in alike(base).split("-")
