"""Train one small network to a stationary point: full batch, double precision, L-BFGS with a strong Wolfe line search.

    minimise  sum_i w_i CE(f_theta(x_i), y_i) / sum_i w_i  +  weight_decay / 2 |theta|^2

Influence functions are exact statements only about such a point, so this is the recipe to hold them against. Batch
size, learning rate, momentum and schedule are not used. With ReLU there may be no such point: the search may end at a
kink.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from explorer.models._layout import Layout
from explorer.training import Examples, Training
from explorer.training._batches import Tables
from explorer.training._network import Stack

TOLERANCE = 1e-6  # Euclidean norm of the gradient at which the search ends
_STUCK = 3  # iterations without any change after which double precision has no more to give


def minimise(
    layout: Layout,
    data: Examples,
    weight: Tensor,
    start: Tensor,
    training: Training,
    tick: Callable[[int], None],
) -> Tensor:
    """Return the path (iterations + 1, p) float64 from the flat weights `start` to where |gradient| < 1e-6.

    It ends earlier after `training.steps` iterations, or where no step lowers the objective any more.

    Args:
        layout: shape of the network.
        data: the training set.
        weight: (n,) weight of each point, 0 = left out.
        start: (p,) initial weights.
        training: `steps` and `weight_decay` are used.
        tick: called with the number of iterations done.
    """
    objective = _Objective(layout, data, weight, training.weight_decay, start)
    vector = objective.stack.weights.vector
    search = torch.optim.LBFGS(
        [vector], lr=1.0, max_iter=1, max_eval=25, history_size=100, tolerance_grad=0.0, tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )  # fmt: skip
    path = [objective.weights()]
    objective()
    stuck = 0
    while len(path) <= training.steps and objective.gradient_norm() >= TOLERANCE and stuck < _STUCK:
        tick(len(path) - 1)
        search.step(objective)
        objective()
        path.append(objective.weights())
        stuck = stuck + 1 if torch.equal(path[-1], path[-2]) else 0
    return torch.stack(path)


class _Objective:
    """The objective and its gradient, as torch's optimiser wants them: a call returns the value and fills `.grad`."""

    def __init__(self, layout: Layout, data: Examples, weight: Tensor, decay: float, start: Tensor) -> None:
        n = len(data.y)
        tables = Tables([Examples(data.x.double(), data.y)], [weight], layout.outputs)
        self._x, self._target, self._weight = (part[0] for part in tables.gather(torch.arange(n).view(1, 1, n)))
        self.stack = Stack(layout, 1, n, self._x)
        self.stack.weights.load(start.to(self._x)[None])
        self._decay = decay

    def __call__(self) -> Tensor:
        """Return the objective at the current weights and leave its gradient in their `.grad`."""
        vector, gradient = self.stack.weights.vector, self.stack.gradient.vector
        logits = self.stack.forward(self._x)
        loss = -(torch.log_softmax(logits, 1) * self._target).sum() + self._decay / 2 * vector.dot(vector)
        self.stack.backward(self._x, self._target, self._weight)
        gradient.add_(vector, alpha=self._decay)
        vector.grad = gradient
        return loss

    def gradient_norm(self) -> float:
        """Return the Euclidean norm of the gradient of the last call."""
        return float(self.stack.gradient.vector.norm())

    def weights(self) -> Tensor:
        """Return a copy of the flat weights (p,)."""
        return self.stack.weights.flat(self.stack.weights.vector)[0]
