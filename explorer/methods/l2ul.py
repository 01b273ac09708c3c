"""L2UL climbs the loss of the forget points while adversarial helpers around them hold their ground.

The retain set is not to be had, so something else must stand for it: from each forget point an attack on the original
walks towards other classes, and what the original takes for these stays labelled so. The forget points are pushed out
of their class, and the helpers keep the boundary from following too far.

    w <- w - v
    v <- m v + lr * grad [ -r CE_f + (1 - r) CE(x_adv, y_adv) + lam sum_j (1 - I_j) (w_j - w_{0,j})^2 / 2 ]
    r = n_f / (n_f + n_adv) of the step's points,   stops as soon as no forget point is right

Reads: the forget set and its labels; nothing else.
Watch: the arrow from each forget point to one of its helpers; the points change sides one after another and the helpers
stay.
Fails: it ends when every forget point is wrong, which a retrained model's mostly are not where a cluster goes: then it
forgets too much and takes neighbours along.
Source: Cha, Cho, Hwang, Lee, Moon and Lee, Learning to Unlearn: Instance-wise Unlearning for Pre-trained Classifiers,
AAAI 2024, arXiv:2301.11578; code github.com/csm9493/L2UL at 5fb777b, main_unlearn_cifar10_mixed_label_resnet18.py,
utils.py and run_unlearn_cifar_imagenet.sh. The paper itself was not read.
Differs: the released attack draws a target class; where that is the true one it means to draw again, but always takes
class c / 2, which may be the true one too; ours draws a wrong class. The copy in DELETE's code (shaaaaron/DELETE at
60018a1, method/l2ul.py) has fixed weights instead of r, eps .4, makes helpers anew in each step, and may target the
true class. The weight penalty, 1 there, is off by default here, and so is weight decay, 1e-4 there. Helpers come in
batches of 256 there; by default here in so many times more than forget points as each has. What weights matter is
measured in training mode there, here with frozen batch statistics. The released 1000 counts passes over all helpers,
ours counts steps. Points are taken in their order there and in a random one here. On points lengths are standardised
and nothing is cut; on images helpers stay within the range of pixels. Batch statistics stay frozen unless the knob says
otherwise; there they move.
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
from explorer.methods._shared.adversarial import limits, predicted, towards
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend
from explorer.training import Examples


class Knobs(KnobBase):
    """Knobs of L2UL."""

    lr: float = knob(0.005, ge=1e-6, le=1.0, log=True, title="Learning rate", help="Size of a step.")
    steps: int = knob(
        500, ge=0, le=1000, title="Most steps", help="It ends sooner, as soon as no forget point is right any more."
    )
    momentum: float = knob(0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the last step is repeated.")
    reg: float = knob(
        0.0, ge=0.0, le=100.0, title="Weight penalty", help="How much weights that matter little are held back."
    )
    weight_decay: float = knob(0.0, ge=0.0, le=0.1, title="Weight decay", help="Added to the gradient.", later=True)
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Forget points a step.", unit="points")
    helpers: int = knob(
        4, ge=1, le=20, title="Helpers", help="Adversarial helpers of each forget point; so many times more a step."
    )
    helper_batch: int = knob(
        0, ge=0, le=5000, title="Helper batch", unit="points", later=True,
        help="Helpers a step, apart from the forget points' batch; 0: as many times more as each point has.",
    )  # fmt: skip
    eps: float = knob(
        0.6, ge=0.0, le=20.0, title="Attack length", unit="standardised units",
        help="How far from its forget point a helper may lie.",
    )  # fmt: skip
    attack_steps: int = knob(20, ge=0, le=100, title="Attack steps", help="Steps of the attack that makes a helper.")
    attack_step: float = knob(
        0.1, ge=0.001, le=5.0, log=True, title="Attack step", unit="standardised units", help="Length of each."
    )
    batchnorm: Statistics = statistics_knob(later=False)


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Return the helpers of the forget points under the classes that they were driven to."""
    x, y = request.forget
    inside = limits(request.space) if x.dim() > 2 else None
    origin = torch.arange(len(y), device=y.device).repeat(knobs.helpers)
    target = draws.wrong_labels(y[origin], request.classes, rng)
    there = towards(original, x[origin], target, knobs.eps, knobs.attack_step, knobs.attack_steps, rng, inside)
    one = slice(len(y))  # of each forget point; all of them would hide the plane
    kind = "adversarial helpers" if knobs.helpers == 1 else f"adversarial helpers (1 of {knobs.helpers} a point)"
    points = HelperPoints(kind, there[one], target[one], origin[one])
    return Prepared(state=Examples(there, target), helpers=(points,))


