"""Subjects made by hand: a small network, weights and points without any training."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from explorer.audits import Subject
from explorer.models import flat
from explorer.models.mlp import Options, build
from explorer.records import Space
from explorer.training import Examples

DOUBLED = Space(*(np.full(2, value, dtype=np.float32) for value in (1.0, 2.0, -9.0, 9.0)))  # data = 2 z + 1


def weights(seed: int, widths: list[int]) -> np.ndarray:
    model = build(Options(widths=widths), (2,), 2)
    model.reset(torch.Generator().manual_seed(seed))
    return flat(model).numpy()


def subject(*, widths: list[int] | None = None, n: int = 20, forget: int = 5, **changed: Any) -> Subject:
    """Return a subject with `n` points of two classes, the first `forget` of class 0 to be forgotten."""
    shape = [4] if widths is None else widths
    x = torch.randn((n, 2), generator=torch.Generator().manual_seed(3))
    y = (torch.arange(n) >= n // 2).long()
    x = x + 2 * y[:, None]
    grid = np.stack(np.meshgrid(np.linspace(-2, 4, 8), np.linspace(-2, 4, 8)), axis=-1).reshape(-1, 2)
    given: dict[str, Any] = {
        "network": build(Options(widths=shape), (2,), 2),
        "original": weights(0, shape),
        "retrained": np.stack([weights(1, shape), weights(2, shape)]),
        "paired": weights(3, shape),
        "before": Examples(x, y),
        "test": Examples(x + 0.1, y),
        "forget": np.arange(forget),
        "space": DOUBLED,
        "plane": grid.astype(np.float32),
        "area": grid.astype(np.float32),
        "seed": 0,
    }
    return Subject(**{**given, **changed})
