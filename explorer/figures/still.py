"""Lay out a picture that stands still: panels of regions, boundaries and points, with titles, captions and a legend.

What to look at: whether the solid line of a panel ends where the line of the retrained model lies. What it does not
show: the way there, and other seeds. It is drawn without a browser, for files (`svg.py`, `raster.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from explorer.figures._panel import COLOUR, FAINT, THIN, Fill, Ground, Place, axes, named, panel, point
from explorer.figures._regions import ramp
from explorer.figures.sheet import Mark, Path, Sheet, Words, box, width_of, wrapped
from explorer.figures.theme import PATTERNS, class_colour
from explorer.records import Float, Plane

WORDS: Mapping[str, str] = {
    "forget": "point to forget",
    "boundary": "boundary of the panel's model",
    "original": "boundary before (original)",
    "retrained": "boundary retrained (same seed as the original)",
    "shadow": "extra class, dropped at the end",
    "marked": "the answer",
    "cloud": "{count} more retrained, other seeds",
    "members": "boundaries of the {count} models that vote, one line each",
    "entropy": "entropy, 0 to {top} nats",
}
WIDEST = 300.0  # pixels of a picture, at scale 1
PAGE = 1200.0  # pixels that a row of pictures may take, at scale 1
EDGE, GAP, LEFT = 18.0, 22.0, 26.0  # around everything; between pictures; room for the ticks on the left
TYPE, SMALL = 12.0, 10.5
THINNED = {"members": "unlearned", "cloud": "retrained"}  # whose lines many thin ones are
SHADES = 8  # of a scale in the legend


@dataclass(frozen=True)
class Picture:
    """One panel.

    Attributes:
        title: what stands above it.
        logits: (g * g, c or c + 1) class scores on the ground's grid; None where there is no picture.
        step: where its path stands, in words.
        lines: captions below it, its accuracies first.
        trouble: "" or why there is no picture, or why the method stopped early.
        members: (h * h, c) class scores of each model that votes.
    """

    title: str
    logits: Float | None = None
    step: str = ""
    lines: tuple[str, ...] = ()
    trouble: str = ""
    members: tuple[Float, ...] = ()


@dataclass(frozen=True)
class Strip:
    """Pictures on one ground; in a poster one row.

    Attributes:
        title: of the strip, "" where there is but one.
        sentence: what stands under the title.
        ground: what they share; None where there is none, and then no picture.
        pictures: in reading order.
    """

    title: str = ""
    sentence: str = ""
    ground: Ground | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Still:
    """A picture to be drawn.

    Attributes:
        title: what it shows.
        sentences: what stands under the title.
        strips: from top to bottom.
        columns: pictures a row.
        scale: size of type and marks: 1, or more for a projector, which also gets stronger colours.
        fill: what is painted: "confidence" for the class regions, "entropy", or "" for nothing.
        boundary: whether each panel's own line is drawn.
        words: replacements for WORDS.
        note: "" or a last sentence.
        widest: pixels that a picture may take, at scale 1.
        steps: whether it stands above a picture where its path is.
    """

    title: str
    sentences: tuple[str, ...]
    strips: tuple[Strip, ...]
    columns: int
    scale: float = 1.0
    fill: Fill = "confidence"
    boundary: bool = True
    words: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    widest: float = WIDEST
    steps: bool = True


def sheet(still: Still) -> Sheet:
    """Return the drawing."""
    draw = _Draw(still)
    draw.paragraph(still.title, 17, colour=COLOUR.ink, bold=True)
    for sentence in still.sentences:
        draw.paragraph(sentence, TYPE)
    for strip in still.strips:
        draw.strip(strip)
    draw.legend()
    if still.note:
        draw.paragraph(still.note, SMALL)
    return Sheet(draw.width, draw.y + EDGE, COLOUR.paper, tuple(draw.marks), _alt(still))


def _alt(still: Still) -> str:
    said = [still.title, *still.sentences]
    for strip in still.strips:
        said += [strip.title, strip.sentence]
        said += [f"{one.title}: {'; '.join(filter(None, (*one.lines, one.trouble)))}" for one in strip.pictures]
    return ". ".join(part.rstrip(". ") for part in said if part.strip()) + "."


class _Draw:
    """Adds marks from top to bottom; `y` is where the next one begins."""

    def __init__(self, still: Still) -> None:
        self.still, self.scale, self.marks = still, still.scale, list[Mark]()
        room = (PAGE - 2 * EDGE - LEFT - GAP * (still.columns - 1)) / still.columns
        self.cell = min(room, still.widest) * still.scale
        self.left = (EDGE + LEFT) * still.scale
        used = self.left + still.columns * self.cell + (still.columns - 1) * GAP * still.scale + EDGE * still.scale
        self.width, self.y = max(used, 560 * still.scale), EDGE * still.scale

    def paragraph(self, text: str, size: float, *, colour: str = COLOUR.muted, bold: bool = False) -> None:
        """Write a text over the whole width."""
        self.y += self.lines(wrapped(text, self.width - 2 * EDGE, size * self.scale), EDGE, size, colour, bold)
        self.y += 4 * self.scale

    def lines(self, lines: Sequence[str], x: float, size: float, colour: str, bold: bool = False) -> float:
        """Write lines from `y` on; return how much room they took."""
        tall = 1.35 * size * self.scale
        for index, line in enumerate(lines):
            self.marks.append(
                Words(x, self.y + index * tall + size * self.scale, line, size * self.scale, colour, bold)
            )
        return len(lines) * tall

    def strip(self, strip: Strip) -> None:
        """Draw a strip: its title, then its pictures, row by row."""
        self.y += 6 * self.scale
        for text, size, bold in ((strip.title, 14, True), (strip.sentence, TYPE, False)):
            if text:
                self.paragraph(text, size, colour=COLOUR.ink if bold else COLOUR.muted, bold=bold)
        for first in range(0, len(strip.pictures), self.still.columns):
            self.row(strip.ground, strip.pictures[first : first + self.still.columns])

    def row(self, ground: Ground | None, pictures: Sequence[Picture]) -> None:
        """Draw pictures side by side; the next row begins below the longest caption."""
        top, below = self.y + 20 * self.scale, 0.0
        tall = self.cell / _aspect(ground.plane) if ground else 60 * self.scale
        for column, picture in enumerate(pictures):
            x = self.left + column * (self.cell + GAP * self.scale)
            self.y = top - 18 * self.scale
            self.heading(picture, x)
            if ground is not None and picture.logits is not None:
                place = Place(ground.plane, x, top, self.cell, tall, self.scale)
                own = self.still.boundary
                self.marks += panel(
                    ground, picture.logits, place, fill=self.still.fill, own=own, members=picture.members
                )
                self.marks += axes(place, first=column == 0)
            self.marks.append(Path(box(x, top, self.cell, tall), COLOUR.line))
            self.y = top + tall + 16 * self.scale
            below = max(below, self.captions(picture, x))
        self.y = top + tall + 16 * self.scale + below + 8 * self.scale

    def heading(self, picture: Picture, x: float) -> None:
        """Write a picture's title, and on the right its step."""
        size, small = 12.5 * self.scale, SMALL * self.scale
        step = picture.step if self.still.steps else ""
        room = self.cell - width_of(step, small) - 6
        title = wrapped(picture.title, room, size)
        more = "…" if len(title) > 1 else ""
        base = self.y + size
        self.marks.append(Words(x, base, f"{title[0] if title else ''}{more}", size, COLOUR.ink, True))
        if step:
            self.marks.append(Words(x + self.cell, base, step, small, COLOUR.muted, anchor="end"))

    def captions(self, picture: Picture, x: float) -> float:
        """Write what stands below a picture; return how much room it took."""
        start = self.y
        texts = [(line, COLOUR.ink) for line in picture.lines] + [(picture.trouble, COLOUR.warning)]
        for text, colour in texts:
            self.y += self.lines(wrapped(text, self.cell, SMALL * self.scale), x, SMALL, colour)
        return self.y - start

    def legend(self) -> None:
        """Say what every colour, shape and dash means."""
        words, size = {**WORDS, **self.still.words}, 11 * self.scale
        x, wide = EDGE, 34 * self.scale
        for kind, k, text in _entries(self.still, words):
            long = wide + width_of(text, size) + 14 * self.scale
            if x > EDGE and x + long > self.width - EDGE:
                x, self.y = EDGE, self.y + 18 * self.scale
            middle = self.y + 9 * self.scale
            if kind in ("class", "forget"):
                self.marks += point(x + 0.5 * wide, middle, k, 3.4 * self.scale, forgotten=kind == "forget")
            elif kind == "shadow":
                self.marks.append(Path(box(x + 8, middle - 5, 18, 10), fill=class_colour(k), opacity=0.5))
            elif kind == "marked":
                self.marks.append(named(x + 0.5 * wide, middle, 2.4 * self.scale))
            elif kind == "entropy":
                self.ramp(x, middle, 0.85 * wide)
            elif kind in THINNED:
                role, ends = THINNED[kind], np.array([[x, middle], [x + 0.85 * wide, middle]])
                self.marks.append(Path(ends, COLOUR.models[role], THIN * self.scale, opacity=FAINT[role]))
            else:
                ends = np.array([[x, middle], [x + 0.85 * wide, middle]])
                dash = tuple(2 * length * self.scale for length in PATTERNS[kind])
                self.marks.append(Path(ends, COLOUR.models[kind], 2 * self.scale, dash))
            self.marks.append(Words(x + wide, middle + 0.35 * size, text, size, COLOUR.ink))
            x += long
        self.y += 26 * self.scale

    def ramp(self, x: float, middle: float, wide: float) -> None:
        """Draw the colours of a scale, from little to much."""
        part = wide / SHADES
        for k, (red, green, blue) in enumerate(ramp(SHADES).tolist()):
            place = box(x + k * part, middle - 5 * self.scale, part + 0.3, 10 * self.scale)
            self.marks.append(Path(place, fill=f"#{red:02x}{green:02x}{blue:02x}"))


