"""What training and unlearning leave behind: references, paths, shadow models, snapshots of image models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.records.data import Bool, Float, Int, Plane


@dataclass(frozen=True)
class References:
    """Original and retrained models of one Spec, as flat weights.

    Attributes:
        originals: (k, p) float32; row 0 is the one on screen.
        retrained: (k, p) float32, other initialisations and batches than any original.
        paired: (p,) float32, retrained with the initialisation and batches of `originals[0]`.
        seconds_train: wall time of the stack that made the originals.
    """

    originals: Float
    retrained: Float
    paired: Float
    seconds_train: float


@dataclass(frozen=True)
class Helpers:
    """Points that a method invents, for the player.

    Attributes:
        kind: what they are, in words for the legend, for instance "learnt noise".
        x: (m, 2) float32, data units.
        y: (m,) int64, the label they are given; -1 for none.
        origin: (m,) int64, training row each belongs to (an arrow is drawn from there), -1 for none.
        mark: "hollow", the symbol of the class; "easy" or "hard", what a method takes each point to be; "ghost", a
            target.
        value: (m,) float32, a number a point, or None; for "easy" and "hard" the probability of easy.
        since: share of the animation after which they are drawn, in [0, 1).
    """

    kind: str
    x: Float
    y: Int
    origin: Int
    mark: str = "hollow"
    value: Float | None = None
    since: float = 0.0


@dataclass(frozen=True)
class Trajectory:
    """The path of one method from the original model.

    Attributes:
        step: (t,) int64, ascending; 0 is always the original, the last is the model the numbers describe.
        weights: (t, p) float32; None for image models.
        logits: (t, n, c) float32 on the run's probes: the rows of `before`, then `test`.
        keyframe: (t,) bool, the steps that pictures need (denser where the boundary moves); first and last included.
        seconds: wall time of the method alone, without recording; `prepare` included in `seconds_prepare`.
        seconds_prepare: wall time of `prepare`, which requests share; 0 where there is none.
        example_gradients: forward + backward of one example = 1, of the method's own passes.
        example_gradients_prepare: the same for `prepare`.
        straight: the method made one jump; the path drawn is the straight line in weight space.
        trouble: "" or one sentence that says what broke (with step and knobs); the path ends at the last finite model.
        helpers: what the method invented.
        shadow: logits carry one more class than the labels until the last step.
        note: "" or what the method has to say of this run.
    """

    step: Int
    weights: Float | None
    logits: Float
    keyframe: Bool
    seconds: float
    seconds_prepare: float
    example_gradients: float
    example_gradients_prepare: float
    straight: bool = False
    trouble: str = ""
    helpers: tuple[Helpers, ...] = ()
    shadow: bool = False
    note: str = ""


@dataclass(frozen=True)
class Shadows:
    """Many models for attacks that compare worlds with and without a point.

    Attributes:
        member: (k, n) bool, which training points each model saw.
        forget: (k, n) bool, which of those each was made to forget.
        before: (k, n + u, c) float32, logits of the trained models on training points, then on u unseen points.
        after: like `before`, after unlearning.
        seeds: (k,) int64.
        trouble: "" or one sentence: in how many models the method broke down, and how; those stay at their last finite
            step.
    """

    member: Bool
    forget: Bool
    before: Float
    after: Float
    seeds: Int
    trouble: str = ""


@dataclass(frozen=True)
class ImagePlane:
    """The plane through three training images, on which a classifier's regions are drawn (Somepalli et al., CVPR 2022).

    Its coordinates are lengths in standardised input space: the first image lies at the origin, the second on the first
    axis, the third above or below it.

    Attributes:
        rows: (3,) int64, training rows; the first is a forget image.
        at: (3, 2) float32, where the three lie.
        plane: the rectangle drawn, around the three.
    """

    rows: Int
    at: Float
    plane: Plane


@dataclass(frozen=True)
class Probes:
    """The images at which a recording looks, in this order: forget, retain, test.

    Attributes:
        forget: (m,) int64, training rows that the request names.
        retain: (r,) int64, other training rows.
        test: (u,) int64, rows of the test set.
        y: (m + r + u,) int64, labels as the original saw them.
        after_y: the same, as a retrained model sees them (differs where labels are corrected).
    """

    forget: Int
    retain: Int
    test: Int
    y: Int
    after_y: Int

    def part(self, name: str) -> slice:
        """Return where "forget", "retain" or "test" lies among the probes."""
        start = {"forget": 0, "retain": len(self.forget), "test": len(self.forget) + len(self.retain)}[name]
        return slice(start, start + len(getattr(self, name)))


@dataclass(frozen=True)
class Snapshots:
    """What is kept of an image model at some steps of a method's path; a reference has one step.

    Attributes:
        step: (t,) int64, ascending; 0 is the original, the last is the model that the numbers describe.
        logits: (t, n, c) float16 on the probes.
        features: (t, n, 2) float16, penultimate features on the two main axes of the original's own.
        region: (t, planes, cells) uint8, the class on every cell of every plane, in the order of `Plane.grid`.
        margin: (t, planes, cells) uint8: 16 * ln((c - 1) p / (1 - p)) of that class's probability p, at most 255; 0
            where all classes are equally likely. So the class scores 0 for it and -margin / 16 for all others give
            region and confidence back.
    """

    step: Int
    logits: NDArray[np.float16]
    features: NDArray[np.float16]
    region: NDArray[np.uint8]
    margin: NDArray[np.uint8]
