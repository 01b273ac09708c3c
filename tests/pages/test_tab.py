"""What a browser tab looks at is never lost or mixed up, however late its browser is."""

from dataclasses import replace

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from explorer.session import tab as session_tab
from explorer.session.changes import with_knob
from explorer.session.tab import Tab
from explorer.view import parse_panel

TWO = {"panels": "retrained~gradient_ascent(steps:5)~fine_tune(steps:5)"}


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(session_tab.time, "monotonic", lambda: now[0])
    return now


def opened():
    tab = Tab.open(TWO, "watch")
    tab.publish()
    return tab


def moved(tab, steps):
    tab.change(with_knob(tab.view, 1, "gradient_ascent", "steps", steps))
    return tab.view


def test_a_run_that_carries_the_address_from_before_keeps_the_newer_view():
    tab = opened()
    old = tab.publish()
    view = moved(tab, 6)
    tab.follow(old, "watch")
    assert tab.view == view
    tab.publish()
    tab.follow(old, "watch")
    tab.follow(old, "watch")
    assert tab.view == view


def test_a_link_the_user_wrote_may_come_late_too():
    tab = Tab.open({**TWO, "focus": "1"}, "watch")  # the canonical address has no focus
    tab.publish()
    view = moved(tab, 6)
    tab.publish()
    tab.follow({**TWO, "focus": "1"}, "watch")
    assert tab.view == view


def test_going_back_is_followed(clock):
    tab = opened()
    before, old = tab.view, tab.publish()
    moved(tab, 6)
    tab.publish()
    tab.follow(old, "watch", back=True)
    assert tab.view == before
    tab.undo()
    tab.publish()
    clock[0] += session_tab.LAG
    tab.follow(old, "watch")
    assert tab.view == before


def test_an_old_address_is_meant_once_the_browser_has_asked_with_the_new_one():
    tab = opened()
    before, old = tab.view, tab.publish()
    moved(tab, 6)
    tab.follow(tab.publish(), "watch")
    tab.follow(old, "watch")
    assert tab.view == before


def test_undo_at_once_is_not_undone_by_a_browser_that_is_two_addresses_behind():
    tab = opened()
    before, old = tab.view, tab.publish()
    moved(tab, 6)
    between = tab.publish()
    tab.undo()
    tab.publish()
    for late in (old, between, old):
        tab.follow(late, "watch")
        assert tab.view == before


def test_a_link_is_followed_at_once():
    tab = opened()
    tab.follow({"v": "1", "seed": "3"}, "watch")
    assert tab.view.base.seed == 3
    assert tab.publish() == {"v": "1", "seed": "3"}


def test_a_page_that_opens_on_a_preset_says_in_its_address_when_the_default_is_meant():
    tab = Tab.open({}, "tradeoff")
    assert tab.bare and tab.address() == {"v": "1"}
    assert Tab.open({}, "watch").address() == {}
    asked = Tab.open({"v": "1", "data": "moons(n:99999999)"}, "tradeoff")  # nothing of it can be used
    assert not asked.bare and asked.ignored


def test_another_page_keeps_the_view():
    tab = opened()
    view = tab.view
    tab.follow({}, "method")
    assert tab.view == replace(view, page="method")


def test_a_knob_of_a_panel_that_is_gone_changes_nothing():
    view = opened().view
    other = view.with_panel(1, parse_panel({"method": "original"}))
    assert with_knob(other, 1, "gradient_ascent", "lr", 0.1) is other
    assert with_knob(view, 7, "gradient_ascent", "lr", 0.1) is view


PAGE = """
import streamlit as st
from explorer.pages.controls import sidebar
from explorer.pages.frame import binding
tab = binding.begin("watch")
if st.button("lose a message"):
    st.rerun()
sidebar.sidebar(tab)
"""


@pytest.fixture
def page():
    app = AppTest.from_string(PAGE, default_timeout=300)
    app.query_params.update({**TWO, "data": "moons(n:80)", "training": "standard(optimizer:adam,schedule:constant)"})
    return app.run()


def drawn(app):
    """Return every widget that shows a part of the view, by its key without the count of how often it was made."""
    kinds = ("slider", "select_slider", "selectbox", "button_group", "toggle", "radio", "number_input", "text_input")
    return {one.key.rpartition(":")[0]: one for kind in kinds for one in app.get(kind)}


def asked(app):
    return app.session_state["explorer"].view.to_query()


def test_every_widget_is_born_with_the_value_of_the_view(page):
    """No later message must be needed to set it: such a message can be lost, and then the browser reports a default."""
    for _ in range(2):
        widgets = drawn(page)
        assert not page.exception and len(widgets) > 20
        assert not [key for key, one in widgets.items() if one.proto.set_value]
        assert widgets["knob:1:gradient_ascent:steps"].proto.default == [5.0]
        assert widgets["training:optimizer"].proto.options[widgets["training:optimizer"].proto.default] == "adam"
        schedule = widgets["training:schedule"].proto
        assert [schedule.options[at].content for at in schedule.default] == ["constant"]
        assert widgets["focus"].proto.default == 1
        page.run()


def test_a_run_that_follows_at_once_draws_the_same_widgets(page):
    before = {key: one.key for key, one in drawn(page).items()}
    page.button[0].click().run()
    assert {key: one.key for key, one in drawn(page).items()} == before


def test_undo_shows_the_old_value_and_a_late_browser_cannot_bring_the_new_one_back(page):
    widgets, before = drawn(page), asked(page)
    steps = widgets["knob:1:gradient_ascent:steps"]
    steps.set_value(9).run()
    assert asked(page) != before
    page.button(key="undo").click().run()  # AppTest, like a late browser, still reports the slider at 9
    assert asked(page) == before
    assert drawn(page)["knob:1:gradient_ascent:steps"].value == 5
    steps.set_value(7)  # and so does a slider that is gone
    page.run()
    assert asked(page) == before


def test_a_late_browser_that_reports_widgets_of_a_view_before_changes_nothing(page):
    """Streamlit has forgotten the values of widgets that are off the page, and takes such a report for a change."""
    late = [drawn(page)[key]._widget_state for key in ("method:1", "preset:1:gradient_ascent", "focus")]
    late.append(drawn(page)["knob:1:gradient_ascent:steps"]._widget_state)
    tab = page.session_state["explorer"]
    tab.change(replace(tab.view, panels=(tab.view.panels[0], parse_panel({"method": "greedy"})), focus=0))
    page.run()
    before = asked(page)
    for state in late:
        page._run(WidgetStates(widgets=[state]))
        assert asked(page) == before
