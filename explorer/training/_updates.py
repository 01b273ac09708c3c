"""Optimisers and schedules on one long vector; the same numbers as torch.optim gives."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from explorer.training import Training

_aten = torch.ops.aten  # the kernels of `fused=True`, without the optimiser's bookkeeping


def rate(training: Training, step: int) -> float:
    """Return the learning rate of update `step`, counted from 0; "cosine" and "linear" fall to 0 after the last."""
    share = step / training.steps
    if training.schedule == "cosine":
        return training.lr * 0.5 * (1 + math.cos(math.pi * share))
    return training.lr * (1 - share) if training.schedule == "linear" else training.lr


class Updates:
    """Adam, AdamW (decoupled decay) or SGD (momentum, decay added to the gradient) on one vector, in place."""

    def __init__(self, training: Training, weights: Tensor, gradient: Tensor) -> None:
        self._training, self._weights, self._gradient = training, weights, gradient
        self._first, self._second = torch.zeros_like(weights), torch.zeros_like(weights)
        self._count = torch.zeros((), dtype=torch.float32, device=weights.device)

    def step(self, lr: float) -> None:
        """Move the weights by one update with the learning rate `lr`."""
        training = self._training
        if training.optimizer == "sgd":
            _aten._fused_sgd_(
                [self._weights], [self._gradient], [self._first] if training.momentum else [],
                weight_decay=training.weight_decay, momentum=training.momentum, lr=lr, dampening=0.0, nesterov=False,
                maximize=False, is_first_step=bool(self._count == 0),
            )  # fmt: skip
            self._count += 1
            return
        self._count += 1
        update = _aten._fused_adamw_ if training.optimizer == "adamw" else _aten._fused_adam_
        update(
            [self._weights], [self._gradient], [self._first], [self._second], [], [self._count],
            lr=lr, beta1=0.9, beta2=0.999, weight_decay=training.weight_decay, eps=1e-8, amsgrad=False, maximize=False,
        )  # fmt: skip
