"""Paint class regions, or how much a model doubts; as a PNG small enough for many.

The colour of a region says the class, its strength how sure the model is.

    share = (c p - 1) / (c - 1),    colour = panel + (s0 + (s1 - s0) share^1.3) (class - panel)

with p the probability of the answer and c the number of classes: the player's mixture, so that a region looks the same
on every page. Doubt is the entropy of the answer, from 0 to ln c nats, along the palette's ramp.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.figures.png import data_uri, png
from explorer.figures.theme import COLOURS, Mode, class_colour
from explorer.records import Float

PIXELS = 192  # a side; the grid is interpolated up to it, so that regions end where the boundary is drawn
SHADES = {"light": (0.15, 0.5), "dark": (0.2, 0.56)}  # how much of the class colour: least sure, surest
PROJECTED = (0.3, 0.72)  # the same on a weak projector
COLOURS_AT_MOST = 256  # of an indexed PNG


def regions(logits: Float, size: int, *, mode: Mode = "light", projector: bool = False) -> str:
    """Return the picture of a model's answers as a data URI (PNG, top row first).

    Args:
        logits: (size * size, c) on `Plane.grid(size)`.
        size: cells a side.
        mode: "light" or "dark".
        projector: stronger colours.
    """
    classes = logits.shape[-1]
    fine = enlarged(logits.reshape(size, size, classes), PIXELS)
    answer = fine.argmax(axis=-1)
    sure = 1 / np.exp(fine - fine.max(axis=-1, keepdims=True)).sum(axis=-1)
    share = np.clip((classes * sure - 1) / max(classes - 1, 1), 0, 1)
    bins = COLOURS_AT_MOST // classes
    index = answer * bins + np.rint(share * (bins - 1)).astype(int)
    colours = palette(classes, bins, mode=mode, projector=projector)
    return data_uri(png(index[::-1].astype(np.uint8), colours, level=6))


def doubts(logits: Float, size: int, *, mode: Mode = "light") -> str:
    """Return the picture of the entropy of a model's answers as a data URI (PNG, top row first).

    Args:
        logits: (size * size, c) on `Plane.grid(size)`.
        size: cells a side.
        mode: "light" or "dark".
    """
    classes = logits.shape[-1]
    fine = enlarged(logits.reshape(size, size, classes), PIXELS)
    fine = fine - fine.max(axis=-1, keepdims=True)
    p = np.exp(fine)
    p /= p.sum(axis=-1, keepdims=True)
    entropy = -(p * np.log(np.maximum(p, 1e-12))).sum(axis=-1)
    index = np.rint(np.clip(entropy / np.log(classes), 0, 1) * (COLOURS_AT_MOST - 1))
    return data_uri(png(index[::-1].astype(np.uint8), ramp(COLOURS_AT_MOST, mode=mode), level=6))


def ramp(steps: int, *, mode: Mode = "light") -> NDArray[np.uint8]:
    """Return (steps, 3) colours from little to much."""
    low, high = (_rgb(end) for end in COLOURS[mode].ramp)
    return np.rint(low + np.linspace(0, 1, steps)[:, None] * (high - low)).astype(np.uint8)


def palette(classes: int, bins: int, *, mode: Mode = "light", projector: bool = False) -> NDArray[np.uint8]:
    """Return (classes * bins, 3) colours, for each class from the least sure answer to the surest."""
    low, high = PROJECTED if projector else SHADES[mode]
    strength = low + (high - low) * np.linspace(0, 1, bins) ** 1.3
    ground = _rgb(COLOURS[mode].panel)
    rows = [ground + strength[:, None] * (_rgb(class_colour(k, mode)) - ground) for k in range(classes)]
    return np.rint(np.concatenate(rows)).astype(np.uint8)


def enlarged(grid: Float, pixels: int) -> Float:
    """Return a grid (g, g, c) of cell centres, bilinearly interpolated to (pixels, pixels, c) cell centres."""
    size = len(grid)
    place = np.clip((np.arange(pixels) + 0.5) / pixels * size - 0.5, 0, size - 1)
    first = np.minimum(place.astype(int), size - 2)
    weight = (place - first)[:, None].astype(np.float32)
    rows = grid[first] * (1 - weight[:, :, None]) + grid[first + 1] * weight[:, :, None]
    return (rows[:, first] * (1 - weight[None]) + rows[:, first + 1] * weight[None]).astype(np.float32)


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)
