from typing import Any

import numpy as np
import pytest

from explorer.figures.layout import alt_text
from explorer.figures.multiples import EDGE, Ground, Small, multiples, table_of
from explorer.figures.theme import COLOURS
from explorer.records import Plane
from tests.figures._read import layout

PLANE = Plane(np.array([-1.0, -2.0]), np.array([3.0, 2.0]))
ACROSS = PLANE.grid(16)[:, 0]
LEFT = np.stack([1 - ACROSS, ACROSS - 1], axis=1).astype(np.float32)  # class 0 left of x1 = 1
GROUND = Ground(PLANE, 16, np.array([[0.0, 0.0], [2.0, 1.0]], np.float32), LEFT, ("a", "b"))
PICTURES = [Small("Retrained", LEFT, own=False), Small("0.1", LEFT), Small("1", None), Small("10", -LEFT, broken=True)]


def draw(**more: Any) -> Any:
    return multiples("Learning rate", PICTURES, GROUND, **more)


@pytest.mark.parametrize(
    ("count", "width", "table"),
    [(10, 1400, (1, 10)), (10, 900, (2, 5)), (10, 700, (2, 5)), (10, 320, (5, 2)), (3, 50, (3, 1))],
)
def test_pictures_fill_as_few_rows_as_fit_evenly(count: int, width: float, table: tuple[int, int]):
    assert table_of(count, width) == table


@pytest.mark.parametrize("width", [320, 700, 1400])
def test_every_picture_lies_inside_at_equal_scales(width: float):
    shown = layout(draw(width=width))
    for number in ("", "2", "3", "4"):
        x, y = shown[f"xaxis{number}"], shown[f"yaxis{number}"]
        left, right = (place * width for place in x.domain)
        assert left >= EDGE - 1e-6 and right <= width - EDGE + 1e-6
        low, high = (place * shown.height for place in y.domain)
        assert low > 0 and high < shown.height
        assert (right - left) / 4 == pytest.approx((high - low) / 4, rel=0.02)  # pixels a data unit
        assert list(x.range) == [-1, 3] and list(y.range) == [-2, 2]


def test_what_is_not_known_is_an_empty_frame():
    shown = layout(draw())
    assert [image.xref for image in shown.images] == ["x", "x2", "x4"]


def test_only_a_broken_picture_is_framed_and_crossed():
    shown, warning = layout(draw()), COLOURS["light"].warning
    frames = [shown[f"xaxis{number}"].linecolor for number in ("", "2", "3", "4")]
    assert [frame == warning for frame in frames] == [False, False, False, True]
    assert [note.text for note in shown.annotations] == ["<b>Retrained</b>", "<b>0.1</b>", "<b>1</b>", "<b>× 10</b>"]


def test_the_boundary_of_each_value_is_drawn_on_retrained_s():
    own = [
        trace
        for trace in draw().data
        if trace.line.color == COLOURS["light"].models["unlearned"] and trace.x[0] is not None
    ]
    assert [trace.xaxis for trace in own] == ["x2", "x4"]
    for trace in own:
        np.testing.assert_allclose([x for x in trace.x if not np.isnan(x)], 1.0, atol=1e-5)


def test_the_alt_text_names_the_values_and_what_is_broken():
    assert alt_text(draw()) == (
        "The plane's class regions at 3 values of Learning rate, beside retrained's: 0.1, 1, 10. Broken at 10."
    )
