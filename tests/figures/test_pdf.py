"""A sheet as PDF: a whole file whose table of places is right, with what the sheet holds."""

from __future__ import annotations

import re
import zlib

import numpy as np

from explorer.figures.pdf import pdf
from explorer.figures.sheet import Bitmap, Path, Sheet, Words, bitmap_of

PIXELS = np.array([[[255, 0, 0], [0, 255, 0]]], dtype=np.uint8)
SHEET = Sheet(
    200, 100, "#ffffff",
    (
        Path(np.array([[10.0, 20.0], [30.0, 40.0]]), stroke="#ff0000", width=2, dash=(4, 2)),
        Path(np.array([[0.0, 0.0], [8.0, 0.0], [8.0, 8.0]]), fill="#0000ff", opacity=0.5),
        Words(100, 50, "größer → 5", 10, "#000000"),
        Words(100, 60, "II", 10, "#000000", bold=True, anchor="end"),
        Words(100, 70, "日", 10, "#000000", anchor="middle"),
        Bitmap(20, 60, 40, 30, bitmap_of(PIXELS), smooth=False),
    ),
    "What it shows (ä)",
)  # fmt: skip


def objects(content: bytes) -> list[bytes]:
    """Return the objects of a file by the table of where each begins."""
    table = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert content[table:].startswith(b"xref\n0 ") and content.endswith(b"%%EOF\n")
    starts = [int(line.split()[0]) for line in content[table:].splitlines()[3:] if line.endswith(b" 00000 n ")]
    found = [content[start : content.index(b"endobj", start)] for start in starts]
    assert [int(one.split()[0]) for one in found] == list(range(1, len(found) + 1))
    return found


def unpacked(content: bytes) -> bytes:
    length = int(re.search(rb"/Length (\d+)", content)[1])  # type: ignore[index]  # every stream has one
    start = content.index(b"stream\n") + len(b"stream\n")
    return zlib.decompress(content[start : start + length])


def test_the_file_is_whole_and_of_the_sheet_s_size():
    found = objects(pdf(SHEET))
    assert b"/Root 1 0 R" in pdf(SHEET) and b"/MediaBox [0 0 150 75]" in found[2]  # a pixel is 3/4 point
    assert "What it shows (ä)".encode("utf-16-be").hex().upper().encode() in found[-1]


def test_lines_and_fills_stand_upside_up():
    drawn = unpacked(objects(pdf(SHEET))[3]).decode()
    assert "q 1 0 0 RG 1.5 w 1 j [3 1.5] 0 d 7.5 60 m 22.5 45 l S Q" in drawn
    assert "q /G1 gs 0 0 1 rg 0 75 m 6 75 l 6 69 l h f Q" in drawn
    assert b"/G1 << /ca 0.5 /CA 0.5 >>" in objects(pdf(SHEET))[2]


def test_words_are_in_the_font_s_letters_and_end_where_they_should():
    drawn = unpacked(objects(pdf(SHEET))[3]).decode()
    assert f"BT /F1 7.5 Tf 0 0 0 rg 75 37.5 Td <{'größer -> 5'.encode('cp1252').hex()}> Tj ET" in drawn
    assert "70.83 30 Td" in drawn  # 75 less two letters I of Helvetica Bold, each .278 of 7.5
    assert "<3f> Tj" in drawn  # what the font has not is a question mark


def test_a_bitmap_is_there_pixel_by_pixel():
    found = objects(pdf(SHEET))
    assert unpacked(found[6]) == PIXELS.tobytes()
    assert b"/Width 2 /Height 1" in found[6] and b"/Interpolate false" in found[6]
    assert "q 30 0 0 22.5 15 7.5 cm /I1 Do Q" in unpacked(found[3]).decode()
