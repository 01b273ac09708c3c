"""Files of points: how they were read is on the page, the columns can be chosen, a refused file leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer import pipeline
from tests.pages import _driven

QUERY = {
    "v": "1",
    "data": "moons(n:60)",
    "training": "standard(steps:5)",
    "panels": "original",
    "focus": "0",
    "hidden": "presets",
}
ROWS = [f"{i};{i % 7 + 0.5};{i % 5};{i % 3};{['ja', 'nein'][i % 2]}".replace(".", ",") for i in range(60)]
MINE = "\n".join(["nr;höhe;breite;tiefe;krank", *ROWS, "60;;1;1;ja"]).encode("latin-1")


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    with _driven.in_memory():
        yield


@pytest.fixture
def page() -> AppTest:
    return _driven.opened("watch", QUERY)


def give(page: AppTest, name: str, content: bytes) -> AppTest:
    count = _driven.tab(page).drawn.get("upload", 0)
    page.file_uploader(key=f"upload:{count}" if count else "upload").upload(name, content).run()
    return _driven.settled(page, "watch")


def points(page: AppTest) -> pipeline.Points:
    tab = _driven.tab(page)
    return tab.given[tab.view.base.data.options.sha256].points


def test_a_german_table_opens_and_says_how_it_was_read(page: AppTest):
    give(page, "mine.csv", MINE)
    assert points(page).columns == ("höhe", "breite", "krank")
    said = _driven.html(page)
    assert "mine.csv: 60 points of 2 classes. 1 row was left out, because a value is missing." in said
    assert "<th>nr</th><th>höhe</th>" in said and "<td>0</td><td>0,5</td>" in said
    chosen = [_driven.widget(page, "selectbox", f"csv:{place}").value for place in range(3)]
    assert chosen == ["höhe", "breite", "krank"]
    assert _driven.widget(page, "selectbox", "csv:0").options == ["nr", "höhe", "breite", "tiefe"]


def test_other_columns_can_be_chosen_and_undone(page: AppTest):
    give(page, "mine.csv", MINE)
    before = points(page)
    _driven.widget(page, "selectbox", "csv:1").select("tiefe").run()
    assert points(page).columns == ("höhe", "tiefe", "krank")
    assert points(page).split.x[:3, 1].tolist() == [0, 1, 2]
    _driven.widget(page, "selectbox", "csv:1").select("höhe").run()  # one in use changes places
    assert points(page).columns == ("tiefe", "höhe", "krank")
    _driven.tab(page).undo()
    _driven.tab(page).undo()
    page.run()
    assert points(page) == before
    assert _driven.widget(page, "selectbox", "csv:1").value == "breite"


def test_a_column_that_cannot_be_the_label_is_refused_and_the_points_stay(page: AppTest):
    give(page, "mine.csv", MINE)
    _driven.widget(page, "selectbox", "csv:2").select("nr").run()
    assert points(page).columns == ("höhe", "breite", "krank")
    assert _driven.tab(page).notice == "column nr: expected 2 to 10 classes, found 60"


def test_a_refused_file_leaves_an_empty_uploader_and_its_sentence_goes_with_the_next_file(page: AppTest):
    give(page, "bad.csv", b"nothing")
    assert _driven.tab(page).view.base.data.name == "moons"
    said = "bad.csv: expected a column with 2 to 10 values as the label, found none in nothing"
    assert said in _driven.html(page) and page.file_uploader(key="upload:1").value is None
    give(page, "mine.csv", MINE)
    assert "bad.csv" not in _driven.html(page) and page.file_uploader(key="upload:2").value is None
    give(page, "bad.csv", b"nothing")
    give(page, "mine.csv", MINE)  # the same points as before: the view does not change, the sentence goes
    assert "bad.csv" not in _driven.html(page)


def test_points_are_lacking_in_a_tab_that_was_not_given_them(page: AppTest):
    give(page, "mine.csv", MINE)
    assert _driven.tab(page).lacks() is None
    query = _driven.asked(page)
    other = _driven.tab(page).open(query, "watch")
    assert other.lacks() == points(page).sha256
    assert other.open({"v": "1", "data": "csv"}, "watch").lacks() == ""
    rows = f"data:csv(sha256:{points(page).sha256})"
    assert other.open({"v": "1", "rows": rows}, "compare").lacks() == points(page).sha256


def test_points_are_found_again_whichever_columns_they_were():
    table = pipeline.csv_table(MINE)
    other = pipeline.csv_points(table, pipeline.Columns("tiefe", "höhe", "krank"))
    assert pipeline.csv_points_named(table, other.sha256).columns == other.columns
    assert pipeline.csv_points_named(table, "0" * 64).columns == ("höhe", "breite", "krank")
