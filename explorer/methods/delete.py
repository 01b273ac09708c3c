"""DELETE copies what the original thinks of a forget point apart from its class, and teaches it exactly that.

The original's output at a forget point says more than its label: which of the other classes come next, and by how
much. The label's logit is masked, what is left is made to sum to one, and the model learns it on the forget set alone.

    w <- w - v,   v <- m v + lr * grad mean_i KL(t_i || f_w(x_i)),   t_i = softmax(f_0(x_i) with -inf at y_i)

Reads: the forget set and its labels; nothing else.
Watch: a whole class is divided among its heirs, each place going to the class that came second there; the retained
points keep their places, although none of them is shown.
Fails: with two classes only one is left when the label is masked, so the target is the opposite label: then DELETE is
greedy mislabelling. A cluster of a class is wrong afterwards where a retrained model would mostly be right.
Source: Zhou, Zheng, Mo, Lu, Lin and Zheng, Decoupled Distillation to Erase: A General Unlearning Method for Any
Class-centric Tasks, CVPR 2025, arXiv:2503.23751; code github.com/shaaaaron/DELETE at 60018a1, method/delete.py and
config/cifar10_resnet18.yaml. The paper itself was not read.
Differs: there momentum .9, batches of 128 and 20 epochs at a rate of 1e-4 on CIFAR-10; ours counts steps and has no
momentum on points. The mask is -1e10 there and minus infinity here, which gives the same target. Batch statistics stay
frozen unless the knob says otherwise; there they move, but for a switch that is off by default.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend, outputs


class Knobs(KnobBase):
    """Knobs of DELETE."""

    lr: float = knob(
        0.01, ge=1e-5, le=1.0, log=True, title="Learning rate", help="How far each step to the masked output moves."
    )
    steps: int = knob(20, ge=0, le=500, title="Steps", help="Number of updates.")
    momentum: float = knob(
        0.0, ge=0.0, le=0.99, title="Momentum", help="How much of the previous step is taken again with the next."
    )
    batch: int = knob(
        0, ge=0, le=5000, title="Batch size", help="Forget points a step; 0 takes all of them every time.",
        unit="points",
    )  # fmt: skip
    batchnorm: Statistics = statistics_knob(later=False)


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step to the masked outputs."""
    model = copy.deepcopy(original)
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, momentum=knobs.momentum, fused=True)
    x, y = request.forget
    if request.classes == 2:
        request.remarks.say("with two classes the target is the opposite label: this is greedy mislabelling")
    target = without_label(outputs(original, x), y)
    batches = draws.batches(len(y), knobs.batch or len(y), rng, y)
    for _ in range(knobs.steps):
        rows = next(batches) if knobs.batch else slice(None)
        with passes_of_a_step(model, knobs.batchnorm):
            logits = model(x[rows])
        descend(optimizer, away_from(target[rows], logits))
        yield model


def without_label(logits: Tensor, y: Tensor) -> Tensor:
    """Return the probabilities (n, c) that logits (n, c) leave to the other classes when the label's is masked."""
    masked = logits.scatter(1, y[:, None], -torch.inf)
    return masked.softmax(dim=1)


def away_from(target: Tensor, logits: Tensor) -> Tensor:
    """Return KL(target || output): the sum over classes, the mean over the batch; 0 log 0 is 0.

    Args:
        target: (n, c) probabilities that are held fixed.
        logits: (n, c) through which the gradient flows.
    """
    known = torch.xlogy(target, target).sum(dim=1)
    return (known - (target * logits.log_softmax(dim=1)).sum(dim=1)).mean()


METHOD = Method(
    title="DELETE",
    long="Decoupled distillation to erase",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y"},
    neutral={"steps": 0},
    presets={
        "a whole class": Preset(
            {"lr": 0.05, "steps": 40}, note="Our choice for a class of four blobs, made against retrained, seeds 0-3."
        ),
        "images (released)": Preset(
            {"lr": 1e-4, "steps": 500, "momentum": 0.9, "batch": 128, "batchnorm": "update"},
            note="config/cifar10_resnet18.yaml of the released code; its 20 epochs of a class are 800 steps, ours stop "
            "at 500.",
            images=True,
        ),
    },
    images=Images(
        start={"lr": 1e-3, "steps": 32, "momentum": 0.9, "batch": 128},
        search={
            "lr": log(1e-5, 0.1),
            "steps": whole(8, 400, log=True),
            "momentum": (0.0, 0.9),
            "batch": (64, 128, 256),
        },
        authors="images (released)",
    ),
    bibtex="""@inproceedings{zhou2025decoupled,
  title = {Decoupled Distillation to Erase: A General Unlearning Method for Any Class-centric Tasks},
  author = {Zhou, Yu and Zheng, Dian and Mo, Qijie and Lu, Renjie and Lin, Kun-Yu and Zheng, Wei-Shi},
  booktitle = {CVPR},
  year = {2025}
}""",
    badges=("toy values: our choice",),
)
