"""The page *audits* as a script: each audit opens with its picture and numbers, and what cannot be is said."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.pages import audits  # noqa: F401  # what it imports is loaded before it is shown
from explorer.spec.catalog import CATALOG
from tests.pages._driven import asked, captions, charts, html, in_memory, settled, widget
from tests.pages._driven import opened as opened_at

QUERY = {
    "v": "1",
    "data": "moons(n:80)",
    "training": "(steps:60)",
    "model": "(widths:[8])",
    "evaluation": "(retrained_seeds:2)",
    "panels": "retrained~greedy(steps:4)~fine_tune(steps:3)",
    "focus": "1",
    "hidden": "presets",
}
ONE = {"request": "points(index:[3])"}


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    """Keep what the page computes in memory, for all tests of this file."""
    with in_memory():
        yield


def opened(**more: str) -> AppTest:
    return opened_at("audits", {**QUERY, **more})


@pytest.mark.parametrize("key", CATALOG.audits)
def test_an_audit_opens_with_its_words_its_picture_and_its_numbers(key: str):
    audit = CATALOG.audits[key]
    app = opened(audit=key, **(ONE if audit.one_point else {}))
    said = " ".join(one.value for one in app.markdown)
    assert audit.sentence in said and audit.onlooker[1:] in captions(app)
    assert audit.look in captions(app) and audit.not_shown in captions(app)
    assert [one.value for one in app.latex]
    assert all(field.title in html(app) for field in audit.fields.values())
    assert "Greedy mislabelling" in html(app) and "Fine-tuning" in html(app)
    figures = {"relearning": 1, "weight_path": 1, "two_model_membership": 1, "completeness": 1}
    assert len(charts(app)) == figures.get(key, 0)
    assert not app.warning and not app.error


def test_short_titles_are_spelled_out_once():
    assert captions(opened(panels="retrained~jit(epochs:1)")).count("JiT: Just in Time unlearning.") == 1


def test_the_audit_is_in_the_address():
    app = opened()
    widget(app, "button_group", "audit").set_value("weight_path").run()
    assert asked(app)["audit"] == "weight_path"
    settled(app, "audits")
    assert "nearest at a" in charts(app)[0]


def test_what_does_not_fit_the_request_is_said_once_a_panel_and_the_page_stands():
    app = opened(audit="reconstruction")
    assert {one.value.partition(":")[2] for one in app.warning} == {" Ghost asks about one forgotten point, got 16"}
    assert not charts(app) and "ue-numbers" not in html(app)


def test_a_method_that_cannot_be_run_on_retrained_models_says_why_and_the_others_stand():
    app = opened(panels="retrained~amnesiac~greedy(steps:4)", focus="2")
    (warning,) = app.warning
    assert "Amnesiac cannot be run on retrained models" in warning.value
    assert "Greedy mislabelling" in html(app) and len(charts(app)) == 1
