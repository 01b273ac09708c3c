"""Pack a scene and its panels into the one blob that the player draws.

    blob = length of the header (4 bytes, little endian) + header (JSON, UTF-8) + payload

The header names the blocks of the payload: {"at": offset, "shape": [...], "type": "u1" | "u4" | "f4"}. Class scores are
bytes, chosen so that they interpolate well and the boundary stays where it is:

    two classes   1 channel   128 + 127/8 * (z1 - z0), the margin clipped to [-8, 8]: 128 is exactly the boundary
    c classes     c channels  255 + 255/8 * (z - max z), clipped to [-8, 0]: 255 is exactly the winner

A margin too small for one step of the scale is kept one step off 128, on its own side, so that no cell changes class.
Where all margins of a panel of two classes are small they are sent `gain` times as large, so its line stays smooth.
Sent once a scene: points (with a small picture each, where they are images), grids of the original, of each retrained
model and of the paired one. Sent once a keyframe: the panel's grid, its accuracies as they are printed, its confidence
at the training points (at fewer keyframes where there are many points), and where several models vote a coarser grid of
each, member by member.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer import records
from explorer.figures import theme
from explorer.figures.numerals import number, span

CLIP = 8.0
MIDDLE = 128
LEAST_GAIN = 1.5  # worth sending margins larger
LAYERS = (
    "confidence", "boundary", "original", "retrained", "cloud", "members", "disagreement", "entropy", "excess", "slope",
    "helpers", "oracle",
)  # fmt: skip
CONFIDENCES = 12_000  # bytes a panel: above it, confidences are sent at every second, fourth, ... keyframe only
_TYPES = {"u1": np.dtype("u1"), "u4": np.dtype("<u4"), "f4": np.dtype("<f4")}


@dataclass(frozen=True)
class Look:
    """How the picture is shown; numbers and words only, so that the same arrays can be looked at in many ways.

    The header holds three words beside these that nobody sets: `mode` "auto" (the page's), `columns` 0 (as many as suit
    the width) and `title` "" (none above the panels).

    Attributes:
        step: where the animation stands when it first appears, 0 = original, 1 = end.
        layers: names from LAYERS that are drawn.
        projector: larger type, thicker lines, stronger colours.
        focus: name of the panel whose keyframes the arrow keys walk, or "".
        play: whether it starts playing (never under reduced motion).
        ratio: the read-out "here forgetting moves the boundary ... times as much as a new seed does", or "".
        expected: (name, title) of every panel in order, those still computing included: their place is kept.
        lines: lines of numbers and note lines to keep room for below each panel.
        controls: groups of controls shown, from "transport" (or "play", its first button alone), "layers", "pick",
            "export".
        words: replacements for the script's own words on screen (its table WORDS), for another language. An entry of
            the legend whose word is "" is left out.
    """

    step: float = 1.0
    layers: tuple[str, ...] = ("confidence", "boundary", "original", "retrained")
    mode: Literal["auto"] = field(default="auto", init=False)
    projector: bool = False
    focus: str = ""
    columns: Literal[0] = field(default=0, init=False)
    play: bool = True
    title: Literal[""] = field(default="", init=False)
    ratio: str = ""
    expected: tuple[tuple[str, str], ...] = ()
    lines: tuple[int, int] = (0, 0)
    controls: tuple[str, ...] = ("transport", "layers", "pick", "export")
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Overlay:
    """What a lesson lays over the picture.

    Attributes:
        place: which step of which lesson; where it changes, the picture begins anew.
        spotlight: name of the panel that is spoken of, "forget" for the points to forget, or "".
        cue: whether cells glow for .4 s before they change their class.
        locked: whether a guess is due before anything may move.
        ask: what is guessed on the picture: "points", "line", or "".
        sets: whose accuracies stand under the panels, from "forget", "retain", "test".
        marks: guess and truth in the picture; each field may be missing:
            panels: [{panel, guess: bool, bare: bool, text}], a frame around a panel, unless bare, with a few words.
            scale: {panel, low, high, guess (null where skipped), truth, band, texts: {guess, truth}}.
            points: {guess: rows, truth: rows}.
            line: {path: places in the unit square, wrong: cells between it and the truth, size: cells a side}.
            Of a class, each with how many guessed (people) and the largest count (most):
            scale: also bins: [[low, high, count]], and people.
            votes: {cells: how many chose the points around each, size, truth: rows, most, people, even: true}.
            heat: {cells: how many lines run over each, size, panel: whose last line is the true one, most, people}.
    """

    place: str
    spotlight: str = ""
    cue: bool = False
    locked: bool = False
    ask: Literal["", "points", "line"] = ""
    sets: tuple[str, ...] = ()
    marks: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Packed:
    """A blob read back.

    Attributes:
        header: the JSON header.
        blocks: name -> array, as listed in the header.
    """

    header: Mapping[str, Any]
    blocks: Mapping[str, NDArray[Any]]


def quantise(logits: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Return class scores as bytes, channels before cells.

    Args:
        logits: (..., cells, c) of finite numbers, c at least 2.

    Returns:
        (..., 1, cells) for two classes, (..., c, cells) for more; the module says which scale.
    """
    if logits.shape[-1] == 2:
        margin = (logits[..., 1] - logits[..., 0])[..., None, :]
        level = np.rint(np.clip(margin, -CLIP, CLIP) * (127 / CLIP))
        level = np.where(level == 0, np.sign(margin), level)
        return (level + MIDDLE).astype(np.uint8)
    below = logits - logits.max(axis=-1, keepdims=True)
    level = np.rint(np.clip(below, -CLIP, 0.0) * (255 / CLIP))
    level = np.where((level == 0) & (below < 0), -1, level)
    return np.swapaxes(level + 255, -1, -2).astype(np.uint8)


