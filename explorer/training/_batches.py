"""Which points each network sees at each step, with their weights."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from explorer import draws
from explorer.training import Examples
from explorer.training._network import padded


class BatchOrder:
    """The batches of K rows, each from its own seed: one permutation of all n points after another, cut evenly.

    The order is drawn over the full set whatever the weights of the points. Every batch has the same size, min(batch,
    n): one that spans the end of an epoch is filled up from the next, so a point may stand in it twice.
    """

    def __init__(self, n: int, batch: int, seeds: Sequence[int]) -> None:
        self.size = min(batch, n)
        self._n = n
        self._rngs = [draws.generator(seed) for seed in seeds]
        self._left = [torch.empty(0, dtype=torch.int64) for _ in seeds]

    def take(self, steps: int) -> Tensor:
        """Return the points (steps, K, size) int64 of the next steps."""
        return torch.stack([self._row(k, steps).view(steps, -1) for k in range(len(self._rngs))], dim=1)

    def _row(self, k: int, steps: int) -> Tensor:
        count = steps * self.size
        epochs = -(-(count - len(self._left[k])) // self._n)
        drawn = [draws.permutation(self._n, self._rngs[k]) for _ in range(epochs)]
        stream = torch.cat([self._left[k], *drawn])
        self._left[k] = stream[count:]
        return stream[:count]


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
