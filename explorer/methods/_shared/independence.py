"""What a model must not reveal after a correction, as a number R that is 0 when it reveals nothing.

Erased feature: for probes q = (an affected row, its erased column replaced by a value s' drawn from all rows'),

    R = HSIC(softmax f(q), s').

s' says nothing of the rest of its probe, so R = 0 if and only if the output does not depend on the erased column there.
Only the marginal of the column is needed, not the erased values of the affected rows.

Corrected labels: with r_i = softmax f(x_i) - onehot(y_i as it should be) and d_i = 1 for affected rows,

    R = sum over classes c of HSIC(r, d | y = c),

the residual must not reveal who was affected. The kernel on d is the linear one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from explorer import draws
from explorer.methods._method import Request
from explorer.methods._shared.flat import Flat
from explorer.methods._shared.hsic import centred, gaussian, looks_independent, median_width, pairings
from explorer.methods._shared.influence import after, count

BATCHES = 4  # of probes for an erased feature
FEWEST = 8  # affected, and not affected, rows that a class needs for its term
MOST = 1024  # rows looked at for corrected labels


@dataclass(frozen=True)
class Group:
    """Points whose outputs must not depend on something.

    Attributes:
        x: (m, ...) inputs.
        target: (m, c) what is taken off the probabilities.
        kernel: (m, m) of that on which they must not depend.
    """

    x: Tensor
    target: Tensor
    kernel: Tensor


class Independence:
    """R, the sum (or mean) over some groups, with the kernels' widths as they were when last refreshed."""

    def __init__(self, groups: list[Group], scale: float) -> None:
        self._groups, self._scale = groups, scale
        self._centred = [centred(group.kernel) for group in groups]
        self._widths = [1.0] * len(groups)
        self._paired: Tensor | None = None

    def refresh(self, flat: Flat, vector: Tensor) -> None:
        """Take the median distances between the outputs at some weights as widths."""
        with torch.no_grad():
            self._widths = [median_width(_outputs(flat, vector, group)) for group in self._groups]

    def value(self, flat: Flat, vector: Tensor) -> Tensor:
        """Return R at some weights; a gradient flows to them, none to the widths."""
        total = vector.new_zeros(())
        for group, fixed, width in zip(self._groups, self._centred, self._widths, strict=True):
            kernel = gaussian(_outputs(flat, vector, group), width)
            total = total + self._scale * (kernel * fixed).sum() / (len(kernel) - 1) ** 2
        return total

    def looks_gone(self, flat: Flat, vector: Tensor, rng: torch.Generator) -> bool:
        """Return whether the first group shows no more dependence than random pairings do."""
        if not self._groups:
            return True
        group = self._groups[0]
        with torch.no_grad():
            kernel = gaussian(_outputs(flat, vector, group), self._widths[0])
        if self._paired is None:
            self._paired = pairings(group.kernel, rng)
        return looks_independent(kernel, group.kernel, self._paired)


def _outputs(flat: Flat, vector: Tensor, group: Group) -> Tensor:
    return flat.logits(vector, group.x).softmax(dim=1) - group.target


def criterion(request: Request, probes: int, rng: torch.Generator) -> Independence:
    """Return what a request asks the outputs to be independent of, on points drawn from the generator.

    Args:
        request: a correction of labels, or an erased feature.
        probes: points a batch, for an erased feature.
        rng: draws probes, or rows where there are many.
    """
    if request.kind == "erase_feature":
        return Independence([_swept(request, probes, rng) for _ in range(BATCHES)], 1 / BATCHES)
    return Independence(_by_class(request, rng), 1.0)


def _swept(request: Request, probes: int, rng: torch.Generator) -> Group:
    """Return affected rows with values from everywhere in the erased column."""
    x = request.corrected.x
    rows = draws.integers(len(x), (probes,), rng, x)
    column = torch.cat([request.retain.x, request.forget.x]).flatten(1)[:, request.erased]
    value = column[draws.integers(len(column), (probes,), rng, x)]
    points = x[rows].flatten(1)
    points[:, request.erased] = value
    kernel = gaussian(value[:, None], median_width(value[:, None]))
    return Group(points.reshape(x[rows].shape), x.new_zeros(1), kernel)


def _by_class(request: Request, rng: torch.Generator) -> list[Group]:
    """Return the rows of each class that has enough affected and other rows."""
    x, y = after(request)
    affected = torch.arange(len(y), device=y.device) >= count(request.retain)
    if len(y) > MOST:
        rows = draws.permutation(len(y), rng, y)[:MOST]
        x, y, affected = x[rows], y[rows], affected[rows]
    groups = []
    for label in range(request.classes):
        here = y == label
        flag = affected[here].to(x)
        if min(flag.sum(), len(flag) - flag.sum()) >= FEWEST:
            target = one_hot(y[here], request.classes).to(x)
            groups.append(Group(x[here], target, flag[:, None] * flag))
    return groups
