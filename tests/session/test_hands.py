"""A page waits for the picture under its own hand, and not for long."""

from __future__ import annotations

import threading
import time

from explorer.session import hands


def test_a_page_waits_for_nothing_where_no_hand_moves():
    started = time.perf_counter()
    assert hands.after("still", 5.0)
    assert time.perf_counter() - started < 1.0


def test_a_page_goes_on_when_all_pictures_of_its_tab_have_come():
    both, one = hands.asking("mine"), hands.asking("mine")
    both.__enter__()
    one.__enter__()
    went = threading.Event()
    page = threading.Thread(target=lambda: (hands.after("mine", 30.0), went.set()))
    page.start()
    one.__exit__(None, None, None)
    assert not went.wait(0.1)
    both.__exit__(None, None, None)
    page.join(10.0)
    assert went.is_set()


def test_a_page_waits_for_its_own_tab_only():
    with hands.asking("another"):
        assert hands.after("mine", 5.0)


def test_a_slow_picture_holds_a_page_no_longer_than_it_may():
    with hands.asking("slow"):
        assert not hands.after("slow", 0.01)
    assert hands.after("slow", 0.01)
