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

LINES = 25  # of the log that a failed test shows


@contextlib.contextmanager
def running(store: Path, *, log: Path | None = None) -> Iterator[str]:
    """Yield the address of a running app."""
    port = free_port("127.0.0.1", 8700)
    command = [sys.executable, "-m", "explorer.launch", "--port", str(port)]
    place = log or store / "server.log"
    store.mkdir(parents=True, exist_ok=True)
    with place.open("w") as out:
        env = {**os.environ, "EXPLORER_STORE": str(store), "PYTHONFAULTHANDLER": "1"}
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


def state(address: str, log: Path) -> str:
    """Say whether the app still answers, and how its log ends: what a failed test wants to know."""
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=10) as answer:
            health = f"answers {answer.status}"
    except OSError as error:
        health = f"does not answer: {error}"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([f"the app {health}", *lines[-LINES:]])


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
