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

from explorer.training import Examples, Training, TrainingRecord, draws, lbfgs
from explorer.training._batches import Tables, batch_order
from explorer.training._network import Stack
from explorer.training._updates import Updates, rate
from explorer.training.forward import forward_many
from explorer.training.layout import Layout, initial_weights

__all__ = ["Layout", "Row", "forward_many", "train_many"]

_ROWS = 64  # trained together; with more, wide networks no longer fit the cache
_STEPS = 25  # gathered together, and between two ticks

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
        tick: called as tick(steps done, steps in total) over all rows; what it raises ends the training.

    Returns:
        Flat weights (K, p) in the dtype of the data, and one TrainingRecord a row (none without `keep_path`). With
        optimizer "lbfgs" the search runs in double precision whatever the data, so float32 data get rounded weights,
        and a record has as many steps as were needed.
    """
    if training.optimizer == "lbfgs":
        return _minimise_each(layout, data, rows, training, keep_path, tick)
    weights: list[Tensor] = []
    records: list[TrainingRecord] = []
    parts = [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)]
    for number, part in enumerate(parts):
        done = number * training.steps
        order = torch.stack(
            [batch_order(len(data[0].y), training.batch, training.steps, row.batches) for row in part], dim=1
        )

        def part_tick(step: int, done: int = done) -> None:
            if tick:
                tick(done + step, len(parts) * training.steps)

        with torch.inference_mode():
            final, path = _train(layout, data, part, training, order, keep_path, part_tick)
        weights.append(final.clone())  # outside: else autograd would refuse it
        if path is not None:
            kept = path.clone()
            records += [TrainingRecord(training, kept[:, k], order[:, k]) for k in range(len(part))]
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
    weights: list[Tensor] = []
    records: list[TrainingRecord] = []
    for number, row in enumerate(rows):

        def row_tick(step: int, done: int = number * training.steps) -> None:
            if tick and step % _STEPS == 0:
                tick(done + step, len(rows) * training.steps)

        examples = data[row.data]
        start = initial_weights(layout, draws.generator(row.init))
        path = lbfgs.minimise(layout, examples, row.weight, start, training, row_tick).to(examples.x)
        weights.append(path[-1])
        if keep_path:
            batches = torch.arange(len(examples.y)).expand(len(path) - 1, -1)
            records.append(TrainingRecord(training, path, batches))
    if tick:
        tick(len(rows) * training.steps, len(rows) * training.steps)
    return torch.stack(weights), records


def _train(
    layout: Layout,
    data: Sequence[Examples],
    rows: Sequence[Row],
    training: Training,
    order: Tensor,
    keep_path: bool,
    tick: Callable[[int], None],
) -> tuple[Tensor, Tensor | None]:
    """Train the rows of one part; returns weights (K, p) and the path (steps + 1, K, p) where it is kept."""
    count, like = len(rows), data[0].x
    stack = Stack(layout, count, order.shape[-1], like)
    stack.weights.load(torch.stack([initial_weights(layout, draws.generator(row.init)) for row in rows]).to(like))
    tables = Tables([data[row.data] for row in rows], [row.weight for row in rows], layout.outputs)
    updates = Updates(training, stack.weights.vector, stack.gradient.vector)
    path = [stack.weights.vector.clone()] if keep_path else None
    for start in range(0, training.steps, _STEPS):
        tick(start)
        gathered = tables.gather(order[start : start + _STEPS])
        for step, (x, target, weight) in enumerate(zip(*gathered, strict=True), start):
            stack.forward(x)
            stack.backward(x, target, weight)
            updates.step(rate(training, step))
            if path is not None:
                path.append(stack.weights.vector.clone())
    tick(training.steps)
    flat = stack.weights.flat
    return flat(stack.weights.vector), None if path is None else flat(torch.stack(path))
