"""Read a blob back as pictures that stand still: for files that are made without a browser.

They show what the player shows: the same scores as bytes, the step at which the animation stands, the words under every
panel. Of the layers only those of `DRAWN` are drawn; a last sentence says which are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.figures.still import Ground, Picture, Still, Strip
from explorer.player.frames import Packed, restore, unpack
from explorer.records import Float, Plane

DRAWN = ("confidence", "boundary", "original", "retrained")
FRAMES, FPS = 48, 12  # of a film, as the player's own
MOST = 4  # pictures a row
ENDS = "The numbers below a panel are those of its end."


def still(blob: bytes, title: str) -> Still:
    """Return the picture of a blob, where its animation stands.

    Args:
        blob: from `frames.pack`.
        title: what stands above it.
    """
    packed = unpack(blob)
    progress = packed.header["look"]["step"]
    found = _still(packed, title, progress)
    return found if progress == 1 else replace(found, sentences=(*found.sentences, ENDS))


def film(blob: bytes, title: str) -> Iterator[Still]:
    """Yield the pictures of one pass of the animation; one where nothing moves."""
    packed = unpack(blob)
    moves = any(len(panel["step"]) > 1 for panel in packed.header["panels"])
    for progress in np.linspace(0, 1, FRAMES) if moves else (1.0,):
        frame = _still(packed, title, float(progress))
        yield replace(frame, sentences=(*frame.sentences, ENDS)) if moves else frame


def _still(packed: Packed, title: str, progress: float) -> Still:
    header, look = packed.header, packed.header["look"]
    layers, panels = set(look["layers"]), header["panels"]
    left = [layer for layer in look["layers"] if layer not in DRAWN]
    strip = Strip(
        ground=_ground(packed, layers), pictures=tuple(_picture(packed, panel, progress) for panel in panels)
    )  # fmt: skip
    rows = -(-len(panels) // MOST)
    return Still(
        title, tuple(filter(None, [look["ratio"]])), (strip,), max(1, -(-len(panels) // rows)),
        scale=1.3 if look["projector"] else 1.0, regions="confidence" in layers, boundary="boundary" in layers,
        words=look["words"], note=f"Not drawn here: {', '.join(left)}." if left else "",
    )  # fmt: skip


def _ground(packed: Packed, layers: set[str]) -> Ground:
    header, blocks = packed.header, packed.blocks
    plane = Plane(*(np.array(header["plane"][end], dtype=np.float32) for end in ("low", "high")))
    return Ground(
        plane, header["size"], blocks["x"], blocks["y"].astype(np.int64), blocks["forget"].astype(np.int64),
        tuple(header["names"]), scores(blocks["paired"]) if "retrained" in layers else None,
        scores(blocks["original"]) if "original" in layers else None, blocks.get("images"),
    )  # fmt: skip


def _picture(packed: Packed, panel: Mapping[str, Any], progress: float) -> Picture:
    grids = packed.blocks[f"{panel['name']}/grids"]
    low, high, share = between(np.array(panel["step"], dtype=float), progress)
    logits = scores(grids[low]) * (1 - share) + scores(grids[high]) * share
    lines = (*panel["score"], *filter(None, [panel["note"]]))
    return Picture(panel["title"], logits.astype(np.float32), _where(panel, progress), lines, panel["trouble"])


def _where(panel: Mapping[str, Any], progress: float) -> str:
    """Return in words where a panel stands, as the player says it."""
    first, last = panel["step"][0], panel["step"][-1]
    if len(panel["step"]) < 2:
        return ""
    if panel["straight"] or last - first <= 1:
        return f"{round(100 * progress)} % of one jump"
    return f"step {round(first + progress * (last - first))} of {last}"


def between(steps: NDArray[np.float64], progress: float) -> tuple[int, int, float]:
    """Return the keyframes before and after a place on the way, and the share of the way from one to the other."""
    at = steps[0] + progress * (steps[-1] - steps[0])
    high = min(int(np.searchsorted(steps, at, side="right")), len(steps) - 1)
    low = max(high - 1, 0)
    length = steps[high] - steps[low]
    return low, high, float(np.clip((at - steps[low]) / length, 0, 1)) if length else 0.0


def scores(levels: NDArray[np.uint8]) -> Float:
    """Return class scores (cells, c) of the bytes (channels, cells) of a grid."""
    held = restore(levels)
    return np.stack([-held[0] / 2, held[0] / 2], axis=-1) if len(held) == 1 else held.T
