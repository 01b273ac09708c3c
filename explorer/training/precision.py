"""Find out where a network runs and how: device, half precision, memory layout. Found out, never assumed.

`torch.compile` is not used: it does not pay within an epoch. Measured with torch 2.13 on one core with AVX512-BF16,
batch 128, channels last, bfloat16: its first step takes 10 to 25 s, and later ones 3 % less (ResNet-18: .25 ms an
image, made good after 96,000 images), 4 % less (`compact`: after 1.5 million) or 13 % more (VGG-11).
"""

from __future__ import annotations

import contextlib
import platform
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


class Way(NamedTuple):
    """How a network takes the steps of its training.

    Attributes:
        channels_last: its images and convolutions lie with channels last in memory.
        bfloat16: its convolutions and products run in bfloat16, under autocast.
    """

    channels_last: bool
    bfloat16: bool

    def __str__(self) -> str:
        """Return it in words."""
        layout = "channels last" if self.channels_last else "contiguous"
        return f"{layout}, {'bfloat16' if self.bfloat16 else 'float32'}"


def usual(model: nn.Module, device: torch.device) -> Way:
    """Return the way that is taken unless a measurement finds a faster one: what the network's file says, half if any.

    MPS has no channels last here.
    """
    return Way(bool(getattr(model, "channels_last", True)) and device.type != "mps", half(device))


def machine(device: torch.device) -> str:
    """Return what tells machines apart as far as the speed of a step goes: device, and what its processor can do."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type} {platform.machine()} {torch.backends.cpu.get_cpu_capability()} half={half(device)}"


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


def autocast(device: torch.device, way: Way | None = None) -> AbstractContextManager[Any]:
    """Return a context in which convolutions and products run in bfloat16: where the way says so, else where it can."""
    use = half(device) if way is None else way.bfloat16
    return torch.autocast(device.type, dtype=torch.bfloat16) if use else contextlib.nullcontext()


def pass_in_half(model: nn.Module) -> None:
    """Let a network, and every copy of it, compute its features in bfloat16.

    Weights, gradients, the head and what comes out of it stay in single precision. Each pass is a context of its own:
    no rounded weight outlives a step. Passes through `features` alone stay in single precision.

    Args:
        model: a network with a `head`, on a device that has bfloat16; hooks are added to both.
    """
    device = next(model.parameters()).device
    opened: list[AbstractContextManager[Any]] = []

    def enter(use: bool) -> None:
        opened.append(torch.autocast(device.type, dtype=torch.bfloat16, enabled=use))
        opened[-1].__enter__()

    def leave(*_: object) -> None:
        opened.pop().__exit__(None, None, None)

    def whole(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        enter(use=True)

    def single(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        enter(use=False)
        return tuple(one.float() for one in inputs)

    def out(_: nn.Module, inputs: tuple[Tensor, ...], outputs: Tensor | None) -> Tensor | None:
        leave()
        return None if outputs is None else outputs.float()  # None where the pass was broken off

    head = model.head
    assert isinstance(head, nn.Module)
    model.register_forward_pre_hook(whole)
    model.register_forward_hook(out, always_call=True)
    head.register_forward_pre_hook(single)
    head.register_forward_hook(leave, always_call=True)


def laid_out(x: Tensor, way: Way | None = None) -> Tensor:
    """Return images (n, c, h, w) as a way wants them in memory, else with channels last; other tensors as they are."""
    if x.dim() != 4 or x.device.type == "mps":
        return x
    return x.contiguous(memory_format=_format(way))


def placed(model: nn.Module, device: torch.device, way: Way | None = None) -> nn.Module:
    """Move a model to a device, its convolutions in memory as a way wants them, else channels last; the same model."""
    model.to(device)
    return model if device.type == "mps" else model.to(memory_format=_format(way))  # type: ignore[call-overload]


def _format(way: Way | None) -> torch.memory_format:
    return torch.channels_last if way is None or way.channels_last else torch.contiguous_format
