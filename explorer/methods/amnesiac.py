"""Amnesiac unlearning subtracts from the weights every training update whose batch held a forget point.

Training must have kept a log: which points each batch held, and by how much it moved the weights. Forgetting is then
bookkeeping, followed by a short repair on the retain set, because the other points of those batches lose their updates
too.

    w <- w - s * sum_{t : B_t meets D_f} (w_{t+1} - w_t),   then a few steps down the loss of the retain set

Reads: the log of training (weights after each step, batches); the retain set for the repair; of the forget points only
which rows they are.
Watch: training runs backwards, then repair builds the boundary anew. With one point in a hundred few batches are
touched and the boundary hardly moves; with one in five nearly all are, and what is left is the untrained start.
Fails: for more than a few points it is retraining by another name; and later updates are kept as if they did not depend
on the ones taken out.
Source: Graves, Nagisetty and Ganesh, Amnesiac Machine Learning, AAAI 2021, arXiv:2010.10981, section on amnesiac
unlearning; code github.com/lmgraves/AmnesiacML at ae594cd, the notebooks on MNIST and CIFAR-100.
Differs: the notebooks repair for ten epochs by Adam at a rate of 1e-3 in batches of 64, and go on with the optimiser of
the training; ours starts a fresh one and counts steps. There batch statistics move in the repair, here they stay.
Several papers call relabelling "amnesiac"; that is our random_labels, this is the log. The subtraction is shown in
parts, the latest updates first; the sum is the same. Of a longer record only the rows of its batches are used, so a
batch that held a point of weight zero would count as well.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.steps import descend, forget_rows
from explorer.training import TrainingRecord

PARTS = 24  # the subtraction is shown in at most so many frames


class Knobs(KnobBase):
    """Knobs of amnesiac unlearning."""

    scale: float = knob(
        1.0, ge=0.0, le=1.0, title="Share of the updates", help="How much of each logged update is taken back."
    )
    steps: int = knob(100, ge=0, le=500, title="Repair steps", help="Steps on the retain set afterwards.")
    lr: float = knob(0.01, ge=1e-5, le=0.5, log=True, title="Repair rate", help="Adam's learning rate in the repair.")
    batch: int = knob(32, ge=1, le=5000, title="Repair batch", help="Retained points a step.", unit="points")


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each part of the subtraction, then after each step of the repair."""
    model = copy.deepcopy(original)
    x, y = request.retain
    for update in logged(_record(request), forget_rows(request)) if knobs.scale else ():
        weights = parameters_to_vector(model.parameters()).detach()
        vector_to_parameters(weights - knobs.scale * update, model.parameters())
        yield model
    optimizer = torch.optim.Adam(model.parameters(), lr=knobs.lr, fused=True)
    batches = draws.batches(len(y), knobs.batch, rng, y)
    for _ in range(knobs.steps):
        rows = next(batches)
        descend(optimizer, F.cross_entropy(model(x[rows]), y[rows]))
        yield model


def logged(record: TrainingRecord, rows: Tensor) -> Iterator[Tensor]:
    """Yield sums (p,) of the updates whose batches held one of these rows, the latest first, in at most 24 parts."""
    touched = torch.isin(record.batches, rows.to(record.batches)).any(dim=1).nonzero()[:, 0]
    updates = record.path[touched + 1] - record.path[touched]
    size = -(-len(updates) // PARTS)
    for part in updates.flip(0).split(size) if len(updates) else ():
        yield part.sum(dim=0)


def _record(request: Request) -> TrainingRecord:
    if request.record is None:
        raise TypeError("amnesiac unlearning needs the record of training, got none")
    return request.record


METHOD = Method(
    title="Amnesiac",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"record", "retain.x", "retain.y"},
    neutral={"scale": 0.0, "steps": 0},
    presets={
        "no repair": Preset({"steps": 0}, note="Our choice: what the subtraction alone leaves.", collapses=True),
        "images": Preset(
            {"steps": 500, "lr": 1e-3, "batch": 64},
            note="Rate and batch of the notebooks' repair; they go on for ten epochs, ours for as long as it may.",
            images=True,
        ),
    },
    images=Images(cannot="needs the weights after every step of training, which are not kept for image models"),
    bibtex="""@inproceedings{graves2021amnesiac,
  title = {Amnesiac Machine Learning},
  author = {Graves, Laura and Nagisetty, Vineel and Ganesh, Vijay},
  booktitle = {AAAI},
  year = {2021}
}""",
    badges=("needs a log of training", "length of the repair: our choice"),
)
