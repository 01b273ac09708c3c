"""What the page *streams* shows, computed: panels one by one, words and references that move, table, CSV."""

from __future__ import annotations

import csv
import io
from typing import Any, cast

import numpy as np
import pytest

from explorer.contents import streams
from explorer.contents.picture import panel_names
from explorer.contents.tables import by_page
from explorer.contents.tables import streams as tables
from explorer.experiments.store.store import Store
from explorer.player import unpack
from explorer.session.desk import Here, silent
from explorer.spec import SpecError
from explorer.view import View
from explorer.view.runs import runs_of

STORE = Store(None)
BASE = {
    "data": {"n": 60},
    "model": {"widths": [4]},
    "training": {"steps": 40},
    "evaluation": {"retrained_seeds": 2},
}
PANELS = [
    {"method": "retrained"},
    {"method": "fine_tune", "knobs": {"steps": 2}},
    {"method": "unsir"},
    {"method": "original"},
]


def view(**parts: Any) -> View:
    return View.parse({"base": BASE, "panels": PANELS, "page": "streams", "batches": 4, "size": 2, "focus": 1, **parts})


def streamed(asked: View) -> streams.Streamed:
    *_, last = streams.streaming(asked, Here(STORE.memo), silent)
    assert last.complete
    return last


def test_panels_come_one_by_one_with_the_numbers_of_methods():
    asked = view()
    steps = list(streams.streaming(asked, Here(STORE.memo), silent))
    assert [len(step.panels) for step in steps] == [1, 2, 3, 4, 4]
    assert [len(step.drifts) for step in steps] == [0, 1, 1, 1, 1]
    assert steps[3].ready(asked) and not steps[2].ready(asked)


def test_whoever_waits_hears_from_the_first_moment_and_of_every_request():
    heard: list[Any] = []

    def tick(done: int, total: int, sentence: str = "", /) -> None:
        heard.append((done, total, sentence))

    *_, last = streams.streaming(view(), Here(Store(None).memo), cast(Any, tick))
    assert last.complete
    assert heard[0] == (0, 1, "Retraining on what remains, request by request")
    answered = [given[0] for given in heard if given[1:] == (4, "")]
    assert set(answered) == {0, 1, 2, 3}


def test_a_method_that_cannot_answer_stands_still_and_says_why():
    now = streamed(view())
    said = "UNSIR answers requests for a whole class; this request is a stream of requests"
    assert now.refused == {"2:unsir": said}
    assert now.panels["2:unsir"].refused and len(now.panels["2:unsir"].step) == 5


def test_the_player_counts_requests_and_its_reference_moves():
    asked = view()
    packed = unpack(streams.blob(asked, streamed(asked)))
    assert [panel["step"] for panel in packed.header["panels"]] == [[0, 1, 2, 3, 4]] * 4
    assert {panel["way"] for panel in packed.header["panels"]} == {"request"}
    assert packed.blocks["moving"].shape[0] == 5 and not np.array_equal(*packed.blocks["moving"][[0, 4]])
    assert sorted(packed.blocks["asked"].tolist()) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert len(packed.header["goals"]["retain"]["each"]) == 5 and packed.header["goals"]["forget"]["each"][0] == "–"
    assert "pick" not in packed.header["look"]["controls"]
    assert "on what remains" in packed.header["look"]["words"]["retrained"]


def test_the_stream_stands_among_what_the_page_looks_at_and_the_base_keeps_its_request():
    asked = view(order="random")
    assert asked.base == view().base and asked.base.request.sequence is None
    sequence = asked.stream().request.sequence
    assert sequence is not None and sequence.as_json() == {"batches": 4, "size": 2, "order": "random"}
    assert asked.to_query()["order"] == "random" and asked.to_query()["batches"] == "4"


def test_a_spec_with_a_stream_opens_on_the_page_and_runs_as_it_was():
    given = {**BASE, "request": {"sequence": {"batches": 3, "size": 2, "label": 1}}, "method": {"name": "jit"}}
    opened = View.parse(given)
    assert (opened.page, opened.looks.streams.batches, opened.looks.streams.label) == ("streams", 3, 1)
    assert opened.base.request.sequence is None
    (run,) = runs_of(opened.as_json())
    (alone,) = runs_of(given)
    assert run == alone and run.request.sequence is not None


def test_a_stream_in_a_base_is_taken_to_where_the_page_looks():
    opened = View.parse({"base": {**BASE, "request": {"sequence": {"batches": 3}}}, "panels": PANELS})
    assert (opened.page, opened.looks.streams.batches) == ("streams", 3)
    assert opened.base == view().base


def test_a_row_of_the_poster_cannot_be_a_stream():
    with pytest.raises(SpecError, match=r"`request\.sequence` of a row must be left out"):
        View.parse({"base": BASE, "rows": [{"request": {"sequence": {}}}], "panels": PANELS})


def test_the_filmstrip_has_room_for_fewer_pictures_on_a_phone():
    assert streams.times_shown(20) == (1, 4, 10, 16, 20)
    assert streams.times_shown(20, 3) == (1, 10, 20)
    assert streams.times_shown(20, 2) == (1, 20)
    assert streams.times_shown(2) == (1, 2)
    assert streams.times_shown(1) == (1,)


def test_the_table_has_retrained_and_the_original_first_and_a_row_a_method():
    asked = view()
    now = streamed(asked)
    titles = streams.methods(asked, now)
    assert titles == {panel_names(asked)[1]: "Fine-tuning"}
    table = tables.table(now.drifts, titles)
    assert table.index("Retrained (same seed)") < table.index("Original") < table.index("Fine-tuning")
    assert tables.table(now.drifts, {}) == ""


def test_the_csv_has_a_line_a_number_of_requests():
    lines = list(csv.DictReader(io.StringIO(by_page.panel_table(view(), STORE))))
    assert [line["requests"] for line in lines] == ["0", "1", "2", "3", "4"]
    assert {line["method"] for line in lines} == {"Fine-tuning"}
    assert lines[0]["forget"] == "" and float(lines[4]["forget"]) <= 1
    assert [line["example_gradients"] for line in lines] == ["0.0", "58.0", "56.0", "54.0", "52.0"]
    found = streamed(view()).drifts["1:fine_tune"]
    assert float(lines[4]["disagreement_area"]) == found.area["unlearned"][-1]
    assert float(lines[4]["disagreement_area_at_once"]) == found.at_once["disagreement_area"]


def test_a_stream_that_cannot_be_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match=r"class upper moon has 30, got 15 batches of 2, 30 in all"):
        streamed(view(batches=15))