def gain_of(logits: NDArray[np.floating[Any]]) -> float:
    """Return how many times as large the margins of two classes (..., 2) are sent; 1 for more classes, or if large."""
    largest = float(np.abs(logits[..., 1] - logits[..., 0]).max()) if logits.shape[-1] == 2 else CLIP
    gain = math.floor(100 * CLIP / largest) / 100 if largest > 0 else 1.0
    return gain if gain >= LEAST_GAIN else 1.0


def restore(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return margins (one channel) or z - max z (more) from bytes; the inverse of `quantise` but for clipping."""
    if levels.shape[-2] == 1:
        return ((levels.astype(np.float32) - MIDDLE) * (CLIP / 127)).astype(np.float32)
    return ((levels.astype(np.float32) - 255) * (CLIP / 255)).astype(np.float32)


def pack(
    scene: records.Scene, panels: Sequence[records.PanelFrames], look: Look = Look(), overlay: Overlay | None = None
) -> bytes:
    """Return the blob of a scene and those of its panels that are ready.

    Args:
        scene: what they share.
        panels: those that are ready.
        look: how they are shown.
        overlay: what a lesson lays over them.

    Raises:
        ValueError: if a grid does not fit the scene, a name is used twice, or a number is not finite.
    """
    _check(scene, panels, look)
    blocks = _Blocks()
    header: dict[str, Any] = {
        "v": 1,
        "size": scene.size,
        "clip": CLIP,
        "plane": {"low": scene.plane.low.tolist(), "high": scene.plane.high.tolist()},
        "names": list(scene.names),
        "goals": _goals(scene),
        "points": len(scene.x),
        "look": asdict(look),
        "theme": _theme(),
        "scene": {
            "x": blocks.add(scene.x, "f4"),
            "y": blocks.add(scene.y, "u1"),
            "forget": blocks.add(scene.forget, "u4"),
            "after_x": blocks.add(scene.after_x, "f4"),
            "after_y": blocks.add(scene.after_y, "u1"),
            "original": blocks.add(quantise(scene.original), "u1"),
            "retrained": blocks.add(quantise(scene.retrained), "u1"),
            "paired": blocks.add(quantise(scene.paired), "u1"),
        },
    }
    if scene.retrained_right is not None:
        header["scene"]["right"] = blocks.add(scene.retrained_right, "f4")
    if scene.moving is not None:
        header["scene"]["moving"] = blocks.add(quantise(scene.moving.paired), "u1")
        header["scene"]["asked"] = blocks.add(scene.moving.asked, "u4")
    if scene.images is not None:
        header["scene"]["images"] = blocks.add(scene.images, "u1")
    header["scene"]["id"] = blocks.digest()
    header["panels"] = [_panel(panel, blocks) for panel in panels]
    if overlay is not None:
        header["overlay"] = asdict(overlay)
    return _joined(header, blocks.payload())


def _joined(header: dict[str, Any], payload: bytes) -> bytes:
    header["id"] = hashlib.sha256(json.dumps(header, sort_keys=True).encode() + payload).hexdigest()[:16]
    text = json.dumps(header, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode()
    return len(text).to_bytes(4, "little") + text + payload


def looking(blob: bytes, overlay: Overlay | None = None, **changes: Any) -> bytes:
    """Return the blob of the same arrays looked at in another way.

    Args:
        blob: from `pack`.
        overlay: what is laid over them where nothing is yet.
        changes: fields of Look; `words` are added to those that it has.
    """
    start = 4 + int.from_bytes(blob[:4], "little")
    header, payload = json.loads(blob[4:start]), blob[start:]
    look = {name: getattr(Look(**changes), name) for name in changes}
    words = {**header["look"]["words"], **look.pop("words", {})}
    header["look"] = {**header["look"], **look, "words": words}
    if overlay is not None and "overlay" not in header:
        header["overlay"] = asdict(overlay)
    del header["id"]
    return _joined(header, payload)


def unpack(blob: bytes) -> Packed:
    """Read a blob back; blocks of panels are named "<panel>/<block>"."""
    start = 4 + int.from_bytes(blob[:4], "little")
    header = json.loads(blob[4:start])
    groups = {"": header["scene"], **{f"{panel['name']}/": panel for panel in header["panels"]}}
    blocks = {
        prefix + name: _read(blob, start, place)
        for prefix, group in groups.items()
        for name, place in group.items()
        if isinstance(place, dict) and "at" in place
    }
    return Packed(header, blocks)


def _read(blob: bytes, start: int, place: Mapping[str, Any]) -> NDArray[Any]:
    count = int(np.prod(place["shape"], dtype=int))
    array = np.frombuffer(blob, _TYPES[place["type"]], count, start + place["at"])
    return array.reshape(place["shape"])


class _Blocks:
    """The payload while it grows."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def add(self, array: NDArray[Any], kind: str) -> dict[str, Any]:
        """Append an array, starting at a multiple of 4, and return its entry for the header."""
        data = np.ascontiguousarray(array, _TYPES[kind]).tobytes()
        entry = {"at": self._length, "shape": list(array.shape), "type": kind}
        data += bytes(-len(data) % 4)
        self._parts.append(data)
        self._length += len(data)
        return entry

    def digest(self) -> str:
        return hashlib.sha256(b"".join(self._parts)).hexdigest()[:16]

    def payload(self) -> bytes:
        return b"".join(self._parts)


def _panel(panel: records.PanelFrames, blocks: _Blocks) -> dict[str, Any]:
    gain = gain_of(panel.logits)
    grids = quantise(panel.logits * gain)
    shown = _sparse(panel.confidence)
    confidence = np.rint(np.clip(panel.confidence[shown], 0.0, 1.0) * 255).astype(np.uint8)
    entry: dict[str, Any] = {
        "name": panel.name,
        "title": panel.title,
        "kind": panel.kind,
        "step": panel.step.tolist(),
        "accuracy": {name: [number(value) for value in values] for name, values in panel.accuracy.items()},
        "several": panel.several,
        "cost": "" if math.isnan(panel.cost) else number(panel.cost),
        "note": panel.note,
        "straight": panel.straight,
        "trouble": panel.trouble,
        "unmoved": panel.unmoved,
        "refused": panel.refused,
        "helpers": [
            {
                "kind": helper.kind,
                "mark": helper.mark,
                "x": helper.x.tolist(),
                "y": helper.y.tolist(),
                "origin": helper.origin.tolist(),
                **({"since": helper.since} if helper.since else {}),
            }
            for helper in panel.helpers
        ],
        "confidence_at": shown.tolist(),
        **({"gain": gain} if gain > 1 else {}),
        **({"gauge": np.round(panel.gauge, 4).tolist()} if panel.gauge is not None else {}),
        **({"way": panel.way, "ends": list(panel.ends)} if panel.way else {}),
    }
    words = json.dumps(entry, sort_keys=True).encode()
    entry["id"] = hashlib.sha256(words + grids.tobytes() + confidence.tobytes()).hexdigest()[:16]
    if panel.members is not None:
        members = quantise(panel.members.swapaxes(0, 1) * gain_of(panel.members))  # only their lines are drawn
        entry["id"] = hashlib.sha256(entry["id"].encode() + members.tobytes()).hexdigest()[:16]
        entry["members"] = blocks.add(members, "u1")
    entry["grids"] = blocks.add(grids, "u1")
    entry["confidence"] = blocks.add(confidence, "u1")
    return entry


def _goals(scene: records.Scene) -> dict[str, Any]:
    """Return what retrained models have, by set; one number a keyframe where they move."""
    if scene.moving is not None:
        return {name: {"each": [number(value) for value in values]} for name, values in scene.moving.goals.items()}
    return {name: _goal(band) for name, band in scene.goals.items()}


def _goal(band: records.Band) -> dict[str, str]:
    """Return the accuracies of the retrained models as they are printed: their mean and their range."""
    return {"mean": number(band.mean), "range": span(band.low, band.high)}


def _sparse(confidence: NDArray[Any]) -> NDArray[np.int64]:
    """Return the keyframes at which confidences are sent: all, or evenly fewer with the first and the last."""
    keyframes, points = confidence.shape
    count = min(keyframes, max(2, CONFIDENCES // max(points, 1)))
    return np.unique(np.rint(np.linspace(0, keyframes - 1, count)).astype(np.int64))


def _theme() -> dict[str, Any]:
    return {
        **{mode: asdict(theme.COLOURS[mode]) for mode in theme.MODES},
        "patterns": {role: list(pattern) for role, pattern in theme.PATTERNS.items()},
        "symbols": list(theme.SYMBOLS),
    }


def _check(scene: records.Scene, panels: Sequence[records.PanelFrames], look: Look) -> None:
    cells, classes = scene.size**2, len(scene.names)
    for name, grid in (("original", scene.original), ("retrained", scene.retrained), ("paired", scene.paired)):
        if grid.shape[-2:] != (cells, classes):
            raise ValueError(f"`{name}` must end in ({cells}, {classes}), got {grid.shape}")
        if not np.isfinite(grid).all():
            raise ValueError(f"`{name}` must be finite")
    if scene.images is not None and (scene.images.shape[:1], scene.images.shape[3:]) != ((len(scene.x),), (3,)):
        raise ValueError(f"`images` must be ({len(scene.x)}, h, w, 3), got {scene.images.shape}")
    if scene.moving is not None:
        _check_moving(scene.moving, cells, classes, panels)
    names = [panel.name for panel in panels]
    if len(set(names)) < len(names):
        raise ValueError(f"panels must have different names, got {names}")
    for panel in panels:
        keyframes = len(panel.step)
        if panel.logits.shape[:2] != (keyframes, cells) or panel.logits.shape[2] not in (classes, classes + 1):
            raise ValueError(
                f"panel {panel.name}: logits must be ({keyframes}, {cells}, {classes}), got {panel.logits.shape}"
            )
        _check_members(panel, classes)
        for name, values in panel.accuracy.items():
            if values.shape != (keyframes,):
                raise ValueError(f"panel {panel.name}: accuracy {name} must be ({keyframes},), got {values.shape}")
        if panel.confidence.shape != (keyframes, len(scene.x)):
            raise ValueError(f"panel {panel.name}: confidence must be ({keyframes}, {len(scene.x)})")
        if not (np.isfinite(panel.logits).all() and np.isfinite(panel.confidence).all()):
            raise ValueError(f"panel {panel.name}: numbers must be finite; end the path at the last finite model")
    for layer in look.layers:
        if layer not in LAYERS:
            raise ValueError(f"layers must be among {', '.join(LAYERS)}, got {layer}")


def _check_moving(
    moving: records.Moving, cells: int, classes: int, panels: Sequence[records.PanelFrames]
) -> None:  # fmt: skip
    count = len(moving.paired)
    if moving.paired.shape != (count, cells, classes) or not np.isfinite(moving.paired).all():
        raise ValueError(f"`moving.paired` must be finite ({count}, {cells}, {classes}), got {moving.paired.shape}")
    for panel in panels:
        if len(panel.step) != count:
            raise ValueError(f"panel {panel.name} must have {count} keyframes, as `moving` has, got {len(panel.step)}")


def _check_members(panel: records.PanelFrames, classes: int) -> None:
    if panel.members is None:
        return
    keyframes, _, cells, channels = panel.members.shape
    if (keyframes, channels) != (len(panel.step), classes) or math.isqrt(cells) ** 2 != cells:
        raise ValueError(
            f"panel {panel.name}: members must be ({len(panel.step)}, s, h * h, {classes}), got {panel.members.shape}"
        )
    if not np.isfinite(panel.members).all():
        raise ValueError(f"panel {panel.name}: members must be finite")
