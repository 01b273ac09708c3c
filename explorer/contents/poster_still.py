"""Turn a poster into a still: a strip a row, a panel a method, the scores below each."""

from __future__ import annotations

from explorer.contents.poster import Poster
from explorer.figures.poster import Cell, PosterRow
from explorer.figures.still import Ground, Picture, Still, Strip
from explorer.view import View

WORDS = {
    "boundary": "boundary of this model",
    "retrained": "boundary retrained (same seed as the original)",
}
READ = (
    "In each row, look at whether a method's regions and its solid line end where the retrained model's do. ● marks a "
    "score within the range of the retrained models, ○ one outside. forget, retain: accuracy; differs: share of the "
    "plane on which the answer is not the retrained models'."
)
MARKS = {True: "● ", False: "○ ", None: ""}


def poster_still(poster: Poster, view: View) -> Still:
    """Return the poster of a View as a still."""
    strips = tuple(_strip(row, poster.columns) for row in poster.rows)
    scale = 1.3 if view.layout == "projector" else 1.0
    return Still(
        "Methods over data sets and requests", (READ,), strips, len(poster.columns), scale=scale, words=WORDS
    )  # fmt: skip


def _strip(row: PosterRow, columns: tuple[str, ...]) -> Strip:
    if row.trouble or row.plane is None or row.x is None or row.y is None or row.forget is None:
        return Strip(row.title, row.trouble or row.sentence)
    ground = Ground(row.plane, row.size, row.x, row.y, row.forget, row.names, row.retrained, row.original)
    shown = zip(columns, row.cells, strict=True)
    return Strip(row.title, row.sentence, ground, tuple(_picture(name, cell, row) for name, cell in shown if cell))


def _picture(name: str, cell: Cell, row: PosterRow) -> Picture:
    logits = None if cell.logits is None else cell.logits[:, : max(len(row.names), 2)]
    within = cell.within or (None,) * len(cell.scores)
    lines = tuple(f"{MARKS[inside]}{score}" for inside, score in zip(within, cell.scores, strict=True))
    return Picture(name, logits, lines=lines, trouble=cell.trouble)
