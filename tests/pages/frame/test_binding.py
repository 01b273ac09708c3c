"""A widget shows what the View says, and a browser that is behind changes nothing."""

from dataclasses import replace

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from explorer.view import parse_panel

TWO = {"panels": "retrained~gradient_ascent(steps:5)~fine_tune(steps:5)"}

PAGE = """
import streamlit as st
from explorer.pages.controls import sidebar
from explorer.pages.frame import binding
if st.session_state.get("halfway"):  # as the address is for a moment while another run of this tab writes it
    with st.runtime.scriptrunner.get_script_run_ctx().session_state.query_params() as shared:
        shared.clear_with_no_forward_msg()
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


def test_a_run_that_is_being_stopped_and_writes_the_address_takes_nothing_from_the_next(page):
    before = asked(page)
    page.session_state["halfway"] = True
    page.run()
    assert asked(page) == before
