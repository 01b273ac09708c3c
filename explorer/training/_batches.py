"""Which points each network sees at each step, with their weights."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from explorer.training import Examples, draws
from explorer.training._network import padded


def batch_order(n: int, batch: int, steps: int, seed: int) -> Tensor:
    """Return training rows (steps, min(batch, n)) int64: one permutation of all n rows after another, cut evenly.

    The order is drawn over the full set whatever the weights of the points. Every batch has the same size: one that
    spans the end of an epoch is filled up from the next, so a point may stand in it twice.
    """
    size = min(batch, n)
    rng = draws.generator(seed)
    epochs = -(-steps * size // n)
    order = torch.cat([draws.permutation(n, rng) for _ in range(epochs)])
    return order[: steps * size].view(steps, size)


class Tables:
    """Points, targets and weights of K rows, from which the batches of many steps are gathered at once."""

    def __init__(self, data: Sequence[Examples], weights: Sequence[Tensor], classes: int) -> None:
        xs, targets = [], []
        for examples, weight in zip(data, weights, strict=True):
            x = examples.x.flatten(1)
            weight = weight.to(x)
            # Not a product: what is left out must not matter even where it is not finite.
            xs.append(x.masked_fill((weight == 0)[:, None], 0))
            targets.append(one_hot(examples.y, classes).to(x) * weight[:, None])
        self._n = len(xs[0])
        self._x, self._target = torch.cat(xs), torch.cat(targets)
        self._weight = torch.cat([weight.to(self._x) for weight in weights])

    def gather(self, order: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return x (t, K, d, b), target (t, K, c, b) and weight (t, K, 1, b) for training rows `order` (t, K, b).

        The weights of a batch are divided by their sum, and the targets are those weights at the labels; a batch whose
        weights are all 0 gives zeros.
        """
        rows = (order + torch.arange(order.shape[1])[:, None] * self._n).to(self._x.device).flatten()
        points = self._x.index_select(0, rows).view(*order.shape, -1).transpose(2, 3)
        x, _ = padded(points, *points.shape)
        x.copy_(points)
        target = self._target.index_select(0, rows).view(*order.shape, -1).transpose(2, 3).contiguous()
        weight = self._weight.index_select(0, rows).view(*order.shape[:2], 1, -1)
        total = weight.sum(-1, keepdim=True)
        scale = torch.where(total > 0, 1 / total, torch.zeros_like(total))
        return x, target.mul_(scale), weight.mul_(scale)
