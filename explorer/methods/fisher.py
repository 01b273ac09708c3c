"""Fisher forgetting adds noise to the weights that matter little to the retain set, and hopes to hide the rest there.

The diagonal of the Fisher matrix says how much the outputs on retained points change with each weight. Where it is
small a lot of noise does no harm, and what the weight knew of the forget set drowns in it.

    F = (1/|D_r|) sum_{x in D_r} sum_y p_y(x) (d/dw loss(x, y))^2,   p = what the model itself predicts
    w <- w + sqrt(alpha v) * N(0, 1),   v = 1 / (F + 1e-8), cut at 1,000 (head: 100), averaged over fan-in,
                                        ten times as large for biases, normalisation and the head

Reads: the retain inputs; no label, and no forget point.
Watch: one jump that no gradient points to; another seed jumps elsewhere.
Fails: everything hangs on alpha: a little too much and the model is noise. The jump does not look at the forget points,
so it cannot aim at them: on two moons none of seven alphas moved the boundary toward retrained (two data seeds).
Source: Golatkar, Achille and Soatto, Eternal Sunshine of the Spotless Net: Selective Forgetting in Deep Networks, CVPR
2020, arXiv:1911.04933; code github.com/AdityaGolatkar/SelectiveForgetting at 4c02825, Forgetting.ipynb, and the same in
github.com/meghdadk/SCRUB at 98ffb11, small_scale_unlearning.ipynb.
Differs: the notebooks take every retained point by itself over the whole set, ours at most as many as a knob says.
Where a whole class is to go they set the mean of its row of the head to 0 and the variance of its noise to .001,
whatever alpha is; ours moves no mean and treats all rows alike, for it does not look at what is to go. Nothing is
trained: batch statistics stay.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.flat import Flat

TINY = 1e-8
LARGEST, LARGEST_HEAD = 1e3, 1e2
LOUDER = 10.0
PART = 128  # points that are looked at together, at most
NUMBERS = 1 << 27  # of their Jacobian that is held at once


class Knobs(KnobBase):
    """Knobs of Fisher forgetting."""

    alpha: float = knob(
        1e-5, ge=0.0, le=1.0, log=True, title="Noise", help="Variance of the noise where the Fisher diagonal is 1."
    )
    points: int = knob(
        1000, ge=1, le=50000, title="Points", help="Retained points looked at, at most; drawn at random.", unit="points"
    )


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the noisy model."""
    model = copy.deepcopy(original)
    x = request.retain.x
    if len(x) > knobs.points:
        x = x[draws.permutation(len(x), rng, x)[: knobs.points]]
    flat = Flat(model, "all", request.meter)
    weights = list(model.parameters())
    diagonal = fisher(flat, x).split([weight.numel() for weight in weights])
    head = {id(weight) for weight in last(model).parameters()}
    added, length = 0.0, flat.start.norm().item()
    with torch.no_grad():
        for weight, part in zip(weights, diagonal, strict=True):
            spread = variance(part.reshape(weight.shape), id(weight) in head) * knobs.alpha
            noise = spread.sqrt() * draws.normal(weight.shape, rng, weight)
            added += noise.square().sum().item()
            weight.add_(noise)
    share = math.sqrt(added) / length if length else math.inf
    request.remarks.say(f"noise of {100 * share:.2g} % of the weights' length; it looks at no forget point")
    yield model


def last(model: nn.Module) -> nn.Module:
    """Return the last layer of a network."""
    head = getattr(model, "head", None)
    if not isinstance(head, nn.Module):
        raise TypeError(f"a network must offer head, got {type(model).__name__}")
    return head


def fisher(flat: Flat, x: Tensor) -> Tensor:
    """Return the diagonal (p,) of the Fisher matrix: over the points the mean, over labels what the model expects."""
    total = torch.zeros_like(flat.start)
    for part in x.split(PART):
        with torch.no_grad():
            p = flat.logits(flat.start, part).softmax(dim=1)
        rows = NUMBERS // (p.shape[1] * len(flat.start))
        expected = _at_once if rows else _class_by_class
        for few, of_few in zip(part.split(max(1, rows)), p.split(max(1, rows)), strict=True):
            total += expected(flat, few, of_few)
    return total / len(x)


def _at_once(flat: Flat, x: Tensor, p: Tensor) -> Tensor:
    """Return the sum (p,) over points (n, ...) of the expected squared gradient, from their whole Jacobian."""
    jacobian = flat.jacobian(flat.start, x)
    # The gradient of the loss at label y is sum_k (p_k - [k = y]) J_k.
    mean = (p[:, :, None] * jacobian).sum(dim=1, keepdim=True)
    return jacobian.sub_(mean).square_().mul_(p[:, :, None]).sum(dim=(0, 1))


def _class_by_class(flat: Flat, x: Tensor, p: Tensor) -> Tensor:
    """Return the same of one point, with one row of its Jacobian at a time."""
    mean = flat.derivative(flat.start, lambda v: (p * flat.logits(v, x)).sum())
    total = torch.zeros_like(mean)
    for label, chance in enumerate(p[0]):
        row = flat.derivative(flat.start, lambda v, label=label: flat.logits(v, x)[0, label])
        total += chance * (row - mean).square()
    return total


def variance(fisher: Tensor, head: bool) -> Tensor:
    """Return how much noise each entry of a parameter can bear.

    Args:
        fisher: diagonal of the Fisher matrix in the parameter's shape.
        head: whether the parameter belongs to the last layer.
    """
    found = (1 / (fisher + TINY)).clamp(max=LARGEST_HEAD if head else LARGEST)
    if fisher.dim() > 1:
        found = found.mean(dim=1, keepdim=True).expand_as(fisher)
    return found * LOUDER if head or fisher.dim() == 1 else found


METHOD = Method(
    title="Fisher forgetting",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"retain.x"},
    neutral={"alpha": 0.0},
    presets={
        "too loud": Preset({"alpha": 1e-3}, note="Our choice: the model is noise.", collapses=True),
        "ResNet": Preset(
            {"alpha": 1e-6}, note="The noise of both notebooks; 1e-7 stands there for a measure only.", images=True
        ),
    },
    images=Images(
        start={"alpha": 1e-7, "points": 1000},
        search={
            "alpha": log(1e-10, 1e-4),
            "points": (300, 1000, 3000),
        },
        authors="ResNet",
    ),
    bibtex="""@inproceedings{golatkar2020eternal,
  title = {Eternal Sunshine of the Spotless Net: Selective Forgetting in Deep Networks},
  author = {Golatkar, Aditya and Achille, Alessandro and Soatto, Stefano},
  booktitle = {CVPR},
  year = {2020}
}""",
    badges=("no class is treated apart: our choice", "toy values: our choice"),
)
