"""Train several copies of a network side by side, each on rows of its own: MLPs as one stack, others in turn.

Both ways take the same batches and the same steps, and differ by rounding only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import draws
from explorer.methods._shared.steps import descend
from explorer.models import flat
from explorer.models.mlp import layout_like
from explorer.training import Examples, Training
from explorer.training._updates import rate
from explorer.training.on_batches import train_on


def train(
    models: Sequence[nn.Module], examples: Examples, rows: Sequence[Tensor], seeds: Sequence[int], training: Training,
    width: int,
) -> Iterator[int]:  # fmt: skip
    """Train networks of one shape in place by Adam; yields the number of points seen after each step of all.

    What becomes of one depends on its rows and its seed, not on the others.

    Args:
        models: at least one.
        examples: the points of which each network sees some.
        rows: (m,) int64 for each network, not empty.
        seeds: of its batches.
        training: rate, its schedule, batch size and steps.
        width: at least as large as every batch, and the same wherever results are to agree to the bit.
    """
    layout = layout_like(models[0])
    if layout is None:
        alone = [_alone(*each, examples, training) for each in zip(models, rows, seeds, strict=True)]
        yield from (sum(counts) for counts in zip(*alone, strict=True))
        return
    each = [_batches(mine, seed, training, width) for mine, seed in zip(rows, seeds, strict=True)]
    order = torch.stack(each, dim=1)
    counts = (order >= 0).sum(dim=(1, 2)).tolist()
    parameters = [parameter for model in models for parameter in model.parameters()]
    sizes = [parameter.numel() for parameter in parameters]
    start = torch.stack([flat(model) for model in models])
    for count, weights in zip(counts, train_on(layout, examples, start, order, training), strict=True):
        with torch.no_grad():
            for parameter, part in zip(parameters, weights.flatten().split(sizes), strict=True):
                parameter.copy_(part.view_as(parameter))
        yield count


def _alone(
    model: nn.Module, rows: Tensor, seed: int, examples: Examples, training: Training
) -> Iterator[int]:  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=training.lr, fused=True)
    batches = draws.batches(len(rows), training.batch, draws.generator(seed), rows)
    for step in range(training.steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(training, step)
        chosen = rows[next(batches)]
        model.train()
        descend(optimizer, F.cross_entropy(model(examples.x[chosen]), examples.y[chosen]))
        model.eval()
        yield len(chosen)


def _batches(rows: Tensor, seed: int, training: Training, width: int) -> Tensor:
    """Return (steps, width) int64: the batches that `draws.batches` gives, filled up with -1."""
    count, rng = len(rows), draws.generator(seed)
    size = min(training.batch, count)
    an_epoch = -(-count // size)
    drawn = [draws.permutation(count, rng, rows) for _ in range(-(-training.steps // an_epoch))]
    epochs = F.pad(rows[torch.stack(drawn)], (0, an_epoch * size - count), value=-1)
    return F.pad(epochs.view(-1, size)[: training.steps], (0, width - size), value=-1)
