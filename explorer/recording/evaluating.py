"""Put flat weights back into a network and compute its logits, for many weights at once where that is cheap.

A *state* is all parameters as one vector, in the order of `model.parameters()`, followed by the floating buffers (batch
statistics) where a network has some: together they are the function that the network computes in eval mode.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from explorer.models._ensemble import Ensemble, vote
from explorer.models.mlp import layout_like
from explorer.records import Float
from explorer.training.forward import forward_many

CHUNK = 1 << 16  # rows of input pushed through a small network at once: its activations stay in the cache


def state_of(model: nn.Module) -> Tensor:
    """Return a copy of a model's state (p + b,), on the model's device."""
    with torch.no_grad():
        parts = [parameter.reshape(-1) for parameter in model.parameters()]
        return torch.cat(parts + [buffer.reshape(-1) for buffer in model.buffers() if buffer.is_floating_point()])


def parameter_count(model: nn.Module) -> int:
    """Return p, the number of weights."""
    return sum(parameter.numel() for parameter in model.parameters())


def apart(model: nn.Module) -> nn.Module:
    """Return a copy of a network in eval mode whose use no recording in progress counts."""
    clone = copy.deepcopy(model).eval().requires_grad_(False)
    for module in clone.modules():
        module._forward_pre_hooks.clear()
        module._forward_hooks.clear()
    return clone


def fill(model: nn.Module, state: Tensor) -> None:
    """Write a state (p + b,), or weights alone (p,), into a network."""
    _write(_tensors(model), state)


def evaluate(model: nn.Module, weights: Float | Tensor, x: Float | Tensor) -> Float:
    """Return the logits that a network has with other weights.

    Args:
        model: gives the shape, and the batch statistics where `weights` holds none; left unchanged.
        weights: (p,) or (t, p) float32, or the same with the state's floating buffers behind.
        x: (m, ...) float32 inputs, standardised.

    Returns:
        (t, m, c) float32; t = 1 for one vector.

    Raises:
        ValueError: if the weights do not fit the network.
    """
    template = apart(model)
    tensors = _tensors(template)
    like = next(iter(tensors.values()))
    states = torch.as_tensor(weights, dtype=torch.float32, device=like.device)
    states = states[None] if states.dim() == 1 else states
    inputs = torch.as_tensor(x, dtype=torch.float32, device=like.device)
    fitting = {parameter_count(template), sum(tensor.numel() for tensor in tensors.values())}
    if states.shape[1] not in fitting:
        raise ValueError(f"`weights` must hold {min(fitting)} numbers a model, got {states.shape[1]}")
    layout = layout_like(template)
    if layout is not None:
        return forward_many(layout, states, inputs).cpu().numpy()
    each = members(template, states, inputs)
    if each is not None:
        return vote(torch.from_numpy(each)).numpy()
    with torch.no_grad():
        if inputs.dim() == 2:
            return _stacked(template, tensors, states, inputs).cpu().numpy()
        return torch.stack([_one(template, tensors, state, inputs) for state in states]).cpu().numpy()


def members(model: nn.Module, weights: Float | Tensor, x: Float | Tensor) -> Float | None:
    """Return the logits (s, t, m, c) of each of the s MLPs that vote, or None where the model is no vote of MLPs.

    Args:
        model: gives the shapes; left unchanged.
        weights: (t, p) float32, the members' weights one after the other.
        x: (m, ...) float32 inputs, standardised.
    """
    layouts = [layout_like(member) for member in model.members] if isinstance(model, Ensemble) else []
    if not layouts or layouts[0] is None or any(other != layouts[0] for other in layouts):
        return None
    like = next(model.parameters())
    states = torch.as_tensor(weights, dtype=torch.float32, device=like.device)
    inputs = torch.as_tensor(x, dtype=torch.float32, device=like.device)
    parts = states.chunk(len(layouts), dim=1)
    return torch.stack([forward_many(layouts[0], part, inputs) for part in parts]).cpu().numpy()


def _tensors(model: nn.Module) -> dict[str, Tensor]:
    buffers = {name: buffer for name, buffer in model.named_buffers() if buffer.is_floating_point()}
    return {**dict(model.named_parameters()), **buffers}


def _views(tensors: Mapping[str, Tensor], states: Tensor) -> dict[str, Tensor]:
    """Return a stack of states (t, p) as one stacked tensor (t, ...) a name."""
    views, start = {}, 0
    for name, tensor in tensors.items():
        if start == states.shape[1]:
            break  # weights without buffers
        views[name] = states[:, start : start + tensor.numel()].reshape(len(states), *tensor.shape)
        start += tensor.numel()
    return views


def _one(model: nn.Module, tensors: Mapping[str, Tensor], state: Tensor, x: Tensor) -> Tensor:
    _write(tensors, state)
    return torch.cat([model(part) for part in x.split(1024)])


def _write(tensors: Mapping[str, Tensor], state: Tensor) -> None:
    with torch.no_grad():
        for name, value in _views(tensors, state[None]).items():
            tensors[name].copy_(value[0])


def _stacked(model: nn.Module, tensors: Mapping[str, Tensor], states: Tensor, x: Tensor) -> Tensor:
    def logits(values: dict[str, Tensor]) -> Tensor:
        return torch.func.functional_call(model, values, (x,))

    many = torch.func.vmap(logits)
    return torch.cat([many(_views(tensors, part)) for part in states.split(max(1, CHUNK // len(x)))])
