"""A worker's picture is bit for bit the one that is computed here."""

import dataclasses
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.contents.picture import Pieces
from explorer.experiments.store.store import Store
from explorer.experiments.work.pool import Pool
from explorer.session.desk import Desk, Here, Workers, silent
from explorer.view import View

VIEW = View.parse({
    "base": {"data": {"n": 60}, "training": {"steps": 20}, "evaluation": {"retrained_seeds": 2}},
    "panels": [
        {"method": "fine_tune", "knobs": {"steps": 4}}, {"method": "scrub"}, {"method": "random_labels"},
        {"method": "influence_2"}, {"method": "retrained"},
    ],
})  # fmt: skip


def drawn(desk: Desk) -> list[Any]:
    """Return the scene of the view, then the frames of each panel."""
    pieces = Pieces(VIEW.base, desk, silent)
    return [pieces.one(*pieces.scene()), *(pieces.one(*pieces.panel(panel)) for panel in VIEW.panels)]


def bits(value: Any, place: str = "") -> dict[str, object]:
    """Return what stands at each place in a record: of arrays and numbers their bytes, not-a-number included."""
    if isinstance(value, np.ndarray):
        return {place: (value.dtype.str, value.shape, value.tobytes())}
    if isinstance(value, float):
        return {place: struct.pack("d", value)}
    if dataclasses.is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        value = dict(enumerate(value))
    if isinstance(value, Mapping):
        return {at: one for key, part in value.items() for at, one in bits(part, f"{place}.{key}").items()}
    return {place: value}


def test_a_worker_and_the_disk_give_the_bits_that_are_computed_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    here = [bits(one) for one in drawn(Here(Store(None).memo))]  # shares nothing with the worker
    monkeypatch.setenv("EXPLORER_STORE", str(tmp_path))
    pool = Pool(1)
    try:
        there = [bits(one) for one in drawn(Workers(pool, "tab"))]
    finally:
        pool.end()
    read = [bits(one) for one in drawn(Here(Store(tmp_path).memo))]
    assert [len(one) for one in here] == [len(one) for one in there]
    for mine, others, kept in zip(here, there, read, strict=True):
        assert [at for at in mine if mine[at] != others[at]] == []
        assert [at for at in mine if mine[at] != kept[at]] == []
