"""A network's outputs and losses as functions of one vector of its weights, with their derivatives.

Methods of the second order ask more of a network than a gradient: how each output moves with each weight, and how the
gradient itself moves. All are computed by autodiff from the network as it stands, in eval mode and in its precision, so
the same file serves an MLP and a convolutional network with batch normalisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, jacrev, vjp, vmap
from torch.nn import functional as F

from explorer.methods._method import Meter
from explorer.methods._shared.steps import last_blocks
from explorer.training import Examples

Scope = Literal["all", "last block"]
ROWS = 1024  # pushed through the network at once
_NUMBERS = 1 << 24  # of a Jacobian that is computed at once


class Flat:
    """Some of a network's weights as one vector (p,).

    Attributes:
        start: (p,) the weights as they are when this is made.
    """

    def __init__(self, model: nn.Module, scope: Scope, meter: Meter) -> None:
        """Take a model that is the method's own: no gradient will flow to its weights any more.

        Args:
            model: in eval mode.
            scope: "all" weights, or those of the "last block" and the head only.
            meter: what derivatives cost beyond plain passes is charged there.
        """
        parts = [model] if scope == "all" else last_blocks(model, 2)
        chosen = {id(weight) for part in parts for weight in part.parameters()}
        self._weights = {name: weight for name, weight in model.named_parameters() if id(weight) in chosen}
        self._model, self._meter = model.requires_grad_(False), meter
        self.start = torch.cat([weight.detach().reshape(-1) for weight in self._weights.values()])

    def put(self, vector: Tensor) -> None:
        """Write a vector (p,) into the model."""
        with torch.no_grad():
            for name, value in self._named(vector).items():
                self._weights[name].copy_(value)

    def logits(self, vector: Tensor, x: Tensor) -> Tensor:
        """Return the logits (n, c) that the network has with other weights."""
        return functional_call(self._model, self._named(vector), (x,))

    def loss(self, vector: Tensor, data: Examples) -> Tensor:
        """Return the sum of the cross-entropies over some examples, without a gradient."""
        with torch.no_grad():
            parts = [F.cross_entropy(self.logits(vector, x), y, reduction="sum") for x, y in chunks(data)]
        return torch.stack([vector.new_zeros(()), *parts]).sum()

    def gradient(self, vector: Tensor, data: Examples) -> Tensor:
        """Return the gradient (p,) of the sum of the cross-entropies over some examples; zeros where there are none."""
        total = torch.zeros_like(vector)
        for x, y in chunks(data):
            total += grad(self._summed(x, y))(vector)
        return total

    def derivative(self, vector: Tensor, value: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the gradient (p,) of any number that is a function of the vector."""
        return grad(value)(vector)

    def example_gradients(self, vector: Tensor, data: Examples) -> Tensor:
        """Return the gradient (n, p) of the cross-entropy of each example."""

        def one(v: Tensor, x: Tensor, y: Tensor) -> Tensor:
            return F.cross_entropy(self.logits(v, x[None]), y[None])

        parts = self._parts(len(vector))
        pairs = zip(data.x.split(parts), data.y.split(parts), strict=True)
        found = [self._hidden(len(y), vmap(grad(one), in_dims=(None, 0, 0))(vector, x, y)) for x, y in pairs]
        return torch.cat([vector.new_zeros(0, len(vector)), *found])

    def jacobian(self, vector: Tensor, x: Tensor, *, relative: bool = False) -> Tensor:
        """Return how each logit moves with each weight.

        Args:
            vector: (p,) where.
            x: (n, ...) inputs.
            relative: of the logits less the last one, whose row is left out.

        Returns:
            (n, c, p), or (n, c - 1, p).
        """

        def one(v: Tensor, point: Tensor) -> Tensor:
            logits = self.logits(v, point[None])[0]
            return logits[:-1] - logits[-1:] if relative else logits

        parts = self._parts(len(vector) * len(self.logits(vector, x[:1])[0]))
        found = []
        for part in x.split(parts):
            rows = vmap(jacrev(one), in_dims=(None, 0))(vector, part)
            found.append(self._hidden(rows.shape[0] * rows.shape[1], rows))
        return torch.cat(found)

    def hessian_product(self, vector: Tensor, data: Examples, direction: Tensor) -> Tensor:
        """Return H v (p,) for the Hessian of the sum of the cross-entropies over some examples."""
        total = torch.zeros_like(vector)
        for x, y in chunks(data):
            gradient = grad(self._summed(x, y))
            total += grad(lambda v, gradient=gradient: gradient(v) @ direction)(vector)
            self._meter.charge(len(y))
        return total

    def gauss_newton_product(self, vector: Tensor, x: Tensor, direction: Tensor) -> Tensor:
        """Return G v (p,) for the Gauss-Newton matrix of the sum of the cross-entropies.

        J v comes from two passes in reverse: J^T u is linear in u, and the transpose of that is J.
        """
        total = torch.zeros_like(vector)
        for part in x.split(ROWS):
            logits, pull, *_ = vjp(lambda v, part=part: self.logits(v, part), vector)
            _, push, *_ = vjp(lambda u, pull=pull: pull(u)[0], torch.zeros_like(logits))
            (moved,) = push(direction)
            p = logits.softmax(dim=1)
            total += pull(p * (moved - (p * moved).sum(dim=1, keepdim=True)))[0]
            self._meter.charge(len(part))
        return total

    def _named(self, vector: Tensor) -> dict[str, Tensor]:
        pieces = vector.split([weight.numel() for weight in self._weights.values()])
        pairs = zip(self._weights.items(), pieces, strict=True)
        return {name: piece.reshape(weight.shape) for (name, weight), piece in pairs}

    def _summed(self, x: Tensor, y: Tensor) -> Callable[[Tensor], Tensor]:
        return lambda vector: F.cross_entropy(self.logits(vector, x), y, reduction="sum")

    def _parts(self, numbers: int) -> int:
        return max(1, min(ROWS, _NUMBERS // numbers))

    def _hidden(self, passes: int, found: Tensor) -> Tensor:
        self._meter.charge(passes - 1)  # under `vmap` the network sees, and counts, one row
        return found


def chunks(data: Examples) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield some examples at a time; none where there are none."""
    if len(data.y):
        yield from zip(data.x.split(ROWS), data.y.split(ROWS), strict=True)


def joined(*parts: Examples) -> Examples:
    """Return several sets as one."""
    return Examples(torch.cat([part.x for part in parts]), torch.cat([part.y for part in parts]))
