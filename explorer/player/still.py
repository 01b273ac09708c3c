"""Read a blob back as pictures that stand still: for files that are made without a browser.

They show what the player shows: the same scores as bytes, the step at which the animation stands, the numbers of that
step and the words of every panel. Of the layers only those of `DRAWN` are drawn; a last sentence says which are left
out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.figures.still import Ground, Picture, Still, Strip
from explorer.player.frames import Packed, restore, unpack
from explorer.records import Float, Plane

DRAWN = ("confidence", "boundary", "original", "retrained")
FRAMES, FPS = 48, 12  # of a film, as the player's own
MOST = 4  # pictures a row
#: The player's own words (words.js), for files that are made without it.
WORDS: Mapping[str, str] = {
    "setForget": "forget", "setRetain": "retain", "setTest": "test", "measured": "{set} {value}",
    "measuredBeside": "{set} {value} (retrained {range})",
    "measuredAmong": "{set} {value} (mean of {count}: {mean})",
    "several": "the first of {count}", "cost": "work {times} × retraining",
    "numbers": "forget, retain, test: accuracies at this step (range of the retrained models)",
    "work": "work: passes over examples",
}  # fmt: skip


def still(blob: bytes, title: str) -> Still:
    """Return the picture of a blob, where its animation stands.

    Args:
        blob: from `frames.pack`.
        title: what stands above it.
    """
    packed = unpack(blob)
    return _still(packed, title, packed.header["look"]["step"])


def film(blob: bytes, title: str) -> Iterator[Still]:
    """Yield the pictures of one pass of the animation; one where nothing moves."""
    packed = unpack(blob)
    moves = any(len(panel["step"]) > 1 for panel in packed.header["panels"])
    for progress in np.linspace(0, 1, FRAMES) if moves else (1.0,):
        yield _still(packed, title, float(progress))


def _still(packed: Packed, title: str, progress: float) -> Still:
    header, look = packed.header, packed.header["look"]
    layers, panels = set(look["layers"]), header["panels"]
    left = [layer for layer in look["layers"] if layer not in DRAWN]
    strip = Strip(
        ground=_ground(packed, layers), pictures=tuple(_picture(packed, panel, progress) for panel in panels)
    )  # fmt: skip
    rows = -(-len(panels) // MOST)
    return Still(
        title, tuple(filter(None, [look["ratio"], _measured(packed)])), (strip,), max(1, -(-len(panels) // rows)),
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
    if panel["refused"]:
        return Picture(panel["title"], trouble=panel["trouble"])
    logits = scores(grids[low]) * (1 - share) + scores(grids[high]) * share
    numbers, note = number_lines(packed.header, panel, progress), _note(packed.header, panel)
    lines = (*filter(None, [panel["unmoved"]]), *numbers, *filter(None, [note]))
    where = _where(packed.header, panel, progress)
    return Picture(panel["title"], logits.astype(np.float32), where, lines, panel["trouble"])


def number_lines(header: Mapping[str, Any], panel: Mapping[str, Any], progress: float) -> tuple[str, ...]:
    """Return the numbers under a panel at a place on the way, as the player writes them (numbers.js)."""
    words, lines = {**WORDS, **header["look"]["words"]}, list[str]()
    low, high, share = between(np.array(panel["step"], dtype=float), progress)
    for name in ("forget", "retain", "test"):
        if name not in panel["accuracy"]:
            continue
        goal = header["goals"].get(name, {})
        which = "measured" if not goal else "measuredAmong" if panel["several"] else "measuredBeside"
        value = panel["accuracy"][name][low if share < 0.5 else high]
        said = words[f"set{name.capitalize()}"]
        lines.append(words[which].format(set=said, value=value, count=panel["several"], **goal))
    return tuple(lines)


def _note(header: Mapping[str, Any], panel: Mapping[str, Any]) -> str:
    """Return what stands below the numbers at every step: the cost, and what the method has to say."""
    cost = {**WORDS, **header["look"]["words"]}["cost"].format(times=panel["cost"]) if panel["cost"] else ""
    return "; ".join(filter(None, [cost, panel["note"]]))


def _measured(packed: Packed) -> str:
    """Return what the numbers under the panels are, "" where there are none."""
    words, panels = {**WORDS, **packed.header["look"]["words"]}, packed.header["panels"]
    said = [words["numbers"]] if any(panel["accuracy"] for panel in panels) else []
    said += [words["work"]] if any(panel["cost"] for panel in panels) else []
    said = list(filter(None, said))
    return f"{'; '.join(said).capitalize()}." if said else ""


def _where(header: Mapping[str, Any], panel: Mapping[str, Any], progress: float) -> str:
    """Return in words where a panel stands, as the player says it."""
    first, last = panel["step"][0], panel["step"][-1]
    if panel["several"]:
        return {**WORDS, **header["look"]["words"]}["several"].format(count=panel["several"])
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