def unlearn(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Iterator[nn.Module]:
    """Yield the model after each step, until no forget point is right."""
    model = copy.deepcopy(original)
    (x, y), (helper_x, helper_y) = request.forget, prepared.state
    held = _held(original, x, knobs)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=knobs.lr, momentum=knobs.momentum, weight_decay=knobs.weight_decay, fused=True
    )
    forget = draws.batches(len(y), knobs.batch, rng, y)
    helpers = draws.batches(len(helper_y), knobs.helper_batch or knobs.batch * knobs.helpers, rng, y)
    for _ in range(knobs.steps):
        gone, kept = next(forget), next(helpers)
        with passes_of_a_step(model, knobs.batchnorm):
            climb = F.cross_entropy(model(x[gone]), y[gone])
            hold = F.cross_entropy(model(helper_x[kept]), helper_y[kept])
        share = len(gone) / (len(gone) + len(kept))
        descend(optimizer, (1 - share) * hold - share * climb + knobs.reg * _penalty(model, held))
        yield model
        if not bool((predicted(model, x) == y).any()):
            return


Held = list[tuple[Tensor, Tensor]]  # of each weight tensor: where it started, and how much each weight is held


def _held(original: nn.Module, x: Tensor, knobs: Knobs) -> Held:
    """Return what the penalty needs; nothing where it is off."""
    if not knobs.reg:
        return []
    start = [weight.detach().clone() for weight in original.parameters()]
    return list(zip(start, indifference(original, x, knobs.batch), strict=True))


def indifference(model: nn.Module, x: Tensor, batch: int) -> list[Tensor]:
    """Return how little each weight matters to the length of the outputs: one tensor a parameter, in [0, 1].

    Args:
        model: in eval mode; left unchanged.
        x: (n, ...) inputs.
        batch: points whose outputs' mean length is differentiated at once.
    """
    weights = list(model.parameters())
    total = [torch.zeros_like(weight) for weight in weights]
    for part in x.split(batch):
        length = model(part).norm(dim=1).mean()
        for sum_, gradient in zip(total, torch.autograd.grad(length, weights), strict=True):
            sum_ += gradient.abs() * len(part)
    return [1 - _scaled(one) for one in total]


def _scaled(values: Tensor) -> Tensor:
    spread = values.max() - values.min()
    return (values - values.min()) / spread if float(spread) > 0 else torch.zeros_like(values)


def _penalty(model: nn.Module, held: Held) -> Tensor | float:
    pairs = zip(model.parameters(), held, strict=False) if held else ()
    parts = [(little * (weight - start).square()).sum() / 2 for weight, (start, little) in pairs]
    return torch.stack(parts).sum() if parts else 0.0


METHOD = Method(
    title="L2UL",
    long="Learning to unlearn",
    knobs=Knobs,
    unlearn=unlearn,
    main=("lr", "eps", "helpers"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y"},
    neutral={"steps": 0},
    presets={
        "until none is right": Preset(
            {}, note="The defaults: on a cluster of a class, retained neighbours go too.", collapses=True
        ),
        "weights held": Preset(
            {"reg": 1.0}, note="With the released weight of the penalty; the rest ours.", collapses=True
        ),
        "images (released)": Preset(
            {
                "lr": 1e-3, "steps": 1000, "momentum": 0.9, "reg": 1.0, "weight_decay": 1e-4, "batch": 32,
                "helper_batch": 256, "helpers": 20, "eps": 16.0, "attack_steps": 100, "attack_step": 0.4,
                "batchnorm": "update",
            },
            note="Released for CIFAR-10: lengths of 4 and .1 in pixels of 0 to 1, here some four times as long. "
            "Its 1000 are passes over the helpers, here steps.",
            images=True,
        ),
    },
    images=Images(
        start={"lr": 1e-3, "steps": 60, "batch": 64, "helpers": 4, "eps": 2.0, "attack_steps": 10, "attack_step": 0.5},
        search={
            "lr": log(1e-5, 0.03),
            "steps": whole(8, 120, log=True),
            "momentum": (0.0, 0.9),
            "eps": log(0.3, 20),
            "reg": (0.0, 1.0, 10.0),
        },
        cut={"helpers": 4, "attack_steps": 10},
        authors="images (released)",
    ),
    bibtex="""@inproceedings{cha2024learning,
  title = {Learning to Unlearn: Instance-wise Unlearning for Pre-trained Classifiers},
  author = {Cha, Sungmin and Cho, Sungjun and Hwang, Dasol and Lee, Honglak and Moon, Taesup and Lee, Moontae},
  booktitle = {AAAI},
  year = {2024}
}""",
    badges=("our choice: a wrong class as target", "toy values: our choice"),
    prepare=prepare,
    prepare_reads={"forget.x", "forget.y"},
    prepare_knobs={"helpers", "eps", "attack_steps", "attack_step"},
)  # fmt: skip
