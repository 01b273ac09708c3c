"""The eight panels that the benchmarks draw, each an animated method, on the default data and request."""

from __future__ import annotations

import functools

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.records import PanelFrames, Scene, Trajectory
from explorer.spec import Spec

EIGHT = (
    "jit",
    "gradient_ascent",
    "fine_tune",
    "neg_grad_plus",
    "random_labels",
    "greedy",
    "scrub",
    "salun",
)


@functools.cache
def memory() -> Store:
    """Return a store in memory, so that nothing of an earlier run is measured."""
    return Store(None, memory=1_000_000_000)


def specs() -> tuple[Spec, ...]:
    """Return the eight runs."""
    return tuple(Spec.default(name) for name in EIGHT)


@functools.cache
def scene_and_panels() -> tuple[Scene, list[PanelFrames]]:
    """Return what the player is given."""
    panels = [pipeline.panel(pipeline.Run(spec, memory().memo)) for spec in specs()]
    return pipeline.scene(pipeline.Run(specs()[0], memory().memo)), panels


def path(spec: Spec) -> Trajectory:
    """Return a method's path."""
    return pipeline.path(pipeline.Run(spec, memory().memo))
