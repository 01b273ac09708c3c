"""STUB (interface): building the sets a Spec asks for.

OPTIONS: data key -> its frozen options (KnobBase). build(name, options) -> Data.
"""

from __future__ import annotations

from typing import Any

from pydantic import create_model

import toy_data
from explorer.knobs import KnobBase, knob
from explorer.records import Data


class ToyOptions(KnobBase):
    """What every toy data set can be asked for."""

    n: int = knob(400, ge=20, le=5000, title="Points", help="Size of the training set.")
    noise: float = knob(0.2, ge=0.0, le=2.0, title="Noise", help="Standard deviation, in data units.")
    seed: int = knob(0, ge=0, le=2**31 - 1, title="Data seed", help="Draws other points of the same kind.")


OPTIONS: dict[str, type[KnobBase]] = {"moons": ToyOptions}


def build(name: str, options: KnobBase) -> Data:
    raise NotImplementedError
