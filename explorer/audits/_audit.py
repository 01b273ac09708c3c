"""Say what an audit is given, and what it gives back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.audits._images import ImageSubject
from explorer.models import Network
from explorer.models.mlp import layout_like
from explorer.records import AuditPicture, Float, Int, Space
from explorer.training import Examples
from explorer.training.forward import forward_many

Numbers = NDArray[np.float64]
Need = Literal["method_on_retrained", "new_seeds", "retrained_64", "public_points"]


@dataclass(frozen=True)
class OnRetrained:
    """Where the method ends on models that never saw the points.

    Attributes:
        same: (r, p) float32, with the same knobs; of each retrained model.
        matched: (r, p) float32, run until retain accuracy is as low as on the original, at most ten times as long.
    """

    same: Float
    matched: Float


@dataclass(frozen=True)
class Handed:
    """What audits need of methods and references, by the names in `Audit.needs`; None where nobody asked for it.

    Attributes:
        method_on_retrained: None too where the model looked at is no method's.
        new_seeds: (k, p) float32, originals of other seeds: the same data, nothing deleted.
        retrained_64: (64, p) float32, retrained models beside those of the band.
        public_points: points of the same kind that no model saw; only where training ended at a stationary point.
        weight_decay: of that training's objective.
    """

    method_on_retrained: OnRetrained | None = None
    new_seeds: Float | None = None
    retrained_64: Float | None = None
    public_points: Examples | None = None
    weight_decay: float = 0.0


@dataclass(frozen=True)
class Subject:
    """The run that is audited. Weights are flat, float32, in the order of `network.parameters()`.

    Attributes:
        network: gives the shape; its own weights are not used. A plain MLP.
        original: (p,) weights before the deletion.
        retrained: (r, p) weights of models that never saw the forget set, other seeds than the original's.
        paired: (p,) weights of the one that shares the original's initialisation and batches.
        before: the n training points, standardised.
        test: u points that no model saw, standardised.
        forget: (m,) rows of `before` to forget.
        space: constants by which the points were standardised.
        plane: (g * g, 2) float32, standardised places of the picture's grid.
        area: (a, 2) float32, standardised places on which areas are measured.
        seed: for audits that draw.
        handed: what the audit needs beside.
    """

    network: Network
    original: Float
    retrained: Float
    paired: Float
    before: Examples
    test: Examples
    forget: Int
    space: Space
    plane: Float
    area: Float
    seed: int
    handed: Handed = Handed()

    @property
    def retain(self) -> Int:
        """Return the rows that are not forgotten, ascending."""
        return np.setdiff1d(np.arange(len(self.before.y)), self.forget)

    @property
    def labels(self) -> Int:
        """Return the labels (n,) of the training points."""
        return self.before.y.numpy()

    def logits(self, weights: Float, x: Float | Tensor) -> Float:
        """Return the logits (k, q, c) of weights (k, p) on standardised points x (q, d)."""
        layout = layout_like(self.network)
        assert layout is not None  # an audit is only asked of plain MLPs
        return forward_many(layout, torch.as_tensor(weights), torch.as_tensor(x)).numpy()

    @property
    def classes(self) -> int:
        """Return the number of classes."""
        return self.network.head.out_features

    def copied(self) -> Network:
        """Return a network of the shape, to be filled with weights."""
        return copy.deepcopy(self.network).eval()

    def answers(self, weights: Float) -> Float:
        """Return the logits (k, n + u, c) of weights (k, p) on the training points, then on the test points."""
        return self.logits(weights, torch.cat([self.before.x, self.test.x]))


@dataclass(frozen=True)
class Field:
    """A number of an audit.

    Attributes:
        title: name on screen.
        reads: one sentence on how to read it.
        shared: it is the same for every model, so none lies among others.
    """

    title: str
    reads: str
    shared: bool = False


@dataclass(frozen=True)
class Audit:
    """An audit of an unlearned model.

    Attributes:
        title: name on screen.
        fields: name -> number, in the order in which `run` returns them.
        run: (subject, weights (k, p) of the models looked at) -> field -> (k,) numbers; NaN where one is not defined.
        picture: (subject, weights (p,) of one model) -> what is drawn of it.
        on_images: (subject of images, network of the model looked at) -> field -> number, where it is made of images
            too; fields that rest on the method on retrained models are left out.
        beside: (subject of a method's run) -> title -> weights (p,) of models that are drawn beside the panels;
            "{method}" in a title stands for the method's.
        needs: what must be handed in.
        one_point: it asks about one forgotten point; where several are forgotten its numbers are not defined.
        least: with fewer forgotten points than this its numbers are not defined.
        hidden: it looks at a hidden layer; without one its numbers are not defined.
        lines: the player's lines of original and retrained are what this audit draws of those models, not their own
            boundaries.
        zero: fields that are 0 of an original by definition.
        way: what the way is that a picture walks: "step", "a" (a share of the way between two models), "probe" (from
            the model's own answers to the probe's), or "" where nothing moves.
        leads: its place in the list, from 0.
        sentence: one sentence on what it looks at.
        formula: in LaTeX; w_o, w_u are the weights of original and unlearned model, D_r and D_f retain and forget set.
        onlooker: one sentence on what an onlooker must have.
        zero_line: one sentence on what a number is held against.
        look: one sentence on what to look at in the picture.
        not_shown: one sentence on what the picture does not show.
        differs: one sentence on where the published measure failed here and what stands in its place; "" for none.
        source: paper, or "ours".
    """

    title: str
    fields: Mapping[str, Field]
    run: Callable[[Subject, Float], dict[str, Numbers]]
    picture: Callable[[Subject, Float], AuditPicture]
    on_images: Callable[[ImageSubject, Network], dict[str, float]] | None = None
    beside: Callable[[Subject], dict[str, Float]] | None = None
    needs: frozenset[Need] = frozenset()
    one_point: bool = False
    least: int = 1
    hidden: bool = False
    lines: bool = False
    zero: frozenset[str] = frozenset()
    way: Literal["step", "a", "probe", ""] = ""
    leads: int = 9
    sentence: str = ""
    formula: str = ""
    onlooker: str = ""
    zero_line: str = ""
    look: str = ""
    not_shown: str = ""
    differs: str = ""
    source: str = ""


def undefined(count: int) -> Numbers:
    """Return as many numbers that are not defined."""
    return np.full(count, np.nan)
