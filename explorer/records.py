"""Frozen bundles of numpy arrays that pass between rooms; no record knows torch.

Sizes: n points in the training set, d inputs a point (images: any shape), c classes, p weights, t recorded steps.
Every array is to be treated as read-only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Split:
    """Points with labels, in data units (not standardised).

    Attributes:
        x: (n, 2) float32 for planes; (n, 3, 32, 32) uint8 for images.
        y: (n,) int64, from 0.
        subclass: (n,) int64, sub-cluster of each point within its class, of CIFAR-20 the fine class (0 to 99, over all
            classes); None where there are none, or nobody asks (toys: only training points have it).
    """

    x: NDArray[Any]
    y: Int
    subclass: Int | None = None

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.y)


@dataclass(frozen=True)
class Space:
    """The constants by which inputs are standardised; of the data set, never of the sample at hand.

    Attributes:
        mean: per input column (2,) or per channel (3, 1, 1), float32, in data units.
        std: like `mean`, all above 0.
        low: like `mean`: smallest value an input can be expected to take.
        high: like `mean`: largest value.
    """

    mean: Float
    std: Float
    low: Float
    high: Float

    def standardise(self, x: NDArray[Any]) -> Float:
        """Return (x - mean) / std as float32."""
        return ((x.astype(np.float32) - self.mean) / self.std).astype(np.float32)

    def restore(self, z: NDArray[Any]) -> Float:
        """Return data units from standardised units; the inverse of `standardise`."""
        return (z.astype(np.float32) * self.std + self.mean).astype(np.float32)


@dataclass(frozen=True)
class Data:
    """The sets that a Spec asks for.

    Attributes:
        train: the n points that the original model sees ("before" without a request's flips).
        test: points never used for training; toys: 2,000 of the same generator.
        heldout: further points for methods that need some (toys: n).
        space: standardisation constants.
        classes: number of outputs of every model.
        names: one name a class.
        mislabelled: (n,) bool, training points whose label the generator flipped; None where it flips none.
        anchors: (c, 2) float32, the place of each class from which *cluster* grows; None for images.
        note: one sentence a page must show, or "".
    """

    train: Split
    test: Split
    heldout: Split
    space: Space
    classes: int
    names: tuple[str, ...]
    mislabelled: Bool | None = None
    anchors: Float | None = None
    note: str = ""


@dataclass(frozen=True)
class Plane:
    """The rectangle on which areas are measured and pictures drawn: the training points' box, 10 % wider each side.

    Attributes:
        low: (2,) float32, lower left corner in data units.
        high: (2,) float32, upper right corner.
    """

    low: Float
    high: Float

    @classmethod
    def around(cls, x: NDArray[Any], margin: float = 0.1) -> Plane:
        """Return the bounding box of points x (n, 2), widened by `margin` of its length on each side."""
        low, high = x.min(axis=0), x.max(axis=0)
        length = np.where(high > low, high - low, 1.0)
        return cls((low - margin * length).astype(np.float32), (high + margin * length).astype(np.float32))

    def grid(self, size: int) -> Float:
        """Return cell centres (size * size, 2) float32 in data units; row by row from the bottom, x1 fastest."""
        steps = (np.arange(size, dtype=np.float32) + 0.5) / size
        axis = self.low[:, None] + steps[None, :] * (self.high - self.low)[:, None]
        x1, x2 = np.meshgrid(axis[0], axis[1])
        return np.stack([x1.ravel(), x2.ravel()], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Sets:
    """What a request makes of the training set.

    Attributes:
        forget: (m,) int64, rows of the training set that the request names, ascending.
        before: what the original saw, (n) points.
        after: what it should have seen, (n) points; rows in `forget` differ for corrections. For *forget* the same
            arrays as `before`: the rows are left out by weight 0 instead.
        removes: whether the rows in `forget` are left out of `after` (request kind *forget*).
    """

    forget: Int
    before: Split
    after: Split
    removes: bool

    @property
    def retain(self) -> Int:
        """Return the other rows, ascending."""
        return np.setdiff1d(np.arange(len(self.before)), self.forget)


@dataclass(frozen=True)
class References:
    """Original and retrained models of one Spec, as flat weights.

    Attributes:
        originals: (k, p) float32; row 0 is the one on screen.
        retrained: (k, p) float32, other initialisations and batches than any original.
        paired: (p,) float32, retrained with the initialisation and batches of `originals[0]`.
        seconds_train: wall time of the stack that made the originals.
        seconds_retrain: wall time of the stack that made the retrained models.
    """

    originals: Float
    retrained: Float
    paired: Float
    seconds_train: float
    seconds_retrain: float


@dataclass(frozen=True)
class Helpers:
    """Points that a method invents, for the player.

    Attributes:
        kind: what they are, in words for the legend, for instance "learnt noise".
        x: (m, 2) float32, data units.
        y: (m,) int64, the label they are given; -1 for none.
        origin: (m,) int64, training row each belongs to (an arrow is drawn from there), -1 for none.
        mark: "hollow", the symbol of the class; "easy" or "hard", what a method takes each point to be.
        value: (m,) float32, a number a point, or None; for "easy" and "hard" the probability of easy.
    """

    kind: str
    x: Float
    y: Int
    origin: Int
    mark: str = "hollow"
    value: Float | None = None


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
        images: (n, h, w, 3) uint8, what to show at each point where the points are images; None where they are not.
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


@dataclass(frozen=True)
class PanelFrames:
    """One panel of a picture, at its keyframes.

    Attributes:
        name: unique within the picture; the same name in the next picture continues the same panel.
        title: what stands above the panel.
        kind: "reference" (original, retrained), "exact" or "approximate".
        step: (k,) int64, keyframes: optimiser updates; a reference has one.
        logits: (k, g * g, c) float32 on the scene's grid.
        confidence: (k, n) float32, probability of the true label at each training point.
        score: short lines for the corner of the panel, for instance "forget .31 (retrained .29-.35)".
        note: "" or one sentence, for instance that the path drawn is a straight line.
        trouble: "" or the sentence of the divergence banner.
        helpers: points that the method invented.
        straight: the method made one jump; `step` counts parts of the straight line drawn instead of updates.
        members: (k, s, h * h, c) float32, logits of each of s models that vote, on a coarser grid of the same plane;
            None where one model answers.
    """

    name: str
    title: str
    kind: str
    step: Int
    logits: Float
    confidence: Float
    score: tuple[str, ...] = ()
    note: str = ""
    trouble: str = ""
    helpers: tuple[Helpers, ...] = ()
    straight: bool = False
    members: Float | None = None


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
class Band:
    """One number over seeds.

    Attributes:
        values: one number a seed, or a pair of seeds; NaN where not defined.
    """

    values: tuple[float, ...]

    @property
    def finite(self) -> tuple[float, ...]:
        """Return the values that are defined."""
        return tuple(value for value in self.values if math.isfinite(value))

    @property
    def mean(self) -> float:
        """Return the mean over defined values, NaN where there is none."""
        return float(np.mean(self.finite)) if self.finite else float("nan")

    @property
    def low(self) -> float:
        """Return the smallest defined value, NaN where there is none."""
        return min(self.finite, default=float("nan"))

    @property
    def high(self) -> float:
        """Return the largest defined value, NaN where there is none."""
        return max(self.finite, default=float("nan"))

    def as_json(self) -> dict[str, float | int | None]:
        """Return mean, min, max and n, with null for what is not defined."""
        return {
            "mean": defined(self.mean),
            "min": defined(self.low),
            "max": defined(self.high),
            "n": len(self.finite),
        }


@dataclass(frozen=True)
class Comparison:
    """Originals, unlearned and retrained models, each over seeds, and the numbers that set them side by side.

    Attributes:
        accuracy: role ("original", "unlearned", "retrained") -> set ("retain", "forget", "test") -> Band over seeds;
            for original and unlearned, value 0 is the model on screen.
        to_retrained: name of a distance -> Band: the unlearned model on screen against each retrained model.
        spread: the same names -> Band over originals, each its mean over the retrained models (own spread).
        floor: the same names -> Band over pairs of retrained models.
        untouched: the same names -> Band: the original on screen against each retrained model.
        signal_to_floor: how many times more forgetting moves the boundary than a new seed; NaN where floor is 0.
        seconds: "train", "retrain", "unlearn", "prepare" -> wall seconds.
        example_gradients: "train", "retrain", "unlearn", "prepare" -> example-gradients.
    """

    accuracy: Mapping[str, Mapping[str, Band]]
    to_retrained: Mapping[str, Band]
    spread: Mapping[str, Band]
    floor: Mapping[str, Band]
    untouched: Mapping[str, Band]
    signal_to_floor: float
    seconds: Mapping[str, float]
    example_gradients: Mapping[str, float]


@dataclass(frozen=True)
class AttackNumbers:
    """What membership inference attacks say; no value is good or bad by itself, retrained's is the goal.

    Attributes:
        a: question A (can forgotten points be told from unseen ones?): role ("original", "unlearned", "retrained") ->
            attack -> statistic ("auc", ..., "paper_rate") -> Band over models; for original and unlearned, value 0 is
            the model on screen.
        b: question B (can unlearned be told from retrained?): attack -> statistic ("auc") -> Band over pairs of an
            unlearned and a retrained model; above .5 = less sure than retrained.
        b_floor: the same for pairs of retrained models, folded to at least .5.
        left_out: attack -> one sentence on why it could not be asked.
    """

    a: Mapping[str, Mapping[str, Mapping[str, Band]]]
    b: Mapping[str, Mapping[str, Band]]
    b_floor: Mapping[str, Mapping[str, Band]]
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MoreNumbers:
    """Distances and scores beside those of a Comparison; names are keys of the table of metrics.

    Attributes:
        values: numbers that one model has, for which retrained's own value is the goal: role ("original", "unlearned",
            "retrained") -> name ("zrf", "displacement", "relearn_time") -> Band; one value for the model on screen, one
            a seed for retrained.
        to_retrained: numbers between two models: name ("tow", "privacy_score", "boundary_mean", "boundary_hausdorff",
            "weight_distance") -> Band: the unlearned model on screen against each retrained one (weights: the paired).
        untouched: the same names -> Band: the original on screen instead.
        floor: the same names -> Band over pairs of retrained models; empty for weights.
        displacement: "unlearned" -> (1, m), "retrained" -> (r, m) float64: how far the boundary moved at each forget
            point, in data units, negative = towards or over it.
        relearn: role -> (k, t) float64: forget accuracy at steps 0, 1, ... of learning the forget set again.
        points: how many forget points the privacy score looks at; it depends on that.
        joint_range: whether its thresholds go over both models' joint range, for the released grid is too short.
    """

    values: Mapping[str, Mapping[str, Band]]
    to_retrained: Mapping[str, Band]
    untouched: Mapping[str, Band]
    floor: Mapping[str, Band]
    displacement: Mapping[str, NDArray[np.float64]]
    relearn: Mapping[str, NDArray[np.float64]]
    points: int = 0
    joint_range: bool = False


@dataclass(frozen=True)
class PairNumbers:
    """Question B over many models: as many unlearned as retrained ones, point by point, with the zero line.

    Attributes:
        models: how many of each.
        klom: set ("forget", "retain", "test") -> "mean", "p95" -> nats.
        klom_floor: the same, retrained against as many other retrained models.
        quality: the forgetting quality, in (0, 1].
        quality_floor: the same, retrained against other retrained models.
        infinite: share of the forget points whose epsilon is infinite (perfect separation, at any number of models).
        infinite_floor: the same, retrained against other retrained models.
        discarded: number of forget points without any usable threshold; they count as epsilon 0.
        cap: the largest finite epsilon that so many models can show, about ln of their number.
        trouble: "" or one sentence: in how many models the method broke down.
    """

    models: int
    klom: Mapping[str, Mapping[str, float]]
    klom_floor: Mapping[str, Mapping[str, float]]
    quality: float
    quality_floor: float
    infinite: float
    infinite_floor: float
    discarded: int
    cap: float
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


@dataclass(frozen=True)
class ImageRun:
    """One recorded run: a method, or all seeds of a reference.

    Attributes:
        name: "original", "retrained" or a method's key.
        spec: the full Spec, as JSON values.
        snapshots: one a seed; the first is the one on screen.
        numbers: JSON values. One dict a seed in `models`: {"accuracy": {"retain", "forget", "test"}, "attacks":
            {name: {"auc", ...}}}; "to_retrained": {name: {"mean", "min", "max", "n"}} (methods, original) and "floor"
            (retrained) with {..., "attacks": {name: {"auc": {...}}}}; "seconds": {"train" | "unlearn" | "prepare" |
            "record"} ("train" is the mean over seeds, "record" all evaluation and recording); "example_gradients";
            "trouble"; "note"; "tuned"; "made": {"commit", "version", "torch", "hardware", "date"}.
    """

    name: str
    spec: Mapping[str, Any]
    snapshots: tuple[Snapshots, ...]
    numbers: Mapping[str, Any]


def defined(value: float) -> float | None:
    """Return the number, or None (JSON's null) where it is not finite."""
    return float(value) if np.isfinite(value) else None
