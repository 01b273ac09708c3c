"""Whether the browser is on the machine that serves the page."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

_LOCAL = {"localhost", "127.0.0.1", "::1"}
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")  # what a proxy, which is on this machine, adds


def on_this_machine() -> bool:
    """Say whether the user sits at the machine that serves the page: no proxy between, and an address of its own."""
    headers = st.context.headers
    if st.context.ip_address is not None or any(headers.get(name) for name in _FORWARDED):
        return False
    return urlsplit(f"//{headers.get('Host') or 'localhost'}").hostname in _LOCAL
