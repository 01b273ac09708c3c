"""`streamlit run app.py` serves the routes beside the app; a host that runs app.py as a script gets the app alone."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.view import PAGES

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    with (tmp_path_factory.mktemp("log") / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                OPEN(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def test_the_routes_are_served(address: str):
    with pytest.raises(urllib.error.HTTPError) as refused:
        OPEN(f"{address}/picture?v=1&foo=3", timeout=PATIENCE)
    with refused.value as answer:
        assert (answer.status, answer.read()) == (400, b"foo: it is not a part of a link\n")


def test_streamlit_is_served_beside_them(address: str):
    with OPEN(f"{address}/", timeout=PATIENCE) as answer:
        assert b"<title>Streamlit</title>" in answer.read()


def test_the_front_address_goes_on_to_a_page(address: str):
    with OPEN(f"{address}/?page=compare&v=1", timeout=PATIENCE) as answer:
        assert answer.url == f"{address}/compare?v=1"


def test_a_host_that_runs_the_file_as_a_script_gets_the_app(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.pages.shell.run", lambda pages: st.text(len(pages)))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    assert not app.exception
    assert app.text[0].value == str(len(PAGES))
