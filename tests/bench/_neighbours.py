"""How training keeps its speed while others use the machine."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from tests.bench._training import eager_seconds

NEIGHBOURS = 2
ROUNDS = 5


@contextmanager
def busy(count: int = NEIGHBOURS) -> Iterator[None]:
    """Keep `count` processes busy that do nothing but count."""
    ready = "print(flush=True)\nn = 0\nwhile True: n += 1"
    others = [subprocess.Popen([sys.executable, "-c", ready], stdout=subprocess.PIPE) for _ in range(count)]
    try:
        for other in others:
            assert other.stdout is not None
            other.stdout.readline()
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
            assert other.stdout is not None
            other.stdout.close()


def neighbours() -> float:
    """Wall-clock training speed beside two busy processes over that without; idle and busy in turn, median ratio."""
    return _ratio()


def neighbours_naive() -> float:
    """The same with torch's default of one thread a core."""
    torch.set_num_threads(max(2, torch.get_num_threads()))
    try:
        return _ratio()
    finally:
        torch.set_num_threads(1)


def _ratio() -> float:
    eager_wall_seconds(20)
    ratios = []
    for _ in range(ROUNDS):
        idle = eager_wall_seconds(200)
        with busy():
            ratios.append(idle / eager_wall_seconds(200))
    return statistics.median(ratios)


def eager_wall_seconds(steps: int) -> float:
    """Wall seconds of one network's eager training, as a method does it."""
    start = time.perf_counter()
    eager_seconds("tanh", 1, steps)
    return time.perf_counter() - start
