"""Hold a method's prediction of easy and hard forget points against what retrained models say."""

from __future__ import annotations

import numpy as np

from explorer import metrics
from explorer.pipeline.memo import Memo
from explorer.pipeline.references import reference_logits
from explorer.pipeline.sets import sets
from explorer.records import Bool, Float, Trajectory
from explorer.spec import Spec


def still_right(spec: Spec, memo: Memo) -> Bool:
    """Return for each retrained model and each row of `forget` whether the model gives it its label (r, m)."""
    made = sets(spec, memo)
    logits = reference_logits(spec, memo)["retrained"][:, made.forget]
    return logits.argmax(axis=-1) == made.after.y[made.forget]


def predicted(spec: Spec, memo: Memo, run: Trajectory) -> tuple[Bool, Float] | None:
    """Return whether the method took each row of `forget` to be easy (m,), and its chance (m,); None if it says not."""
    rows = sets(spec, memo).forget
    said = [points for points in run.helpers if points.mark != "hollow" and points.value is not None]
    said = [points for points in said if (points.origin >= 0).all()]
    if sum(len(points.y) for points in said) != len(rows):
        return None
    easy, chance = np.zeros(len(rows), bool), np.zeros(len(rows), np.float32)
    for points in said:
        at = np.searchsorted(rows, points.origin)
        easy[at], chance[at] = points.mark == "easy", points.value
    return easy, chance


def quality(spec: Spec, memo: Memo, run: Trajectory) -> dict[str, float] | None:
    """Return how good the method's prediction is by retrained models (metrics.prediction_quality); None without one."""
    said = predicted(spec, memo, run)
    return None if said is None else metrics.prediction_quality(*said, still_right(spec, memo))


def in_words(spec: Spec, memo: Memo, run: Trajectory) -> str:
    """Return the quality as a sentence for the panel's note, "" where the method predicts nothing."""
    found = quality(spec, memo, run)
    if found is None:
        return ""
    if not np.isfinite(found["auc"]):
        return "oracle: all the same under retraining, so the prediction cannot be judged"
    score = f"balanced accuracy {found['balanced_accuracy']:.2f}, AUC {found['auc']:.2f}"
    return f"oracle: predicted with {score}; one retrained model for another {found['ceiling']:.2f}"
