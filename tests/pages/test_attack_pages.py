"""The pages *trade-off* and *attacks* as scripts: they open, their controls are the View, live work can be stopped."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer import view
from explorer.contents import attacks as asked_attacks
from explorer.contents import exposure, sweep
from explorer.experiments.store.store import Store
from explorer.pages.frame import store
from explorer.pages.parts import live_attack
from explorer.session import jobs

PAGE = """
from explorer.pages import {name}
from explorer.pages.controls import sidebar
from explorer.pages.frame import binding
tab = binding.begin("{name}")
{name}.show()
sidebar.sidebar(tab)
"""
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
PATIENCE = 300.0


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    """Keep what the pages compute in memory, for all tests of this file."""
    patch = pytest.MonkeyPatch()
    known = Store(None)
    patch.setattr(store, "store", lambda: known)
    for module in (exposure, live_attack, view.view):
        patch.setattr(module, "SHADOW_MODELS", (16, 32, 64))
    yield
    patch.undo()
    for job in list(jobs._alive):  # a thread in the middle of torch must not outlive the interpreter
        job.cancel()
        job.wait(lambda _: False, PATIENCE)


def opened(name: str, **more: str) -> AppTest:
    app = AppTest.from_string(PAGE.format(name=name), default_timeout=PATIENCE)
    app.query_params.update({**QUERY, **more})
    app.run()
    return settled(app, name)


def settled(app: AppTest, key: str) -> AppTest:
    """Wait until a job has ended, and draw the page with what it found."""
    job = tab(app).jobs.get(key)
    assert job is not None
    job.wait(lambda _: False, PATIENCE)
    assert job.finished and not job.error
    app.run()
    assert not app.exception
    return app


def tab(app: AppTest) -> Any:
    return app.session_state["explorer"]


def asked(app: AppTest) -> dict[str, str]:
    return tab(app).view.to_query()


def widget(app: AppTest, kind: str, key: str) -> Any:
    """Return a widget by its key without the count of how often it was made."""
    return next(one for one in app.get(kind) if (one.key or "").rpartition(":")[0] == key)


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def said(app: AppTest) -> str:
    return " ".join(one.proto.body for one in app.get("html"))


def test_the_trade_off_page_opens_with_its_plane_and_table():
    app = opened("tradeoff")
    assert charts(app) == 1
    assert "step 6" not in said(app) and "Fine-tuning" in said(app) and "ue-wide" in said(app)
    assert any("How much there is to forget" in one.value for one in [*app.info, *app.warning])
    assert "How to read each number" in said(app) and "= retrained" in said(app)


def test_the_axes_are_in_the_view_and_never_the_same():
    app = opened("tradeoff")
    widget(app, "selectbox", "plane:y:forget").set_value("activation_distance").run()
    assert asked(app)["plane"] == "forget~activation_distance"
    widget(app, "selectbox", "plane:x").set_value("activation_distance").run()
    assert asked(app)["plane"] == "activation_distance~test" and not app.exception
    linked = opened("tradeoff", plane="cost~forget")
    assert widget(linked, "selectbox", "plane:x").value == "cost" and charts(linked) == 1


def test_the_attacks_page_opens_with_both_questions():
    app = opened("attacks")
    headings = " ".join(one.value for one in app.markdown)
    assert "Question A" in headings and "Question B" in headings and "More scores and distances" in headings
    assert charts(app) == 4  # ROC, AUC against accuracy; relearn curve, displacement


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
    assert charts(app) == 7  # as above; maps, worlds, ROC over models
    assert any(one.value.startswith("**Point 7**") for one in app.markdown)
    assert widget(app, "selectbox", "shadow_attack").value == "rmia"
    assert "RMIA" in said(app)


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

    monkeypatch.setattr(asked_attacks, "attacking", endless)
    app = opened("attacks", seed="1")
    next(one for one in app.button if one.label == "Start").click().run()
    assert entered.wait(PATIENCE)
    app.run()
    assert "Training 16 models (1 of 32)" in said(app)
    app.button(key="cancel:u_lira").click().run()
    assert left.wait(PATIENCE), "the work went on"
    settled(app, "u_lira")
    assert "Stopped; nothing was ready yet." in said(app)


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sweep have three values, in this process."""
    monkeypatch.setattr("explorer.contents.sweep.ONE", 3)
    monkeypatch.setattr("explorer.contents.sweep.TWO", 2)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("name", ["watch", "method", "tradeoff"])
def test_the_button_beside_a_knob_opens_its_range_where_one_is(name: str):
    app = opened(name)
    before = charts(app)
    app.button(key="knob:1:fine_tune:steps:sweep").click().run()
    assert asked(app)["sweep"] == "steps"
    settled(app, "sweep")
    assert charts(app) == before + 2  # pictures and curves


@pytest.mark.usefixtures("three")
def test_a_link_that_names_a_sweep_shows_it_and_another_setting_waits():
    app = opened("tradeoff", sweep="steps~lr", numbers="cost")
    settled(app, "sweep")
    assert charts(app) == 2  # the plane, the heat map
    assert widget(app, "selectbox", "sweep:number").value == "cost"
    widget(app, "select_slider", "knob:1:fine_tune:lr").set_value(0.1).run()
    assert charts(app) == 2  # a swept knob changes neither the sweep nor, until there is a new one, the plane
    settled(app, "tradeoff")
    assert charts(app) == 2
    widget(app, "slider", "knob:1:fine_tune:momentum").set_value(0.5).run()
    settled(app, "tradeoff")
    assert charts(app) == 1
    assert any(one.label.startswith("Run it over its range (4 runs)") for one in app.button)


def test_a_sweep_of_a_knob_that_the_method_has_not_falls_back_on_its_first():
    app = opened("tradeoff", sweep="samples")
    assert widget(app, "selectbox", "sweep:one:fine_tune").value == next(iter(sweep.knobs_of("fine_tune")))
