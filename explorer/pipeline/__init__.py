"""Turn a Spec into arrays in pure stages of a Run: data, sets, references, paths, numbers, pictures, one result.

Each stage is kept in the run's memo under the hash of the parts of the Spec on which it depends, so a knob changes only
its own method's path. What differs between points and images stands in `worlds`. Torch stays inside; numpy leaves.
"""

from explorer.metrics import KNOWN_AGAIN, METRICS
from explorer.metrics.roc import Roc
from explorer.pipeline.attacks.curves import attack_path, pair_curves, roc_curves
from explorer.pipeline.attacks.exposure import LITTLE, Exposure, exposure, untouched_shadows
from explorer.pipeline.attacks.image_shadows import image_shadow, image_shadow_labels, image_shadows
from explorer.pipeline.attacks.many_models import PAIRS, many_models
from explorer.pipeline.attacks.one_model import asked, attack_numbers
from explorer.pipeline.attacks.per_point import (
    Above,
    PairsAuc,
    PointWorlds,
    above_population,
    exposed,
    pairs_judged,
    point_worlds,
)
from explorer.pipeline.attacks.quiz import quiz, with_lira
from explorer.pipeline.attacks.reference_models import RMIA, asks_rmia, reference_model
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
from explorer.pipeline.audits.images import (
    audit_of_image,
    audits_on_images,
    image_control_state,
    image_end_state,
    image_path_end_state,
    image_start_name,
)
from explorer.pipeline.audits.numbers import audit_numbers, audit_of_retrained, audit_of_unlearned, why_no_audit
from explorer.pipeline.audits.pictures import (
    Drawn,
    audit_beside,
    audit_frames,
    audit_panel,
    audit_reference,
    audit_scene,
)
from explorer.pipeline.in_training import seen_so_far, so_far
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS, Memo, Tick, no_memo
from explorer.pipeline.numbers.certificate import by_looking, certificate
from explorer.pipeline.numbers.compare import compare, curves, floor, work
from explorer.pipeline.numbers.correction import Correction, correction
from explorer.pipeline.numbers.crossing import boundary_moved
from explorer.pipeline.numbers.returning import returning
from explorer.pipeline.numbers.rewind import Rewind, rewind
from explorer.pipeline.numbers.scores import scores
from explorer.pipeline.one_sigmoid import one_sigmoid
from explorer.pipeline.own_points import (
    CSV_BYTES,
    CSV_OTHER,
    Columns,
    Points,
    Table,
    csv_choosable,
    csv_guess,
    csv_points,
    csv_points_named,
    csv_table,
    keep_csv,
    read_as,
    recall_csv,
    remember_csv,
)
from explorer.pipeline.paths import cannot, evaluate, image_end, path
from explorer.pipeline.pictures import final_grid, grid_size, panel, reference_panel, scene
from explorer.pipeline.planes import GALLERY, image_scene
from explorer.pipeline.recorded import end_on_probes, method_run, numbers_so_far, original_run, retrained_run
from explorer.pipeline.references import (
    AREA_CELLS,
    Reference,
    accuracies,
    hardness,
    image_seconds,
    models_of,
    original,
    reference,
    reference_areas,
    reference_logits,
    retrained,
    retrained_accuracy,
    signal_to_floor,
    trained_here,
    weights_given,
    with_known,
)
from explorer.pipeline.result import result
from explorer.pipeline.run import Run
from explorer.pipeline.sets import few_points, whole_class
from explorer.pipeline.streams.answers import stream
from explorer.pipeline.streams.drift import BROKEN, drift
from explorer.pipeline.streams.pictures import stream_panel, stream_reference, stream_scene
from explorer.pipeline.streams.references import stream_references
from explorer.pipeline.streams.requests import batches_of
from explorer.pipeline.validation import Limits, oracle_seed, trial
from explorer.pipeline.weights_of import ROLES, Role, weights_of
from explorer.pipeline.worlds.given import given_missing, given_state, is_given, resolve_given
from explorer.pipeline.worlds.images import Checkpoints, is_image
from explorer.pipeline.worlds.known import weights_name, write_known
from explorer.pipeline.worlds.own_weights import (
    own_weights,
    remember_weights,
    resolve_weights,
    weights_missing,
    without_weights,
)
from explorer.pipeline.worlds.points import ORIGINALS
from explorer.training.checkpoints import checkpoints

__all__ = [
    "AREA_CELLS",
    "BROKEN",
    "CSV_BYTES",
    "CSV_OTHER",
    "GALLERY",
    "KNOWN_AGAIN",
    "LITTLE",
    "METRICS",
    "ORIGINALS",
    "PAIRS",
    "PATH_PARTS",
    "REQUEST_PARTS",
    "RMIA",
    "ROLES",
    "Above",
    "Checkpoints",
    "Columns",
    "Correction",
    "Drawn",
    "Exposure",
    "Limits",
    "Memo",
    "PairsAuc",
    "PointWorlds",
    "Points",
    "Reference",
    "Rewind",
    "Roc",
    "Role",
    "Run",
    "Table",
    "Tick",
    "above_population",
    "accuracies",
    "asked",
    "asks_rmia",
    "attack_numbers",
    "attack_path",
    "audit_beside",
    "audit_frames",
    "audit_numbers",
    "audit_of_image",
    "audit_of_retrained",
    "audit_of_unlearned",
    "audit_panel",
    "audit_reference",
    "audit_scene",
    "audits_on_images",
    "batches_of",
    "boundary_moved",
    "by_looking",
    "cannot",
    "certificate",
    "checkpoints",
    "compare",
    "correction",
    "csv_choosable",
    "csv_guess",
    "csv_points",
    "csv_points_named",
    "csv_table",
    "curves",
    "drift",
    "end_on_probes",
    "evaluate",
    "exposed",
    "exposure",
    "few_points",
    "final_grid",
    "floor",
    "given_missing",
    "given_state",
    "grid_size",
    "hardness",
    "image_control_state",
    "image_end",
    "image_end_state",
    "image_path_end_state",
    "image_scene",
    "image_seconds",
    "image_shadow",
    "image_shadow_labels",
    "image_shadows",
    "image_start_name",
    "is_given",
    "is_image",
    "join",
    "keep_csv",
    "many_models",
    "method_run",
    "models_of",
    "no_memo",
    "numbers_so_far",
    "one_sigmoid",
    "oracle_seed",
    "original",
    "original_run",
    "own_weights",
    "pair_curves",
    "pairs_judged",
    "panel",
    "path",
    "point_worlds",
    "quiz",
    "read_as",
    "recall_csv",
    "reference",
    "reference_areas",
    "reference_logits",
    "reference_model",
    "reference_panel",
    "remember_csv",
    "remember_weights",
    "resolve_given",
    "resolve_weights",
    "result",
    "retrained",
    "retrained_accuracy",
    "retrained_part",
    "retrained_run",
    "retrained_shadows",
    "returning",
    "rewind",
    "roc_curves",
    "scene",
    "scores",
    "seen_so_far",
    "shadow_labels",
    "shadow_part",
    "shadow_parts",
    "shadows",
    "signal_to_floor",
    "so_far",
    "stream",
    "stream_panel",
    "stream_reference",
    "stream_references",
    "stream_scene",
    "trained_here",
    "trial",
    "untouched_shadows",
    "weights_given",
    "weights_missing",
    "weights_name",
    "weights_of",
    "whole_class",
    "why_no_audit",
    "why_no_shadows",
    "with_known",
    "with_lira",
    "without_weights",
    "work",
    "write_known",
]
