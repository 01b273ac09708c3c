"""A run that news asks for waits for the user's, is asked for until it is drawn, and never draws an old page."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import StopException

from explorer.pages.frame import rerun
from explorer.session.tab import Tab

HERE, ELSEWHERE = True, False


class Session:
    """Stands in for Streamlit's session and its event loop: time passes when `passes` is called."""

    def __init__(self) -> None:
        """Start with nothing under way."""
        self.runs(by=HERE)
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

    def runs(self, by: bool | None) -> None:
        """Let nothing run, or a script in this thread (HERE) or in another (ELSEWHERE)."""
        self._scriptrunner = None if by is None else SimpleNamespace(_is_in_script_thread=lambda: by)

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


def listener(tab: Tab, session: Session) -> Callable[[], None]:
    """Draw a fragment in a run that then ends, and return its listener."""
    session.runs(by=HERE)
    ask = rerun.again(tab, "stage")
    session.runs(by=None)
    assert ask is not None
    return ask


def whole(tab: Tab, session: Session) -> Callable[[], None]:
    session.runs(by=HERE)
    ask = rerun.whole(tab)
    session.runs(by=None)
    assert ask is not None
    return ask


def test_news_run_the_fragment_with_the_address_of_that_moment(session: Session):
    tab = Tab.open({"v": "1"}, "watch")
    ask = listener(tab, session)
    tab.set_step(0.5)
    tab.publish()
    ask()
    (wish,) = session.asked
    assert wish.fragment_id == "part" and dict(parse_qsl(wish.query_string)) == tab.query
    assert "step" in tab.query and not wish.widget_states.widgets


def test_it_waits_until_no_run_is_under_way(session: Session):
    ask = listener(Tab.open({}, "watch"), session)
    session.runs(by=ELSEWHERE)
    ask()
    session.passes(5)
    assert session.asked == []
    session.runs(by=None)
    session.passes(0.1)
    assert len(session.asked) == 1


def test_what_was_drawn_meanwhile_is_not_drawn_again(session: Session):
    tab = Tab.open({}, "watch")
    ask = listener(tab, session)
    session.runs(by=ELSEWHERE)
    ask()
    listener(tab, session)
    session.passes(10)
    assert session.asked == []


def test_a_run_that_never_began_is_asked_for_again_a_few_times(session: Session):
    tab = Tab.open({}, "watch")
    ask = listener(tab, session)
    ask()
    session.passes(rerun.LATE)
    assert len(session.asked) == 2
    session.passes(60)
    assert len(session.asked) == rerun.TRIES


def test_where_the_fragment_is_gone_the_page_is_run(session: Session):
    ask = listener(Tab.open({}, "watch"), session)
    session.fragments.clear()
    ask()
    assert [wish.fragment_id for wish in session.asked] == [""]


def test_another_page_is_left_alone(session: Session):
    tab = Tab.open({}, "watch")
    ask, page = listener(tab, session), whole(tab, session)
    tab.follow({}, "attacks")
    ask()
    page()
    assert session.asked == []


def test_a_whole_page_is_asked_for_until_it_is_drawn(session: Session):
    tab = Tab.open({}, "watch")
    rerun.drawing(tab, rerun.WHOLE)
    page = whole(tab, session)
    page()
    rerun.drawing(tab, rerun.WHOLE)
    session.passes(60)
    assert len(session.asked) == 1


@pytest.mark.parametrize("by", [ELSEWHERE, None], ids=["a newer run", "none"])
def test_a_run_that_was_overtaken_ends_and_changes_nothing(session: Session, by: bool | None):
    tab = Tab.open({}, "watch")
    ask = listener(tab, session)
    session.runs(by=by)
    with pytest.raises(StopException):
        rerun.again(tab, "stage")
    with pytest.raises(StopException):
        rerun.whole(tab)
    session.runs(by=None)
    ask()
    assert len(session.asked) == 1  # the newer run's listener is still the one that counts


def test_without_a_server_nobody_is_asked():
    tab = Tab.open({}, "watch")
    assert rerun.again(tab, "stage") is None and rerun.whole(tab) is None
