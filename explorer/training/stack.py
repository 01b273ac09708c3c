"""STUB (interface): replaced by the implementation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.training import Examples, Training, TrainingRecord


@dataclass(frozen=True)
class Layout:
    """Shape of a fully connected network: inputs, hidden widths, outputs, activation."""

    inputs: int
    widths: tuple[int, ...]
    outputs: int
    activation: str


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
    tick: Callable[[int, int], None] | None = None,
) -> tuple[Tensor, list[TrainingRecord]]:
    """Train many networks of one shape together: returns (K, p) float32 flat weights, and the records if kept."""
    raise NotImplementedError
