"""Find what recorded runs say of a claim: what was measured on the plane, runs on images, and trials of their knobs.

What is not recorded, or cannot be read, is a reason, never an error: the verdict is then "not tested, because ...".
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from explorer.experiments.cifar import audited, files, trials
from explorer.experiments.claims import kept
from explorer.experiments.claims.bounds import ENOUGH_NOISE, LARGE_RATE, RIVALS, SMALL_RATE
from explorer.experiments.claims.claim import Evidence, Found, Missing
from explorer.knobs import knob_infos
from explorer.records import Band, ModelNumbers
from explorer.spec.catalog import CATALOG
from explorer.whole_files import UNREADABLE

AUDIT = "relearning"


@dataclass(frozen=True)
class OnPlane:
    """Numbers of claims.json.

    Attributes:
        numbers: name in the rule -> (measure, name there).
    """

    numbers: Mapping[str, tuple[str, str]]

    def find(self, root: Path) -> Evidence:
        """Return a value a seed for each number."""
        try:
            held = kept.read(root)
        except kept.Unreadable as error:
            return Missing(str(error))
        wanted = dict.fromkeys(measure for measure, _ in self.numbers.values())
        if missing := [measure for measure in wanted if measure not in held]:
            return Missing(f"nothing is kept yet of: {', '.join(missing)}")
        found = {
            name: Band(tuple(held[measure][there]))
            for name, (measure, there) in self.numbers.items()
            if there in held[measure]
        }
        return Found(found)


def measured(measure: str, *names: str) -> OnPlane:
    """Return the numbers of one measure under their own names."""
    return OnPlane({name: (measure, name) for name in names})


@dataclass(frozen=True)
class OnImages:
    """Numbers of one method's recorded run, of its original and of its retrained models.

    Attributes:
        folder: name of the folder, in which * stands for anything: the first that is recorded is taken.
        method: key of the method.
        numbers: name in the rule -> (who, what). Who is "original", "retrained", "unlearned" or another method's key,
            which is left out where it is not recorded; what is a key of READ.
    """

    folder: str
    method: str
    numbers: Mapping[str, tuple[str, str]]

    def find(self, root: Path) -> Evidence:
        """Return a value a model for each number."""
        place = _recorded(root, self.folder)
        if place is None:
            return Missing(f"{self.folder} is not recorded yet")
        if not (place / f"{self.method}.json").is_file():
            return Missing(f"{CATALOG.methods[self.method].title} is not recorded in {place.name}")
        try:
            found = {
                name: band
                for name, (who, what) in self.numbers.items()
                if (band := self._band(place, self.method if who == "unlearned" else who, what)) is not None
            }
            return Found(found, how(place, self.method))
        except (files.Unreadable, *UNREADABLE) as error:
            return Missing(str(error))

    @staticmethod
    def _band(place: Path, name: str, what: str) -> Band | None:
        if not (place / f"{name}.json").is_file():
            return None
        values = (READ[what](model) for model in files.read_numbers(place, name).models)
        return Band(tuple(math.nan if value is None else value for value in values))


@dataclass(frozen=True)
class Relearned:
    """What audits say of going on with the kept images alone, from a method's recorded run and from retrained.

    Attributes:
        folder: name of the folder.
        method: key of the method.
    """

    folder: str
    method: str

    def find(self, root: Path) -> Evidence:
        """Return forget accuracy at first and at its highest: the method's, and the mean of the retrained models'."""
        found = audited.read(root, self.folder)
        ours, theirs = (found.get(name, {}).get(AUDIT, {}) for name in (self.method, "retrained"))
        if not {"start", "peak"} <= ours.keys() & theirs.keys():
            title = CATALOG.methods[self.method].title
            return Missing(f"the audit {AUDIT} of {title} is not recorded for {self.folder}")
        numbers = {
            "forgotten": ours["start"], "back": ours["peak"], "retrained forgotten": theirs["start"],
            "retrained back": Band((theirs["peak"].mean,)),
        }  # fmt: skip
        return Found(numbers, how(root / self.folder, self.method))


def _recorded(root: Path, folder: str) -> Path | None:
    """Return the first folder of that name with an original and retrained models, None where there is none."""
    return next((root / name for name in files.folders(root) if fnmatchcase(name, folder)), None)


def _rate(attack: str) -> Callable[[ModelNumbers], float | None]:
    return lambda model: model.attacks[attack].paper_rate if attack in model.attacks else None


READ: Mapping[str, Callable[[ModelNumbers], float | None]] = {
    "forget": lambda model: model.accuracy.forget,
    "retain": lambda model: model.accuracy.retain,
    "test": lambda model: model.accuracy.test,
    "test_kept": lambda model: model.accuracy.test_kept,
    "test_forget": lambda model: model.accuracy.test_forget,
    "entropy rate": _rate("retain_entropy"),
}
WITH_RIVALS: Mapping[str, tuple[str, str]] = {name: (name, "forget") for name in RIVALS}


def how(place: Path, method: str) -> str:
    """Return the knobs of a recorded run that trials search, and how they were found, in words."""
    content = json.loads((place / f"{method}.json").read_text(encoding="utf-8"))
    knobs, declared = content["spec"]["method"]["knobs"], CATALOG.methods[method]
    infos = knob_infos(declared.knobs)
    named = [f"{infos[name].title.lower()} {_text(knobs[name])}" for name in declared.searched if name in knobs]
    return "; ".join(part for part in (", ".join(named), content["numbers"].get("tuned", "")) if part)


def _text(value: Any) -> str:
    if value is None:
        return "left open"
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class BySetting:
    """What JiT keeps at large and at small rates: over every recorded run and trial of it in a folder.

    Attributes:
        folder: name of the folder, as in `OnImages`.
        method: key of a method with the knobs `lr` and `sigma`.
    """

    folder: str
    method: str

    def find(self, root: Path) -> Evidence:
        """Return "large rates" and "small rates": shares of retrained's test accuracy on what is kept."""
        place = _recorded(root, self.folder)
        if place is None:
            return Missing(f"{self.folder} is not recorded yet")
        try:
            found = [*self._runs(place), *self._trials(place)]
        except (files.Unreadable, *UNREADABLE) as error:
            return Missing(str(error))
        large = [kept for rate, _, kept in found if rate >= LARGE_RATE]
        small = [kept for rate, noise, kept in found if rate <= SMALL_RATE and noise >= ENOUGH_NOISE]
        if not large:
            return Missing(f"no run or trial there has a rate of {LARGE_RATE:g} or more")
        if not small:
            return Missing(f"no run or trial there has a rate of {SMALL_RATE:g} or less with noise of {ENOUGH_NOISE:g}")
        return Found({"large rates": Band(tuple(large)), "small rates": Band(tuple(small))})

    def _runs(self, place: Path) -> Iterator[tuple[float, float, float]]:
        goal = Band(tuple(_kept(model) for model in files.read_numbers(place, "retrained").models)).mean
        for file in sorted([*place.glob("*.json"), *(place / files.ORACLE).glob("*.json")]):
            asked = json.loads(file.read_text(encoding="utf-8"))["spec"].get("method") or {}
            if asked.get("name") == self.method:
                kept = _kept(files.read_numbers(file.parent, file.stem).models[0])
                yield float(asked["knobs"]["lr"]), float(asked["knobs"]["sigma"]), kept / goal

    def _trials(self, place: Path) -> Iterator[tuple[float, float, float]]:
        defaults = knob_infos(CATALOG.methods[self.method].knobs)
        for one in trials.read(place.name, place.parent).get(self.method, []):
            rate, noise = (float(one.knobs.get(name, defaults[name].default)) for name in ("lr", "sigma"))
            parts = one.trial.oracle_parts
            yield rate, noise, parts["kept"] / parts["kept_retrained"] if parts else 0.0


def _kept(model: ModelNumbers) -> float:
    return model.accuracy.test_kept if model.accuracy.test_kept is not None else math.nan
