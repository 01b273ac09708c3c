"""How soon the server answers after it was launched."""

import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from explorer.launch import free_port

ROOT = Path(__file__).resolve().parents[2]


def server_start() -> float:
    """Seconds from `make run`'s last step to a healthy server; median of 3, after one that warms the disk."""
    _once()
    return statistics.median(_once() for _ in range(3))


def _once() -> float:
    port = free_port("127.0.0.1", 8700)
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "explorer", "app", "--port", str(port)],
        cwd=ROOT, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not _healthy(port):
            if server.poll() is not None or time.perf_counter() - start > 60:
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        return time.perf_counter() - start
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False
