"""UNSIR learns noise that stands for the class to forget, spoils the class with it, and repairs the rest.

The forget points themselves are not needed, only the class's name. Noise is learnt that the original finds most unlike
the class; trained on as if it were the class, it drags the class's region away to nowhere. A repair on retained points
follows.

    noise:   n <- argmin_n [-CE(f_0(n), c) + rho * mean_i ||n_i||^2]
    impair:  w <- w - lr * grad CE on copies of (n, c) mixed with retained points
    repair:  w <- w - lr * grad CE on retained points

Reads: of the forget set only its label; a sample of the retain set with its labels (the noise needs only its shape).
Watch: the noise settles on the far side of the other classes; in the impair pass the class's output moves out to it and
the others close in on the place where the class was.
Fails: without the weight on its length the noise runs off the map; and where the noise lies tells nothing of where the
class lay, so what happens there is up to the neighbours.
Source: Tarun, Chundawat, Mandal and Kankanhalli, Fast Yet Effective Machine Unlearning, IEEE TNNLS 2023,
arXiv:2111.08947, section on error-maximising noise, impair and repair; code
github.com/vikram2000b/Fast-Machine-Unlearning at 252bc92, the notebook; the form in JiT's tables:
vikram2000b/bad-teaching-unlearning at f1aa988, unlearn.py.
Differs: what runs in both of these is weaker than what is meant: 256 (or 32) noise images are learnt, but the loop that
copies them counts the colours of an image instead of the images, so that each copy holds the first 3. A knob says how
many; 0, all of them, is what was meant, and 3 what was released. On the plane a hundred times fewer copies and points
of the retain set are needed. Copies of the noise and the retained sample are shuffled together and drawn again in each
pass, as there. The sample is the first so many points of each class in a random order; there, of the data set's order.
Adam in all three parts, as there; the repair of JiT's form has batches of its own size, ours has one size. Batch
statistics stay frozen unless the knob says otherwise; there all three parts move them. What the steps of the noise
moved is dropped here before the impair pass.
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
from explorer.methods._method import HelperPoints, Images, Method, Prepared, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend, epochs


class Knobs(KnobBase):
    """Knobs of UNSIR."""

    noise_points: int = knob(32, ge=1, le=256, title="Noise points", help="How many points of noise are learnt.")
    noise_steps: int = knob(25, ge=0, le=250, title="Noise steps", help="Adam steps in which the noise is learnt.")
    noise_lr: float = knob(0.1, ge=1e-3, le=1.0, log=True, title="Noise rate", help="Size of a step of the noise.")
    penalty: float = knob(
        0.1, ge=0.0, le=10.0, title="Weight on length", help="How much long noise is punished; keeps it on the map."
    )
    copies: int = knob(
        4, ge=0, le=80, title="Copies of the noise", help="How often the noise stands in an impair pass."
    )
    noise_per_batch: int = knob(
        0, ge=0, le=256, title="Noise points a copy", unit="points", later=True,
        help="How many of the noise points a copy holds; 0 is all of them, as meant; released: 3.",
    )  # fmt: skip
    sample: int = knob(
        50, ge=1, le=5000, title="Retained sample", help="Points of each other class that are shown.", unit="points"
    )
    impair: int = knob(2, ge=0, le=20, title="Impair epochs", help="Passes over noise and retained sample.")
    impair_lr: float = knob(0.02, ge=1e-5, le=0.5, log=True, title="Impair rate", help="Size of an impair step (Adam).")
    repair: int = knob(2, ge=0, le=20, title="Repair epochs", help="Passes over the retained sample alone.")
    repair_lr: float = knob(0.01, ge=1e-5, le=0.5, log=True, title="Repair rate", help="Size of a repair step (Adam).")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points a step.", unit="points")
    batchnorm: Statistics = statistics_knob()


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Return the learnt noise."""
    like = request.retain.x
    y = request.forget.y[:1].expand(knobs.noise_points)
    noise = draws.normal((knobs.noise_points, *like.shape[1:]), rng, like).requires_grad_(True)
    optimizer = torch.optim.Adam([noise], lr=knobs.noise_lr)
    model = copy.deepcopy(original)
    for _ in range(knobs.noise_steps):
        with passes_of_a_step(model, knobs.batchnorm):
            loss = noise_loss(model, noise, y, knobs.penalty)
        (noise.grad,) = torch.autograd.grad(loss, [noise])
        optimizer.step()
    learnt = noise.detach()
    return Prepared(state=learnt, helpers=(HelperPoints("learnt noise", learnt, y, torch.full_like(y, -1)),))


