"""Read what `torch.save` wrote, as tensors only: a `state_dict`, bare or in a checkpoint.

Such a file is a zip with a pickle. It is read with `weights_only=True`, which builds tensors and plain containers and
runs nothing else. Before that its size when unpacked is looked at, and before a tensor is copied its size too: a few
bytes may claim terabytes. What torch wrote before version 1.6 is no zip, and is refused.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from explorer.knobs import shorten

HOLDERS = ("state_dict", "model_state_dict", "model", "net")  # where checkpoints keep a network's tensors
REMEDY = "write one with torch.save(model.state_dict(), path)"
_UNSAFE = re.compile(r"GLOBAL ([\w.]+)")


def is_pickled(content: bytes) -> bool:
    """Say whether a file looks like what `torch.save` writes, now or in old versions.

    A safetensors file may begin with the same bytes, which are a length there; its ninth byte opens its header.
    """
    return (content[:2] == b"PK" or content[:1] == b"\x80") and content[8:9] != b"{"


def tensors_of(content: bytes, most: int) -> dict[str, Tensor]:
    """Return the tensors of the one network in a file, each in memory of its own, on the CPU.

    Args:
        content: the file's bytes.
        most: bytes that its parts, and its tensors, may take when unpacked.

    Raises:
        ValueError: one sentence, if the file cannot be read in this way, or holds no one network's tensors.
    """
    _check_zip(content, most)
    state = _state(_unpickled(content))
    for name, tensor in state.items():
        _check(name, tensor)
    size = sum(tensor.numel() * tensor.element_size() for tensor in state.values())
    if size > most:
        raise ValueError(f"the tensors in a file of weights must take at most {most:,} bytes, these claim {size:,}")
    return {name: tensor.detach().clone(memory_format=torch.contiguous_format) for name, tensor in state.items()}


def _check_zip(content: bytes, most: int) -> None:
    if content[:2] != b"PK":
        raise ValueError(f"the file must be what torch.save writes since version 1.6, got an older pickle; {REMEDY}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = file.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise ValueError(f"the file of weights is cut short or damaged: {shorten(error)}") from None
    size = sum(part.file_size for part in parts)
    if size > most:
        raise ValueError(f"a file of weights must take at most {most:,} bytes when unpacked, this takes {size:,}")
    if not any(part.filename.endswith("data.pkl") for part in parts):
        raise ValueError(f"the file must be what torch.save writes, got another zip; {REMEDY}")


def _unpickled(content: bytes) -> Any:  # whatever the file holds
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged or hostile file may raise anything
        raise ValueError(_refusal(error)) from None


def _refusal(error: Exception) -> str:
    found = _UNSAFE.search(str(error))
    if found:
        return f"the file must hold tensors only, found {shorten(found[1])}, which is not run; {REMEDY}"
    return f"the file cannot be read with torch.load(..., weights_only=True): {shorten(_first(error))}; {REMEDY}"


def _first(error: Exception) -> str:
    """Return the first sentence of an error of torch's, whose others advise to read the file unsafely."""
    return re.split(r"\. |\n", str(error).strip() or type(error).__name__)[0]


def _state(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise ValueError(f"the file must hold a state_dict, found {type(found).__name__}; {REMEDY}")
    held = [name for name in HOLDERS if isinstance(found.get(name), Mapping)]
    if len(held) > 1:
        raise ValueError(f"the file must hold the tensors of one network, found them under {' and '.join(held)}")
    state: Mapping[Any, Any] = found[held[0]] if held else found
    if not any(isinstance(value, Tensor) for value in state.values()):
        names = ", ".join(str(name) for name in state) or "nothing"
        where = f"`{held[0]}`" if held else f"the file, or {', '.join(HOLDERS)} in it,"
        raise ValueError(f"{where} must hold a network's tensors by name, found {shorten(names)}")
    return state


def _check(name: Any, tensor: Any) -> None:
    if not isinstance(name, str):
        raise ValueError(f"the tensors in a file of weights must have names that are text, found {shorten(name)}")
    if not isinstance(tensor, Tensor):
        raise ValueError(f"`{shorten(name)}` must be a tensor, found {type(tensor).__name__}")
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.device.type != "cpu":
        raise ValueError(f"`{shorten(name)}` must hold its numbers one by one, found a tensor of another kind")
