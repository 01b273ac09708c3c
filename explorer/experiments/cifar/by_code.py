"""Keep what is made of recorded runs by the code that makes it, so that a change elsewhere leaves it as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from explorer.experiments.store.reached import code_of, hash_of
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import STOPS


@cache
def store_at(place: str, name: str) -> Store:
    """Return the one store of this process for a kind of results; "" as place for memory only.

    Its keys must name the code.
    """
    return Store(Path(place) / name if place else None, version="by-code")


@cache
def code_name(stage: Callable[..., Any], method: str = "") -> str:  # `Any`: as each stage is called
    """Return the hash of the code that a stage on images reaches, and of a method that it runs, "" for none."""
    if not method:
        return hash_of(code_of((stage,), stops=STOPS))
    stops = {name: why for name, why in STOPS.items() if name != "explorer.methods"}
    return hash_of(code_of((stage,), more=[(f"explorer.methods.{method}", "METHOD")], stops=stops))
