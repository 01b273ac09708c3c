"""What pictures are drawn from: a scene, and the frames of each panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.records.data import Float, Int, Plane
from explorer.records.numbers import Band
from explorer.records.paths import Helpers, ImagePlane, Probes
from explorer.records.streams import Moving


@dataclass(frozen=True)
class Scene:
    """What all panels of a picture share.

    Attributes:
        plane: the rectangle drawn.
        size: g, cells on each side of every grid; a grid is (g * g, ...) in the order of `Plane.grid(g)`.
        x: (n, 2) float32, training points in data units, as the original saw them.
        y: (n,) int64, their labels, as the original saw them.
        forget: (m,) int64, rows the request names.
        names: one name a class.
        original: (g * g, c) float32, logits of the original model on screen.
        retrained: (r, g * g, c) float32, logits of the retrained models.
        paired: (g * g, c) float32, logits of the paired retrained model.
        after_x: (m, 2) float32, where the rows of `forget` stand after a correction; the same places if they stay.
        after_y: (m,) int64, their labels after a correction.
        retrained_right: (m,) float32, share of the retrained models that give each its label; None where not computed.
        images: (n, h, w, 3) uint8, the image of each point; None where the points are points of a plane.
        goals: set ("forget", "retain", "test") -> accuracies of the retrained models, one a seed; empty where not
            computed.
        moving: what changes while requests come one after another; None where there is but one. Then all panels have a
            keyframe for each number of requests, and `retrained`, `paired` and `goals` are those after the last.
    """

    plane: Plane
    size: int
    x: Float
    y: Int
    forget: Int
    names: tuple[str, ...]
    original: Float
    retrained: Float
    paired: Float
    after_x: Float
    after_y: Int
    retrained_right: Float | None = None
    images: NDArray[np.uint8] | None = None
    goals: Mapping[str, Band] = field(default_factory=dict[str, Band])
    moving: Moving | None = None


@dataclass(frozen=True)
class PanelFrames:
    """One panel of a picture, at its keyframes.

    Attributes:
        name: unique within the picture; the same name in the next picture continues the same panel.
        title: what stands above the panel.
        kind: "reference" (original, retrained), "exact", "certified" or "approximate".
        step: (k,) int64, keyframes: optimiser updates; a reference has one.
        logits: (k, g * g, c) float32 on the scene's grid.
        confidence: (k, n) float32, probability of the label that each training point should have (a corrected one,
            where the request corrects it).
        accuracy: set ("forget", "retain", "test") -> (k,) accuracy of the model at each keyframe, in [0, 1], against
            the labels that the points should have; NaN over an empty set. Empty where not computed.
        several: of how many models of its role the panel shows the first; 0 where there is but one.
        cost: work of the method in times retraining (example-gradients); NaN for a reference, or where not counted.
        note: "" or one sentence, for instance that the path drawn is a straight line.
        trouble: "" or one sentence on what broke, or why the method did not run.
        unmoved: "" or one sentence that says that the boundary hardly moves, and why.
        helpers: points that the method invented.
        straight: the method made one jump; `step` counts parts of the straight line drawn instead of updates.
        members: (k, s, h * h, c) float32, logits of each of s models that vote, on a coarser grid of the same plane;
            of kind "certified" of what s other draws of the noise would give. None where one model answers.
        refused: the method did not run; `trouble` says why, and the panel shows the original.
        way: what `step` counts where that is no method's path: "step", "a" (a share of the way between two models),
            "probe" (from a model's own answers to a probe's) or "request"; "" for a method's path.
        ends: what stands at the first and the last step, for "a".
        gauge: (t, 2), steps and the share of a privacy budget that is left after each, in [0, 1]; None where there is
            no budget.
    """

    name: str
    title: str
    kind: str
    step: Int
    logits: Float
    confidence: Float
    accuracy: Mapping[str, NDArray[np.float64]] = field(default_factory=dict[str, NDArray[np.float64]])
    several: int = 0
    cost: float = float("nan")
    note: str = ""
    trouble: str = ""
    unmoved: str = ""
    helpers: tuple[Helpers, ...] = ()
    straight: bool = False
    members: Float | None = None
    refused: bool = False
    way: str = ""
    ends: tuple[float, float] = (0.0, 1.0)
    gauge: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class ImageScene:
    """What all recorded runs of one request share.

    Attributes:
        folder: its name, <data>-<model>-<recipe>-<request>.
        title: in words, for instance "CIFAR-10, compact, memorise: forget 10 % at random".
        spec: the Spec without a method, as JSON values.
        names: one name a class.
        probes: the images looked at.
        planes: the planes drawn.
        cells: cells on each side of every plane.
        images: (k, 32, 32, 3) uint8, forget images of the gallery, then the planes' others.
        image_rows: (k,) int64, their training rows.
    """

    folder: str
    title: str
    spec: Mapping[str, Any]
    names: tuple[str, ...]
    probes: Probes
    planes: tuple[ImagePlane, ...]
    cells: int
    images: NDArray[np.uint8]
    image_rows: Int
