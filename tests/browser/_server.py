"""Run the app for browser tests and measurements: on a free port, with a store of its own, stopped at the end."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from explorer.launch import ROOT, free_port

PATIENCE = 120.0  # seconds; generous, because no check depends on how fast the machine is


@contextlib.contextmanager
def running(store: Path, *, log: Path | None = None) -> Iterator[str]:
    """Yield the address of a running app."""
    port = free_port("127.0.0.1", 8700)
    command = [sys.executable, "-m", "explorer.launch", "--port", str(port)]
    place = log or store / "server.log"
    store.mkdir(parents=True, exist_ok=True)
    with place.open("w") as out:
        env = {**os.environ, "EXPLORER_STORE": str(store)}
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_healthy(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_healthy(port: int, server: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """Return once the server answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the app ended with {server.returncode} before it answered")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError("the app did not answer")
