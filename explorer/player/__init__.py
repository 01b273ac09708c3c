"""The animated panels: `frames.py` packs arrays into one blob, the scripts draw it; nothing else knows the format.

    blob = pack(scene, panels, Look(step=0.0))              # bytes
    html = page(blob, "Two moons")                          # one file that plays without a server (standalone.py)

The script is plain JavaScript without a build step: one idea a file, joined in the order of `PARTS` to one ES module.
Its default export mounts it as a Streamlit component (components v2), `mount(root, bytes, callbacks)` anywhere else.
All panels are drawn on one canvas by one animation frame; between keyframes the class scores are interpolated linearly
in time, between grid cells bilinearly in space.
"""

from __future__ import annotations

from pathlib import Path

from explorer.player.frames import Look, Overlay, Packed, looking, pack, unpack

PARTS = (
    "decode", "field", "excess", "lines", "words", "look", "marks", "legend", "layout", "axes", "overlays", "views",
    "numbers", "lesson", "tally", "draw", "bar", "probe", "input", "export", "summary", "cursor", "hook", "live",
    "player",
)  # fmt: skip
SHIPPED = Path(__file__).with_name("default.bin")  # the default View's blob, on screen before torch is imported
START = Path(__file__).with_name("start.bin")  # the moving picture of the page *Start*


def script() -> str:
    """Return the text of the player's ES module: its parts, joined."""
    folder = Path(__file__).parent
    return "\n".join((folder / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)


def style() -> str:
    """Return the style sheet of the controls around the canvas."""
    return Path(__file__).with_name("player.css").read_text(encoding="utf-8")


__all__ = ["PARTS", "SHIPPED", "START", "Look", "Overlay", "Packed", "looking", "pack", "script", "style", "unpack"]
