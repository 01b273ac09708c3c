"""Rewind-to-delete goes back to an earlier step of training and takes the rest of it again without the forget points.

Training must have kept its weights after each step and the points of each batch. How far it goes back, as a share of
all T steps, is the price: a K-th part of the steps costs a K-th part of retraining. All the way back it is retraining,
from the same start and with the same batches.

    w <- w_{T-K};   for t = T-K .. T-1:   w <- w - lr_t * step( mean_{i in B_t without D_f} grad l_i(w) )
    w <- w + s * e,   e ~ N(0, 1)

Reads: the record of training (weights after each step, batches); the retain set; of the forget points only which rows
they are.
Watch: the boundary runs back to an earlier shape, then forward again to another end. With all of training taken back it
ends exactly on the paired retrained model (same start and batches).
Fails: what was learnt before the step to which it goes back stays. A whole class is learnt in the first tenth of
training, and with nine tenths taken again it is still known in part.
Source: Mu and Klabjan, Rewind-to-Delete: Certified Machine Unlearning for Nonconvex Functions, 2024, arXiv:2409.09778;
no code was found.
Differs: no certificate is given here. Theirs rests on the smoothness of the loss and a bound of its gradients, on full
batches and a constant rate; for a network these constants are not known, so the noise is off and its size is a knob.
The optimiser, the batches and the rates are those of the training; what the optimiser remembered at the earlier step is
not in the record, so it starts anew. A batch of forget points alone is a step without a gradient, as the paired
retrained model takes it. Going back is shown in at most 12 frames.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.steps import forget_rows
from explorer.models import flat, load_flat
from explorer.models.mlp import layout_like
from explorer.training import Examples, Training, TrainingRecord
from explorer.training._updates import rate
from explorer.training.on_batches import train_on

FRAMES = 12  # in which going back is shown, at most


class Knobs(KnobBase):
    """Knobs of rewind-to-delete."""

    share: float = knob(
        0.3, ge=0.0, le=1.0, title="Share of training taken again",
        help="How far it goes back, K of T steps; also its price in retrainings. 1 is retraining itself.",
    )  # fmt: skip
    schedule: Literal["restart", "own"] = knob(
        "restart", title="Learning rate",
        help="restart: the training's schedule from its beginning, over K steps; own: as at these steps of training.",
    )  # fmt: skip
    noise: float = knob(
        0.0, ge=0.0, le=1.0, title="Noise", help="Standard deviation of the noise on each weight at the end."
    )


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model on its way back, after each step that is taken again, and with its noise."""
    model, record, retain = copy.deepcopy(original), _record(request), Examples(*request.retain)
    total = len(record.batches)
    count = round(knobs.share * total)
    for step in way_back(total, count):
        load_flat(model, record.path[step])
        yield model
    order = batches_left(record.batches[total - count :], forget_rows(request), len(retain.y))
    recipe, first = record.recipe, total - count
    if knobs.schedule == "restart" and count:
        recipe, first = recipe.model_copy(update={"steps": count}), 0
    yield from _trained(model, retain, order, recipe, first, request)
    if knobs.noise:
        load_flat(model, flat(model) + knobs.noise * draws.normal(record.path[0].shape, rng, record.path))
        yield model


def way_back(total: int, count: int) -> list[int]:
    """Return the steps at which going back from step `total` by `count` stops; the last is where training goes on."""
    frames = min(FRAMES, count)
    return [total - round(count * (frame + 1) / frames) for frame in range(frames)]


def batches_left(batches: Tensor, gone: Tensor, left: int) -> Tensor:
    """Return batches (steps, b) as places in the retain set; -1 for rows that are gone.

    Args:
        batches: (steps, b) int64, rows of the training set.
        gone: (m,) int64, rows that are left out.
        left: how many rows there are beside those.
    """
    place = torch.full((left + len(gone),), -1, dtype=torch.int64, device=batches.device)
    stays = torch.ones(len(place), dtype=torch.bool, device=batches.device)
    stays[gone.to(batches.device)] = False
    place[stays] = torch.arange(left, device=batches.device)
    return place[batches]


def _trained(
    model: nn.Module, retain: Examples, order: Tensor, recipe: Training, first: int, request: Request
) -> Iterator[nn.Module]:
    """Yield the model after each step on these batches: an MLP by the arithmetic of its training, to the bit."""
    layout = layout_like(model)
    if layout is None:
        yield from _by_autograd(model, retain, order, recipe, first)
        return
    steps = train_on(layout, retain, flat(model)[None], order[:, None], recipe, first=first)
    for rows, weights in zip(order, steps, strict=True):
        request.meter.charge(int((rows >= 0).sum()))
        load_flat(model, weights[0])
        yield model


def _by_autograd(
    model: nn.Module, retain: Examples, order: Tensor, recipe: Training, first: int
) -> Iterator[nn.Module]:  # fmt: skip
    """Take the same steps of any network; batch statistics stay as they are."""
    optimizer = _optimizer(model, recipe)
    for step, rows in enumerate(order, first):
        for group in optimizer.param_groups:
            group["lr"] = rate(recipe, step)
        rows = rows[rows >= 0]
        loss = F.cross_entropy(model(retain.x[rows]), retain.y[rows], reduction="sum") / max(1, len(rows))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield model


def _optimizer(model: nn.Module, recipe: Training) -> torch.optim.Optimizer:
    """Return the optimiser of a training, at its beginning."""
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(
            model.parameters(), lr=recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay, fused=True
        )
    kind = torch.optim.AdamW if recipe.optimizer == "adamw" else torch.optim.Adam
    return kind(model.parameters(), lr=recipe.lr, weight_decay=recipe.weight_decay, fused=True)


def _record(request: Request) -> TrainingRecord:
    """Return the record of a training in steps.

    Raises:
        TypeError: if there is none.
        ValueError: if it was a search, which has no steps that others could take again.
    """
    if request.record is None:
        raise TypeError("rewind-to-delete needs the record of training, got none")
    if request.record.recipe.optimizer == "lbfgs":
        raise ValueError(
            "Rewind-to-delete takes steps of a training again: `training.optimizer` must be adam, adamw or sgd, "
            "got lbfgs"
        )
    return request.record


METHOD = Method(
    title="Rewind-to-delete",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"record", "retain.x", "retain.y"},
    neutral={"share": 0.0, "noise": 0.0},
    presets={
        "a twentieth": Preset({"share": 0.05}, note="Our choice: a twentieth of the price of retraining."),
        "half": Preset({"share": 0.5}, note="Our choice: half the price of retraining."),
        "half, rates as they were": Preset(
            {"share": 0.5, "schedule": "own"}, note="Our choice: the rates that training had at these steps."
        ),
        "all of it": Preset({"share": 1.0}, note="Ends on the paired retrained model, at the price of retraining."),
    },
    images=Images(cannot="needs the weights after every step of training, which are not kept for image models"),
    bibtex="""@misc{mu2024rewind,
  title = {Rewind-to-Delete: Certified Machine Unlearning for Nonconvex Functions},
  author = {Mu, Siqiao and Klabjan, Diego},
  year = {2024},
  eprint = {2409.09778},
  archivePrefix = {arXiv}
}""",
    badges=("needs the record of training", "no certificate: the network's constants are not known"),
)
