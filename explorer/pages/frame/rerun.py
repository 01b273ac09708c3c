"""Run a fragment again when there is something new for it. Nothing here runs on a clock.

Streamlit has no public way to ask for that from another thread; it does so itself when a source file changes. Without a
server `again` is None, and the page draws what is ready at its next run.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from explorer.session.tab import Tab

LATE = 2.0  # seconds after which what is drawn must not be behind


def served() -> bool:
    """Return whether a server runs this script; a test does so without one."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime  # a test puts a mock in its place


def again(tab: Tab, behind: Callable[[], bool]) -> Callable[[], None] | None:
    """Return what any thread may call to have the fragment that is drawn now drawn anew; None where that cannot be.

    What the user does in the meantime comes first: such a run reports no widget. A run of the page before, which ends
    late, may drop the fragments of this one; while what is drawn stays `behind`, the whole page is run.
    """
    context = get_script_run_ctx()
    fragment = ThreadState.get().fragment_id
    if context is None or not served():
        return None
    page, known = (
        context.page_script_hash,
        runtime.get_instance()._session_mgr.get_active_session_info(context.session_id),
    )
    if known is None or fragment is None:
        return None
    session, loop, shown = known.session, known.session._event_loop, tab.view.page

    def run() -> None:
        if tab.view.page != shown:
            return  # the tab shows another page now
        wish = ClientState(query_string=urlencode(tab.query), page_script_hash=page, is_auto_rerun=True)
        if session.has_fragment(fragment):
            wish.fragment_id = fragment
        session.request_rerun(wish)
        loop.call_later(LATE, look)

    def look() -> None:
        if tab.view.page == shown and behind():
            wish = ClientState(query_string=urlencode(tab.query), page_script_hash=page, is_auto_rerun=True)
            session.request_rerun(wish)

    def ask() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(run)

    return ask
