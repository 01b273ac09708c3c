"""Choose the steps at which a picture is drawn, so that the player's interpolation in time hides nothing.

Between two keyframes the player interpolates the quantised margins linearly in steps. Starting from the first and the
last step, the step whose class regions the interpolation gets most wrong becomes a keyframe, until every left-out step
is right up to a small share of the cells: keyframes gather where the boundary moves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.records import Float, Int

CLIP = 8.0  # class scores more than this below the best one look alike
TOLERANCE = 0.003  # share of cells that may be wrong at any step that is left out
LEVELS = 127  # a quantised margin is a whole number in [-127, 127]


def quantised(logits: Float) -> Float:
    """Return what the player shows of logits (t, m, c): (t, m, k) float32 whole numbers.

    Two classes: k = 1, the clipped margin of class 1 over class 0. More classes: k = c, the clipped distance of each
    class to the best one.
    """
    scores = logits[..., 1:] - logits[..., :1] if logits.shape[-1] == 2 else logits - logits.max(axis=-1, keepdims=True)
    return np.rint(np.clip(scores, -CLIP, CLIP) * np.float32(LEVELS / CLIP))


def spread(count: int, most: int) -> Int:
    """Return at most `most` (at least 2) indices below `count`, evenly spread, first and last included."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def keyframes(step: Int, logits: Float, *, most: int) -> Int:
    """Return the indices of the keyframes of a path, ascending, first and last included.

    Args:
        step: (t,) int64, ascending.
        logits: (t, m, c) float32 on a coarse plane of m cells.
        most: how many keyframes at most (at least 2); a path no longer than that keeps every step.

    Returns:
        (k,) int64 indices into `step`.
    """
    if len(step) <= most:
        return np.arange(len(step), dtype=np.int64)
    shown = quantised(logits)
    regions = _regions(shown)
    chosen = [0, len(step) - 1]
    worst = {0: _worst(step, shown, regions, 0, len(step) - 1)}  # by the left end of each gap
    while len(chosen) < most:
        left = max(worst, key=lambda start: worst[start][0])
        share, middle = worst[left]
        if share <= TOLERANCE:
            break
        right = min(index for index in chosen if index > left)
        chosen.append(middle)
        worst[left] = _worst(step, shown, regions, left, middle)
        worst[middle] = _worst(step, shown, regions, middle, right)
    return np.array(sorted(chosen), dtype=np.int64)


def _regions(shown: Float) -> NDArray[np.int8]:
    return (shown[..., 0] > 0).astype(np.int8) if shown.shape[-1] == 1 else shown.argmax(axis=-1).astype(np.int8)


def _worst(step: Int, shown: Float, regions: NDArray[np.int8], left: int, right: int) -> tuple[float, int]:
    """Return the largest share of wrong cells strictly between two keyframes, and where it is."""
    if right - left < 2:
        return 0.0, left
    part = ((step[left + 1 : right] - step[left]) / (step[right] - step[left])).astype(np.float32)[:, None, None]
    between = shown[left] + part * (shown[right] - shown[left])
    wrong = (_regions(between) != regions[left + 1 : right]).mean(axis=1)
    at = int(wrong.argmax())
    return float(wrong[at]), left + 1 + at
