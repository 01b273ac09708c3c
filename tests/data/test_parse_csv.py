import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.csv_columns import Columns
from explorer.data.csv_table import read_table
from explorer.data.parse_csv import HEADER, Points, points_of
from explorer.data.parse_csv import parse as parse_points
from explorer.records import Split


def parse(content: bytes) -> tuple[Split, tuple[str, ...]]:
    points = parse_points(content)
    return points.split, points.names


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


TOO_LONG = "row 2, column label: expected a name of at most 40 printable characters"
MALFORMED = {
    "empty": (b"", "the file is empty: expected one point a row: two numbers and a label"),
    "only blanks": (b" \n\n ", "the file is empty"),
    "words": (b"a,b,c\n" + b"red,round,yes\n" * 20, "found none in a, b, c"),
    "one number": (
        file(*[f"{i},{'ab'[i % 2]}" for i in range(30)], header="height,kind"),
        "expected two columns of numbers beside the label, found 1 among height, kind",
    ),
    "header only": (b"x1,x2,label\n", "the file must hold at least 20 points, found 0"),
    "two words": (b"a,b\n", "expected a column with 2 to 10 values as the label, found none in a, b"),
    "few rows": (file(*rows(each=9)), "the file must hold at least 20 points, found 18"),
    "word": (file(*rows(), "1,two,a"), "row 22, column x2: expected a number such as -1.5, found two"),
    "both marks": (
        file(*[f'"{i},5",{i % 7},{"ab"[i % 2]}' for i in range(20)], "0.5,1,a"),
        "row 22, column x1: expected a number such as -1,5, found 0.5",
    ),
    "underscore": (file("1_000,2,a", *rows()), "row 2, column x1: expected a number such as -1.5, found 1_000"),
    "other digits": (file("١,2,a", *rows()), "row 2, column x1: expected a number such as -1.5, found ١"),
    "inf": (file(*rows(), "1,-INF,a"), "row 22, column x2: expected a finite number, found -INF"),
    "overflow": (file(*rows(), "1e999,1,a"), "row 22, column x1: expected a number in [-1e6, 1e6], found 1e999"),
    "extra column": (file("1,2,a,9", *rows()), "row 2: expected 3 columns as in the first row, found 4"),
    "blank rows count": (file("", "", "x,2,a", *rows()), "row 4, column x1: expected a number such as -1.5, found x"),
    "long label": (file("1,2," + "a" * 41, *rows()), TOO_LONG),
    "rule in label": (file("1,2,a\u2028b", *rows()), TOO_LONG),
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
    "open quote": (file(*rows(), '1,"2,a'), "row 22: expected cells between delimiters, found a broken cell"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0", "the file is not text: expected a CSV"),
    "spreadsheet": (b"PK\x03\x04" + b"x" * 40, "the file is a spreadsheet or an archive, not text: save it as CSV"),
    "half UTF-16": (b"\xff\xfea", "the file is not text: expected a CSV"),
    "many columns": (",".join("x" * 501).encode(), "the file must have at most 500 columns, found 501"),
    "50 MB": (b"1" * 50_000_000, "the file must be at most 20 MB, got 50.0 MB"),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_gets_one_sentence(name):
    content, sentence = MALFORMED[name]
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        parse(content)
    assert type(caught.value) is ValueError
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


PEOPLE = [("1.5", "-2.25", "größer"), ("0.5", "3.0", "kleiner"), ("2.0", "0.125", "größer")] * 20
EXPECTED = np.array([[1.5, -2.25], [0.5, 3], [2, 0.125]] * 20, dtype=np.float32)


def written(header: str, cells: str = "{0},{1},{2}", comma: bool = False) -> str:
    rows = [[value.replace(".", ",") if comma else value for value in row] for row in PEOPLE]
    return "\n".join([*([header] if header else []), *(cells.format(*row, n=n) for n, row in enumerate(rows))])


AS_PEOPLE_HAVE_THEM = {
    "other names": written("height,weight,species"),
    "spaces and capitals": written(" X1 , X2 , Label ", "{0} , {1} , {2}"),
    "other order": written("label,x2,x1", "{2},{1},{0}"),
    "no header": written(""),
    "an index without a name": written(",height,weight,species", "{n},{0},{1},{2}"),
    "row names as R writes them": written("height weight species".replace(" ", "\t"), "r{n}\t{0}\t{1}\t{2}"),
    "an index by name": written("id,height,weight,species", "9{n},{0},{1},{2}"),
    "further columns": written("species,name,height,weight,age", "{2},me {n},{0},{1},{n}"),
    "semicolons": written("x1;x2;label", "{0};{1};{2}"),
    "tabs": written("x1\tx2\tlabel", "{0}\t{1}\t{2}"),
    "semicolons and decimal commas": written("höhe;breite;art", "{0};{1};{2}", comma=True),
    "tabs and decimal commas": written("a\tb\tc", "{0}\t{1}\t{2}", comma=True),
    "quoted decimal commas": written("a,b,c", '"{0}","{1}",{2}', comma=True),
    "named delimiter": "sep=;\n" + written("a;b;c", "{0};{1};{2}", comma=True),
    "a delimiter at the end": written("x1,x2,label,", "{0},{1},{2},"),
}


@pytest.mark.parametrize("name", AS_PEOPLE_HAVE_THEM)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_opens_as_people_have_it_and_is_the_same_points(name: str, encoding: str):
    found = parse_points(AS_PEOPLE_HAVE_THEM[name].encode(encoding))
    np.testing.assert_array_equal(found.split.x, EXPECTED)
    assert [found.names[label] for label in found.split.y] == [row[2] for row in PEOPLE]
    assert found.sha256 == parse_points(written("x1,x2,label").encode()).sha256 and found.notes == ()


def test_the_table_of_points_is_read_back_as_itself():
    found = parse_points(AS_PEOPLE_HAVE_THEM["semicolons and decimal commas"].encode())
    assert found.table.decode().splitlines()[:2] == [",".join(HEADER), "1.5,-2.25,größer"]
    assert parse_points(found.table).sha256 == found.sha256


def test_columns_are_guessed_by_name_before_content_and_can_be_chosen():
    lines = [f"{i},{i % 5},{i % 7},{i % 3},{'ab'[i % 2]}" for i in range(60)]
    table = read_table(file(*lines, header="a,y,x,group,kind"))
    assert points_of(table).columns == Columns("x", "y", "group")
    other = points_of(table, Columns("y", "a", "kind"))
    np.testing.assert_array_equal(other.split.x[:3], [[0, 0], [1, 1], [2, 2]])
    assert other.names == ("a", "b")
    with pytest.raises(ValueError, match="the two inputs and the label must be three columns, got x, x, kind"):
        points_of(table, Columns("x", "x", "kind"))


def test_two_columns_of_one_name_are_told_apart():
    lines = [f"{i % 9},{i % 5},{'ab'[i % 2]}" for i in range(60)]
    assert read_table(file(*lines, header="x,x,y")).names == ("x", "x (2)", "y")


@pytest.mark.parametrize("gap", ["", "NA", "nan", "NULL", "n/a", "None", "?"])
def test_rows_with_gaps_are_left_out_and_counted(gap: str):
    found = parse_points(file(f"{gap},1,a", *rows(), f"1,{gap},b", "1,2,", "1"))
    assert len(found.split) == 20
    assert found.notes == ("4 rows were left out, because a value is missing.",)
    assert parse_points(file(f"{gap},1,a", *rows())).notes == ("1 row was left out, because a value is missing.",)
    assert found.sha256 == parse_points(file(*rows())).sha256


def test_of_many_rows_a_sample_is_taken_with_some_of_each_class_and_said():
    found = parse_points(file(*rows("ab", 5000), *rows("c", 5)))
    assert len(found.split) == 5000
    assert found.notes == ("These are 5,000 of 10,005 points, drawn at random, some of each class.",)
    counts = np.bincount(found.split.y)
    assert counts[2] == 5 and abs(counts[0] - counts[1]) < 300  # six standard deviations
    assert found.sha256 == parse_points(file(*rows("ab", 5000), *rows("c", 5))).sha256


def test_the_limits_themselves_are_allowed():
    assert len(parse(file(*rows(each=2500)))[0]) == 5000
    assert len(parse(file(*rows("ab", 10)))[0]) == 20
    assert parse(file(*rows("abcdefghij", 5)))[1] == tuple("abcdefghij")


def read_or_refused(content: bytes) -> None:
    try:
        found: Points = parse_points(content)
    except ValueError as error:
        assert type(error) is ValueError and str(error) and "\n" not in str(error)
        return
    points = found.split
    assert np.isfinite(points.x).all() and (points.x.std(axis=0) > 0).all()
    assert set(points.y.tolist()) == set(range(len(found.names)))
    assert parse_points(found.table).sha256 == found.sha256


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
