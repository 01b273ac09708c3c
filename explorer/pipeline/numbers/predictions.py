"""Hold a method's prediction of easy and hard forget points against what retrained models say."""

from __future__ import annotations

import numpy as np

from explorer import metrics
from explorer.pipeline.references import reference_logits
from explorer.pipeline.run import Run
from explorer.records import Bool, Float, Trajectory


def still_right(run: Run) -> Bool:
    """Return for each retrained model and each row of `forget` whether the model gives it its label (r, m)."""
    sets = run.sets
    logits = reference_logits(run)["retrained"][:, sets.forget]
    return logits.argmax(axis=-1) == sets.after.y[sets.forget]


def predicted(run: Run, trajectory: Trajectory) -> tuple[Bool, Float] | None:
    """Return whether the method took each row of `forget` to be easy (m,), and its chance (m,); None if it says not."""
    rows = run.sets.forget
    judged = [points for points in trajectory.helpers if points.mark != "hollow" and points.value is not None]
    judged = [points for points in judged if (points.origin >= 0).all()]
    if sum(len(points.y) for points in judged) != len(rows):
        return None
    easy, chance = np.zeros(len(rows), bool), np.zeros(len(rows), np.float32)
    for points in judged:
        at = np.searchsorted(rows, points.origin)
        easy[at], chance[at] = points.mark == "easy", points.value
    return easy, chance


def quality(run: Run, trajectory: Trajectory) -> dict[str, float] | None:
    """Return how good the method's prediction is by retrained models (metrics.prediction_quality); None without one."""
    prediction = predicted(run, trajectory)
    return None if prediction is None else metrics.prediction_quality(*prediction, still_right(run))


def in_words(run: Run, trajectory: Trajectory) -> str:
    """Return the quality as a sentence for the panel's note, "" where the method predicts nothing."""
    found = quality(run, trajectory)
    if found is None:
        return ""
    if not np.isfinite(found["auc"]):
        return "oracle: all the same under retraining, so the prediction cannot be judged"
    score = f"balanced accuracy {found['balanced_accuracy']:.2f}, AUC {found['auc']:.2f}"
    return f"oracle: predicted with {score}; one retrained model for another {found['ceiling']:.2f}"
