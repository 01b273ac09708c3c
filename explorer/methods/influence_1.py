"""First-order influence takes one step along the gradient that the affected rows change.

Correcting a row, or leaving it out, changes the gradient of the whole training loss only by that row's share. The step
follows this difference alone: no other row is looked at, and nothing says how far to go.

    w <- w - tau * g,   g = (1/n) sum_Z [ grad loss(z~) - grad loss(z) ];   z~ = nothing for rows to forget

Reads: the affected rows with their labels, as they were and as they should be; not one row of the rest.
Watch: one jump (or a few, each for a part of the rows). For spread-out wrong labels it points the right way; where they
lie together in one region it stops far short, or overshoots.
Fails: the length of the step is a guess: the curvature that would set it is not used. Rows that the original had learnt
well have no gradient left, so forgetting them hardly moves the model at the step that suits corrections.
Source: Warnecke, Pirch, Wressnegger and Rieck, Machine Unlearning of Features and Labels, NDSS 2023, arXiv:2108.11577;
code github.com/alewarne/MachineUnlearning at 10fadb2, Unlearner/DNNUnlearner.py and DPLRUnlearner.py; for deep models
Applications/Poisoning/unlearn/core.py and common.py, models/poisoning/budget-10000.
Differs: the released code takes the sum over the affected rows of a step, here it is divided by all n training rows. So
their rate of 2e-5 is a rate of 2e-5 n here: 1 at 50,000 training rows, .2 at 10,000. For deep models they make 10
steps, and each may use the same rows again: up to 512 of those whose prediction is wrong at that moment, against what
is predicted for them. Ours takes the rows that the request names, against the labels that they had; a knob lets rows
serve again. No noise for certification is added. Nothing is trained, so batch statistics stay.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.flat import Flat, Scope
from explorer.methods._shared.influence import corrected, influence, parts, size
from explorer.training import Examples


class Knobs(KnobBase):
    """Knobs of first-order influence."""

    tau: float | None = knob(
        None,
        ge=1e-4,
        le=100.0,
        log=True,
        title="Unlearning rate",
        help="Length of the step, per mean loss; left open it is 1 for rows to forget and .1 for corrections.",
    )
    steps: int = knob(
        1, ge=0, le=50, title="Steps", help="Parts the rows are split into; each part's gradient is taken anew."
    )
    again: int = knob(
        0, ge=0, le=5000, title="Rows used again", unit="rows", later=True,
        help="0: each row serves in one step only; else so many, drawn anew, serve in every step (released: 512).",
    )  # fmt: skip
    scope: Scope = knob("all", title="Weights", help="Which weights move: all, or the last block's and the head's.")


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each part of the affected rows."""
    model = copy.deepcopy(original)
    flat = Flat(model, knobs.scope, request.meter)
    vector, tau = flat.start, rate(request, knobs)
    for was, should_be in _steps(request, knobs, rng):
        vector = vector - tau * influence(flat, vector, was, should_be, size(request))
        flat.put(vector)
        yield model


def _steps(request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[tuple[Examples, Examples]]:
    """Yield the rows of each step: as they were, and as they should be."""
    if not knobs.again:
        yield from parts(request, knobs.steps)
        return
    was, should_be = Examples(*request.forget), corrected(request)
    for _ in range(knobs.steps):
        rows = draws.permutation(len(was.y), rng, was.y)[: knobs.again]
        yield _only(was, rows), _only(should_be, rows) if len(should_be.y) else should_be


def _only(part: Examples, rows: torch.Tensor) -> Examples:
    return Examples(part.x[rows], part.y[rows])


def rate(request: Request, knobs: Knobs) -> float:
    """Return the length of the step: as it is set, else what suits the kind of request."""
    if knobs.tau is not None:
        return knobs.tau
    return 0.1 if request.kind in ("correct_labels", "erase_feature") else 1.0


METHOD = Method(
    title="First-order influence",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class", "correct_labels", "erase_feature"},
    reads={"forget.x", "forget.y", "corrected.x", "corrected.y"},
    neutral={"steps": 0},
    presets={
        "short step": Preset({"tau": 0.1}, note="Our choice; what suits corrections hardly forgets a row."),
        "long step": Preset({"tau": 3.0}, note="Our choice: forgets, and takes retained rows along."),
        "deep model": Preset(
            {"tau": 1.0, "steps": 10, "again": 512, "scope": "last block"},
            note="CIFAR-10 label repair as released, at 50,000 training rows. Two blocks, not six tensors.",
            images=True,
        ),
        "deep model, 10,000 rows": Preset(
            {"tau": 0.2, "steps": 10, "again": 512, "scope": "last block"},
            note="The same rate as released, 2e-5 for each row, at 10,000 training rows.",
            images=True,
        ),
    },
    images=Images(
        start={"tau": 0.01, "steps": 10, "scope": "last block"},
        search={
            "tau": log(1e-3, 100.0),
            "steps": whole(1, 20),
            "scope": ("all", "last block"),
        },
        authors="deep model",
        authors_for={f"{name}-10000": "deep model, 10,000 rows" for name in ("cifar10", "cifar20")},
        # A step is as long as the gradient of the rows named, which is tiny where they were learnt by heart. A rate
        # that was found there destroys a model of another recipe.
        borrows=False,
    ),
    bibtex="""@inproceedings{warnecke2023machine,
  title = {Machine Unlearning of Features and Labels},
  author = {Warnecke, Alexander and Pirch, Lukas and Wressnegger, Christian and Rieck, Konrad},
  booktitle = {NDSS},
  year = {2023}
}""",
    badges=("paper's text not read in full", "toy values: our choice"),
)
