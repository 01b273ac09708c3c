"""What the player is sent, and how true it is between its keyframes."""

from __future__ import annotations

import functools
import statistics

import numpy as np

from explorer import pipeline
from explorer.pipeline.paths import evaluate
from explorer.player import pack
from explorer.player.frames import unpack
from explorer.records import Plane
from explorer.spec import Spec
from explorer.view.presets import PRESETS
from tests.bench._naive import eight_figures_json
from tests.bench._panels import memory, path, scene_and_panels, specs

EXACT = 200  # cells a side of the regions that the player is held against
STEPS = 12  # off-keyframe steps looked at, a panel


def bytes() -> float:
    """Bytes of eight animated panels, raw."""
    scene, panels = scene_and_panels()
    return len(pack(scene, panels))


def bytes_naive() -> float:
    """Bytes of the plotly figure that shows the same: 61 frames of 100 x 100 float32 probabilities a panel."""
    return len(eight_figures_json())


def bytes_ratio() -> float:
    """The first over the second."""
    return bytes() / bytes_naive()


def player_error() -> float:
    """Share of wrong pixels off the keyframes: mean over panels of each panel's mean over steps."""
    return statistics.fmean(float(np.mean(wrong)) for wrong in _errors())


def player_error_worst() -> float:
    """The largest share at any step looked at, of any panel."""
    return max(float(np.max(wrong)) for wrong in _errors())


@functools.cache
def _errors() -> tuple[tuple[float, ...], ...]:
    presets = [spec for preset in PRESETS for spec in preset.view().specs() if spec.method is not None]
    each = {spec.key(): spec for spec in (*specs(), *presets)}
    errors = [tuple(_errors_of(spec)) for spec in each.values()]
    return tuple(error for error in errors if error)


def _errors_of(spec: Spec) -> list[float]:
    """Return the share of wrong pixels at recorded steps that are no keyframes; none where every step is one."""
    run = path(spec)
    off = np.flatnonzero(~run.keyframe)
    if not len(off):
        return []
    off = off[np.unique(np.linspace(0, len(off) - 1, STEPS).astype(int))]
    kept = np.zeros(len(run.step), np.bool_)
    kept[off] = True
    have = pipeline.Run(spec, memory().memo).data
    exact = evaluate(pipeline.Run(spec, memory().memo), run, kept, Plane.around(have.train.x).grid(EXACT)).argmax(
        axis=-1
    )
    panel = pipeline.panel(pipeline.Run(spec, memory().memo))
    levels = unpack(pack(pipeline.scene(pipeline.Run(spec, memory().memo)), [panel])).blocks[f"{panel.name}/grids"]
    return [
        float(np.mean(shown(levels, panel.step, float(run.step[row])) != regions))
        for row, regions in zip(off, exact, strict=True)
    ]


def shown(levels: np.ndarray, steps: np.ndarray, step: float, size: int = EXACT) -> np.ndarray:
    """Return the classes (size * size,) that the player draws at a step: linear in time, bilinear in space."""
    k = int(np.clip(np.searchsorted(steps, step, side="right") - 1, 0, len(steps) - 2))
    t = (step - steps[k]) / (steps[k + 1] - steps[k])
    level = (1 - t) * levels[k].astype(np.float64) + t * levels[k + 1]
    channels, cells = level.shape
    g = round(cells**0.5)
    at = np.clip((np.arange(size) + 0.5) / size * g - 0.5, 0, g - 1)
    low = np.minimum(at.astype(int), g - 2)
    part = at - low
    weight = np.zeros((size, g))
    weight[np.arange(size), low] = 1 - part
    weight[np.arange(size), low + 1] += part
    fine = np.einsum("ir,crj,kj->cik", weight, level.reshape(channels, g, g), weight)
    classes = fine[0] > 128 if channels == 1 else fine.argmax(axis=0)
    return classes.astype(np.int64).ravel()
