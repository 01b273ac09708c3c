"""Train with batch statistics frozen, or moving as authors' loops have them.

    frozen:  (x - m) / sqrt(v + e),       m and v as the original left them
    update:  (x - m_B) / sqrt(v_B + e),   m_B and v_B over the batch;   m <- (1 - a) m + a m_B,   v likewise

Only layers of batch normalisation change their mode, and only for the passes of a step: a model without such layers is
trained to the same bits either way, and what is handed out is in eval mode. In a running variance the batch's counts
with n - 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from torch import nn

from explorer.knobs import knob

Statistics = Literal["frozen", "update"]


# `Any`: as `knob` itself, whose value stands where the annotation names another type.
def statistics_knob(*, later: bool = True) -> Any:
    """Declare whether batch statistics move; frozen by default.

    Args:
        later: whether the method had no such knob when results were first kept.
    """
    return knob(
        "frozen",
        title="Batch statistics",
        help="frozen: as the original left them; update: each pass normalises by its batch and moves them.",
        later=later,
    )


def normalisations(model: nn.Module) -> list[nn.Module]:
    """Return the layers of batch normalisation."""
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    return [layer for layer in model.modules() if isinstance(layer, kinds)]


def moves(model: nn.Module, statistics: Statistics) -> bool:
    """Return whether passes of a step depend on the batch: where statistics move, and there are some."""
    return statistics == "update" and bool(normalisations(model))


@contextmanager
def passes_of_a_step(model: nn.Module, statistics: Statistics) -> Iterator[None]:
    """Normalise by the batch while it lasts, if statistics move; the model, in eval mode before, is so after."""
    layers = normalisations(model) if statistics == "update" else []
    for layer in layers:
        layer.train()
    try:
        yield
    finally:
        for layer in layers:
            layer.eval()
