"""The poster: which rows and columns it has, what stands in them, and the scores as CSV."""

import csv
import io
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.contents.poster import Poster, Score, as_csv, inside, posters
from explorer.contents.poster_rows import MAX_METHODS, PICKED, base_of, choices, columns, default_rows, rows_of, title
from explorer.records import Band
from explorer.spec import Spec, parse_data, parse_request
from explorer.spec.catalog import CATALOG
from explorer.view import Row, View, parse_panel
from tests._claims import memo

SMALL = {"data": {"n": 60}, "training": {"steps": 60}, "evaluation": {"retrained_seeds": 2}, "method": None}
QUICK = {"method": "fine_tune", "knobs": {"steps": 4}}


def view(*panels: dict[str, Any], rows: tuple[Row, ...] = (), **base: Any) -> View:
    return View(Spec.parse({**SMALL, **base}), tuple(parse_panel(panel) for panel in panels or (QUICK,)), rows=rows)


def row(base: Spec, **part: Any) -> Row:
    if "data" in part:
        return Row("data", parse_data(part["data"]))
    return Row("request", parse_request(part["request"], base.data))


def built(shown: View) -> Poster:
    *_, last = posters(shown, memo, lambda *_: None)
    return last


# --- rows ---------------------------------------------------------------------------------------------------------


def test_a_view_that_names_no_rows_gets_four_data_sets():
    names = [one.value.as_json()["name"] for one in rows_of(view())]
    assert names == ["moons", "circles", "blobs", "xor"] and rows_of(view()) == default_rows(view())
    assert rows_of(view())[0].value == view().base.data  # 60 points, as on the other pages
    other = view(data={"name": "spirals"})
    assert [one.value.as_json()["name"] for one in rows_of(other)] == ["spirals", *names]
    own = row(view().base, data={"name": "xor"})
    assert rows_of(view(rows=(own,))) == (own,)


def test_every_row_can_be_chosen_once_and_no_table_or_image_is_offered():
    mine = row(view().base, data={"name": "moons", "n": 60})
    offered = choices(view(rows=(mine,)))
    assert len(set(map(repr, offered))) == len(offered) and mine in offered
    data = [one.value.as_json()["name"] for one in offered if one.part == "data"]
    assert set(data) == set(CATALOG.planes) - {"csv"} and data.count("moons") == 2  # at its defaults, and the page's
    requests = [one.value.as_json()["choose"] for one in offered if one.part == "request"]
    assert set(requests) == {name for name, one in CATALOG.choosers.items() if "toy" in one.kinds} - {"points"}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"data": {"name": "moons"}}, "Two moons"),
        ({"data": {"name": "moons", "n": 60}}, "Two moons (points 60)"),
        ({"request": {"choose": "class", "label": 1}}, "A whole class (class 1)"),
        ({"request": {"choose": "points", "index": [7]}}, "Point 7 of two moons"),
        ({"request": {"choose": "points", "index": [1, 2, 3]}}, "Points 1, 2, 3 of two moons"),
        ({"request": {"choose": "points", "index": list(range(9))}}, "Points 0, 1, 2, 3, …, 8 (9) of two moons"),
    ],
    ids=str,
)
def test_a_row_is_named_by_what_differs_from_the_defaults(part: dict[str, Any], said: str):
    base = view().base
    assert title(row(base, **part), base) == said


def test_a_row_of_data_keeps_the_request_where_it_can_be_asked():
    shown = view(request={"choose": "random", "fraction": 0.2})
    spec, because = base_of(shown, row(shown.base, data={"name": "circles", "n": 60}), memo)
    assert because == "" and spec.request == shown.base.request and spec.data.name == "circles"


def test_a_row_of_the_base_s_own_data_is_the_base():
    shown = view(request={"choose": "points", "index": [0, 1]})
    assert base_of(shown, Row("data", shown.base.data), memo) == (shown.base, "")


def test_a_row_of_a_request_has_it_on_the_base_s_data():
    shown = view()
    spec, because = base_of(shown, row(shown.base, request={"choose": "class", "label": 1}), memo)
    assert because == "" and spec.data == shown.base.data
    assert spec.request.as_json() == {"kind": "forget", "choose": "class", "label": 1}


