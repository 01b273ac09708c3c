"""Take a file from the user: the uploader is empty again at once, and says beside it why a file was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from explorer.pages.frame.binding import current

REFUSED = "refused"  # in `Tab.shown`: the key of the uploader whose file was refused last, and the sentence


def give(
    label: str, key: str, types: Sequence[str], take: Callable[[str, bytes], None], *, help_: str, most: int
) -> None:
    """Draw an uploader.

    Args:
        label: what it is for.
        key: its name on the page.
        types: endings of the files that it takes.
        take: called with a file's name and bytes; raises ValueError with one sentence where it is refused.
        help_: what a file must hold.
        most: megabytes that the browser sends; what is refused above that is said by the browser.
    """
    tab = current()
    count = tab.drawn.get(key, 0)
    drawn = f"{key}:{count}" if count else key

    def changed() -> None:
        file = st.session_state.get(drawn)
        if file is None:
            return
        tab.drawn[key] = count + 1  # what is done with stands in no uploader
        tab.notice = ""
        try:
            take(file.name, file.getvalue())
        except ValueError as error:
            tab.notice = f"{file.name}: {error}"
            tab.shown[REFUSED] = (key, tab.notice)

    st.file_uploader(label, type=list(types), key=drawn, on_change=changed, max_upload_size=most, help=help_)
    if tab.notice and tab.shown.get(REFUSED) == (key, tab.notice):
        st.html(f'<p class="ue-refused">{escape(tab.notice)}</p>')
