"""Which sliders the player follows, and what it asks for: the page says it, in addresses that the routes read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from explorer import pipeline
from explorer.service.query import parts_of, view_of
from explorer.session.changes import with_knob, with_part
from explorer.view import View
from tests.pages import _driven
from tests.pages._driven import tab

SMALL = {"v": "1", "data": "moons(n:40)", "training": "standard(steps:5)", "evaluation": "(retrained_seeds:2)"}
PANELS = {"panels": "retrained~jit(epochs:2)~fine_tune(steps:3)", "hidden": "presets"}


@pytest.fixture(autouse=True)
def kept_in_memory() -> Iterator[None]:
    with _driven.in_memory():
        yield


def told(monkeypatch: pytest.MonkeyPatch, page: str, query: dict[str, str]) -> tuple[View, dict[str, dict[str, Any]]]:
    """Return the view of a page, and what it tells the player: widget -> control."""
    view, found = handed_over(monkeypatch, page, query)
    assert (found["route"], found["owner"]) == ("/picture", "")
    return view, {one["widget"]: one for one in found["controls"]}


def handed_over(monkeypatch: pytest.MonkeyPatch, page: str, query: dict[str, str]) -> tuple[View, dict[str, Any]]:
    said: list[dict[str, Any]] = []
    monkeypatch.setattr("streamlit.components.v2.component", lambda *_, **__: lambda *, data, **__: said.append(data))
    monkeypatch.setattr("explorer.pages.frame.player.mount", lambda *_, **__: None)
    app = _driven.opened(page, query)
    found = [one for one in said if isinstance(one, dict) and "controls" in one][-1]
    assert found["tab"] == tab(app).news.name
    return tab(app).view, found


def asked(control: dict[str, Any], value: float) -> View:
    return view_of(parts_of(control["query"].replace("__value__", str(value)).encode()).view)


def test_a_knob_asks_for_the_view_that_letting_go_would_make(monkeypatch: pytest.MonkeyPatch):
    view, controls = told(monkeypatch, "watch", SMALL | PANELS)
    sigma = controls["st-key-knob-1-jit-sigma-1"]
    assert (sigma["panel"], sigma["name"], sigma["stops"], sigma["whole"]) == (1, "1:jit", None, False)
    for value in (1, 2.5, 10):
        assert asked(sigma, value) == with_knob(view, 1, "jit", "sigma", float(value))


def test_a_logarithmic_slider_says_what_its_places_mean(monkeypatch: pytest.MonkeyPatch):
    view, controls = told(monkeypatch, "watch", SMALL | PANELS)
    lr = controls["st-key-knob-1-jit-lr-1"]
    assert lr["stops"][lr["at"]] == 0.001
    for stop in lr["stops"]:
        assert asked(lr, stop) == with_knob(view, 1, "jit", "lr", float(stop))


def test_sliders_of_data_and_request_ask_for_the_panel_in_focus_and_then_for_all(monkeypatch: pytest.MonkeyPatch):
    view, controls = told(monkeypatch, "watch", SMALL | PANELS | {"focus": "2"})
    noise, share, seed = (
        controls[f"st-key-{key}-1"] for key in ("data-moons-noise", "request-cluster-fraction", "seed")
    )
    assert {(one["panel"], one["name"], one["whole"]) for one in (noise, share, seed)} == {(2, "2:fine_tune", True)}
    assert asked(noise, 0.4) == with_part(view, "data", noise=0.4)
    assert asked(share, 0.3) == with_part(view, "request", fraction=0.3)
    assert asked(seed, 7).base.seed == 7


def test_the_page_of_one_method_asks_for_its_panel_alone(monkeypatch: pytest.MonkeyPatch):
    view, controls = told(monkeypatch, "method", SMALL | PANELS | {"focus": "2"})
    steps = controls["st-key-knob-2-fine_tune-steps-1"]
    assert (steps["panel"], steps["name"]) == (0, "0:fine_tune")
    made = asked(steps, 4)
    assert made.panels == with_knob(view, 2, "fine_tune", "steps", 4).panels[2:]


def test_a_knob_of_an_audit_asks_for_the_audits_picture(monkeypatch: pytest.MonkeyPatch):
    view, controls = told(monkeypatch, "audits", SMALL | PANELS | {"audit": "weight_path"})
    sigma, noise = controls["st-key-knob-1-jit-sigma-1"], controls["st-key-data-moons-noise-1"]
    assert (sigma["panel"], sigma["name"], sigma["whole"], noise["whole"]) == (1, "1:jit", False, True)
    assert asked(sigma, 2.5) == with_knob(view, 1, "jit", "sigma", 2.5)
    assert asked(noise, 0.4) == with_part(view, "data", noise=0.4)
    assert asked(sigma, 2.5).page == "audits"


def test_a_knob_of_a_stream_asks_for_the_streams_picture(monkeypatch: pytest.MonkeyPatch):
    view, controls = told(monkeypatch, "streams", SMALL | PANELS | {"batches": "3", "size": "2"})
    sigma, noise = controls["st-key-knob-1-jit-sigma-1"], controls["st-key-data-moons-noise-1"]
    assert (sigma["panel"], sigma["name"], sigma["whole"], noise["whole"]) == (1, "1:jit", False, True)
    assert asked(sigma, 2.5) == with_knob(view, 1, "jit", "sigma", 2.5)
    assert asked(noise, 0.4).page == "streams" and asked(noise, 0.4).looks.streams == view.looks.streams


def test_a_knob_on_points_of_ones_own_asks_with_the_secret_of_the_tab(monkeypatch: pytest.MonkeyPatch):
    lines = [f"{number},{number % 7},{number % 2}" for number in range(40)]
    table = pipeline.csv_table("\n".join(["x1,x2,label", *lines]).encode())
    sha256 = pipeline.keep_csv(pipeline.csv_points(table))
    query = SMALL | PANELS | {"data": f"csv(sha256:{sha256})", "request": "random"}
    monkeypatch.setattr("explorer.session.tab.Tab.lacks", lambda tab: None)
    view, found = handed_over(monkeypatch, "watch", query)
    sigma = next(one for one in found["controls"] if one["widget"] == "st-key-knob-1-jit-sigma-1")
    parts = parts_of(sigma["query"].replace("__value__", "2.5").encode())
    assert View.from_query(dict(parts.view)) == (with_knob(view, 1, "jit", "sigma", 2.5), [])
    assert len(found["owner"]) >= 32


def test_an_audit_that_is_a_figure_follows_nothing(monkeypatch: pytest.MonkeyPatch):
    _, controls = told(monkeypatch, "audits", SMALL | PANELS | {"audit": "two_model_membership"})
    assert controls == {}


def test_what_is_typed_or_chosen_by_name_is_not_followed(monkeypatch: pytest.MonkeyPatch):
    _, controls = told(monkeypatch, "watch", SMALL | PANELS)
    assert not [widget for widget in controls if "training" in widget or "model" in widget or "label" in widget]


def test_a_page_without_a_player_follows_nothing(monkeypatch: pytest.MonkeyPatch):
    _, controls = told(monkeypatch, "compare", SMALL | PANELS)
    assert controls == {}