@pytest.mark.parametrize(
    ("data", "request_", "name", "because"),
    [
        ("moons", {"choose": "points", "index": [0, 1]}, "circles", PICKED),
        ("blobs", {"choose": "class", "label": 2}, "moons", "`request.label` must lie in [0, 1], got 2"),
        ("xor", {"choose": "subclass"}, "moons", "the classes of these data have no sub-clusters"),
    ],
)
def test_a_request_that_a_data_set_cannot_be_asked_gives_way_to_the_default_and_says_why(
    data: str, request_: dict[str, Any], name: str, because: str
):
    shown = view(data={"name": data, "n": 60}, request=request_)
    spec, said = base_of(shown, row(shown.base, data={"name": name, "n": 60}), memo)
    assert because in said
    assert spec.request == Spec.parse({"data": {"name": name, "n": 60}}).request


# --- columns ------------------------------------------------------------------------------------------------------


def test_columns_are_the_methods_and_two_settings_of_one_are_told_apart():
    shown = view({"method": "retrained"}, QUICK, {"method": "scrub"}, {"method": "fine_tune"}, {"method": "original"})
    assert [name for name, _ in columns(shown)] == ["Fine-tuning (steps 4)", "SCRUB", "Fine-tuning (preset)"]


def test_there_are_at_most_seven_columns():
    assert len(columns(view(*[QUICK] * 8))) == MAX_METHODS == 7


# --- the work -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown() -> View:
    base = Spec.parse({**SMALL, "request": {"choose": "points", "index": [0, 3, 5, 6, 7]}})
    rows = (row(base, request={"choose": "class", "label": 0}), row(base, data={"name": "circles", "n": 60}))
    return view(QUICK, {"method": "unsir"}, rows=rows, request=base.request.as_json())


@pytest.fixture(scope="module")
def poster(shown: View) -> Poster:
    return built(shown)


def test_frames_come_first_and_then_a_row_at_a_time(shown: View):
    ticks: list[tuple[int, int, str]] = []
    pieces = list(posters(shown, memo, lambda done, total, said="": ticks.append((done, total, said))))
    assert [len(one.scores) for one in pieces] == [0, 3, 6]  # retrained and two methods a row
    assert [[len(one.cells) for one in piece.rows] for piece in pieces] == [[0, 0], [3, 0], [3, 3]]
    assert all(one.plane is not None for one in pieces[0].rows)
    counted = [done for done, total, _ in ticks if total == 2000]
    assert counted == sorted(counted) and max(counted) <= 2000
    said = {sentence.partition(": ")[2] for _, _, sentence in ticks}
    assert {"training original and retrained models", "unlearning with UNSIR"} <= said


def test_retrained_stands_first_with_the_range_over_its_seeds(shown: View, poster: Poster):
    assert poster.columns == ("Retrained", "Fine-tuning", "UNSIR")
    base, _ = base_of(shown, shown.rows[0], memo)
    band = pipeline.retrained_accuracy(pipeline.Run(base, memo))["retain"]
    assert poster.scores[0].column == "Retrained" and poster.scores[0].values["retain"] == band
    cell = poster.rows[0].cells[0]
    assert cell is not None and cell.within == () and [score.split()[0] for score in cell.scores] == [
        "forget", "retain", "differs",
    ]  # fmt: skip


def test_a_method_s_cell_holds_the_end_of_its_path_and_the_scores_of_the_model_on_screen(shown: View, poster: Poster):
    spec = base_of(shown, shown.rows[0], memo)[0].with_method(shown.panels[0].method)
    cell = poster.rows[0].cells[1]
    assert cell is not None and cell.logits is not None
    np.testing.assert_allclose(cell.logits, pipeline.panel(pipeline.Run(spec, memo)).logits[-1], rtol=1e-5, atol=1e-5)
    known = pipeline.compare(pipeline.Run(spec, memo), spread=False).accuracy["unlearned"]["forget"].values[0]
    assert poster.scores[1].values["forget"].values == (known,)
    assert cell.scores[0] == f"forget {known:.2f}".replace(" 0.", " .")
    assert len(cell.within) == 3


