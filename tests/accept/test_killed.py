"""Sweeps through the command line, killed with SIGKILL at random moments: they resume and end with the same table.

A moment is counted in what the killed process added to the store, plus up to 50 ms: so the kills fall evenly over the
work, however busy the machine is. A sweep that got to its end is compared with the undisturbed one and another begins,
until all kills are spent. Every second one runs in worker processes, whose own ends are left to themselves.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.accept.seeds import QUICK

ROOT = Path(__file__).resolve().parents[2]
KILLS = 3 if QUICK else 20
TOYS: dict[str, Any] = {
    "base": {
        "data": {"n": 200},
        "training": {"steps": 300},
        "method": {"name": "gradient_ascent", "knobs": {"steps": 5}},
        "evaluation": {"retrained_seeds": 2, "attacks": ["loss", "entropy"]},
    },
    "grid": {"method.knobs.lr": [0.01, 0.1], "seed": [0, 1]},
}
SWEEPS = {"toys": TOYS}


def started(file: Path, store: Path, workers: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "explorer", "sweep", str(file), "--workers", str(workers)], cwd=ROOT, text=True,
        env={**os.environ, "EXPLORER_STORE": str(store)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def entries(store: Path) -> dict[str, tuple[int, int]]:
    """Return every entry with what changes when it is written again."""
    found = {}
    for file in store.glob("results-*/[!.]*/entry.json"):
        state = file.stat()
        found[file.parent.name] = (state.st_ino, state.st_mtime_ns)
    return found


def killed(process: subprocess.Popen[str], store: Path, more: int, after: float) -> bool:
    """Kill a sweep once the store holds so many more entries, and a moment later; return whether it was still alive."""
    target = len(entries(store)) + more
    while process.poll() is None and len(entries(store)) < target:
        time.sleep(0.005)
    time.sleep(after)
    alive = process.poll() is None
    process.kill()
    process.communicate()
    return alive


def table(process: subprocess.Popen[str]) -> list[list[str]]:
    """Return what a sweep prints, without what the clock says."""
    out, _ = process.communicate(timeout=600)
    assert process.returncode == 0
    lines = [line.split("\t") for line in out.splitlines()]
    clock = lines[0].index("seconds")
    return [line[:clock] + line[clock + 1 :] for line in lines]


@pytest.mark.parametrize("content", SWEEPS.values(), ids=SWEEPS)
def test_a_sweep_killed_at_random_moments_ends_with_the_same_table(content: Any, tmp_path: Path):
    rng = random.Random(0)
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(content))
    undisturbed = table(started(file, tmp_path / "undisturbed", 0))
    whole = set(entries(tmp_path / "undisturbed"))
    kills = middle = rounds = 0
    while kills < KILLS:
        store, rounds = tmp_path / f"round-{rounds}", rounds + 1
        for _ in range(rng.randint(1, min(6, KILLS - kills))):
            before = entries(store)
            process = started(file, store, workers=2 * (kills % 2))
            left = len(whole - set(before))
            if not killed(process, store, rng.randint(0, left), rng.uniform(0, 0.05)):
                break  # it was faster
            kills += 1
            after = entries(store)
            assert before.items() <= after.items()  # what stood there was neither lost nor computed again
            middle += bool(whole - set(after)) and bool(after)
        assert table(started(file, store, workers=2 * (rounds % 2))) == undisturbed
        assert set(entries(store)) == whole
    print(f"\n{kills} kills, {middle} of them with some but not all entries there; {rounds} sweeps came to their end")
    assert middle >= KILLS // 3
