"""Train models: one recipe, one loop, every random number from a named generator.

`Examples`, `Training`, `ImageTraining` and `TrainingRecord` are the words of this room; `stack.train_many` trains many
small networks at once with a manual backward pass, `loop.train` trains one image network.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from explorer.knobs import KnobBase, knob

torch.set_num_threads(1)  # two threads are 150 times slower as soon as anything else uses a core


class Examples(NamedTuple):
    """Inputs x (n, ...) float32, standardised, and labels y (n,) int64, on the run's device."""

    x: Tensor
    y: Tensor


class Training(KnobBase):
    """How original and retrained models are trained; the length is counted in steps."""

    recipe: Literal["standard", "memorise"] = knob(
        "standard", title="Recipe", help="standard anneals and regularises; memorise leaves much to forget."
    )
    optimizer: Literal["adam", "adamw", "sgd", "lbfgs"] = knob(
        "adamw",
        title="Optimiser",
        help="lbfgs is full-batch, in double precision; batch and schedule are then unused.",
    )
    lr: float = knob(0.01, ge=1e-5, le=10.0, log=True, title="Learning rate", help="Size of a training step.")
    momentum: float = knob(0.9, ge=0.0, le=0.999, title="Momentum", help="Only for SGD.")
    weight_decay: float = knob(
        0.01, ge=0.0, le=10.0, title="Weight decay",
        help="Decoupled for AdamW, added to the gradient for the others; for lbfgs on half the squared norm.",
    )  # fmt: skip
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points a step; drawn over the full training set.")
    steps: int = knob(600, ge=1, le=20000, title="Steps", help="Training length in optimiser updates.")
    schedule: Literal["constant", "cosine", "linear"] = knob(
        "cosine", title="Schedule", help="How the learning rate falls over training: not at all, or to zero."
    )


class ImageTraining(Training):
    """How image models are trained: the same, and what convolutions need; a network's file has its recipes."""

    # What is open to either differs: these train in batches, on a schedule of their own.
    optimizer: Literal["adam", "adamw", "sgd"] = knob(  # pyright: ignore[reportIncompatibleVariableOverride]
        "sgd", title="Optimiser", help="How a gradient becomes a step."
    )
    steps: int = knob(600, ge=1, le=100_000, title="Steps", help="Training length in optimiser updates.")
    nesterov: bool = knob(True, title="Nesterov", help="Look ahead along the momentum; only for SGD.")
    schedule: Literal["constant", "cosine", "linear", "triangle"] = knob(  # pyright: ignore[reportIncompatibleVariableOverride]
        "triangle",
        title="Schedule",
        help="triangle: the rate rises from a fifth over the first 23 % and falls to a twentieth.",
    )
    label_smoothing: float = knob(
        0.0, ge=0.0, le=0.5, title="Label smoothing", help="Share of each target spread evenly over all classes."
    )
    augment: bool = knob(False, title="Augmentation", help="Random crops after padding by 2 pixels, alternating flips.")
    bias_lr: float = knob(
        1.0, ge=0.1, le=100.0, log=True, title="Bias rate",
        help="How many times the rate, and how many times less decay, biases outside the head have.",
    )  # fmt: skip


RECIPES: dict[str, dict[str, Any]] = {
    "standard": {},
    "memorise": {"optimizer": "adamw", "lr": 0.03, "weight_decay": 0.0, "schedule": "cosine", "steps": 1000},
}


def fill(values: dict[str, Any]) -> Training:
    """Return the training that a partial declaration means: a recipe fills the fields that are not given."""
    recipe = values.get("recipe", "standard")
    return Training(**{**RECIPES.get(recipe, {}), **values})


@dataclass(frozen=True)
class TrainingRecord:
    """What the training of one original left behind.

    Attributes:
        recipe: how it was trained.
        path: (steps + 1, p) float32, flat weights before the first step and after each.
        batches: (steps, b) int64, training rows of each step.
    """

    recipe: Training
    path: Tensor
    batches: Tensor


def fresh(model: nn.Module, rng: torch.Generator) -> nn.Module:
    """Return a copy of the model with all weights drawn anew: it keeps nothing of what the model learnt.

    Raises:
        TypeError: if the model cannot be reset.
    """
    reset = getattr(model, "reset", None)
    if reset is None:
        raise TypeError(f"a network must offer reset(rng), got {type(model).__name__}")
    clone = copy.deepcopy(model)
    clone.reset(rng)  # type: ignore[operator]  # checked above
    return clone
