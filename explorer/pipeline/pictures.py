"""Make pictures: what all panels share, and one panel at its keyframes."""

from __future__ import annotations

import numpy as np

from explorer import metrics
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.numbers import predictions
from explorer.pipeline.paths import evaluate, members, path
from explorer.pipeline.references import retrained_accuracy
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import few_points
from explorer.pipeline.worlds.points import grids, point_logits
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
        retrained_right=predictions.still_right(run).mean(axis=0, dtype=np.float32),
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
    sets, refs, picture = run.sets, run.references, scene(run)
    few = role == "retrained" and few_points(sets)
    weights = refs.originals[0] if role == "original" else refs.paired if few else refs.retrained[0]
    grid = picture.original if role == "original" else picture.paired if few else picture.retrained[0]
    logits = point_logits(run.spec, run.data, weights, sets.before.x)
    title = "Retrained (paired)" if few else role.capitalize()
    return PanelFrames(
        name=role, title=title, kind="reference", step=np.zeros(1, np.int64), logits=grid[None],
        confidence=metrics.true_confidence(logits, sets.before.y).astype(np.float32),
        score=_corner(run, logits[-1]),
    )  # fmt: skip


def panel(run: Run) -> PanelFrames:
    """Return the picture of the Spec's method, at its keyframes, under its key; the run's tick counts its updates."""
    trajectory, run = path(run), run.quiet
    sets, shown, plane, size = (
        run.sets,
        trajectory.keyframe,
        Plane.around(run.data.train.x),
        grid_size(run.data.classes),
    )
    each = members(run, trajectory, shown, plane.grid(size // 2))  # only thin lines are drawn of it
    jump = "one jump; the path drawn is the straight line between the weights" if trajectory.straight else ""
    n = len(sets.before)
    return PanelFrames(
        name=run.asked.name, title=run.method.title, kind=run.method.kind, step=trajectory.step[shown],
        logits=evaluate(run, trajectory, shown, plane.grid(size)),
        confidence=metrics.true_confidence(trajectory.logits[shown][:, :n], sets.before.y).astype(np.float32),
        score=_corner(run, trajectory.logits[-1, :n]), trouble=trajectory.trouble,
        note="; ".join(filter(None, [jump, trajectory.note, predictions.in_words(run, trajectory)])),
        helpers=trajectory.helpers,
        straight=trajectory.straight,
        members=None if each is None else each.swapaxes(0, 1),
    )  # fmt: skip


def _corner(run: Run, logits: Float) -> tuple[str, ...]:
    """Return the lines in the corner of a panel: accuracy on the forget and retain sets, with retrained's range."""
    sets, bands = run.sets, retrained_accuracy(run)
    lines = []
    for name, rows in (("forget", sets.forget), ("retain", sets.retain)):
        value, band = metrics.accuracy(logits[rows], sets.before.y[rows]), bands[name]
        lines.append(f"{name} {value:.2f} (retrained {band.low:.2f}–{band.high:.2f})")
    return tuple(lines)
