"""Weights of one's own: a network's tensors in a file, checked by name and shape when they are read.

A file is of safetensors, or what `torch.save` wrote of a `state_dict` (_pickled.py). It holds every parameter and every
floating buffer (batch statistics) under its name in `state_dict()`, or under the name that others give it (_names.py).
A count of batches (`num_batches_tracked`) may stand in a file and is not read: the networks here do not use it. Numbers
of another precision are converted, and weights that learnt from inputs of other deviations are scaled (_inputs.py).
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
from explorer.models import _inputs, _names, _pickled
from explorer.uploads import FileOptions, Uploads
from explorer.whole_files import whole_file

_COUNTER = "num_batches_tracked"
_VARIANCE = "running_var"
_HEAD = "head.weight"
_LENGTH = 8  # bytes that hold the length of a file's header
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
    """Fill a network from a file of weights, or from the bytes of one; return the notes in it.

    Args:
        model: a network of the shape that the file is of; wholly filled, or unchanged if anything is wrong.
        source: where the file lies, or what stands in it.

    Raises:
        ValueError: one sentence with the tensor, what was expected and what was found, if the file cannot be read, is
            of another kind, lacks a tensor, holds one that the network does not have, one of another shape, one that
            holds other things than finite numbers, or negative variances; or learnt from inputs of other means.
    """
    content = checked(source if isinstance(source, bytes) else _read(source))
    wanted, given = _tensors(model), _counted_out(_parse(content))
    named = _names.ours(given, wanted)
    ours = _inputs.fed({name: given[theirs] for name, theirs in named.items()}, _first(wanted), len(wanted[_HEAD]))
    _check(wanted, ours, named)
    with torch.no_grad():
        for name, tensor in wanted.items():
            tensor.copy_(ours[name])
    return _notes(content)


def checked(content: bytes) -> bytes:
    """Return a file of weights as the bytes of a safetensors file: as they are, or the tensors that torch wrote.

    Raises:
        ValueError: one sentence, if they are too many, or none that can be read.
    """
    if len(content) > MAX_BYTES:
        raise ValueError(_too_large(len(content)))
    if not _pickled.is_pickled(content):
        _parse(content)
        return content
    tensors = _counted_out(_names.unwrapped(_pickled.tensors_of(content, MAX_BYTES)))
    for name, tensor in tensors.items():
        _check_kind(f"`{shorten(name)}`", tensor)
    return _packed(tensors)


def _too_large(size: int) -> str:
    return f"a file of weights must be at most {MAX_BYTES:,} bytes, got {size:,}"


def _named(content: bytes, _: FileOptions) -> tuple[bytes, str]:
    return checked(content), hashlib.sha256(content).hexdigest()


class _Files(Uploads[bytes]):
    """Files of weights, as the bytes of safetensors files."""

    def at_hand(self, options: FileOptions) -> bytes | None:
        """Return the file that options name, with what they say of it; None where they name none.

        Raises:
            ValueError: one sentence, if it is not at hand, or says itself what the options say.
        """
        content = super().at_hand(options)
        if content is None or getattr(options, "deviations", None) is None:
            return content
        return _packed(_inputs.with_deviations(_parse(content)))


#: Files of weights that this process was given.
FILES = _Files("model", _named, most=MAX_BYTES, too_large=_too_large, kept=6)


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
    """Return the tensors of a safetensors file, under their names without what wrappers add."""
    from safetensors import SafetensorError
    from safetensors import torch as safetensors

    try:
        found = safetensors.load(content)
    except (SafetensorError, KeyError) as error:  # a KeyError stands for a kind of number that torch does not have
        remedy = "write one with safetensors.torch.save_file(model.state_dict(), path)"
        raise ValueError(
            "weights must be a safetensors file, or what torch.save writes of a state_dict, got "
            f"{len(content):,} bytes that are neither ({shorten(error)}); {remedy}"
        ) from None
    return _names.unwrapped(dict(sorted(found.items())))  # as read their order is another every time


def _packed(tensors: Mapping[str, Tensor]) -> bytes:
    from safetensors import torch as safetensors

    return safetensors.save(dict(tensors))


def _counted_out(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if not name.endswith(_COUNTER)}


def _first(wanted: Mapping[str, Tensor]) -> str:
    """Return the name of the convolution that sees the images."""
    return next((name for name, tensor in wanted.items() if tensor.dim() == 4 and tensor.shape[1] == 3), "")


def _check(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor], named: Mapping[str, str]) -> None:
    for name, tensor in wanted.items():
        if name not in given:
            unknown = sorted(named[one] for one in set(given) - set(wanted))
            there = ", ".join(unknown) or "only others of this network's"
            raise ValueError(
                f"the file must hold `{name}` of shape {tuple(tensor.shape)}, found none of that name "
                f"(unknown there: {shorten(there)})"
            )
        if given[name].shape != tensor.shape:
            expected, found = tuple(tensor.shape), tuple(given[name].shape)
            raise ValueError(f"{_said(name, named)} must have shape {expected}, found {found}")
        _check_numbers(_said(name, named), given[name], tensor.dtype, variance=name.endswith(_VARIANCE))
    for name in given:
        if name not in wanted:
            raise ValueError(
                f"the file must hold the {len(wanted)} tensors of this network and no other, "
                f"found `{shorten(named[name])}` of shape {tuple(given[name].shape)}"
            )


def _said(name: str, named: Mapping[str, str]) -> str:
    """Return a tensor as sentences name it: by its name in the file, and by ours where that is another."""
    theirs = shorten(named[name])
    return f"`{theirs}`" if theirs == name else f"`{theirs}` (here `{name}`)"


def _check_kind(said: str, tensor: Tensor) -> None:
    if not tensor.is_floating_point():
        raise ValueError(f"{said} must hold floating-point numbers, found {str(tensor.dtype).removeprefix('torch.')}")


def _check_numbers(said: str, tensor: Tensor, wanted: torch.dtype, *, variance: bool) -> None:
    _check_kind(said, tensor)
    bad = int((~tensor.to(wanted).isfinite()).sum())
    if bad:
        raise ValueError(f"{said} must hold finite numbers, found {bad} of {tensor.numel()} that are not")
    if variance and bool((tensor < 0).any()):
        raise ValueError(f"{said} must hold variances of at least 0, found {float(tensor.min()):g}")


def _notes(content: bytes) -> dict[str, str]:
    length = int.from_bytes(content[:_LENGTH], "little")
    return dict(json.loads(content[_LENGTH : _LENGTH + length]).get("__metadata__") or {})
