"""Turn a Spec into arrays in four pure stages: data, references (original, retrained), path (one method), compare.

Each stage has a key (the hash of its part of the Spec) and takes `memo`, which pages, the store and the tests fill in
as they like. A knob changes only its own method's path. Torch stays inside; numpy leaves.
"""

from explorer.data.csv import remember as remember_csv  # for the pages, which do not know the room of data
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.models import ORIGINALS, data, originals
from explorer.pipeline.numbers import compare, curves, floor
from explorer.pipeline.paths import path
from explorer.pipeline.pictures import grid_size, panel, reference_panel, scene
from explorer.pipeline.references import (
    AREA_CELLS,
    accuracies,
    hardness,
    reference_areas,
    reference_logits,
    references,
    retrained_accuracy,
    signal_to_floor,
)
from explorer.pipeline.result import result
from explorer.pipeline.sets import sets, whole_class

__all__ = [
    "AREA_CELLS",
    "ORIGINALS",
    "Memo",
    "Tick",
    "accuracies",
    "compare",
    "curves",
    "data",
    "floor",
    "grid_size",
    "hardness",
    "no_memo",
    "originals",
    "panel",
    "path",
    "reference_areas",
    "reference_logits",
    "reference_panel",
    "references",
    "remember_csv",
    "result",
    "retrained_accuracy",
    "scene",
    "sets",
    "signal_to_floor",
    "whole_class",
]
