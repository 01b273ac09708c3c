"""Only who sits at the machine that serves the page is offered to clear what everybody shares."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from explorer.pages.controls import export
from explorer.pages.frame import here


@pytest.mark.parametrize(
    ("address", "headers", "is_here"),
    [
        (None, {"Host": "localhost:8501"}, True),
        (None, {"Host": "127.0.0.1:8501"}, True),
        (None, {"Host": "[::1]:8501"}, True),
        (None, {"Host": "demo.example.org"}, False),
        (None, {"Host": "localhost:8501", "X-Forwarded-For": "203.0.113.7"}, False),
        (None, {"Host": "localhost", "Via": "1.1 proxy"}, False),
        ("192.0.2.7", {"Host": "192.0.2.1:8501"}, False),
        ("192.0.2.7", {"Host": "localhost:8501"}, False),
    ],
    ids=str,
)
def test_here_is_a_local_address_without_a_proxy(
    address: str | None, headers: dict[str, str], is_here: bool, monkeypatch: pytest.MonkeyPatch
):
    context = SimpleNamespace(ip_address=address, headers=headers)
    monkeypatch.setattr(here.st, "context", context)
    assert here.on_this_machine() is is_here


STORED = """
from explorer.pages.controls import export
export._stored()
"""


@pytest.mark.parametrize("at_hand", [True, False])
def test_clearing_is_offered_here_only_and_with_a_warning(at_hand: bool, monkeypatch: pytest.MonkeyPatch):
    from streamlit.testing.v1 import AppTest

    cleared: list[bool] = []
    known = SimpleNamespace(cap=500_000_000, notice="")
    monkeypatch.setattr(export, "on_this_machine", lambda: at_hand)
    monkeypatch.setattr(export.store, "store", lambda: known)
    monkeypatch.setattr(export.store, "size", lambda: 491_000_000)
    monkeypatch.setattr(export.store, "clear", lambda: cleared.append(True))
    app = AppTest.from_string(STORED, default_timeout=60).run()
    assert "Stored results take 491 MB of at most 500 MB, shared by all who open this server." in app.caption[0].value
    if not at_hand:
        assert not app.button and not app.markdown
        return
    assert app.markdown[0].value.startswith(export.CLEARING)
    app.button(key="clear").click().run()
    assert cleared == [True]
