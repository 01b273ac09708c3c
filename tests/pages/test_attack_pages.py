"""The pages *trade-off* and *attacks* as scripts: they open, their controls are the View, live work can be stopped."""

import sys
import threading
from collections.abc import Iterator
from html import escape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.contents import live_attack, sweep
from explorer.contents.glossary import TERMS
from explorer.pages import attacks  # noqa: F401  # what it imports is patched before it is shown
from tests.pages._driven import PATIENCE, asked, charts, html, in_memory, settled, tab, widget
from tests.pages._driven import opened as opened_at

QUERY = {
    "v": "1",
    "data": "moons(n:80,noise:0.35)",
    "request": "random",
    "training": "memorise(steps:400)",
    "evaluation": "(retrained_seeds:2,attacks:[loss.entropy])",
    "panels": "retrained~fine_tune(steps:6)~gradient_ascent(steps:4)",
    "hidden": "presets",
    "shadow_models": "16",
}


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    """Keep what the pages compute in memory, for all tests of this file; fewer models attack live."""
    with in_memory() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("explorer") and hasattr(module, "SHADOW_MODELS"):
                patch.setattr(module, "SHADOW_MODELS", (16, 32, 64))
        yield


def opened(name: str, **more: str) -> AppTest:
    app = opened_at(name, {**QUERY, **more})
    return settled(app, "more") if name == "attacks" else app


def test_the_trade_off_page_opens_with_its_plane_and_table():
    app = opened("tradeoff")
    assert len(charts(app)) == 1
    assert "step 6" not in html(app) and "Fine-tuning" in html(app) and "ue-wide" in html(app)
    assert any("How much there is to forget" in one.value for one in [*app.info, *app.warning])
    assert "How to read each number" in html(app) and "= retrained" in html(app)


def test_the_axes_are_in_the_view_and_never_the_same():
    app = opened("tradeoff")
    widget(app, "selectbox", "plane:y:forget").set_value("activation_distance").run()
    assert asked(app)["plane"] == "forget~activation_distance"
    widget(app, "selectbox", "plane:x").set_value("activation_distance").run()
    assert asked(app)["plane"] == "activation_distance~test" and not app.exception
    linked = opened("tradeoff", plane="cost~forget")
    assert widget(linked, "selectbox", "plane:x").value == "cost" and len(charts(linked)) == 1


def test_terms_on_the_cards_of_attacks_explain_themselves():
    member = next(term.says for term in TERMS if term.word == "member")
    cards = [one.value for one in opened("attacks").html if one.value.startswith("<p><b>")]
    assert len(cards) == 2 and [escape(member) in card for card in cards] == [True, False], "the first time it is said"


def test_the_attacks_page_opens_with_both_questions():
    app = opened("attacks")
    headings = " ".join(one.value for one in app.markdown)
    assert "Question A" in headings and "Question B" in headings and "More scores and distances" in headings
    assert len(charts(app)) == 4  # ROC, AUC against accuracy; relearn curve, displacement


def test_further_scores_are_those_of_the_panel_in_focus_and_the_attacks_are_not_asked_again():
    app = opened("attacks", focus="1")
    before = tab(app).jobs.get("attacks")
    widget(app, "radio", "focus").set_value(2).run()
    settled(app, "more")
    assert "One attack, and Gradient ascent closely" in " ".join(one.value for one in app.markdown)
    assert len(charts(app)) == 4 and '<th scope="col">Gradient ascent' in html(app)
    assert tab(app).jobs.get("attacks") is before


def test_the_statistic_and_the_attack_are_in_the_view():
    app = opened("attacks", statistic="balanced_accuracy", attack="entropy")
    assert widget(app, "button_group", "statistic").value == "balanced_accuracy"
    assert widget(app, "selectbox", "attack").value == "entropy"
    widget(app, "button_group", "statistic").set_value("auc").run()
    widget(app, "selectbox", "attack").set_value("loss").run()
    assert not {"statistic", "attack"} & set(asked(app)) and not app.exception


def test_the_live_attack_starts_and_its_result_appears():
    app = opened("attacks", point="7", shadow_attack="rmia")
    next(one for one in app.button if one.label == "Start").click().run()
    settled(app, "u_lira")
    assert len(charts(app)) == 7  # as above; maps, worlds, ROC over models
    assert any(one.value.startswith("**Point 7**") for one in app.markdown)
    assert widget(app, "selectbox", "shadow_attack").value == "rmia"
    assert "RMIA" in html(app)


def test_a_point_of_other_data_gives_way_to_the_most_exposed():
    app = opened("attacks", point="79999")
    next(one for one in app.button if one.label == "Start").click().run()
    settled(app, "u_lira")
    assert any(one.value.startswith("**Point") and "(to forget)" in one.value for one in app.markdown)


def test_cancel_stops_the_live_attack(monkeypatch: pytest.MonkeyPatch):
    entered, left = threading.Event(), threading.Event()

    def endless(_spec: Any, _models: Any, _store: Any, tick: Any) -> Iterator[Any]:
        try:
            while True:
                tick(1, 32, "Training 16 models")
                entered.set()
                left.wait(0.01)
                yield None
        finally:
            left.set()

    monkeypatch.setattr(live_attack, "attacking", endless)
    app = opened("attacks", seed="1")
    next(one for one in app.button if one.label == "Start").click().run()
    assert entered.wait(PATIENCE)
    app.run()
    assert "Training 16 models (1 of 32)" in html(app)
    app.button(key="cancel:u_lira").click().run()
    assert left.wait(PATIENCE), "the work went on"
    settled(app, "u_lira")
    assert "Stopped; nothing was ready yet." in html(app)


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sweep have three values, in this process."""
    monkeypatch.setattr("explorer.contents.sweep.ONE", 3)
    monkeypatch.setattr("explorer.contents.sweep.TWO", 2)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("name", ["watch", "method", "tradeoff"])
def test_the_button_beside_a_knob_opens_its_range_where_one_is(name: str):
    app = opened(name)
    before = len(charts(app))
    app.button(key="knob:1:fine_tune:steps:sweep").click().run()
    assert asked(app)["sweep"] == "steps"
    settled(app, "sweep")
    assert len(charts(app)) == before + 2  # pictures and curves


@pytest.mark.usefixtures("three")
def test_a_link_that_names_a_sweep_shows_it_and_another_setting_waits():
    app = opened("tradeoff", sweep="steps~lr", numbers="cost")
    settled(app, "sweep")
    assert len(charts(app)) == 2  # the plane, the heat map
    assert widget(app, "selectbox", "sweep:number").value == "cost"
    widget(app, "select_slider", "knob:1:fine_tune:lr").set_value(0.1).run()
    assert len(charts(app)) == 2  # a swept knob changes neither the sweep nor, until there is a new one, the plane
    settled(app, "tradeoff")
    assert len(charts(app)) == 2
    widget(app, "slider", "knob:1:fine_tune:momentum").set_value(0.5).run()
    settled(app, "tradeoff")
    assert len(charts(app)) == 1
    assert any(one.label.startswith("Run it over its range (4 runs)") for one in app.button)


def test_a_sweep_of_a_knob_that_the_method_has_not_falls_back_on_its_first():
    app = opened("tradeoff", sweep="samples")
    assert widget(app, "selectbox", "sweep:one:fine_tune").value == next(iter(sweep.knobs_of("fine_tune")))
