"""Start a real Dask scheduler and workers on this machine, each worker with a store of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT = "3600"  # seconds after which processes end by themselves, should the tests be killed
PATIENCE = 600.0  # seconds for a scheduler to come up, however busy the machine is


@dataclass(frozen=True)
class Machines:
    """A running cluster.

    Attributes:
        address: of its scheduler.
        scheduler: its process.
        workers: process by name, w0, w1, ...
        stores: folder of a worker's store, by the same names.
    """

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: dict[str, subprocess.Popen[bytes]]
    stores: dict[str, Path]


@contextlib.contextmanager
def machines(folder: Path, workers: int = 2, **env: str) -> Iterator[Machines]:
    """Give a cluster on 127.0.0.1; all its processes are gone afterwards."""
    from distributed import Client

    names = [f"w{number}" for number in range(workers)]
    stores = {name: folder / f"store-{name}" for name in names}
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))
    with contextlib.ExitStack() as stack, (folder / "log").open("ab") as log:

        def start(*words: str, **more: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--no-dashboard"], cwd=folder,
                env={**os.environ, "PYTHONPATH": path, **env, **more},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        file = folder / "scheduler.json"
        scheduler = start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file), "--idle-timeout", LEFT
        )
        address = _address(file, scheduler)
        started = {
            name: start("worker", address, "--nthreads", "1", "--no-nanny", "--name", name, "--memory-limit", "0",
                        "--death-timeout", LEFT, "--local-directory", str(folder / name),
                        EXPLORER_STORE=str(stores[name]))
            for name in names
        }  # fmt: skip
        with Client(address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=PATIENCE)
        yield Machines(address, scheduler, started, stores)


def _address(file: Path, scheduler: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and scheduler.poll() is None:
        with contextlib.suppress(OSError, ValueError):  # not there yet, or half of it
            return json.loads(file.read_text())["address"]
        time.sleep(0.05)
    raise RuntimeError(f"no scheduler came up: {(file.parent / 'log').read_text()}")
