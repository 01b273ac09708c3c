"""Weights of one's own: a network's tensors in a safetensors file, checked by name and shape when they are read.

A file holds every parameter and every floating buffer (batch statistics) under its name in `state_dict()`. A count of
batches (`num_batches_tracked`) may stand in a file and is not read: the networks here do not use it. Numbers of
another precision are converted. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.knobs import shorten
from explorer.uploads import FileOptions, Uploads
from explorer.whole_files import whole_file

_COUNTER = "num_batches_tracked"
_VARIANCE = "running_var"
_HEAD = 8  # bytes that hold the length of a file's header
MAX_BYTES = 100_000_000  # of a file; ResNet-18 takes 45 million


def pack(model: nn.Module, notes: Mapping[str, str] | None = None) -> bytes:
    """Return a network's tensors, and notes on them, as the bytes of a safetensors file; the model is unchanged."""
    from safetensors import torch as safetensors

    tensors = {name: _own(tensor) for name, tensor in _tensors(model).items()}
    return safetensors.save(tensors, metadata=dict(notes or {}))


def save(model: nn.Module, path: Path, notes: Mapping[str, str] | None = None) -> None:
    """Write a network's tensors to a file, which appears whole or not at all.

    Args:
        model: left unchanged.
        path: the file, replaced if it is there.
        notes: what `load` is to return, for instance how the model was trained.

    Raises:
        OSError: if it cannot be written.
    """
    content = pack(model, notes)
    with whole_file(path) as stream:
        stream.write(content)


def load(model: nn.Module, source: Path | bytes) -> dict[str, str]:
    """Fill a network from a safetensors file, or from the bytes of one; return the notes in it.

    Args:
        model: a network of the shape that the file is of; wholly filled, or unchanged if anything is wrong.
        source: where the file lies, or what stands in it.

    Raises:
        ValueError: one sentence with the tensor, what was expected and what was found, if the file cannot be read, is
            not a safetensors file, lacks a tensor, holds one that the network does not have, one of another shape, one
            that holds other things than finite numbers, or negative variances.
    """
    content = source if isinstance(source, bytes) else _read(source)
    given = _parse(content)
    wanted = _tensors(model)
    given = {name: tensor for name, tensor in given.items() if not name.endswith(_COUNTER)}
    _check(wanted, given)
    with torch.no_grad():
        for name, tensor in wanted.items():
            tensor.copy_(given[name])
    return _notes(content)


def checked(content: bytes) -> bytes:
    """Return the bytes of a safetensors file as they are.

    Raises:
        ValueError: one sentence, if they are too many, or are none.
    """
    if len(content) > MAX_BYTES:
        raise ValueError(_too_large(len(content)))
    _parse(content)
    return content


def _too_large(size: int) -> str:
    return f"a file of weights must be at most {MAX_BYTES:,} bytes, got {size:,}"


def _named(content: bytes, _: FileOptions) -> tuple[bytes, str]:
    return checked(content), hashlib.sha256(content).hexdigest()


#: Files of weights that this process was given.
FILES: Uploads[bytes] = Uploads("model", _named, most=MAX_BYTES, too_large=_too_large, kept=4)


def _tensors(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in model.state_dict().items() if not name.endswith(_COUNTER)}


def _own(tensor: Tensor) -> Tensor:
    """Return a copy in rows, in memory of its own: weights may be views into one vector, and images channels-last."""
    return tensor.detach().cpu().clone(memory_format=torch.contiguous_format)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ValueError(f"the file of weights cannot be read: {reason}, {shorten(path)}") from None


def _parse(content: bytes) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors import torch as safetensors

    try:
        return safetensors.load(content)
    except (SafetensorError, KeyError) as error:  # a KeyError stands for a kind of number that torch does not have
        remedy = "write one with safetensors.torch.save_file(model.state_dict(), path)"
        raise ValueError(f"weights must be a safetensors file, got {_kind(content, error)}; {remedy}") from None


def _kind(content: bytes, error: Exception) -> str:
    if content[:2] == b"PK" or content[:1] == b"\x80":
        return "what torch.save writes, which is never read because it may run code"
    return f"{len(content):,} bytes that are none ({shorten(error)})"


def _check(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> None:
    for name, tensor in wanted.items():
        if name not in given:
            there = ", ".join(sorted(set(given) - set(wanted))) or "only others of this network's"
            raise ValueError(
                f"the file must hold `{name}` of shape {tuple(tensor.shape)}, found none of that name "
                f"(unknown there: {shorten(there)})"
            )
        if given[name].shape != tensor.shape:
            expected, found = tuple(tensor.shape), tuple(given[name].shape)
            raise ValueError(f"`{shorten(name)}` must have shape {expected}, found {found}")
        _check_numbers(name, given[name], tensor.dtype)
    for name in given:
        if name not in wanted:
            raise ValueError(
                f"the file must hold the {len(wanted)} tensors of this network and no other, "
                f"found `{shorten(name)}` of shape {tuple(given[name].shape)}"
            )


def _check_numbers(name: str, tensor: Tensor, wanted: torch.dtype) -> None:
    if not tensor.is_floating_point():
        raise ValueError(f"`{name}` must hold floating-point numbers, found {str(tensor.dtype).removeprefix('torch.')}")
    bad = int((~tensor.to(wanted).isfinite()).sum())
    if bad:
        raise ValueError(f"`{name}` must hold finite numbers, found {bad} of {tensor.numel()} that are not")
    if name.endswith(_VARIANCE) and bool((tensor < 0).any()):
        raise ValueError(f"`{name}` must hold variances of at least 0, found {float(tensor.min()):g}")


def _notes(content: bytes) -> dict[str, str]:
    length = int.from_bytes(content[:_HEAD], "little")
    return dict(json.loads(content[_HEAD : _HEAD + length]).get("__metadata__") or {})
