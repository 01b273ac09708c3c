"""NegGrad+ climbs the loss of the forget set while it goes on descending that of the retain set.

Gradient ascent with something to hold on to: each step weighs a batch of either set, so the climb cannot tear down what
the retained points still defend.

    w <- w - v,   v <- m v + lr * grad [ alpha * L_r(w) - (1 - alpha) * L_f(w) ],   L = mean cross-entropy over a batch

Reads: the forget and the retain set, with labels.
Watch: the boundary sweeps over the forget points and comes to rest against the retained ones.
Fails: a small alpha is gradient ascent again; a long run makes the model sure of the wrong answer, which is easier to
spot than a forgotten point should be.
Source: Kurmanji, Triantafillou, Hayes and Triantafillou, Towards Unbounded Machine Unlearning, 2023, arXiv:2302.09880,
where it is a baseline; code github.com/meghdadk/SCRUB at 98ffb11, small_scale_unlearning.ipynb, MIA_experiments.ipynb
and thirdparty/repdistiller/helper/loops.py.
Differs: they run 10 epochs of the retain set at alpha .95 and rate .01, for membership attacks 5 epochs at alpha .9999,
without momentum; ours counts steps, and a forget batch is as large as a retain batch where there are enough points. The
small notebook also pulls the weights back to where they started, by its weight decay. Batch statistics stay frozen
unless the knob says otherwise: frozen in the small notebook, moved in the others, either batch by its own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, moves, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend


class Knobs(KnobBase):
    """Knobs of NegGrad+."""

    alpha: float = knob(
        0.95,
        ge=0.0,
        le=1.0,
        title="Weight of retain",
        help="Share of the retain loss; the rest pushes up the forget loss.",
    )
    lr: float = knob(
        0.01, ge=1e-4, le=1.0, log=True, title="Learning rate", help="How far each step moves the weights."
    )
    momentum: float = knob(
        0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the previous step is taken again with the next."
    )
    steps: int = knob(125, ge=0, le=500, title="Steps", help="Number of updates.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points of each set a step.", unit="points")
    batchnorm: Statistics = statistics_knob()


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step."""
    model = copy.deepcopy(original)
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, momentum=knobs.momentum, fused=True)
    (retain_x, retain_y), (forget_x, forget_y) = request.retain, request.forget
    retain = draws.batches(len(retain_y), knobs.batch, rng, retain_y)
    forget = draws.batches(len(forget_y), knobs.batch, rng, forget_y)
    for _ in range(knobs.steps):
        kept, gone = next(retain), next(forget)
        on_retain, on_forget = _logits(model, retain_x[kept], forget_x[gone], knobs)
        descent = F.cross_entropy(on_retain, retain_y[kept])
        ascent = F.cross_entropy(on_forget, forget_y[gone])
        descend(optimizer, knobs.alpha * descent - (1 - knobs.alpha) * ascent)
        yield model


def _logits(model: nn.Module, kept: Tensor, gone: Tensor, knobs: Knobs) -> tuple[Tensor, Tensor]:
    """Return the logits of both batches: one pass, or one each where a batch is judged by its own statistics."""
    if moves(model, knobs.batchnorm):
        with passes_of_a_step(model, knobs.batchnorm):
            return model(kept), model(gone)
    logits = model(torch.cat([kept, gone]))
    return logits[: len(kept)], logits[len(kept) :]


METHOD = Method(
    title="NegGrad+",
    knobs=Knobs,
    unlearn=unlearn,
    main=("alpha", "lr", "steps"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"steps": 0},
    presets={
        "SCRUB notebooks": Preset(
            {"alpha": 0.95, "lr": 0.01, "momentum": 0.0},
            note="Weight, rate and no momentum, as in the small notebook; length and batches ours.",
        ),
        "half and half": Preset(
            {"alpha": 0.5, "steps": 60}, note="Our choice: ascent wins over descent.", collapses=True
        ),
    },
    images=Images(
        full=True,
        start={"alpha": 0.95, "lr": 3e-3, "steps": 156, "batch": 128},  # two epochs of 10,000 images
        search={
            "lr": log(3e-4, 0.1),
            "alpha": (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999),
            "steps": whole(20, 190),
            "momentum": (0.0, 0.9),
        },
        authors="SCRUB notebooks",
    ),
    bibtex="""@inproceedings{kurmanji2023unbounded,
  title = {Towards Unbounded Machine Unlearning},
  author = {Kurmanji, Meghdad and Triantafillou, Peter and Hayes, Jamie and Triantafillou, Eleni},
  booktitle = {NeurIPS},
  year = {2023}
}""",
    badges=("number of steps: our choice",),
)