def _entries(still: Still, words: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Return the legend: (kind of mark, class, text)."""
    grounds = [strip.ground for strip in still.strips if strip.ground is not None]
    if not grounds:
        return []
    names = max((ground.names for ground in grounds), key=len)
    same = len({ground.names for ground in grounds}) == 1
    found = [("class", k, name if same else f"class {k + 1}") for k, name in enumerate(names)]
    forgotten = next((ground for ground in grounds if len(ground.forget)), None)
    if forgotten is not None:
        found.append(("forget", int(forgotten.y[forgotten.forget[0]]), words["forget"]))
    if any(ground.marked for ground in grounds):
        found.append(("marked", 0, words["marked"]))
    if still.boundary:
        found.append(("unlearned", 0, words["boundary"]))
    voting = sorted({len(one.members) for strip in still.strips for one in strip.pictures if one.members})
    if voting:
        found.append(("members", 0, words["members"].format(count=", ".join(map(str, voting)))))
    for role in ("original", "retrained"):
        if any(getattr(ground, role) is not None for ground in grounds):
            found.append((role, 0, words[role]))
    channels = [one.logits.shape[1] for strip in still.strips for one in strip.pictures if one.logits is not None]
    most = max((len(ground.cloud) for ground in grounds), default=0)
    if most:
        found.append(("cloud", 0, words["cloud"].format(count=most)))
    if still.fill == "entropy":
        found.append(("entropy", 0, words["entropy"].format(top=f"{math.log(max(channels, default=2)):.2f}")))
    if max(channels, default=0) > max(2, len(names)):
        found.append(("shadow", len(names), words["shadow"]))
    return found


def _aspect(plane: Plane) -> float:
    across, up = (plane.high - plane.low).tolist()
    return min(max(across / up, 0.5), 2.5)  # a very flat cloud keeps some height; then its axes differ in scale


__all__ = ["WORDS", "Fill", "Ground", "Picture", "Still", "Strip", "sheet"]
