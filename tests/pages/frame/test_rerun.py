"""A run that news asks for waits for the user's, is asked for until it is drawn, and never draws an old page."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from streamlit.proto.ClientState_pb2 import ClientState

from explorer.pages.frame import rerun
from explorer.session.tab import Tab


class Session:
    """Stands in for Streamlit's session and its event loop: time passes when `passes` is called."""

    def __init__(self) -> None:
        """Start with nothing under way."""
        self._scriptrunner: object | None = None
        self._event_loop = self
        self.fragments = {"part"}
        self.asked: list[ClientState] = []
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.now = 0.0

    def is_closed(self) -> bool:
        return False

    def call_soon_threadsafe(self, call: Callable[[], None]) -> None:
        call()

    def call_later(self, seconds: float, call: Callable[[], None]) -> None:
        self.due.append((self.now + seconds, call))

    def has_fragment(self, fragment: str) -> bool:
        return fragment in self.fragments

    def request_rerun(self, wish: ClientState) -> None:
        self.asked.append(wish)

    def runs(self, *, under_way: bool) -> None:
        self._scriptrunner = object() if under_way else None

    def passes(self, seconds: float) -> None:
        end = self.now + seconds
        while ready := [one for one in self.due if one[0] <= end]:
            first = min(ready, key=lambda one: one[0])
            self.due.remove(first)
            self.now = first[0]
            first[1]()
        self.now = end


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    session = Session()
    known = SimpleNamespace(get_active_session_info=lambda _: SimpleNamespace(session=session))
    monkeypatch.setattr(rerun, "served", lambda: True)
    monkeypatch.setattr(rerun.runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=known))
    monkeypatch.setattr(
        rerun, "get_script_run_ctx", lambda: SimpleNamespace(session_id="one", page_script_hash="watch")
    )
    monkeypatch.setattr(rerun.ThreadState, "get", lambda: SimpleNamespace(fragment_id="part"))
    return session


def listener(tab: Tab) -> Callable[[], None]:
    ask = rerun.again(tab, "stage")
    assert ask is not None
    return ask


def test_news_run_the_fragment_with_the_address_of_that_moment(session: Session):
    tab = Tab.open({"v": "1"}, "watch")
    ask = listener(tab)
    tab.set_step(0.5)
    tab.publish()
    ask()
    (wish,) = session.asked
    assert wish.fragment_id == "part" and dict(parse_qsl(wish.query_string)) == tab.query
    assert "step" in tab.query and not wish.widget_states.widgets


def test_it_waits_until_no_run_is_under_way(session: Session):
    ask = listener(Tab.open({}, "watch"))
    session.runs(under_way=True)
    ask()
    session.passes(5)
    assert session.asked == []
    session.runs(under_way=False)
    session.passes(0.1)
    assert len(session.asked) == 1


def test_what_was_drawn_meanwhile_is_not_drawn_again(session: Session):
    tab = Tab.open({}, "watch")
    ask = listener(tab)
    session.runs(under_way=True)
    ask()
    listener(tab)
    session.runs(under_way=False)
    session.passes(10)
    assert session.asked == []


def test_a_run_that_never_began_is_asked_for_again_a_few_times(session: Session):
    tab = Tab.open({}, "watch")
    ask = listener(tab)
    ask()
    session.passes(rerun.LATE)
    assert len(session.asked) == 2
    session.passes(60)
    assert len(session.asked) == rerun.TRIES


def test_where_the_fragment_is_gone_the_page_is_run(session: Session):
    ask = listener(Tab.open({}, "watch"))
    session.fragments.clear()
    ask()
    assert [wish.fragment_id for wish in session.asked] == [""]


def test_another_page_is_left_alone(session: Session):
    tab = Tab.open({}, "watch")
    ask, page = listener(tab), rerun.whole(tab)
    assert page is not None
    tab.follow({}, "attacks")
    ask()
    page()
    assert session.asked == []


def test_a_whole_page_is_asked_for_until_it_is_drawn(session: Session):
    tab = Tab.open({}, "watch")
    rerun.drawing(tab, rerun.WHOLE)
    page = rerun.whole(tab)
    assert page is not None
    page()
    rerun.drawing(tab, rerun.WHOLE)
    session.passes(60)
    assert len(session.asked) == 1


def test_without_a_server_nobody_is_asked():
    tab = Tab.open({}, "watch")
    assert rerun.again(tab, "stage") is None and rerun.whole(tab) is None
