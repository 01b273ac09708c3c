"""Files of points: how they were read is on the page, the columns can be chosen, a refused file leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer import pipeline
from explorer.pages.controls import own_points as controls
from explorer.pipeline import own_points
from explorer.session import own_points as given
from explorer.session.tab import Tab
from explorer.view import View
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

SPECIES = ["oak", "elm", "fir"]  # and one rare
RARE = "\n".join(
    ["north,east,a,b,side,species"]
    + [
        f"{i}.5,{(i * 7) % 60}.25,{i % 9},{i % 7},{['l', 'r'][i % 2]},{SPECIES[i % 3] if i else 'rare'}"
        for i in range(60)
    ]
).encode()


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
    with pytest.raises(ValueError, match="it holds other points than the link names"):
        pipeline.csv_points_named(table, "0" * 64)


def test_one_choice_of_another_column_is_found_in_a_wide_table_and_the_search_ends(monkeypatch: pytest.MonkeyPatch):
    names = ["label", *[f"c{i}" for i in range(40)]]
    rows = [",".join([["a", "b"][i % 2], *[str((i * (k + 3)) % 97) for k in range(40)]]) for i in range(100)]
    table = pipeline.csv_table("\n".join([",".join(names), *rows]).encode())
    other = pipeline.csv_points(table, pipeline.Columns("c0", "c39", "label"))
    assert pipeline.csv_points_named(table, other.sha256).columns == other.columns
    read = list[object]()

    def counted(table: pipeline.Table, columns: pipeline.Columns) -> pipeline.Points:
        read.append(columns)
        raise ValueError("no points")

    monkeypatch.setattr(own_points, "points_of", counted)
    monkeypatch.setattr(own_points, "ROWS", 300)
    with pytest.raises(ValueError, match="other points"):
        pipeline.csv_points_named(table, "0" * 64)
    assert len(read) == 3  # of 100 rows each


def test_where_the_guess_fails_the_columns_are_asked_for(page: AppTest):
    give(page, "rare.csv", RARE)
    assert _driven.tab(page).view.base.data.name == "moons"
    said = _driven.html(page)
    assert "rare.csv: column species: expected at least 5 points of each class, found 1 of rare. Choose its col" in said
    assert "<th>north</th><th>east</th>" in said
    assert [_driven.widget(page, "selectbox", f"ask:{place}").value for place in range(3)] == [
        "north", "east", "species",
    ]  # fmt: skip
    _driven.widget(page, "selectbox", "ask:2").select("north").run()  # still wrong, and said
    said = "rare.csv: row 2, column species: expected a number such as -1.5, found rare. Choose its columns."
    assert said in _driven.html(page)
    _driven.widget(page, "selectbox", "ask:2").select("side").run()
    assert said in _driven.html(page)
    _driven.widget(page, "selectbox", "ask:0").select("a").run()
    assert points(page).columns == ("a", "east", "side")
    assert "Choose its columns" not in _driven.html(page)
    assert _driven.widget(page, "selectbox", "csv:2").value == "side"


def test_where_nothing_can_be_guessed_every_column_is_asked_for(page: AppTest):
    rows = [f"{i};{i / 10};{i * i}" for i in range(44)]  # a label is chosen in vain, and the next file ends it
    give(page, "three.csv", "\n".join(["p;q;r", *rows]).encode())
    chosen = [_driven.widget(page, "selectbox", f"ask:{place}") for place in range(3)]
    assert [one.value for one in chosen] == [None] * 3
    chosen[2].select("p").run()
    assert "found none in p, q, r" in _driven.html(page)
    give(page, "mine.csv", MINE)
    assert "three.csv" not in _driven.html(page) and points(page).columns == ("höhe", "breite", "krank")


def test_a_file_too_small_to_hold_points_is_refused_and_nothing_is_asked(page: AppTest):
    give(page, "small.csv", b"\n".join([*RARE.splitlines()[:10]]))
    assert "Choose its columns" not in _driven.html(page)
    assert "small.csv: the file must hold at least 20 points, found 9" in _driven.html(page)


def test_a_file_without_other_columns_is_refused_and_nothing_is_asked(page: AppTest):
    rows = [f"{i},{i % 7},{'ab'[i % 2]}" for i in range(30)]
    give(page, "bad.csv", "\n".join(["x1,x2,label", *rows, "1,high,a"]).encode())
    assert "bad.csv: row 32, column x2: expected a number" in _driven.html(page)
    assert "Choose its columns" not in _driven.html(page) and "bad.csv" in _driven.tab(page).notice


AGAIN = """
from explorer.pages.controls import own_points
from explorer.pages.controls.sidebar import on_points
from explorer.pages.frame import binding
own_points.give_again(binding.begin("watch").lacks(), on_points)
"""


def test_points_whose_columns_the_search_misses_can_be_chosen_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_points, "ROWS", 0)  # the guess alone is tried
    wanted = pipeline.csv_points(pipeline.csv_table(MINE), pipeline.Columns("tiefe", "breite", "krank"))
    page = AppTest.from_string(AGAIN, default_timeout=60)
    page.query_params.update({"v": "1", "data": f"csv(sha256:{wanted.sha256})"})
    page.run().file_uploader(key="again").upload("mine.csv", MINE).run()
    assert "mine.csv: it holds other points than the link names. Choose its columns." in _driven.html(page)
    assert _driven.tab(page).lacks() == wanted.sha256
    _driven.widget(page, "selectbox", "ask:0").select("tiefe").run()
    assert _driven.tab(page).lacks() is None


def test_a_public_demo_takes_no_larger_file_again_than_at_first(monkeypatch: pytest.MonkeyPatch):
    asked = list[int]()
    monkeypatch.setenv("EXPLORER_PUBLIC", "1")
    monkeypatch.setattr(controls, "give", lambda *_, most, **__: asked.append(most))
    monkeypatch.setattr(controls, "current", lambda: Tab(View.default()))
    controls.controls(lambda view, _: view)
    controls.give_again("0" * 64, lambda view, _: view)
    assert asked == [1, 1]


def test_the_text_of_an_older_file_is_let_go_and_its_points_stay(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(given, "CELLS", 100)
    give(page, "mine.csv", MINE)
    first = points(page)
    give(page, "rare.csv", RARE.replace(b"rare", b"oak"))
    assert _driven.widget(page, "selectbox", "csv:2").value == "species"
    _driven.tab(page).undo()
    page.run()
    assert points(page) == first and controls.LET_GO in _driven.captions(page)
    assert "mine.csv: 60 points" in _driven.html(page) and "<th>nr</th>" not in _driven.html(page)
