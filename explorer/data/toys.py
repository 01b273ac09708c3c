"""Draw the sets of a toy data set: every file of `toy_data`, found by its name."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from pydantic import create_model

import toy_data
from explorer.knobs import KnobBase, knob, knob_infos
from explorer.records import Data, Space, Split
from explorer.seeds import child_seed

TEST_POINTS = 2000
SPACE_POINTS = 20_000
SPACE_SEED = 20_000_003  # of the constants alone, whatever the seed of the data


class ToyOptions(KnobBase):
    """What every toy data set can be asked for."""

    n: int = knob(400, ge=20, le=5000, title="Points", help="Size of the training set.")
    noise: float = knob(0.2, ge=0.0, le=2.0, title="Noise", help="Standard deviation, in data units.")
    seed: int = knob(0, ge=0, le=2**31 - 1, title="Data seed", help="Draws other points of the same kind.")


_SHARED = frozenset(ToyOptions.model_fields)


def _load(name: str) -> ModuleType:
    try:
        toy = importlib.import_module(f"toy_data.{name}")
    except Exception as error:
        raise ImportError(f"toy_data/{name}.py cannot be loaded: {error}") from error
    for needed in ("TITLE", "RANGES", "make"):
        if not hasattr(toy, needed):
            raise ImportError(f"toy_data/{name}.py must declare {needed}")
    return toy


_NAMES = sorted(info.name for info in pkgutil.iter_modules(toy_data.__path__) if not info.name.startswith("_"))
TOYS: dict[str, ModuleType] = {name: _load(name) for name in _NAMES}


@cache
def options_of(name: str) -> type[ToyOptions]:
    """Return the options of a toy data set: what all have, and what its RANGES add or change."""
    fields = {option: _field(option, dict(declared)) for option, declared in TOYS[name].RANGES.items()}
    title = "".join(word.capitalize() for word in name.split("_")) + "Options"
    made: Any = create_model(
        title, __base__=ToyOptions, __module__=__name__, __doc__=f"What {name} can be asked for.", **fields
    )
    globals()[title] = made  # so that options can be pickled, for worker processes
    return made


# `Any`: pydantic's create_model takes pairs of a type and a field.
def _field(name: str, declared: dict[str, Any]) -> Any:
    usual = knob_infos(ToyOptions).get(name)
    if usual:
        declared = {"low": usual.low, "high": usual.high, "title": usual.title, "help": usual.help} | declared
    kind = type(declared["default"])
    low, high = (kind(declared[end]) if end in declared else None for end in ("low", "high"))
    return kind, knob(declared["default"], ge=low, le=high, title=declared["title"], help=declared["help"])


def classes_of(name: str, options: KnobBase) -> int:
    """Return how many classes a toy data set has under these options."""
    own = {option: getattr(options, option) for option in type(options).model_fields if option not in _SHARED}
    return TOYS[name].classes(**own) if hasattr(TOYS[name], "classes") else 2


def build_toy(name: str, options: KnobBase) -> Data:
    """Return the sets of a toy data set; test and held-out points are drawn with child seeds of the data's seed."""
    toy = TOYS[name]
    given = options.model_dump()
    n, noise, seed = given.pop("n"), given.pop("noise"), given.pop("seed")
    unplanted = getattr(toy, "unplanted", toy.make)
    classes = classes_of(name, options)
    return Data(
        train=Split(*toy.make(n, noise, seed, **given), subclass=_optional(toy, "subclasses", n, noise, seed, **given)),
        test=Split(*unplanted(TEST_POINTS, noise, child_seed(seed, "test"), **given)),
        heldout=Split(*unplanted(n, noise, child_seed(seed, "heldout"), **given)),
        space=space_of(unplanted(SPACE_POINTS, noise, SPACE_SEED, **given)[0]),
        classes=classes,
        names=getattr(toy, "NAMES", tuple(f"class {label}" for label in range(classes))),
        mislabelled=_optional(toy, "flipped", n, noise, seed, **given),
        anchors=_optional(toy, "anchors", **given),
    )


def space_of(x: np.ndarray) -> Space:
    """Return mean, standard deviation, smallest and largest value of each column of x (n, 2)."""
    std = x.std(axis=0, dtype=np.float64)
    return Space(
        mean=x.mean(axis=0, dtype=np.float64).astype(np.float32),
        std=np.where(std > 0, std, 1.0).astype(np.float32),
        low=x.min(axis=0).astype(np.float32),
        high=x.max(axis=0).astype(np.float32),
    )


def _optional(toy: ModuleType, function: str, *args: Any, **options: Any) -> Any:
    return getattr(toy, function)(*args, **options) if hasattr(toy, function) else None
