"""Presets that are not there to show a collapse leave the retain set standing, on the data they were chosen for."""

from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.metrics import accuracy
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

FLOOR = 0.75  # share of the retained points that are still right
WHOLE_CLASS = {"data": {"name": "blobs"}, "request": {"kind": "forget", "choose": "class", "label": 0}}
ON_A_CLASS = {  # chosen for that, although the method answers others too
    ("boundary_shrink", "a whole class"), ("delete", "a whole class"), ("gdr_gma", "a whole class"),
    ("sfron", "a whole class"), ("unsc", "toy"), ("unsc", "toy (as released)"),
}  # fmt: skip
KEPT: dict[str, Any] = {}
KEYS = [key for key, method in CATALOG.methods.items() if {"forget", "forget_class"} & set(method.answers)]
SHOWN = {
    key: {name: preset for name, preset in CATALOG.methods[key].presets.items() if not preset.images} for key in KEYS
}


def is_collapse(key: str, name: str) -> bool:
    """Return whether a preset says that it shows a collapse; the defaults do where such a preset equals them."""
    knobs = CATALOG.methods[key].knobs
    shows = [knobs(**preset.knobs) for preset in SHOWN[key].values() if preset.collapses]
    return (knobs() if name == "defaults" else knobs(**SHOWN[key][name].knobs)) in shows


CASES = [(key, name) for key in KEYS for name in ["defaults", *SHOWN[key]] if not is_collapse(key, name)]


def memo(key: str, thunk: Any) -> Any:
    if key not in KEPT:
        KEPT[key] = thunk()
    return KEPT[key]


@pytest.mark.parametrize(("key", "preset"), CASES)
def test_preset_keeps_the_retain_set_and_moves_the_model(key: str, preset: str):
    method = CATALOG.methods[key]
    knobs = dict(method.presets[preset].knobs) if preset != "defaults" else {}
    where = WHOLE_CLASS if "forget" not in method.answers or (key, preset) in ON_A_CLASS else {}
    model = {"model": {"widths": []}} if method.networks == "linear" else {}
    spec = Spec.parse({**where, **model, "method": {"name": key, "knobs": knobs}})
    run = pipeline.Run(spec, memo)
    sets, path = run.sets, pipeline.path(run)
    assert path.trouble == "" and path.weights is not None
    assert not np.array_equal(path.weights[0], path.weights[-1])
    logits = path.logits[-1, : len(sets.before)]
    assert accuracy(logits[sets.retain], sets.after.y[sets.retain]) >= FLOOR
