"""Go to double precision where there is one: an accelerator of kind MPS has none, so the CPU computes for it."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


def place(device: torch.device) -> torch.device:
    """Return the device that computes in double precision for another: the CPU for MPS, else the device itself."""
    return torch.device("cpu") if device.type == "mps" else device


def doubled(values: Tensor) -> Tensor:
    """Return values in double precision, on the device that has it; no gradient flows to them."""
    values = values.detach()
    return values.to(place(values.device)).double()


def doubled_copy(model: nn.Module) -> nn.Module:
    """Return a copy of a network in double precision, on the device that has it."""
    device = next(model.parameters()).device
    return copy.deepcopy(model).to(place(device)).double()
