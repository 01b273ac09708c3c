"""Turn a Spec into arrays in four pure stages: data, references (original, retrained), path (one method), compare.

Each stage has a key (the hash of its part of the Spec) and takes `memo`, which pages, the store and the tests fill in
as they like. A knob changes only its own method's path. Torch stays inside; numpy leaves.
"""

from explorer.data.csv import FILES as _CSV
from explorer.metrics import KNOWN_AGAIN, METRICS
from explorer.metrics.roc import Roc
from explorer.pipeline.attacks.curves import attack_path, pair_curves, roc_curves
from explorer.pipeline.attacks.many_models import PAIRS, many_models
from explorer.pipeline.attacks.one_model import asked, attack_numbers
from explorer.pipeline.attacks.per_point import (
    LITTLE,
    Exposure,
    PairsAuc,
    PointWorlds,
    exposed,
    exposure,
    pairs_judged,
    point_worlds,
    untouched_shadows,
)
from explorer.pipeline.attacks.shadows import (
    join,
    retrained_part,
    retrained_shadows,
    shadow_labels,
    shadow_part,
    shadow_parts,
    shadows,
    why_no_shadows,
)
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.numbers.compare import compare, curves, floor
from explorer.pipeline.numbers.correction import Correction, correction
from explorer.pipeline.numbers.rewind import Rewind, rewind
from explorer.pipeline.numbers.scores import scores
from explorer.pipeline.paths import path
from explorer.pipeline.pictures import final_grid, grid_size, panel, reference_panel, scene
from explorer.pipeline.references import (
    AREA_CELLS,
    accuracies,
    hardness,
    reference_areas,
    reference_logits,
    retrained_accuracy,
    signal_to_floor,
)
from explorer.pipeline.result import result
from explorer.pipeline.run import Run
from explorer.pipeline.sets import few_points, whole_class
from explorer.pipeline.worlds.points import ORIGINALS

remember_csv = _CSV.remember  # for the pages, which do not know the room of data

__all__ = [
    "AREA_CELLS",
    "KNOWN_AGAIN",
    "LITTLE",
    "METRICS",
    "ORIGINALS",
    "PAIRS",
    "Correction",
    "Exposure",
    "Memo",
    "PairsAuc",
    "PointWorlds",
    "Rewind",
    "Roc",
    "Run",
    "Tick",
    "accuracies",
    "asked",
    "attack_numbers",
    "attack_path",
    "compare",
    "correction",
    "curves",
    "exposed",
    "exposure",
    "few_points",
    "final_grid",
    "floor",
    "grid_size",
    "hardness",
    "join",
    "many_models",
    "no_memo",
    "pair_curves",
    "pairs_judged",
    "panel",
    "path",
    "point_worlds",
    "reference_areas",
    "reference_logits",
    "reference_panel",
    "remember_csv",
    "result",
    "retrained_accuracy",
    "retrained_part",
    "retrained_shadows",
    "rewind",
    "roc_curves",
    "scene",
    "scores",
    "shadow_labels",
    "shadow_part",
    "shadow_parts",
    "shadows",
    "signal_to_floor",
    "untouched_shadows",
    "whole_class",
    "why_no_shadows",
]
