"""Draw what a model answers around one point: the regions of its classes, its boundary, and the point in the middle.

What to look at: whether the model bends around the point. What it does not show: other training points, which an
attacker does not have.
"""

from __future__ import annotations

import numpy as np

from explorer.figures._panel import Ground, Place, axes, panel, point
from explorer.figures.sheet import Path, Sheet, box
from explorer.figures.theme import COLOURS, Mode
from explorer.records import Float, Plane

SIDE, EDGE, LEFT, BELOW = 300.0, 6.0, 26.0, 16.0  # pixels
REACH = 7.0  # from the middle of the point to its edge


def closeup(plane: Plane, logits: Float, x: Float, label: int, names: tuple[str, ...], alt: str, mode: Mode) -> Sheet:
    """Return the drawing, on the paper of what it lies on.

    Args:
        plane: the rectangle around the point, in data units.
        logits: (g * g, c) what the model says on its grid.
        x: (2,) the point.
        label: its class.
        names: one name a class.
        alt: what it shows, in a sentence.
        mode: "light" or "dark".
    """
    colours = COLOURS[mode]
    nobody = np.zeros(0, dtype=np.int64)
    size = round(len(logits) ** 0.5)
    ground = Ground(plane, size, np.zeros((0, 2), np.float32), nobody, nobody, names, None, None, None)
    place = Place(plane, LEFT, EDGE, SIDE, SIDE, 1.0, mode)
    marks = [*panel(ground, logits, place, fill="confidence", own=True), *axes(place, first=True)]
    at = place.of(np.asarray(x, dtype=np.float32)[None])[0]
    marks += point(float(at[0]), float(at[1]), label, REACH, forgotten=False, mode=mode)
    marks.append(Path(box(LEFT, EDGE, SIDE, SIDE), colours.line))
    return Sheet(LEFT + SIDE + EDGE, EDGE + SIDE + BELOW, "none", tuple(marks), alt)
