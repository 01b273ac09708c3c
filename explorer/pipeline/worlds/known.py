"""Write and read models that were trained before, so that a run with the same request trains none.

The original is written in single precision, so that a method goes on from it to the very bits. The retrained models are
only compared with: they are written in half precision.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from explorer.models._weights import load
from explorer.pipeline.worlds.images import Trained, blank, network_with
from explorer.recording.evaluating import state_of
from explorer.records import Data, Float
from explorer.spec import Spec
from explorer.whole_files import whole_file


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
    from safetensors import torch as safetensors

    tensors = {
        name: _plain(tensor, half)
        for name, tensor in network_with(spec, data, state).state_dict().items() if not name.endswith("tracked")
    }  # fmt: skip
    content = safetensors.save(tensors, metadata={"what": what})
    with whole_file(file) as stream:
        stream.write(content)


def _plain(tensor: Tensor, half: bool) -> Tensor:
    tensor = tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
    return tensor.half() if half and tensor.is_floating_point() else tensor


def read_known(spec: Spec, data: Data, file: Path) -> Trained:
    """Return a model that `write_known` wrote.

    Raises:
        ValueError: one sentence, if the file cannot be read or does not fit the Spec's network.
    """
    network = blank(spec, data)
    load(network, file)
    return Trained(state_of(network).cpu().numpy(), 0.0)
