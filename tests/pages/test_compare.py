"""The page *compare* as a script: its rows and columns are the View, its poster and scores can be taken away."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer import pipeline
from explorer.contents.poster_rows import default_rows
from explorer.pages import compare
from explorer.session import store
from explorer.session.tab import Given
from explorer.spec import Spec, parse_data, parse_request
from explorer.view import Row, View, parse_panel
from tests.pages._driven import asked, captions, charts, html, in_memory, opened, settled, tab, widget

BASE = Spec.parse(
    {"data": {"n": 60}, "training": {"steps": 60}, "evaluation": {"retrained_seeds": 2}, "method": None},
)
MOONS, CIRCLES = (Row("data", parse_data({"name": name, "n": 60})) for name in ("moons", "circles"))
CLASS = Row("request", parse_request({"choose": "class"}, BASE.data))
PANELS = ({"method": "retrained"}, {"method": "fine_tune", "knobs": {"steps": 4}}, {"method": "unsir"})
VIEW = View(BASE, tuple(parse_panel(panel) for panel in PANELS), rows=(MOONS, CIRCLES))


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    with in_memory():
        yield


def shown(view: View = VIEW) -> AppTest:
    return opened("compare", view.to_query())


@pytest.fixture(scope="module")
def app(memory: None) -> AppTest:
    """Return the page for tests that only read it."""
    return shown()


def test_the_page_opens_with_its_poster_and_says_what_to_look_at_and_what_not(app: AppTest):
    (alt,) = charts(app)
    assert alt.startswith("A poster of 2 rows and 3 columns: Retrained, Fine-tuning, UNSIR.")
    assert "Two moons (points 60)." in alt and "Fine-tuning on Circles (points 60): forget accuracy" in alt
    assert all(sentence in captions(app) for sentence in (compare.LOOK, compare.SCORES, compare.NOT_SHOWN))


def test_a_method_that_cannot_answer_is_named_below_the_poster(app: AppTest):
    assert captions(app).count("UNSIR answers requests for a whole class") == 2  # one a row


def test_a_view_without_rows_offers_four_data_sets_and_its_address_names_none():
    app = shown(replace(VIEW, rows=()))
    assert widget(app, "multiselect", "rows").value == list(default_rows(VIEW))
    assert "rows" not in asked(app)
    widget(app, "multiselect", "rows").set_value([MOONS]).run()
    settled(app, "compare")
    assert asked(app)["rows"] and charts(app)[0].startswith("A poster of 1 rows")
    widget(app, "multiselect", "rows").set_value(list(default_rows(VIEW))).run()
    assert "rows" not in asked(app)


def test_ones_own_points_are_the_first_row_and_can_be_chosen_from_any_data_set():
    lines = [f"{i % 7},{i % 5},{'ab'[i % 2]}" for i in range(60)]
    table = pipeline.csv_table("\n".join(["x1,x2,label", *lines]).encode())
    given = Given("mine.csv", table, pipeline.csv_points(table))
    own = Row("data", parse_data({"name": "csv", "sha256": pipeline.keep_csv(given.points)}))
    app = shown()
    tab(app).given[given.points.sha256] = given
    app.run()
    assert "Data: mine.csv (x1, x2, label)" in widget(app, "multiselect", "rows").options
    widget(app, "multiselect", "rows").set_value([own]).run()
    settled(app, "compare")
    assert tab(app).view.rows == (own,)
    assert charts(app)[0].startswith("A poster of 1 rows and 3 columns") and "Your own points (CSV)" in charts(app)[0]
    view = replace(VIEW, base=BASE.with_part(data=own.value.as_json(), request={"choose": "random"}), rows=())
    assert default_rows(view)[0] == own and len(default_rows(view)) == 5


def test_results_of_a_row_of_ones_own_points_stay_in_memory():
    own = Row("data", parse_data({"name": "csv", "sha256": "0" * 64}))
    assert store.store_of(store.kept_with(VIEW)) is store.store()
    assert store.store_of(store.kept_with(replace(VIEW, rows=(MOONS, own)))) is not store.store()


def test_another_row_is_in_the_view_and_on_the_poster():
    app = shown()
    widget(app, "multiselect", "rows").set_value([MOONS, CLASS]).run()
    settled(app, "compare")
    assert tab(app).view.rows == (MOONS, CLASS)
    (alt,) = charts(app)
    assert "A whole class." in alt and "Circles" not in alt
    assert captions(app).count("UNSIR answers") == 1  # it answers the whole class


def test_a_row_that_a_late_browser_still_names_is_left_out():
    app = shown()
    gone = Row("request", parse_request({"choose": "class", "label": 1}, BASE.data))  # not among what is offered
    widget(app, "multiselect", "rows").set_value([CIRCLES, gone]).run()
    assert not app.exception and tab(app).view.rows == (CIRCLES,)


def test_a_row_is_named_data_or_request_and_its_options(app: AppTest):
    options = widget(app, "multiselect", "rows").options
    assert "Data: Two moons (points 60)" in options and "Request: A cluster of a class" in options


def test_a_method_added_on_the_left_is_a_column():
    app = shown()
    widget(app, "selectbox", "add").set_value("gradient_ascent").run()
    settled(app, "compare")
    assert charts(app)[0].startswith(
        "A poster of 2 rows and 4 columns: Retrained, Fine-tuning, UNSIR, Gradient ascent."
    )


def test_a_knob_moved_on_the_left_is_another_poster():
    app = shown()
    before = tab(app).shown["compare"].poster
    widget(app, "select_slider", "knob:1:fine_tune:lr").set_value(0.5).run()
    settled(app, "compare")
    after = tab(app).shown["compare"].poster
    assert after.scores[0] == before.scores[0]  # retrained
    assert after.scores[1].values != before.scores[1].values


def test_the_scores_can_be_taken_away_in_full_precision(monkeypatch: pytest.MonkeyPatch):
    files: dict[str, Any] = {}
    draw = st.download_button

    def kept(label: str, data: Any, name: str, kind: str, **more: Any) -> bool:
        files[name] = data
        return draw(label, data, name, kind, **more)

    monkeypatch.setattr(compare.st, "download_button", kept)
    app = shown()
    lines = list(csv.DictReader(io.StringIO(files["poster.csv"])))
    assert [line["column"] for line in lines] == ["Retrained", "Fine-tuning", "UNSIR"] * 2
    assert [line["row"] for line in lines] == ["Two moons (points 60)"] * 3 + ["Circles (points 60)"] * 3
    poster = tab(app).shown["compare"].poster
    assert [line["retain_accuracy_mean"] for line in lines] == [
        repr(float(one.values["retain"].mean)) if one.values else "" for one in poster.scores
    ]
    assert lines[2]["note"].startswith("UNSIR answers")


def test_what_the_view_hides_is_not_there():
    app = shown(replace(VIEW, hidden=("request", "export")))
    assert not any((one.key or "").startswith("rows:") for one in app.get("multiselect"))
    assert not app.get("download_button") and len(charts(app)) == 1


def test_a_projector_gets_larger_type():
    small, large = (
        tab(shown(replace(VIEW, layout=layout))).shown["compare"].figure.layout.font.size
        for layout in ("auto", "projector")
    )
    assert large == pytest.approx(1.3 * small)


def test_the_line_of_progress_is_empty_at_the_end(app: AppTest):
    assert 'class="ue-line ue-quiet"' in html(app)
