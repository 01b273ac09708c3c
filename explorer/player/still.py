"""Read a blob back as pictures that stand still: for files that are made without a browser.

They show what the player shows, of a lesson also which panels and points are the answer: the same scores as bytes, the
step at which the animation stands, the numbers of that step and the words of every panel. Of the layers only those of
`DRAWN` are drawn; a last sentence says which are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.figures.still import Fill, Ground, Picture, Still, Strip
from explorer.player.frames import Packed, restore, unpack
from explorer.records import Float, Int, Plane

DRAWN = ("confidence", "boundary", "original", "retrained", "cloud", "members", "entropy")
FRAMES, FPS = 48, 12  # of a film, as the player's own
MOST = 4  # pictures a row
#: The player's own words (words.js), for files that are made without it.
WORDS: Mapping[str, str] = {
    "setForget": "forget", "setRetain": "retain", "setTest": "test", "measured": "{set} {value}",
    "measuredBeside": "{set} {value} (retrained {range})",
    "measuredAmong": "{set} {value} (mean of {count}: {mean})",
    "draws": "boundaries that {count} other draws of the noise give, one line each",
    "request": "request {step} of {last}", "several": "the first of {count}", "cost": "work {times} × retraining",
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
        ground=_ground(packed, layers, progress),
        pictures=tuple(_picture(packed, panel, layers, progress) for panel in panels),
    )  # fmt: skip
    rows = -(-len(panels) // MOST)
    return Still(
        title, tuple(filter(None, [look["ratio"], _measured(packed)])), (strip,), max(1, -(-len(panels) // rows)),
        scale=1.3 if look["projector"] else 1.0, fill=_fill(layers), boundary="boundary" in layers,
        words=_words(header), note=f"Not drawn here: {', '.join(left)}." if left else "",
    )  # fmt: skip


def _words(header: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the words that a blob replaces; of a certified method the thin lines are other draws."""
    words = header["look"]["words"]
    drawn = {panel["kind"] == "certified" for panel in header["panels"] if "members" in panel}
    return {"members": WORDS["draws"], **words} if drawn == {True} else words


def _fill(layers: set[str]) -> Fill:
    return "entropy" if "entropy" in layers else "confidence" if "confidence" in layers else ""


def _ground(packed: Packed, layers: set[str], progress: float) -> Ground:
    header, blocks = packed.header, packed.blocks
    forget, paired = _references(packed, progress)
    plane = Plane(*(np.array(header["plane"][end], dtype=np.float32) for end in ("low", "high")))
    return Ground(
        plane, header["size"], blocks["x"], blocks["y"].astype(np.int64), forget,
        tuple(header["names"]), paired if "retrained" in layers else None,
        scores(blocks["original"]) if "original" in layers else None, blocks.get("images"),
        tuple(scores(one) for one in blocks["retrained"]) if "cloud" in layers else (),
        tuple(_laid(header).get("points", {}).get("truth", ())),
    )  # fmt: skip


def _references(packed: Packed, progress: float) -> tuple[Int, Float]:
    """Return the rows to forget and the paired retrained model's scores, as they are at a place of the animation."""
    blocks, forget = packed.blocks, packed.blocks["forget"].astype(np.int64)
    if "moving" not in blocks:
        return forget, scores(blocks["paired"])
    steps = np.arange(len(blocks["moving"]), dtype=float)
    low, high, share = between(steps, progress)
    grid = scores(blocks["moving"][low]) * (1 - share) + scores(blocks["moving"][high]) * share
    return forget[blocks["asked"] <= _requests(steps, progress)], grid.astype(np.float32)


def _requests(steps: NDArray[np.float64], progress: float) -> int:
    """Return how many requests have come at a place on the way; while it moves on, the next one too."""
    return math.ceil(steps[0] + progress * (steps[-1] - steps[0]) - 1e-6)


def _picture(packed: Packed, panel: Mapping[str, Any], layers: set[str], progress: float) -> Picture:
    grids = packed.blocks[f"{panel['name']}/grids"]
    low, high, share = between(np.array(panel["step"], dtype=float), progress)
    if panel["refused"]:
        return Picture(panel["title"], trouble=panel["trouble"])
    logits = (scores(grids[low]) * (1 - share) + scores(grids[high]) * share) / panel.get("gain", 1)
    numbers = number_lines(packed.header, panel, progress)
    note = "" if "overlay" in packed.header else _note(packed.header, panel)  # a lesson says its own
    said = [one["text"] for one in _laid(packed.header).get("panels", ()) if one["panel"] == panel["name"]]
    lines = (*said, *filter(None, [panel["unmoved"]]), *numbers, *filter(None, [note]))
    where = _where(packed.header, panel, progress)
    held = packed.blocks.get(f"{panel['name']}/members") if "members" in layers else None
    voting = () if held is None else tuple(_blend(one, low, high, share) for one in held)
    return Picture(panel["title"], logits.astype(np.float32), where, lines, panel["trouble"], voting)


def _laid(header: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return guess and truth that a lesson lays over the picture; none without them."""
    return header.get("overlay", {}).get("marks", {})


def _blend(levels: NDArray[np.uint8], low: int, high: int, share: float) -> Float:
    """Return class scores between two keyframes."""
    return (scores(levels[low]) * (1 - share) + scores(levels[high]) * share).astype(np.float32)


def number_lines(header: Mapping[str, Any], panel: Mapping[str, Any], progress: float) -> tuple[str, ...]:
    """Return the numbers under a panel at a place on the way, as the player writes them (numbers.js)."""
    words, lines = {**WORDS, **header["look"]["words"]}, list[str]()
    low, high, share = between(np.array(panel["step"], dtype=float), progress)
    for name in header["overlay"]["sets"] if "overlay" in header else ("forget", "retain", "test"):
        if name not in panel["accuracy"]:
            continue
        near, goal = low if share < 0.5 else high, header["goals"].get(name, {})
        if "each" in goal:
            goal = {"mean": goal["each"][near], "range": goal["each"][near]}
        which = "measured" if not goal else "measuredAmong" if panel["several"] else "measuredBeside"
        value = panel["accuracy"][name][near]
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
    if panel.get("way") == "request":
        return {**WORDS, **header["look"]["words"]}["request"].format(
            step=_requests(np.array(panel["step"], dtype=float), progress), last=last
        )
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
