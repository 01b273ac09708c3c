"""The page *streams* as a script: picture, figures, table, its order in the address; what cannot be is said."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.pages import streams  # noqa: F401  # what it imports is loaded before it is shown
from explorer.view.presets import PRESETS
from tests.pages._driven import PAGE, PATIENCE, asked, captions, charts, html, in_memory, settled, tab, widget
from tests.pages._driven import opened as opened_at

QUERY = {
    "v": "1",
    "data": "moons(n:60)",
    "training": "(steps:40)",
    "model": "(widths:[4])",
    "evaluation": "(retrained_seeds:2)",
    "panels": "fine_tune(steps:2)~unsir~gradient_ascent(steps:2)",
    "batches": "4",
    "size": "2",
    "hidden": "presets",
}


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    """Keep what the page computes in memory, for all tests of this file."""
    with in_memory():
        yield


def opened(**more: str) -> AppTest:
    return opened_at("streams", {**QUERY, **more})


def test_it_opens_with_both_figures_its_words_and_its_table():
    app = opened()
    film, drift = charts(app)
    assert "after 1, 2, 3, 4 requests" in film and "Fine-tuning" in film
    assert "after 4 requests" in drift and "all at once" in drift
    assert "defaults" in captions(app) and "twenty times the work" in captions(app)
    assert "Breaks at request" in html(app) and "Gradient ascent" in html(app)
    assert not app.error


def test_short_titles_are_spelled_out_once():
    assert captions(opened(panels="jit(epochs:1)~fine_tune(steps:2)")).count("JiT: Just in Time unlearning.") == 1


def test_a_method_that_cannot_answer_says_so_and_the_others_stand():
    (warning,) = opened().warning
    assert warning.value == "UNSIR: UNSIR answers requests for a whole class; this request is a stream of requests"


def test_the_order_and_the_size_are_in_the_address():
    app = opened()
    widget(app, "button_group", "order").set_value("random").run()
    assert asked(app)["order"] == "random"
    settled(app, "streams")
    widget(app, "number_input", "stream:batches").set_value(3).run()
    assert asked(app)["batches"] == "3"
    assert "after 1, 2, 3 requests" in charts(settled(app, "streams"))[0]


def test_a_stream_of_more_points_than_there_are_is_said_in_one_line():
    app = AppTest.from_string(PAGE.format(name="streams"), default_timeout=PATIENCE)
    app.query_params.update({**QUERY, "batches": "40"})
    app.run()
    job = tab(app).jobs.get("streams")
    job.wait(lambda _: False, PATIENCE)
    app.run()
    assert "class upper moon has 30, got 40 batches of 2, 80 in all" in html(app)
    assert not app.exception and not charts(app)


def test_an_empty_address_opens_on_the_preset_and_other_pages_keep_theirs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.contents.streams.streaming", lambda *_: iter(()))
    app = AppTest.from_string(PAGE.format(name="streams"), default_timeout=PATIENCE).run()
    preset = next(one for one in PRESETS if one.key == "one_after_another").view()
    assert tab(app).view == preset and tab(app).group("streams") == "streams"
    tab(app).follow({}, "watch")
    assert tab(app).address() == {}
