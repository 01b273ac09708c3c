"""Run a page or a part of it again when there is something new for it. Nothing here runs on a clock.

Streamlit has no public way to ask for that from another thread; it does so itself when a source file changes. Without a
server nobody can be asked, and the page draws what is ready at its next run.

Such a run waits until no other run of the tab is under way. One that came in between would end that run, and with it
what the user had just clicked. A run that the user's next one has overtaken goes on in its thread until it next draws,
beside the new one; it must ask for nothing, as the tab may show another page by then.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from explorer.session.tab import Tab

SOON = 0.02  # seconds after which a tab that runs is looked at again
LATE = 2.0  # seconds after which a run that was asked for must have begun; else it is asked for again
TRIES = 3  # for one piece of news; a page that fails before it comes to the part is left alone
WHOLE = "page"  # the name of a whole page among the parts that are drawn


def served() -> bool:
    """Return whether a server runs this script; a test does so without one."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime  # a test puts a mock in its place


def _session() -> AppSession | None:
    context = get_script_run_ctx()
    if context is None or not served():
        return None
    known = runtime.get_instance()._session_mgr.get_active_session_info(context.session_id)
    return known.session if known is not None else None


def go_on() -> None:
    """Go on with this run, unless another has overtaken it; before a run changes what its tab keeps.

    Raises:
        StopException: of Streamlit, which ends this run.
    """
    session = _session()
    if session is not None and (session._scriptrunner is None or not session._scriptrunner._is_in_script_thread()):
        raise StopException


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

    Raises:
        StopException: of Streamlit, which ends this run, if another has overtaken it.
    """
    return _asker(tab, part)


def whole(tab: Tab) -> Callable[[], None] | None:
    """Return what any thread may call to have the whole page drawn anew; as `again`."""
    return _asker(tab, WHOLE)


def _asker(tab: Tab, part: str) -> Callable[[], None] | None:
    context, shown = get_script_run_ctx(), tab.view.page
    go_on()  # so `shown`, which was read before, is this run's page
    session = _session()
    drawn = tab.drawings.get(WHOLE) if part == WHOLE else drawing(tab, part)
    if context is None or session is None:
        return None
    page, loop = context.page_script_hash, session._event_loop
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
