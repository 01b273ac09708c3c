"""Unrolling SGD takes back what the forget points added to training, to first order, all at once.

Written out step by step, training adds to the start one gradient after another. To first order around the start w_0
each is as if it had been taken there; so the forget points' share is known without running training again.

    w <- w + s * lr * E / b * sum_{i in D_f} grad L(w_0; x_i, y_i)

b and E are the batch size and the number of passes of the original's training, lr the mean of its learning rates over
all steps: under a schedule that falls to zero half of the rate it begins with.

Reads: the forget set with its labels; the weights at the start of training and the recipe; the retain set if steps of
fine-tuning follow.
Watch: one jump, in the direction that the forget points pulled at the start, whatever happened since; then a short
fine-tuning.
Fails: the gradient at the start says little about a long training; with Adam a step is not lr times the gradient, so
the length is a guess as well. A training by lbfgs has no such steps, so it is refused. The authors meant a short
fine-tuning of a pretrained model.
Source: Thudi, Deza, Chandrasekaran and Papernot, Unrolling SGD: Understanding Factors Influencing Machine Unlearning,
EuroS&P 2022, arXiv:2109.13398, the single-gradient update; code github.com/cleverhans-lab/unrolling-sgd at 49e001f,
Unlearning/correlation_verification.py and cumulative_verification.py.
Differs: there one batch of 32 is unlearnt, after a fine-tuning of one epoch at a rate of .1 on a model pretrained for
ten, and the jump is the number of epochs times the rate times the gradient of that batch's mean loss: the same as here
where the forget set is one batch. The first file takes the gradient at the pretrained weights, as the paper has it, the
second at the fine-tuned ones; here a knob moves the point from the start of training to its end, and another stretches
the jump. Their jump has one rate; here it is the mean of the schedule's. They train with momentum .9 and weight decay,
which the jump does not count, and take the gradient in training mode; here batch statistics stay. There no fine-tuning
follows. CaMU compares with this method under settings that are not published.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.steps import descend
from explorer.training import TrainingRecord
from explorer.training._updates import rate


class Knobs(KnobBase):
    """Knobs of unrolling SGD."""

    scale: float = knob(
        1.0, ge=0.0, le=10.0, title="Length", help="How many times the computed jump is taken; 0 is off."
    )
    around: float = knob(
        0.0,
        ge=0.0,
        le=1.0,
        title="Unrolled around",
        help="0 takes the gradient at the start of training, 1 at its end.",
    )
    steps: int = knob(50, ge=0, le=500, title="Fine-tuning steps", help="Steps on the retain set afterwards.")
    lr: float = knob(
        0.01, ge=1e-5, le=0.5, log=True, title="Fine-tuning rate", help="Size of a fine-tuning step (SGD)."
    )
    batch: int = knob(32, ge=1, le=5000, title="Fine-tuning batch", help="Retained points a step.", unit="points")


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after the jump, then after each step of fine-tuning."""
    record, (x, y), (retain_x, retain_y) = _record(request), request.forget, request.retain
    model = copy.deepcopy(original)
    if knobs.scale:
        early = copy.deepcopy(original)
        at = record.path[round(knobs.around * (len(record.path) - 1))]
        vector_to_parameters(at.clone(), early.parameters())
        gradients = torch.autograd.grad(F.cross_entropy(early(x), y, reduction="sum"), list(early.parameters()))
        batch = record.batches.shape[1]
        passes = record.batches.numel() / (len(y) + len(retain_y))
        length = knobs.scale * _mean_rate(record) * passes / batch
        weights = parameters_to_vector(model.parameters()).detach()
        jump = length * torch.cat([gradient.reshape(-1) for gradient in gradients])
        vector_to_parameters(weights + jump, model.parameters())
        yield model
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, fused=True)
    batches = draws.batches(len(retain_y), knobs.batch, rng, retain_y)
    for _ in range(knobs.steps):
        rows = next(batches)
        descend(optimizer, F.cross_entropy(model(retain_x[rows]), retain_y[rows]))
        yield model


def _mean_rate(record: TrainingRecord) -> float:
    """Return the mean of the learning rates of all steps: each point's gradients count with that, to first order."""
    steps = len(record.batches)
    return sum(rate(record.recipe, step) for step in range(steps)) / steps


def _record(request: Request) -> TrainingRecord:
    """Return the record of a training in steps.

    Raises:
        TypeError: if there is none.
        ValueError: if it was a search, which has no steps of a learning rate that could be added up.
    """
    if request.record is None:
        raise TypeError("unrolling SGD needs the record of training, got none")
    if request.record.recipe.optimizer == "lbfgs":
        raise ValueError(
            "Unrolling SGD adds up the steps of a training: `training.optimizer` must be adam, adamw or sgd, got lbfgs"
        )
    return request.record


METHOD = Method(
    title="Unrolling SGD",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"record", "forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"scale": 0.0, "steps": 0},
    presets={
        "the jump alone": Preset({"steps": 0}, note="The update by itself, without fine-tuning."),
        "around the end": Preset(
            {"around": 1.0}, note="Our choice: gradients at the trained weights, as influence has it."
        ),
    },
    images=Images(cannot="needs the weights after every step of training, which are not kept for image models"),
    bibtex="""@inproceedings{thudi2022unrolling,
  title = {Unrolling SGD: Understanding Factors Influencing Machine Unlearning},
  author = {Thudi, Anvith and Deza, Gabriel and Chandrasekaran, Varun and Papernot, Nicolas},
  booktitle = {IEEE European Symposium on Security and Privacy},
  year = {2022}
}""",
    badges=("toy values: our choice", "needs the start of training"),
)
