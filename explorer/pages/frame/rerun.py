"""Run a page or a part of it again when there is something new for it. Nothing here runs on a clock.

Streamlit has no public way to ask for that from another thread; it does so itself when a source file changes. Without a
server nobody can be asked, and the page draws what is ready at its next run.

Such a run waits until no other run of the tab is under way. One that came in between would end that run, and with it
what the user had just clicked.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from explorer.session.tab import Tab

SOON = 0.02  # seconds after which a tab that runs is looked at again
LATE = 2.0  # seconds after which a run that was asked for must have begun; else it is asked for again
TRIES = 3  # for one piece of news; a page that fails before it comes to the part is left alone
WHOLE = "page"  # the name of a whole page among the parts that are drawn


def served() -> bool:
    """Return whether a server runs this script; a test does so without one."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime  # a test puts a mock in its place


def drawing(tab: Tab, part: str) -> object:
    """Note that a part is drawn from here on, with all that is new until now; return what stands for this drawing."""
    tab.drawings[part] = drawing = object()
    return drawing


def again(tab: Tab, part: str) -> Callable[[], None] | None:
    """Note that the present fragment is drawn; return what any thread may call to have it drawn anew.

    The next drawing has a call of its own, and this one then does nothing. A run of the page before, which ends late,
    may drop this page's fragments; then the whole page is run.

    Args:
        tab: whose fragment it is.
        part: its name.

    Returns:
        None where nobody can be asked.
    """
    return _asker(tab, part, drawing(tab, part))


def whole(tab: Tab) -> Callable[[], None] | None:
    """Return what any thread may call to have the whole page drawn anew; None where nobody can be asked."""
    return _asker(tab, WHOLE, tab.drawings.get(WHOLE))


def _asker(tab: Tab, part: str, drawn: object) -> Callable[[], None] | None:
    context = get_script_run_ctx()
    if context is None or not served():
        return None
    known = runtime.get_instance()._session_mgr.get_active_session_info(context.session_id)
    if known is None:
        return None
    page, shown = context.page_script_hash, tab.view.page
    session, loop = known.session, known.session._event_loop
    fragment = None if part == WHOLE else ThreadState.get().fragment_id
    tries = iter(range(TRIES))

    def run() -> None:
        if tab.view.page != shown or tab.drawings.get(part) is not drawn:
            return  # another page, or drawn since
        if session._scriptrunner is not None:
            loop.call_later(SOON, run)
            return
        if next(tries, None) is None:
            return
        wish = ClientState(query_string=urlencode(tab.query), page_script_hash=page, is_auto_rerun=True)
        if fragment is not None and session.has_fragment(fragment):
            wish.fragment_id = fragment
        session.request_rerun(wish)  # reports no widget, so nothing that the user does meanwhile is overwritten
        loop.call_later(LATE, run)

    def ask() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(run)

    return ask
