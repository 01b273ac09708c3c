"""The poster lays out what it is given: a picture a cell, scores under it, words where there is no picture."""

from dataclasses import replace
from typing import Any

import numpy as np

from explorer.figures.layout import alt_text
from explorer.figures.poster import SENTENCE, Cell, PosterRow, poster, room
from explorer.records import Plane

PLANE = Plane(np.zeros(2, np.float32), np.array([2, 1], np.float32))
X = np.array([[0.5, 0.5], [1.5, 0.5], [1.0, 0.2]], np.float32)


def split(size: int = 8, at: float = 1.0) -> np.ndarray:
    """Return logits of a model whose classes meet at x1 = `at`."""
    margin = PLANE.grid(size)[:, 0] - at
    return np.stack([-margin, margin], axis=1).astype(np.float32)


def row(*cells: Cell | None, title: str = "Two halves") -> PosterRow:
    return PosterRow(
        title, "Forget one point.", PLANE, 8, X, np.array([0, 1, 1]), np.array([1]), ("left", "right"), split(), cells
    )


# `Any`: plotly builds the attributes of a layout at run time.
def laid_out(columns: list[str], *rows: PosterRow) -> Any:
    return poster(columns, rows).layout


FULL = row(Cell(split(), ("forget .50", "retain 1.00"), (True, None)), Cell(split(at=0.5), ("forget .10",), (False,)))


def test_a_picture_a_cell_and_none_where_none_is_ready():
    assert len(laid_out(["Retrained", "JiT"], FULL).images) == 2
    waiting = row(Cell(split()), None)
    assert len(laid_out(["Retrained", "JiT"], waiting).images) == 1


def test_nothing_moves_when_a_cell_becomes_ready():
    columns = ["Retrained", "JiT"]
    assert room(columns, [row(None, None)], width=900) == room(columns, [FULL], width=900)


def test_scores_and_titles_are_on_it():
    words = " ".join(str(note.text) for note in laid_out(["Retrained", "JiT"], FULL).annotations)
    for text in ("Two halves", "Retrained", "JiT", "forget .50", "forget .10"):
        assert text in words


def test_a_method_that_cannot_answer_says_why():
    layout = laid_out(["Retrained", "UNSIR"], row(Cell(split()), Cell(trouble="unsir answers requests for a class")))
    words = " ".join(str(note.text) for note in layout.annotations).replace("<br>", " ")
    assert "unsir answers requests" in words
    assert len(layout.images) == 1


def test_planes_keep_their_shape():
    place = room(["Retrained"], [FULL], width=400)
    assert place.cell / place.heights[0] == 2.0


def test_alt_text_names_rows_and_columns():
    said = alt_text(poster(["Retrained", "JiT"], [FULL]))
    assert "Two halves" in said and "JiT" in said


def test_where_methods_start_is_drawn_where_it_is_known():
    with_start = replace(FULL, original=split(at=1.5))
    names = {str(trace.name) for trace in poster(["Retrained", "JiT"], [with_start]).data}
    assert "boundary before (original)" in names
    assert "boundary before (original)" not in {str(t.name) for t in poster(["Retrained", "JiT"], [FULL]).data}


def test_a_narrow_poster_gives_a_row_several_lines():
    columns = [f"Method {index}" for index in range(7)]
    place = room(columns, [row(*[None] * 7)], width=358)
    corners = list(zip(place.left, place.pictures[0], strict=True))
    assert place.cell >= 105
    assert max(place.left) + place.cell <= 358
    assert len(set(corners)) == 7
    for x, y in corners:
        assert all((x, y) == other or abs(x - other[0]) >= place.cell or abs(y - other[1]) >= place.heights[0] + 63
                   for other in corners)  # fmt: skip


def test_a_wide_poster_gives_a_row_one_line():
    place = room([f"Method {index}" for index in range(7)], [row(*[None] * 7)], width=916)
    assert len(set(place.pictures[0])) == 1


def test_a_sentence_is_wrapped_and_its_place_is_kept():
    said = "80 of 400 points to forget (a cluster). Here forgetting moves the boundary 8 times as much as a new seed."
    assert len(said) <= SENTENCE
    known = replace(FULL, sentence=said)
    columns = ["Retrained", "JiT"]
    assert room(columns, [replace(known, sentence="")], width=358) == room(columns, [known], width=358)
    layout: Any = poster(columns, [known], width=358).layout
    shown = next(str(note.text) for note in layout.annotations if "80 of" in note.text)
    assert max(len(line) for line in shown.split("<br>")) * 6 <= 358
