"""Choose the steps that are kept, and make their weights one shape."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.recording.evaluating import evaluate, state_of
from explorer.recording.keyframes import keyframes, spread
from explorer.recording.running import Run
from explorer.records import Bool, Float, Int

JUMP_POINTS = 13  # places on the straight line of a one-shot method
SHOWN = 48  # steps kept altogether, about: the keyframes, and evenly spread ones for curves
LOOKED = 33  # evenly spread steps among which keyframes are looked for at first
SHADOW_OFF = -1000.0  # logit of a shadow class where the model has none: no probability, yet a number


def walked(done: Run, original: nn.Module, keep: Any) -> Run:
    """Replace the two ends of a jump by places on the straight line between them."""
    parts = [index / (JUMP_POINTS - 1) for index in range(JUMP_POINTS)]
    between = [torch.lerp(done.first, done.last, part) for part in parts[1:-1]]
    states = [done.first, *between, done.last]
    return Run(
        list(range(JUMP_POINTS)), [keep(state, original) for state in states], done.first, done.last, done.updates,
        None, done.seconds, done.example_gradients, done.trouble,
    )  # fmt: skip


def steps_to_keep(network: nn.Module, states: Tensor, step: Int, plane: Tensor | None, most: int) -> tuple[Int, Bool]:
    """Return which steps are kept (k,), ascending, and which of those are keyframes (k,)."""
    if len(step) <= most:
        frames = np.arange(len(step), dtype=np.int64)
    elif plane is None:
        frames = spread(len(step), most)
    else:
        frames = _frames(network, states, step, plane, most)
    chosen = np.union1d(spread(len(step), max(SHOWN // 2, SHOWN - len(frames))), frames)
    return chosen, np.isin(chosen, frames)


def _frames(network: nn.Module, states: Tensor, step: Int, plane: Tensor, most: int) -> Int:
    """Choose keyframes among evenly spread steps, then look again at the gaps in which those still leave motion."""
    looked = spread(len(step), LOOKED)
    logits = evaluate(network, states[torch.from_numpy(looked)], plane)
    frames = looked[keyframes(step[looked], logits, most=most)]
    dense = [np.arange(a + 1, b) for a, b in itertools.pairwise(looked) if {a, b} <= set(frames)]
    more = np.concatenate(dense) if dense else np.empty(0, dtype=np.int64)
    if len(more) == 0:
        return frames
    logits = np.concatenate([logits, evaluate(network, states[torch.from_numpy(more)], plane)])
    order = np.argsort(np.concatenate([looked, more]))
    looked = np.concatenate([looked, more])[order]
    return looked[keyframes(step[looked], logits[order], most=most)]


def padded_logits(kept: Tensor, network: nn.Module, original: nn.Module) -> Float:
    """Return kept logits (n, c), widened by a class that the model does not have where the method adds one."""
    logits = kept.numpy()
    missing = 0 if network is original else _outputs(network) - logits.shape[-1]
    return np.pad(logits, ((0, 0), (0, missing)), constant_values=SHADOW_OFF)


def _outputs(network: nn.Module) -> int:
    return network.head.out_features  # type: ignore[union-attr,return-value]  # a Network's head is linear


def padded(state: Tensor, original: nn.Module, wide: nn.Module | None) -> Tensor:
    """Return a state as one of the wide network: further outputs get weight 0 and bias SHADOW_OFF."""
    if wide is None or len(state) == len(state_of(wide)):
        return state
    parts, start = [], 0
    for narrow, broad in zip(original.parameters(), wide.parameters(), strict=True):
        value = state[start : start + narrow.numel()].reshape(narrow.shape)
        start += narrow.numel()
        if narrow.shape != broad.shape:
            off = SHADOW_OFF if narrow.dim() == 1 else 0.0
            rest = value.new_full((len(broad) - len(narrow), *narrow.shape[1:]), off)
            value = torch.cat([value, rest])
        parts.append(value.reshape(-1))
    return torch.cat([*parts, state[start:]])
