"""What a browser tab looks at is never lost or mixed up, however late its browser is."""

from dataclasses import replace

import pytest

from explorer.session import tab as session_tab
from explorer.session.changes import with_knob
from explorer.session.tab import Tab
from explorer.view import View, parse_panel

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


@pytest.mark.parametrize("asked", [True, False])
def test_an_old_address_is_meant_once_the_browser_itself_has_asked_with_the_new_one(asked):
    tab = opened()
    before, old = tab.view, tab.publish()
    view = moved(tab, 6)
    tab.follow(tab.publish(), "watch", asked=asked)
    tab.follow(old, "watch")
    assert tab.view == (before if asked else view)


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


def test_a_browser_may_stay_behind_for_as_long_as_it_asks(clock):
    tab = opened()
    old = tab.publish()
    between = [moved(tab, steps) and tab.publish() for steps in (6, 7, 8)][:2]
    view = tab.view
    for late in (old, *between):
        clock[0] += 0.9 * session_tab.LAG
        tab.follow(late, "watch")
        assert tab.view == view


def test_an_address_from_before_the_one_that_the_browser_has_is_a_link():
    tab = opened()
    before, old = tab.view, tab.publish()
    moved(tab, 6)
    between = tab.publish()
    moved(tab, 7)
    tab.publish()
    tab.hear(between)
    tab.follow(old, "watch")
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


def parted():
    """Return a tab that went from the front page to one that has a recipe of its own."""
    tab = Tab.open({}, "watch")
    tab.publish()
    tab.follow({}, "attacks")
    tab.part_ways(replace(View.from_query({"data": "circles"})[0], page="attacks"))
    tab.publish()
    return tab


def test_a_recipe_of_a_page_of_its_own_stays_there():
    tab = parted()
    own = tab.view
    for _ in range(2):
        tab.follow({}, "watch")
        assert tab.view == View.default() and tab.past == [] and tab.publish() == {}
        tab.follow({}, "tradeoff")
        assert tab.view == replace(own, page="tradeoff")
        tab.publish()
        tab.follow({}, "attacks")
        assert tab.view == own
        tab.publish()


def test_what_is_changed_on_either_side_stays_on_that_side():
    tab = parted()
    tab.change(replace(tab.view, focus=2))
    tab.follow({}, "method")
    tab.publish()
    assert tab.view == replace(View.default(), page="method")
    tab.change(replace(tab.view, focus=3))
    tab.publish()
    tab.follow({}, "attacks")
    assert tab.view.base.data.name == "circles" and tab.view.focus == 2
    tab.undo()
    assert tab.view.base.data.name == "circles" and tab.view.focus == 1
    tab.publish()
    tab.follow({}, "watch")
    assert tab.view == replace(View.default(), focus=3)


def test_back_and_forward_change_sides_too():
    tab = parted()
    own, there = tab.view, tab.publish()
    tab.follow({}, "watch", back=True)
    assert tab.view == View.default()
    tab.publish()
    tab.follow(there, "attacks", back=True)
    assert tab.view == own and tab.group("attacks") == "attacks"


def test_a_link_is_meant_for_every_page():
    tab = parted()
    tab.follow({"v": "1", "seed": "3"}, "watch")
    assert tab.view.base.seed == 3 and not tab.group("attacks") and not tab.aside
    tab.publish()
    tab.follow({}, "attacks")
    assert tab.view.base.seed == 3


def test_the_pages_can_share_one_view_again():
    tab = parted()
    own = tab.view
    tab.share()
    assert tab.view == replace(View.default(), page="attacks") and not tab.group("attacks") and not tab.aside
    tab.undo()
    assert tab.view == own


def test_two_groups_of_pages_can_each_have_a_recipe_of_their_own():
    tab = parted()
    own = tab.view
    tab.follow({}, "streams")
    assert tab.view == replace(View.default(), page="streams")
    stream = replace(View.from_query({"data": "xor"})[0], page="streams")
    tab.publish()
    tab.part_ways(stream)
    tab.publish()
    for page, view in (("tradeoff", own), ("watch", View.default()), ("streams", stream), ("attacks", own)):
        tab.follow({}, page)
        assert tab.view == replace(view, page=page)
        tab.publish()
    tab.share()
    assert tab.view == replace(View.default(), page="attacks")
    tab.publish()
    tab.follow({}, "streams")
    assert tab.view == stream


def test_the_first_page_has_an_empty_address_and_the_others_keep_their_view():
    tab = opened()
    view = tab.view
    tab.follow({}, "start")
    assert tab.view == replace(view, page="start") and tab.publish() == {}
    tab.follow({}, "start")
    tab.follow({}, "watch")
    assert tab.view == view and tab.publish() == view.to_query()


def test_the_place_in_a_lesson_stands_in_the_address_of_lessons_alone_and_is_not_lost():
    tab = Tab.open({"v": "1", "lesson": "never_saw", "at": "1"}, "lessons")
    place = tab.view.looks.lesson
    assert tab.publish() == {"v": "1", "lesson": "never_saw", "at": "1"}
    tab.follow({}, "watch")
    assert tab.publish() == {}
    tab.follow({}, "watch")
    tab.follow({}, "lessons")
    assert tab.view.looks.lesson == place and tab.publish()["at"] == "1"


def test_answers_of_the_quiz_stand_in_its_own_address_only():
    said = Tab(replace(View.default().looking("quiz", of_original="yn").looking("lesson", lesson="cliff"), page="quiz"))
    assert said.address() == {"v": "1", "of_original": "yn"}
    assert Tab(replace(said.view, page="watch")).address() == {}
    assert Tab(replace(said.view, page="lessons")).address() == {"v": "1", "lesson": "cliff"}


def test_a_player_that_reports_late_does_not_take_back_the_step_that_the_app_put_it_at():
    tab = opened()
    tab.set_step(0.25, 1.0)
    assert tab.view.step == 0.25
    tab.put_step(0.875)
    tab.set_step(1.0, 0.25)  # it came to rest at the end before it heard
    assert tab.view.step == 0.875
    tab.set_step(0.5, 0.875)
    tab.set_step(0.75, 0.25)  # it has been there; from now on what it was given does not matter
    assert tab.view.step == 0.75


def test_a_player_is_put_anywhere_twice_by_a_step_it_has_not_had():
    tab = opened()
    for step in (0.0, 0.5, 1.0):
        tab.put_step(step)
        tab.put_step(step)
        assert tab.view.step != step
        assert tab.view.step == pytest.approx(step, abs=1e-5)
        assert 0 <= tab.view.step <= 1


def test_a_link_followed_after_the_app_put_the_player_somewhere_is_not_held_against_its_reports():
    tab = opened()
    tab.put_step(0.875)
    tab.follow({"step": "0.25"}, "watch")
    tab.set_step(0.5, 0.25)
    assert tab.view.step == 0.5
