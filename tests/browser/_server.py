"""Run the app for browser tests and measurements: on a free port, with a store of its own, stopped at the end."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from explorer.launch import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240.0  # seconds; generous, because no check depends on how fast the machine is

LINES = 25  # of the log that a failed test shows
#: Where servers of this process look for a port: apart from those of the other processes of a test run, as two that
#: start at once would find the same one free.
FIRST_PORT = 8700 + 50 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@contextlib.contextmanager
def running(store: Path) -> Iterator[str]:
    """Yield the address of a running app; what it says is in `server.log` of its store."""
    server = started(store, free_port("127.0.0.1", FIRST_PORT))
    try:
        yield said_address(store / "server.log", server)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def started(store: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the app, and let it say what it says in `server.log` of its store."""
    command = [sys.executable, "-m", "explorer", "app", "--port", str(port)]
    store.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "EXPLORER_STORE": str(store), "PYTHONFAULTHANDLER": "1"}
    with (store / "server.log").open("w") as out:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)


def workers_of(server: subprocess.Popen[bytes]) -> list[int]:
    """Return the process numbers of a server's workers that are alive now."""
    said = subprocess.run(["pgrep", "-P", str(server.pid), "-f", "work.worker"], stdout=subprocess.PIPE, text=True)
    return [int(line) for line in said.stdout.split()]


def state(address: str, log: Path) -> str:
    """Say whether the app still answers, and how its log ends: what a failed test wants to know."""
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=10) as answer:
            health = f"answers {answer.status}"
    except OSError as error:
        health = f"does not answer: {error}"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([f"the app {health}", *lines[-LINES:]])


def said_address(log: Path, server: subprocess.Popen[bytes]) -> str:
    """Return the address that the app says it is at, once it answers there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the app ended with {server.returncode} before it answered: {log.read_text()}")
        if found := re.search(r"is at +(http\S+)", log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError("the app did not answer")
