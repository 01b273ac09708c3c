"""Train many small networks of one shape together: one loop, batched matrix products, gradients by hand.

The loss of a step is the weighted mean of the cross-entropy over the batch,

    L(theta) = sum_i w_i CE(f_theta(x_i), y_i) / sum_i w_i,

so a sample of weight 0 is left out although the batch order is drawn over the full set. Two rows with the same seeds
and other weights are therefore a *pair*: the same start, the same batches, but for the points left out.

A row's weights may stop being finite (a learning rate that is too large); training goes on and returns them so, and the
caller decides what to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer import draws
from explorer.models._layout import Layout, initial_weights
from explorer.training import Examples, Training, TrainingRecord, lbfgs
from explorer.training._batches import BatchOrder, Tables
from explorer.training._network import Stack
from explorer.training._updates import Updates, rate
from explorer.training.forward import forward_many

__all__ = ["Layout", "Row", "forward_many", "train_many"]

_ROWS = 64  # trained together; with more, wide networks no longer fit the cache
_STEPS = 25  # gathered together, and between two ticks
_POINTS = 200_000  # the same, as a bound for large batches

Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """One model to train.

    Attributes:
        init: seed of the initial weights.
        batches: seed of the batch order.
        data: which of the given data sets it sees.
        weight: (n,) float32 weights of the training points, 0 = left out.
    """

    init: int
    batches: int
    data: int
    weight: Tensor


def train_many(
    layout: Layout,
    data: Sequence[Examples],
    rows: Sequence[Row],
    training: Training,
    *,
    keep_path: bool = False,
    tick: Tick | None = None,
) -> tuple[Tensor, list[TrainingRecord]]:
    """Train many networks of one shape together.

    Args:
        layout: their shape.
        data: sets of the same n points each (for instance before and after a correction), standardised; float32, or
            float64 to train in double precision.
        rows: one entry a network.
        training: the recipe, the same for all.
        keep_path: also return what training left behind.
        tick: called every few steps as tick(done, total), in stacked steps; what it raises ends the training.

    Returns:
        Flat weights (K, p) in the dtype of the data, and one TrainingRecord a row (none without `keep_path`). With
        optimizer "lbfgs" the search runs in double precision whatever the data, so float32 data get rounded weights,
        and a record has as many steps as were needed.
    """
    if training.optimizer == "lbfgs":
        return _minimise_each(layout, data, rows, training, keep_path, tick)
    weights: list[Tensor] = [data[0].x.new_empty(0, layout.size)]
    records: list[TrainingRecord] = []
    parts = [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)]
    for number, part in enumerate(parts):

        def part_tick(step: int, done: int = number * training.steps) -> None:
            if tick:
                tick(done + step, len(parts) * training.steps)

        with torch.inference_mode():
            final, *kept = _train(layout, data, part, training, keep_path, part_tick)
        weights.append(final)
        if kept:
            path, batches = (tensor.clone() for tensor in kept)  # outside: autograd refuses tensors of inference mode
            records += [TrainingRecord(training, path[:, k], batches[:, k]) for k in range(len(part))]
    return torch.cat(weights), records


def _minimise_each(
    layout: Layout,
    data: Sequence[Examples],
    rows: Sequence[Row],
    training: Training,
    keep_path: bool,
    tick: Tick | None,
) -> tuple[Tensor, list[TrainingRecord]]:
    """Train each row to a stationary point; see `lbfgs`."""
    weights: list[Tensor] = [data[0].x.new_empty(0, layout.size)]
    records: list[TrainingRecord] = []
    for number, row in enumerate(rows):

        def row_tick(step: int, done: int = number * training.steps) -> None:
            if tick and step % _STEPS == 0:
                tick(done + step, len(rows) * training.steps)

        examples = data[row.data]
        start = initial_weights(layout, draws.generator(row.init))
        path = lbfgs.minimise(layout, examples, row.weight, start, training, row_tick).to(examples.x)
        weights.append(path[-1:])
        if keep_path:
            batches = torch.arange(len(examples.y)).expand(len(path) - 1, -1)
            records.append(TrainingRecord(training, path, batches))
    if tick:
        tick(len(rows) * training.steps, len(rows) * training.steps)
    return torch.cat(weights), records


def _train(
    layout: Layout,
    data: Sequence[Examples],
    rows: Sequence[Row],
    training: Training,
    keep_path: bool,
    tick: Callable[[int], None],
) -> tuple[Tensor, ...]:
    """Train one part; returns weights (K, p) and, if kept, path (steps + 1, K, p) and batches (steps, K, b)."""
    count, like = len(rows), data[0].x
    order = BatchOrder(len(like), training.batch, [row.batches for row in rows])
    stack = Stack(layout, count, order.size, like)
    stack.weights.load(torch.stack([initial_weights(layout, draws.generator(row.init)) for row in rows]).to(like))
    tables = Tables([data[row.data] for row in rows], [row.weight for row in rows], layout.outputs)
    updates = Updates(training, stack.weights.vector, stack.gradient.vector)
    path, batches = [stack.weights.vector.clone()], []
    steps = max(1, min(_STEPS, _POINTS // (count * order.size)))
    for start in range(0, training.steps, steps):
        tick(start)
        drawn = order.take(min(steps, training.steps - start))
        for step, (x, target, weight) in enumerate(zip(*tables.gather(drawn), strict=True), start):
            stack.forward(x)
            stack.backward(x, target, weight)
            updates.step(rate(training, step))
            if keep_path:
                path.append(stack.weights.vector.clone())
        if keep_path:
            batches.append(drawn)
    tick(training.steps)
    flat = stack.weights.flat
    final = flat(stack.weights.vector)
    return (final, flat(torch.stack(path)), torch.cat(batches)) if keep_path else (final,)