def noise_loss(model: nn.Module, noise: Tensor, y: Tensor, penalty: float) -> Tensor:
    """Return what the noise is to make small: minus its loss as class y, and its mean squared length."""
    return penalty * noise.flatten(1).square().sum(dim=1).mean() - F.cross_entropy(model(noise), y)


def unlearn(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Iterator[nn.Module]:
    """Yield the model after each step of the impair pass, then after each step of the repair."""
    model = copy.deepcopy(original)
    rows = sample(request.retain.y, knobs.sample, rng)
    x, y = request.retain.x[rows], request.retain.y[rows]
    copied = prepared.state[: knobs.noise_per_batch or None]
    noise = copied.repeat(knobs.copies, *[1] * (x.dim() - 1))
    spoilt = torch.cat([noise, x]), torch.cat([request.forget.y[:1].expand(len(noise)), y])
    for (inputs, labels), passes, lr in (
        (spoilt, knobs.impair, knobs.impair_lr),
        ((x, y), knobs.repair, knobs.repair_lr),
    ):
        optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)
        for _, batch in epochs(len(labels), knobs.batch, passes, rng, labels):
            with passes_of_a_step(model, knobs.batchnorm):
                loss = F.cross_entropy(model(inputs[batch]), labels[batch])
            descend(optimizer, loss)
            yield model


def sample(y: Tensor, count: int, rng: torch.Generator) -> Tensor:
    """Return rows of at most `count` random points of each class."""
    order = draws.permutation(len(y), rng, y)
    return torch.cat([order[y[order] == label][:count] for label in y.unique()])


AS_MEANT = {
    "noise_points": 256, "noise_steps": 40, "copies": 20, "sample": 1000, "impair": 1, "impair_lr": 0.02, "repair": 1,
    "repair_lr": 0.01, "batch": 256, "batchnorm": "update",
}  # fmt: skip

METHOD = Method(
    title="UNSIR",
    knobs=Knobs,
    unlearn=unlearn,
    main=("noise_steps", "impair_lr", "repair_lr"),
    kind="approximate",
    answers={"forget_class"},
    reads={"forget.y", "retain.x", "retain.y"},
    neutral={"impair": 0, "repair": 0},
    presets={
        "impair only": Preset({"repair": 0}, note="Our choice: what the noise does before the repair.", collapses=True),
        "unbridled noise": Preset({"penalty": 0.0, "noise_steps": 100}, note="Our choice: the noise runs off the map."),
        "images (as in JiT's tables)": Preset(
            {
                "noise_points": 32,
                "noise_steps": 25,
                "copies": 80,
                "noise_per_batch": 3,
                "sample": 500,
                "impair": 1,
                "impair_lr": 1e-4,
                "repair": 1,
                "repair_lr": 1e-4,
                "batch": 32,
                "batchnorm": "update",
            },
            note="Values of the JiT repository at c967614; its repair uses batches of 128.",
            images=True,
        ),
        "images (original)": Preset(
            {**AS_MEANT, "noise_per_batch": 3},
            note="What runs in the authors' notebook at 252bc92: 20 copies of 3 of the 256 noise images.",
            images=True,
        ),
        "images (as meant)": Preset(
            AS_MEANT,
            note="The same notebook, had its loop copied all 256 noise images.",
            images=True,
        ),
    },
    images=Images(
        full=True,
        start={"noise_steps": 40, "copies": 20, "sample": 1000, "impair_lr": 0.01, "repair_lr": 0.01, "batch": 64},
        search={
            "impair_lr": log(1e-4, 0.05),
            "repair_lr": log(1e-4, 0.03),
            "impair": whole(1, 2),
            "repair": whole(1, 2),
            "copies": whole(4, 80, log=True),
            "batch": (32, 64, 128, 256),
        },
        authors="images (original)",
        published={"JiT, table 2(b)": "images (as in JiT's tables)"},
    ),
    bibtex="""@article{tarun2023fast,
  title = {Fast Yet Effective Machine Unlearning},
  author = {Tarun, Ayush K. and Chundawat, Vikram S. and Mandal, Murari and Kankanhalli, Mohan},
  journal = {IEEE Transactions on Neural Networks and Learning Systems},
  year = {2023}
}""",
    badges=("whole classes only", "toy values: our choice"),
    prepare=prepare,
    prepare_reads={"forget.y", "retain.x"},
    prepare_knobs={"noise_points", "noise_steps", "noise_lr", "penalty", "batchnorm"},
)
