"""Make pictures: what all panels share, and one panel at its keyframes."""

from __future__ import annotations

import numpy as np
import torch

from explorer import metrics
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.numbers import predictions
from explorer.pipeline.paths import PATH_PARTS, evaluate, members, path
from explorer.pipeline.references import references, retrained_accuracy, retrained_seeds
from explorer.pipeline.sets import few_points, sets
from explorer.pipeline.worlds.points import data, grids, layout_of
from explorer.records import (
    Float,
    PanelFrames,
    Plane,
    Scene,
)
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.training.stack import forward_many


def grid_size(classes: int) -> int:
    """Return how many cells a side the pictures have."""
    return 64 if classes <= 5 else 48


def scene(spec: Spec, memo: Memo = no_memo) -> Scene:
    """Return what all panels of a picture share."""
    key = f"scene-{spec.key('data', 'request', 'model', 'training', 'seed')}-{retrained_seeds(spec)}"
    return memo(key, lambda: _scene(spec, memo))


def _scene(spec: Spec, memo: Memo) -> Scene:
    have, made, refs = data(spec, memo), sets(spec, memo), references(spec, memo)
    size = grid_size(have.classes)
    planes = grids(spec, have, np.concatenate([refs.originals[:1], refs.paired[None], refs.retrained]), size)
    return Scene(
        plane=Plane.around(have.train.x), size=size, x=made.before.x, y=made.before.y, forget=made.forget,
        names=have.names, original=planes[0], retrained=planes[2:], paired=planes[1],
        after_x=made.after.x[made.forget], after_y=made.after.y[made.forget],
        retrained_right=predictions.still_right(spec, memo).mean(axis=0, dtype=np.float32),
    )  # fmt: skip


def final_grid(spec: Spec, memo: Memo = no_memo) -> Float:
    """Return the logits (g * g, c) of the model on screen, as the Spec's method leaves it, on the picture's grid."""

    def last() -> Float:
        have, run = data(spec, memo), path(spec, memo)
        cells = Plane.around(have.train.x).grid(grid_size(have.classes))
        return evaluate(spec, memo, run, slice(-1, None), cells)[0]

    return memo(f"final-{spec.key(*PATH_PARTS)}", last)


def reference_panel(spec: Spec, role: str, memo: Memo = no_memo) -> PanelFrames:
    """Return the panel of the original or of a retrained model; it stands still.

    Args:
        spec: the run; its method does not matter.
        role: "original" or "retrained": the first of the retrained models, or where few points go the paired one.
        memo: as everywhere.
    """
    have, made, refs, picture = data(spec, memo), sets(spec, memo), references(spec, memo), scene(spec, memo)
    few = role == "retrained" and few_points(made)
    weights = refs.originals[0] if role == "original" else refs.paired if few else refs.retrained[0]
    grid = picture.original if role == "original" else picture.paired if few else picture.retrained[0]
    probe = torch.from_numpy(have.space.standardise(made.before.x))
    logits = forward_many(layout_of(spec, have), torch.from_numpy(weights[None]), probe).numpy()
    title = "Retrained (paired)" if few else role.capitalize()
    return PanelFrames(
        name=role, title=title, kind="reference", step=np.zeros(1, np.int64), logits=grid[None],
        confidence=metrics.true_confidence(logits, made.before.y).astype(np.float32),
        score=_corner(spec, memo, logits[-1]),
    )  # fmt: skip


def panel(spec: Spec, memo: Memo = no_memo, name: str = "", tick: Tick | None = None) -> PanelFrames:
    """Return the picture of the Spec's method, at its keyframes.

    Args:
        spec: the run.
        memo: as everywhere.
        name: unique name within the picture; by default the method's key.
        tick: called with (done, total); may raise to cancel.
    """
    assert spec.method is not None
    method = CATALOG.methods[spec.method.name]
    have, made, run = data(spec, memo), sets(spec, memo), path(spec, memo, tick=tick)
    kept, plane = run.keyframe, Plane.around(have.train.x)
    each = members(spec, memo, run, kept, plane.grid(grid_size(have.classes) // 2))  # only thin lines are drawn of it
    jump = "one jump; the path drawn is the straight line between the weights" if run.straight else ""
    return PanelFrames(
        name=name or spec.method.name, title=method.title, kind=method.kind, step=run.step[kept],
        logits=evaluate(spec, memo, run, kept, plane.grid(grid_size(have.classes))),
        confidence=metrics.true_confidence(run.logits[kept][:, : len(made.before)], made.before.y).astype(np.float32),
        score=_corner(spec, memo, run.logits[-1, : len(made.before)]), trouble=run.trouble,
        note="; ".join(filter(None, [jump, run.note, predictions.in_words(spec, memo, run)])),
        helpers=run.helpers,
        straight=run.straight,
        members=None if each is None else each.swapaxes(0, 1),
    )  # fmt: skip


def _corner(spec: Spec, memo: Memo, logits: Float) -> tuple[str, ...]:
    """Return the lines in the corner of a panel: accuracy on the forget and retain sets, with retrained's range."""
    made, bands = sets(spec, memo), retrained_accuracy(spec, memo)
    lines = []
    for name, rows in (("forget", made.forget), ("retain", made.retain)):
        value, band = metrics.accuracy(logits[rows], made.before.y[rows]), bands[name]
        lines.append(f"{name} {value:.2f} (retrained {band.low:.2f}–{band.high:.2f})")
    return tuple(lines)
