"""A still is laid out once, and written as SVG and painted as pixels from the same marks."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from explorer.figures._symbols import symbol
from explorer.figures.raster import dashes, plain, png, raster
from explorer.figures.sheet import Bitmap, Path, Sheet, Words, bitmap_of, box, wrapped
from explorer.figures.still import Ground, Picture, Still, Strip, sheet
from explorer.figures.svg import svg
from explorer.figures.theme import COLOURS
from explorer.records import Plane

PLANE = Plane(np.zeros(2, np.float32), np.array([2, 1], np.float32))
X = np.array([[0.5, 0.5], [1.5, 0.5], [1.0, 0.2]], np.float32)
LIGHT = COLOURS["light"]
NS = "{http://www.w3.org/2000/svg}"


def split(at: float, size: int = 8) -> np.ndarray:
    """Return logits of a model whose classes meet at x1 = `at`."""
    margin = PLANE.grid(size)[:, 0] - at
    return np.stack([-margin, margin], axis=1).astype(np.float32)


GROUND = Ground(PLANE, 8, X, np.array([0, 1, 1]), np.array([1]), ("left", "right"), split(1.5), split(0.5))
SHOWN = Picture("JiT", split(1.0), "step 3 of 4", ("forget .50 (retrained .10–.20)",), "it broke")
STILL = Still("Two halves", ("One sentence.",), (Strip(ground=GROUND, pictures=(SHOWN,)),), 1)


def words(drawing: Sheet) -> list[str]:
    return [mark.text for mark in drawing.marks if isinstance(mark, Words)]


def lines(drawing: Sheet, role: str) -> list[Path]:
    colour = LIGHT.models[role]
    return [mark for mark in drawing.marks if isinstance(mark, Path) and mark.stroke == colour and len(mark.points) > 2]


def test_titles_captions_and_legend_are_on_it():
    found = words(sheet(STILL))
    for text in ("Two halves", "One sentence.", "JiT", "step 3 of 4", "forget .50 (retrained .10–.20)", "it broke"):
        assert text in found
    for text in ("left", "right", "point to forget", "boundary before (original)", "x₁", "x₂"):
        assert text in found
    assert any(text.startswith("boundary retrained") for text in found)


def test_lines_lie_where_the_classes_meet():
    drawing = sheet(STILL)
    region = next(mark for mark in drawing.marks if isinstance(mark, Bitmap))
    assert region.width == 2 * region.height  # the plane is 2 wide and 1 high
    for role, share in (("original", 0.25), ("unlearned", 0.5), ("retrained", 0.75)):
        (line,) = lines(drawing, role)
        np.testing.assert_allclose(line.points[:, 0], region.x + share * region.width, atol=0.01)
    assert lines(drawing, "unlearned")[0].dash == ()
    assert lines(drawing, "retrained")[0].dash != lines(drawing, "original")[0].dash


def test_what_is_left_out_is_not_in_the_legend_either():
    bare = replace(GROUND, retrained=None, original=None)
    drawing = sheet(replace(STILL, strips=(Strip(ground=bare, pictures=(SHOWN,)),), boundary=False))
    assert not any("boundary" in text for text in words(drawing))
    assert not any(lines(drawing, role) for role in ("original", "retrained", "unlearned"))


def test_a_forget_point_has_its_shape_and_colour_and_a_ring():
    drawing = sheet(STILL)
    rings = [mark for mark in drawing.marks if isinstance(mark, Path) and mark.stroke == LIGHT.sets["forget"]]
    assert len(rings) == 2  # one on the picture, one in the legend
    filled = [mark for mark in drawing.marks if isinstance(mark, Path) and mark.fill in LIGHT.classes]
    corners = {LIGHT.classes.index(mark.fill): len(mark.points) for mark in filled}
    assert corners[0] != corners[1]  # another shape a class, not only another colour
    assert len(filled) == 3 + 2 + 1  # the points, a mark a class, the ringed one of the legend


def test_ten_classes_have_ten_shapes_of_about_one_size():
    shapes = [symbol(k) for k in range(10)]
    assert len({shape.round(6).tobytes() for shape in shapes}) == 10
    areas = [abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 for x, y in (shape.T for shape in shapes)]
    assert min(areas) > 1.9 and max(areas) < 3.6  # a dot has 3.1
    for shape in shapes:
        np.testing.assert_allclose(shape.mean(axis=0), 0, atol=1e-12)


def test_pictures_that_do_not_fit_a_row_stand_in_the_next():
    four = replace(STILL, strips=(Strip(ground=GROUND, pictures=(SHOWN,) * 4),), columns=2)
    places = [(mark.x, mark.y) for mark in sheet(four).marks if isinstance(mark, Bitmap)]
    assert len({x for x, _ in places}) == 2 and len({y for _, y in places}) == 2


def test_a_strip_without_a_ground_says_why():
    assert "no such data" in words(sheet(replace(STILL, strips=(Strip("Row", "no such data"),))))


def test_images_stand_beside_their_points():
    images = np.zeros((3, 4, 4, 3), np.uint8)
    with_images = replace(GROUND, images=images)
    drawing = sheet(replace(STILL, strips=(Strip(ground=with_images, pictures=(SHOWN,)),)))
    shown = [mark for mark in drawing.marks if isinstance(mark, Bitmap) and not mark.smooth]
    region = next(mark for mark in drawing.marks if isinstance(mark, Bitmap))
    assert len(shown) == 3
    for mark in shown:
        assert region.x <= mark.x <= region.x + region.width - mark.width
        assert region.y <= mark.y <= region.y + region.height - mark.height


def test_svg_is_xml_and_escapes_what_users_wrote():
    drawing = sheet(replace(STILL, title='<script>&"\x00'))
    root = ElementTree.fromstring(svg(drawing))
    assert root.get("role") == "img" and float(root.get("width", 0)) == pytest.approx(drawing.width, abs=0.01)
    assert next(text.text for text in root.iter(f"{NS}text")) == '<script>&"'
    assert len(list(root.iter(f"{NS}image"))) == 1
    assert "://" not in svg(drawing).replace("http://www.w3.org/2000/svg", "")


def test_a_raster_has_the_colours_where_the_marks_are():
    red = bitmap_of(np.full((2, 2, 3), (200, 0, 0), np.uint8))
    marks = (Bitmap(10, 10, 20, 20, red), Path(box(40, 10, 20, 20), fill="#0000c8"),
             Path(np.array([[10, 50], [60, 50]]), "#00c800", 4), Words(5, 78, "Hi", 12, "#000000"))  # fmt: skip
    image = raster(Sheet(80, 80, "#ffffff", marks, "two squares"), 2)
    assert image.size == (160, 160)
    assert [image.getpixel(at) for at in ((40, 40), (100, 40), (70, 100), (150, 150))] == [
        (200, 0, 0), (0, 0, 200), (0, 200, 0), (255, 255, 255),
    ]  # fmt: skip
    assert np.asarray(image.crop((10, 130, 40, 160)).convert("L")).min() < 100  # letters
    assert png(image).startswith(b"\x89PNG")


def test_dashes_go_round_corners():
    corner = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]])  # 7 long; dashes of 2, gaps of 1
    parts = [part.tolist() for part in dashes(corner, [2.0, 1.0])]
    assert parts == [[[0, 0], [2, 0]], [[3, 0], [3, 2]], [[3, 3], [3, 4]]]


@pytest.mark.parametrize(
    ("text", "written"), [("0.07–0.11", "0.07-0.11"), ("x₁", "x1"), ("Café", "Cafe"), ("● in", "* in"), ("中", "?")]
)
def test_letters_that_the_font_lacks_have_a_neighbour(text: str, written: str):
    assert plain(text) == written


def test_long_sentences_are_wrapped():
    assert wrapped("one two three", 40, 10) == ["one two", "three"]
    assert wrapped("", 40, 10) == []
