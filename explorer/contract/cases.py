"""Requests on which methods are checked: 40 points of the plane or 40 tiny images, one for each kind of request.

    case = make("forget", net="mlp")      # or net="conv"
    case.original, case.request, case.probes

`fitting(method)` names the kinds that a method answers. The original is trained for a moment, so that its gradients
are neither zero nor noise; the record of that training is in the request.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer import draws
from explorer.contract.networks import ConvNet, mlp, train
from explorer.methods._method import Answer, Method, Request, TensorSpace
from explorer.models import Network
from explorer.training import Examples

N = 40
ORDER: tuple[Answer, ...] = ("forget", "forget_class", "correct_labels", "erase_feature")


@dataclass(frozen=True)
class Case:
    """A trained original, a request to it, and inputs to look at (standardised). Leave all unchanged."""

    original: Network
    request: Request
    probes: Tensor


def fitting(method: Method) -> list[Answer]:
    """Return the kinds of request that a method answers, the most usual first."""
    return [kind for kind in ORDER if kind in method.answers]


@functools.cache
def make(kind: Answer = "forget", net: str = "mlp", classes: int = 2, seed: int = 0) -> Case:
    """Return a case.

    Args:
        kind: what is asked: 8 points, the whole of class 0, 8 wrong labels, or the second column of 8 points.
        net: "mlp", or "linear" without a hidden layer (points of the plane); or "conv" (images 3 x 8 x 8, batch norm;
            no feature to erase there).
        classes: at least 2; classes alternate, so there are N / classes points of each.
        seed: of points, weights and batches.
    """
    before = _points(N, net, classes, seed)
    rows = torch.arange(N)
    chosen = before.y == 0 if kind == "forget_class" else (rows < 16) & (rows % 2 == 0)
    corrected = Examples(before.x[:0], before.y[:0])
    if kind == "correct_labels":
        corrected = Examples(before.x[chosen], before.y[chosen])
        before = Examples(before.x, torch.where(chosen, (before.y + 1) % classes, before.y))
    if kind == "erase_feature":
        erased = before.x[chosen].clone()
        erased[:, 1] = 0.0
        corrected = Examples(erased, before.y[chosen])
    model = ConvNet(classes) if net == "conv" else mlp(classes, () if net == "linear" else (8, 8))
    record = train(model, before.x, before.y, seed=seed)
    shape = (3, 1, 1) if net == "conv" else (2,)
    request = Request(
        forget=Examples(before.x[chosen], before.y[chosen]),
        retain=Examples(before.x[~chosen], before.y[~chosen]),
        before=before,
        heldout=_points(N, net, classes, seed + 1),
        corrected=corrected,
        space=TensorSpace(
            torch.full(shape, 0.5), torch.full(shape, 2.0), torch.full(shape, -6.0), torch.full(shape, 7.0)
        ),
        classes=classes,
        kind=kind,
        erased=1 if kind == "erase_feature" else -1,
        rows=chosen.nonzero()[:, 0],
        record=record,
    )
    return Case(model, request, _points(16, net, classes, seed + 2).x)


def _points(n: int, net: str, classes: int, seed: int) -> Examples:
    """Return n points around one centre a class (standardised), classes alternating."""
    rng = draws.generator(1000 + seed)
    y = torch.arange(n) % classes
    angle = 2 * torch.pi * y / classes
    place = torch.stack([angle.cos(), angle.sin()], dim=1)
    if net != "conv":
        return Examples(place + 0.4 * draws.normal((n, 2), rng), y)
    colour = torch.cat([place, -place[:, :1]], dim=1)[:, :, None, None]
    return Examples(colour + 0.7 * draws.normal((n, 3, 8, 8), rng), y)
