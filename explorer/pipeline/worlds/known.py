"""Write and read models that were trained before, so that a run with the same request trains none.

The original is written in single precision, so that a method goes on from it to the very bits. The retrained models are
only compared with: they are written in half precision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from explorer.models._weights import load, save
from explorer.pipeline.worlds.images import Trained, blank, network_with
from explorer.recording.evaluating import state_of
from explorer.records import Data, Float
from explorer.spec import Spec


def write_known(spec: Spec, data: Data, state: Float, file: Path, what: str, *, half: bool) -> None:
    """Write a state as safetensors, whole or not at all.

    Args:
        spec: whose network it is.
        data: its data.
        state: (p + b,) float32.
        file: replaced if it is there.
        what: it is, in words; a note in the file.
        half: in half precision; else in single.

    Raises:
        OSError: if the file cannot be written.
    """
    network = network_with(spec, data, state)
    save(network.half() if half else network, file, {"what": what})


def read_known(spec: Spec, data: Data, file: Path) -> Trained:
    """Return a model that `write_known` wrote.

    Raises:
        ValueError: one sentence, if the file cannot be read or does not fit the Spec's network.
    """
    network = blank(spec, data)
    load(network, file)
    return Trained(state_of(network).cpu().numpy(), 0.0)


def weights_name(files: Iterable[Path]) -> str:
    """Return 16 hex digits that name models by the bytes of their files; each state of a file is read once.

    Args:
        files: of `write_known`; they need not be there.
    """
    lines = [f"{file.name} {_bytes_name(file)}" for file in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _bytes_name(file: Path) -> str:
    try:
        now = file.stat()
        return _read_name(file, (now.st_ino, now.st_size, now.st_mtime_ns))
    except OSError:
        return ""  # whoever asks for the model says what is wrong


@lru_cache(maxsize=256)
def _read_name(file: Path, state: tuple[int, ...]) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