def test_a_mark_compares_what_is_printed():
    band = Band((0.074, 0.112))  # printed .07-.11
    assert [inside("forget", value, band) for value in (0.066, 0.114, 0.064, 0.116)] == [True, True, False, False]
    assert [inside("disagreement_area", v, Band((0.01, 0.0114))) for v in (0.0, 0.01149, 0.0116)] == [
        True,
        True,
        False,
    ]
    assert inside("forget", float("nan"), band) is None and inside("forget", 0.1, Band(())) is None


def test_a_method_that_cannot_answer_says_why_in_its_cell_and_below(poster: Poster):
    whole, other = (one.cells[2] for one in poster.rows)
    assert whole is not None and whole.logits is not None  # UNSIR forgets a class
    assert other is not None and other.logits is None and "UNSIR answers requests for a whole class" in other.trouble
    assert poster.notes == (f"UNSIR, Circles (points 60): {other.trouble}",)


def test_a_certified_method_says_what_it_promises_below():
    shown = view({"method": "certified_removal"}, model={"widths": []})
    shown = replace(shown, rows=(row(shown.base, data={"name": "moons"}),))
    (said,) = built(shown).notes
    assert said.startswith("Certified removal, Two moons: certified, epsilon 1, delta 0.0001: any outcome is as likely")


def test_the_row_says_why_it_shows_another_request(poster: Poster):
    assert "because" not in poster.rows[0].sentence
    asked = CATALOG.choosers["cluster"].title.lower()
    assert f"12 of 60 points to forget ({asked}, because {PICKED})." in poster.rows[1].sentence


def test_a_row_that_cannot_be_drawn_says_so_and_the_others_stay():
    base = view(data={"name": "moons", "n": 60}).base
    nothing = row(base, request={"choose": "points", "index": []})
    found = built(view(rows=(nothing, Row("data", base.data))))
    assert found.rows[0].trouble.startswith("the request names no point") and found.rows[0].cells == ()
    assert found.rows[1].trouble == "" and len(found.rows[1].cells) == 2
    assert math.isnan(found.scores[0].ratio) and found.scores[0].note == found.rows[0].trouble


# --- as CSV -------------------------------------------------------------------------------------------------------


def test_the_csv_has_full_precision_and_an_empty_cell_where_nothing_is_defined():
    values = {"forget": Band((0.125, 0.375)), "retain": Band((1.0,))}
    scores = (
        Score("Two moons", "12 of 60 points to forget", 1 / 3, "Retrained", values),
        Score("Two moons", "12 of 60 points to forget", math.nan, "UNSIR", {}, "cannot, says why"),
    )
    first, second = csv.DictReader(io.StringIO(as_csv(Poster(("Retrained", "UNSIR"), (), scores))))
    assert first["signal_to_floor"] == repr(1 / 3) and first["column"] == "Retrained" and first["note"] == ""
    accuracy = [first[f"forget_accuracy_{part}"] for part in ("mean", "min", "max")]
    assert accuracy == ["0.25", "0.125", "0.375"]
    assert first["retain_accuracy_min"] == "1.0" and first["disagreement_area_mean"] == ""
    assert second["signal_to_floor"] == second["forget_accuracy_mean"] == "" and second["note"] == "cannot, says why"


def test_the_csv_has_a_line_a_cell(poster: Poster):
    lines = list(csv.DictReader(io.StringIO(as_csv(poster))))
    assert [(line["row"], line["column"]) for line in lines] == [
        (one.title, column) for one in poster.rows for column in poster.columns
    ]
    assert PICKED in lines[3]["request"] and lines[5]["note"] == poster.scores[5].note


def test_another_setting_of_a_knob_is_another_poster():
    one, two = view(QUICK), view({"method": "fine_tune", "knobs": {"steps": 5}})
    assert columns(one) != columns(two)
    assert columns(one) == columns(replace(one, step=0.5))
