"""Find out where a network runs and how: device, half precision, memory layout. Found out, never assumed."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor, nn


def best_device() -> torch.device:
    """Return the device that image models run on: CUDA, else MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def half(device: torch.device) -> bool:
    """Return whether the device multiplies bfloat16 in hardware."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    # Private names of torch; where a version lacks them, single precision is used.
    checks = [getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")]
    return device.type == "cpu" and any(check is not None and check() for check in checks)


def autocast(device: torch.device) -> AbstractContextManager[Any]:
    """Return a context in which convolutions and products run in bfloat16 where the hardware has it."""
    return torch.autocast(device.type, dtype=torch.bfloat16) if half(device) else contextlib.nullcontext()


def laid_out(x: Tensor) -> Tensor:
    """Return images (n, c, h, w) with channels last in memory, which convolutions like; other tensors as they are."""
    return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 and x.device.type != "mps" else x


def placed(model: nn.Module, device: torch.device) -> nn.Module:
    """Move a model to a device, its convolutions with channels last in memory; returns the same model."""
    model.to(device)
    return model if device.type == "mps" else model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
