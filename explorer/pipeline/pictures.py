"""Make pictures: what all panels share, and one panel at its keyframes."""

from __future__ import annotations

import numpy as np

from explorer import metrics
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.numbers import certificate as certificates
from explorer.pipeline.numbers import predictions
from explorer.pipeline.numbers.compare import work
from explorer.pipeline.numbers.unmoved import share_moved, unmoved
from explorer.pipeline.paths import evaluate, members, path
from explorer.pipeline.references import accuracies_by_model, reference_logits, retrained_accuracy
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import few_points
from explorer.pipeline.worlds.points import grids
from explorer.records import Float, PanelFrames, Plane, Scene


def grid_size(classes: int) -> int:
    """Return how many cells a side the pictures have."""
    return 64 if classes <= 5 else 48


@kept(lambda run: f"scene-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def scene(run: Run) -> Scene:
    """Return what all panels of a picture share."""
    data, sets, refs = run.data, run.sets, run.references
    size = grid_size(data.classes)
    planes = grids(run.spec, data, np.concatenate([refs.originals[:1], refs.paired[None], refs.retrained]), size)
    return Scene(
        plane=Plane.around(data.train.x), size=size, x=sets.before.x, y=sets.before.y, forget=sets.forget,
        names=data.names, original=planes[0], retrained=planes[2:], paired=planes[1],
        after_x=sets.after.x[sets.forget], after_y=sets.after.y[sets.forget],
        retrained_right=predictions.still_right(run).mean(axis=0, dtype=np.float32), goals=retrained_accuracy(run),
    )  # fmt: skip


@kept(lambda run: f"final-{run.key(*PATH_PARTS)}")
def final_grid(run: Run) -> Float:
    """Return the logits (g * g, c) of the model on screen, as the Spec's method leaves it, on the picture's grid."""
    cells = Plane.around(run.data.train.x).grid(grid_size(run.data.classes))
    return evaluate(run, path(run), slice(-1, None), cells)[0]


def reference_panel(run: Run, role: str) -> PanelFrames:
    """Return the panel of the original or of a retrained model; it stands still.

    Args:
        run: its method does not matter.
        role: "original" or "retrained": the first of the retrained models, or where few points go the paired one.
    """
    sets, picture, known = run.sets, scene(run), reference_logits(run)
    few = role == "retrained" and few_points(sets)
    logits = known["originals" if role == "original" else "paired" if few else "retrained"][:1]
    grid = picture.original if role == "original" else picture.paired if few else picture.retrained[0]
    title = "Retrained (paired)" if few else role.capitalize()
    return PanelFrames(
        name=role, title=title, kind="reference", step=np.zeros(1, np.int64), logits=grid[None],
        confidence=confidence_of(run, logits), accuracy=accuracies_by_model(run, logits),
        several=run.seeds if role == "retrained" and not few else 0,
    )  # fmt: skip


def panel(run: Run) -> PanelFrames:
    """Return the picture of the Spec's method, at its keyframes, under its key; the run's tick counts its updates."""
    trajectory, run = path(run), run.quiet
    shown, plane, size = trajectory.keyframe, Plane.around(run.data.train.x), grid_size(run.data.classes)
    each = members(run, trajectory, shown, plane.grid(size // 2))  # only thin lines are drawn of it
    lines, gauge = None if each is None else each.swapaxes(0, 1), None
    if run.method.certificate is not None:
        lines = certificates.cloud(run, trajectory, trajectory.step[shown])
        gauge = certificates.gauge(run, trajectory)
    jump = "one jump; the path drawn is the straight line between the weights" if trajectory.straight else ""
    seen = trajectory.logits[shown]
    logits = evaluate(run, trajectory, shown, plane.grid(size))
    still = unmoved(run, logits, _paired_moved(run))
    remark = "" if still else trajectory.note  # else it stands in `still`
    return PanelFrames(
        name=run.asked.name, title=run.method.title, kind=run.method.kind, step=trajectory.step[shown],
        logits=logits, confidence=confidence_of(run, seen), accuracy=accuracies_by_model(run, seen),
        cost=work(run), trouble=trajectory.trouble, unmoved=still,
        note="; ".join(filter(None, [jump, remark, certificates.caveat(run), predictions.in_words(run, trajectory)])),
        helpers=trajectory.helpers,
        straight=trajectory.straight,
        members=lines,
        gauge=gauge,
    )  # fmt: skip


def _paired_moved(run: Run) -> float:
    """Return the share of the plane on which the paired retrained model answers otherwise than the original."""
    return share_moved(np.stack([scene(run).original, scene(run).paired]))


def confidence_of(run: Run, logits: Float) -> Float:
    """Return the probability (k, n) of the label that each training point should have; logits (k, m, c) of k models."""
    y = run.sets.after.y
    return metrics.true_confidence(logits[:, : len(y)], y).astype(np.float32)
