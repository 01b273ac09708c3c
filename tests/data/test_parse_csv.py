import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.parse_csv import parse


def rows(labels=("a", "b"), each=10, start=0):
    return [f"{start + i},{i % 3},{label}" for label in labels for i in range(each)]


def file(*lines: str, header: str = "x1,x2,label") -> bytes:
    return "\n".join([header, *lines]).encode()


def test_points_and_labels_are_read_in_the_order_of_the_file():
    points, names = parse(file("1.5,-2e-1,b", *rows(("b", "a"))))
    assert names == ("a", "b")
    np.testing.assert_array_equal(points.x[:2], np.array([[1.5, -0.2], [0, 0]], dtype=np.float32))
    assert points.y.tolist() == [1] * 11 + [0] * 10
    assert points.x.dtype == np.float32 and points.y.dtype == np.int64


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + file(*rows()),
        file(*rows()).replace(b"\n", b"\r\n"),
        file(*rows()).replace(b"\n", b"\r"),
        b"\n\n" + file(*rows()) + b"\n\n\n",
        file(*[",".join(f'"{cell}"' for cell in row.split(",")) for row in rows()]),
        file(*[row.replace(",", " , ") for row in rows()], header=" X1 ,X2,Label"),
    ],
    ids=["byte order mark", "CRLF", "CR", "blank rows", "quoted", "spaces"],
)
def test_ways_of_writing_that_mean_the_same(content):
    expected, got = parse(file(*rows()))[0], parse(content)[0]
    np.testing.assert_array_equal(got.x, expected.x)
    np.testing.assert_array_equal(got.y, expected.y)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (("10", "2", "-1"), ("-1", "2", "10")),
        (("b10", "B2", "a"), ("a", "B2", "b10")),
        (("1.0", "0"), ("0", "1")),
        (("red", "3"), ("3", "red")),
        (("12345678901234567891", "12345678901234567892"), ("12345678901234567891", "12345678901234567892")),
        (("none", "NA"), ("NA", "none")),
        (("größer", "kleiner, viel"), ("größer", "kleiner, viel")),
    ],
)
def test_classes_are_sorted_naturally(labels, names):
    lines = [row for label in labels for row in rows((f'"{label}"',))]
    points, got = parse(file(*lines))
    assert got == names
    assert points.y[0] == names.index(labels[0] if labels[0] != "1.0" else "1")


def test_equal_numbers_are_one_class():
    points, names = parse(file(*rows(("1", "1.0", "01", "2"))))
    assert names == ("1", "2")
    assert np.bincount(points.y).tolist() == [30, 10]


