"""Make pictures of a stream: what all panels share, and one panel with a keyframe for each number of requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.numbers import certificate
from explorer.pipeline.pictures import confidence_of, grid_size, scene
from explorer.pipeline.run import Run, kept
from explorer.pipeline.streams.answers import looked_at, stream
from explorer.pipeline.streams.drift import accuracies, drift, paired_accuracies, paired_logits, seen
from explorer.pipeline.streams.references import stream_references
from explorer.pipeline.streams.requests import batches_of
from explorer.pipeline.worlds.points import grids
from explorer.records import Float, Moving, PanelFrames, Plane, Scene

WAY = "request"
ORIGINAL, RETRAINED = "original", "retrained"


@kept(lambda run: f"stream-scene-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def stream_scene(run: Run) -> Scene:
    """Return what all panels of a stream share: its references move from request to request."""
    plain, refs = scene(run), stream_references(run)
    asked = {row: t for t, rows in enumerate(batches_of(run).tolist(), 1) for row in rows}
    moving = Moving(
        paired=grids(run.spec, run.data, refs.paired, plain.size),
        asked=np.array([asked[row] for row in run.sets.forget.tolist()], dtype=np.int64),
        goals=paired_accuracies(run),
    )
    return replace(plain, moving=moving)


def stream_reference(run: Run, role: str) -> PanelFrames:
    """Return the panel of "original", which stands still, or of "retrained", the paired model of each time."""
    shown, requests = stream_scene(run), len(batches_of(run))
    assert shown.moving is not None
    grid, known = shown.moving.paired, paired_logits(run)
    if role == ORIGINAL:
        grid, known = (np.repeat(one[:1], requests + 1, axis=0) for one in (grid, known))
    title = "Retrained (paired)" if role == RETRAINED else role.capitalize()
    return _panel(run, role, title, "reference", grid, known, accuracies(run, known))


@kept(lambda run: f"stream-panel-{run.key(*PATH_PARTS)}-{run.seeds}")
def stream_panel(run: Run) -> PanelFrames:
    """Return the panel of the Spec's method; the run's tick counts requests.

    Raises:
        SpecError: if the data cannot have the stream, or the method cannot answer such requests.
    """
    found, way, run = drift(run), stream(run.quiet), run.quiet
    plane = Plane.around(run.data.train.x).grid(grid_size(run.data.classes))
    frames = _panel(
        run, run.asked.name, run.method.title, run.method.kind, looked_at(run, way.states, plane),
        seen(run, way.states), found.accuracy["unlearned"],
    )  # fmt: skip
    breaks = f"breaks at request {found.breaks_at}" if found.breaks_at else ""
    promised = way.note if run.method.certificate is not None else ""  # what it promises stands on every panel
    note = "; ".join(filter(None, [breaks, promised, certificate.caveat(run)]))
    return replace(frames, note=note, trouble=found.trouble)


def _panel(
    run: Run, name: str, title: str, kind: str, grid: Float, logits: Float, accuracy: Mapping[str, NDArray[np.float64]]
) -> PanelFrames:
    return PanelFrames(
        name=name, title=title, kind=kind, step=np.arange(len(grid), dtype=np.int64), logits=grid,
        confidence=confidence_of(run, logits), accuracy=accuracy, way=WAY,
    )  # fmt: skip
