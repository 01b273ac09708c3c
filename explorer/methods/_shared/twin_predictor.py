"""Learn from a twin problem which points a model gets right without having seen them, and decide about others.

The rare label counts as much as the frequent one:

    min_w  sum_i (n / 2 n_{e_i}) BCE(sigmoid(w . (F_i, 1)), e_i) + |w|^2 / 2      (the constant is not punished)

or, with a 3-32-16 ReLU network of two outputs, the same weighted loss; of its epochs the one that does best on a fifth
of the points set aside is kept.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from explorer import draws
from explorer.methods._shared.double import doubled
from explorer.models._layout import Layout
from explorer.training import Examples, Training
from explorer.training.forward import forward_many
from explorer.training.stack import Row, train_many

WIDTHS = (32, 16)
EPOCHS = 200
BATCH = 128
ASIDE = 0.2  # of the twin points, to choose an epoch by
NEWTON_STEPS = 100
FREE = 1e-6  # on the constant, which is not punished but has to stay finite


class Predictor(NamedTuple):
    """A network of two outputs, hard and easy."""

    layout: Layout
    weights: Tensor

    def easy(self, inputs: Tensor) -> Tensor:
        """Return the probability (m,) that a point with these features (m, f) is easy."""
        inputs = inputs.to(self.weights)
        return forward_many(self.layout, self.weights[None], inputs)[0].softmax(dim=1)[:, 1]


def fit_logistic(inputs: Tensor, easy: Tensor) -> Predictor:
    """Fit a logistic regression to features (n, f) and labels (n,) bool, by Newton's method.

    Where there is one label only, the predictor is certain of it.
    """
    design = doubled(inputs)
    design = torch.cat([design, design.new_ones(len(design), 1)], dim=1)
    size = design.shape[1]
    layout = Layout(size - 1, (), 2, "relu")
    if bool((easy == easy[0]).all()):
        return _as_network(layout, design.new_zeros(size - 1), 100.0 if easy[0] else -100.0)
    weight, target = doubled(balanced(easy)), doubled(easy)
    ridge = design.new_ones(size)
    ridge[-1] = FREE
    beta = torch.zeros_like(ridge)
    for _ in range(NEWTON_STEPS):
        chance = torch.sigmoid(design @ beta)
        slope = design.T @ (weight * (chance - target)) + ridge * beta
        bend = (design.T * (weight * chance * (1 - chance))) @ design + ridge.diag()
        step = torch.linalg.solve(bend, slope)
        beta = beta - step
        if float(step.abs().max()) < 1e-10:
            break
    return _as_network(layout, beta[:-1], float(beta[-1]))


def _as_network(layout: Layout, slope: Tensor, constant: float) -> Predictor:
    """Return logits (0, slope . F + constant)."""
    none = torch.zeros_like(slope)
    bias = slope.new_tensor([0.0, constant])
    return Predictor(layout, torch.cat([none, slope, bias]).float())


def fit_net(inputs: Tensor, easy: Tensor, rng: torch.Generator) -> Predictor:
    """Fit the network to features (n, f) and labels (n,) bool, with a fifth set aside to choose the epoch by."""
    n = len(easy)
    order = draws.permutation(n, rng, easy)
    aside, used = order[: int(ASIDE * n)], order[int(ASIDE * n) :]
    seeds = [int(seed) for seed in draws.integers(2**31 - 1, (2,), rng)]
    if len(aside) == 0 or bool((easy[used] == easy[used][0]).all()):
        return fit_logistic(inputs, easy)
    layout = Layout(inputs.shape[1], WIDTHS, 2, "relu")
    examples = Examples(inputs[used].float(), easy[used].long())
    batch = min(BATCH, len(used))
    epoch = -(-len(used) // batch)
    recipe = Training(
        optimizer="adam", lr=0.01, weight_decay=0.0, batch=batch, steps=EPOCHS * epoch, schedule="constant"
    )
    row = Row(seeds[0], seeds[1], 0, balanced(easy[used]))
    _, (record,) = train_many(layout, [examples], [row], recipe, keep_path=True)
    ends = record.path[epoch::epoch]
    logits = forward_many(layout, ends, inputs[aside].to(ends))
    truth = easy[aside].long()[None, :, None].expand(len(ends), -1, 1)
    loss = -(logits.log_softmax(dim=2).gather(2, truth)[..., 0] * balanced(easy[aside])).sum(dim=1)
    return Predictor(layout, ends[int(loss.argmin())].clone())


def balanced(easy: Tensor) -> Tensor:
    """Return weights (n,) under which easy and hard points weigh the same altogether; 1 where there is one kind."""
    count = easy.sum().float()
    if count == 0 or count == len(easy):
        return torch.ones(len(easy), device=easy.device)
    return torch.where(easy, len(easy) / (2 * count), len(easy) / (2 * (len(easy) - count)))


def least_likely(chance: Tensor, share: float) -> Tensor:
    """Return (m,) bool: the share of the points that are the least likely to be easy."""
    count = int(share * len(chance) + 0.5)
    chosen = torch.zeros_like(chance, dtype=torch.bool)
    chosen[chance.argsort(stable=True)[:count]] = True
    return chosen
