"""At which address phones reach a class."""

from __future__ import annotations

import pytest

from explorer.service.where import way_in


@pytest.mark.parametrize(
    ("url", "server", "address", "alone"),
    [
        # The lecturer's own browser came over the network: others come the same way.
        ("https://demo.example.org/lessons", "http://10.0.0.5:8501", "https://demo.example.org/join", False),
        ("http://192.168.1.7:8600/lessons", "http://10.0.0.5:8600", "http://192.168.1.7:8600/join", False),
        # It runs on the machine of the server, which listens to the network.
        ("http://localhost:8501/lessons", "http://10.0.0.5:8501", "http://10.0.0.5:8501/join", False),
        ("http://127.0.0.1:8501/", "http://10.0.0.5:8501", "http://10.0.0.5:8501/join", False),
        (None, "http://10.0.0.5:8501", "http://10.0.0.5:8501/join", False),
        # Nobody else reaches it.
        ("http://localhost:8501/lessons", "http://127.0.0.1:8501", "http://127.0.0.1:8501/join", True),
        (None, "http://localhost:8501", "http://localhost:8501/join", True),
        ("http://[::1]:8501/lessons", "http://[::1]:8501", "http://[::1]:8501/join", True),
    ],
)
def test_the_address_is_one_that_phones_can_reach(url: str | None, server: str, address: str, alone: bool):
    way = way_in(url, server, "/join")
    assert (way.address, way.alone) == (address, alone)


def test_the_address_is_read_out_without_its_scheme_and_scanned_with_the_ticket():
    way = way_in(None, "http://10.0.0.5:8501", "/below/join")
    assert way.short == "10.0.0.5:8501/below/join"
    assert way.ticket("abc") == "http://10.0.0.5:8501/below/join?code=abc"