NOT_A_LABEL = "expected the name or number of a class"
TOO_LONG = "row 2, column label: expected a name of at most 40 printable characters"
MALFORMED = {
    "empty": (b"", "the file is empty: expected the columns x1,x2,label and one point a row"),
    "only blanks": (b" \n\n ", "the file is empty"),
    "no header": (file(*rows(), header="0,0,a"), "row 1: expected the header x1,x2,label, found 0,0,a"),
    "other header": (file(*rows(), header="x,y,class"), "row 1: expected the header x1,x2,label, found x,y,class"),
    "semicolons": (b"x1;x2;label\n1;2;a", "row 1: expected the header x1,x2,label, found x1;x2;label"),
    "late header": (b"\n\nx,y,z\n", "row 3: expected the header x1,x2,label, found x,y,z"),
    "header only": (b"x1,x2,label\n", "the file must hold at least 20 points, found 0"),
    "few rows": (file(*rows(each=9)), "the file must hold at least 20 points, found 18"),
    "many rows": (file(*rows(each=2501)), "row 5002: expected at most 5,000 points, found more"),
    "word": (file(*rows(), "1,two,a"), "row 22, column x2: expected a number such as -1.5, found two"),
    "decimal comma": (file('"1,5",2,a', *rows()), "row 2, column x1: expected a number such as -1.5, found 1,5"),
    "underscore": (file("1_000,2,a", *rows()), "row 2, column x1: expected a number such as -1.5, found 1_000"),
    "other digits": (file("١,2,a", *rows()), "row 2, column x1: expected a number such as -1.5, found ١"),
    "nan": (file(*rows(), "nan,1,a"), "row 22, column x1: expected a finite number, found nan"),
    "inf": (file(*rows(), "1,-INF,a"), "row 22, column x2: expected a finite number, found -INF"),
    "overflow": (file(*rows(), "1e999,1,a"), "row 22, column x1: expected a number in [-1e6, 1e6], found 1e999"),
    "missing x1": (file(*rows(), ",1,a"), "row 22, column x1: expected a number, found nothing"),
    "all missing": (file(*rows(), ",,"), "row 22, column x1: expected a number, found nothing"),
    "missing word": (file(*rows(), "1,NA,a"), "row 22, column x2: expected a number, found NA"),
    "missing label": (file(*rows(), "1,2,"), f"row 22, column label: {NOT_A_LABEL}, found nothing"),
    "label nan": (file(*rows(), "1,2,NaN"), f"row 22, column label: {NOT_A_LABEL}, found NaN"),
    "two columns": (file(*rows(), "1,2"), "row 22, column label: expected a value, found nothing"),
    "one column": (file(*rows(), "1"), "row 22, column x2: expected a value, found nothing"),
    "extra column": (file("1,2,a,9", *rows()), "row 2: expected 3 columns (x1,x2,label), found 4"),
    "blank rows count": (file("", "", "x,2,a", *rows()), "row 4, column x1: expected a number such as -1.5, found x"),
    "long label": (file("1,2," + "a" * 41, *rows()), TOO_LONG),
    "bell in label": (file("1,2,a\a", *rows()), TOO_LONG),
    "one class": (file(*rows(("a",), 30)), "column label: expected 2 to 10 classes, found 1"),
    "eleven classes": (file(*rows("abcdefghijk")), "column label: expected 2 to 10 classes, found 11"),
    "rare class": (
        file(*rows(), *rows("c", 4)),
        "column label: expected at least 5 points of each class, found 4 of c",
    ),
    "constant": (
        file(*[f"7,{i},{i % 2}" for i in range(30)]),
        "column x1: expected values that differ, found 7 in every row",
    ),
    "open quote": (file(*rows(), '1,"2,a'), "row 22: expected x1,x2,label between commas, found a broken cell"),
    "latin 1": (
        file(*rows()) + "\n1,2,größer".encode("latin-1"),
        "row 22: expected text in UTF-8, found the byte 0xf6",
    ),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0", "the file is not text: expected a CSV in UTF-8"),
    "UTF-16": (file(*rows()).decode().encode("utf-16"), "the file is not text: expected a CSV in UTF-8"),
    "50 MB": (b"1" * 50_000_000, "the file must be at most 5 MB, got 50.0 MB"),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_gets_one_sentence(name):
    content, sentence = MALFORMED[name]
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        parse(content)
    assert type(caught.value) is ValueError
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_the_limits_themselves_are_allowed():
    assert len(parse(file(*rows(each=2500)))[0]) == 5000
    assert len(parse(file(*rows("ab", 10)))[0]) == 20
    assert parse(file(*rows("abcdefghij", 5)))[1] == tuple("abcdefghij")


def read_or_refused(content: bytes) -> None:
    try:
        points, names = parse(content)
    except ValueError as error:
        assert type(error) is ValueError and str(error) and "\n" not in str(error)
        return
    assert np.isfinite(points.x).all() and (points.x.std(axis=0) > 0).all()
    assert set(points.y.tolist()) == set(range(len(names)))


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_bytes_are_read_or_refused_with_a_sentence(content):
    read_or_refused(content)


ODD = st.sampled_from(["", "a", "1", '"', "\r", "1e999"])
CELL = st.one_of(st.floats().map(repr), st.integers().map(str), st.text(max_size=6), ODD)


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=4).map(",".join), max_size=3),
    st.integers(0, 20),
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_odd_row_in_a_good_file_is_read_or_refused_with_a_sentence(odd, place):
    good = rows()
    read_or_refused(file(*good[:place], *odd, *good[place:]))
