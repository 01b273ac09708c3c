"""Sweeps through the command line, killed with SIGKILL at random moments: they resume and end with the same table.

A moment is counted in what the killed process added to the store, plus some time: so the kills fall evenly over the
work, however busy the machine is. A sweep that got to its end is compared with the undisturbed one and another begins,
until all kills are spent. Every second one runs in worker processes, whose own ends are left to themselves.

Networks on images are saved after every update here (elsewhere every 20 seconds), and every second kill waits for a
training under way, which the next start goes on with.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.accept.seeds import QUICK
from tests.data._made_up import believe
from tests.experiments._sweeps import SWEEPS, write_images

ROOT = Path(__file__).resolve().parents[2]
KILLS = {"toys": 3 if QUICK else 20, "cifar": 2 if QUICK else 20}
MOMENT = {"toys": 0.05, "cifar": 1.0}  # seconds at most, after what the store must hold
COMMAND = """
import sys
from explorer.training import loop
loop.SAVE_SECONDS = 0.0
from explorer.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module", autouse=True)
def image_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    root = write_images(tmp_path_factory.mktemp("images") / "data")
    with pytest.MonkeyPatch.context() as patch:
        believe(patch, root)
        yield
    shutil.rmtree(root)


def started(file: Path, store: Path, workers: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "sweep", str(file), "--workers", str(workers)], cwd=ROOT, text=True,
        env={**os.environ, "EXPLORER_STORE": str(store)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def entries(store: Path) -> dict[str, tuple[int, int]]:
    """Return every entry with what changes when it is written again."""
    found = {}
    for folder, below, files in os.walk(store):  # which minds no folder that goes away meanwhile, as `rglob` does
        below[:] = [name for name in below if not name.startswith(".")]
        if "entry.json" in files and Path(folder).parent.name.startswith("results-"):
            with contextlib.suppress(FileNotFoundError):
                state = os.stat(os.path.join(folder, "entry.json"))
                found[Path(folder).name] = (state.st_ino, state.st_mtime_ns)
    return found


def reached(store: Path, count: int) -> bool:
    return len(entries(store)) >= count


def killed(process: subprocess.Popen[str], now: Callable[[], bool], after: float) -> bool:
    """Kill a sweep so many seconds after `now` first holds; return whether it was still alive."""
    while process.poll() is None and not now():
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


def under_way(store: Path) -> bool:
    """Say whether a training was saved and not ended."""
    return any(store.glob("trainings/unfinished/*/[!.]*"))


def await_end(store: Path) -> None:
    """Wait until no training is under way: a worker that outlived its killed sweep ends what it is at."""
    end = time.monotonic() + 300
    while under_way(store):
        assert time.monotonic() < end, "a training was left behind"
        time.sleep(0.1)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_killed_at_random_moments_ends_with_the_same_table(name: str, tmp_path: Path):
    rng = random.Random(0)
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SWEEPS[name]))
    undisturbed = table(started(file, tmp_path / "undisturbed", 0))
    whole = set(entries(tmp_path / "undisturbed"))
    kills = middle = training = rounds = 0
    while kills < KILLS[name]:
        store, rounds = tmp_path / f"round-{rounds}", rounds + 1
        for _ in range(rng.randint(1, min(6, KILLS[name] - kills))):
            before = entries(store)
            process = started(file, store, workers=2 * (kills % 2))
            target = len(before) + rng.randint(0, len(whole - set(before)))
            if name == "cifar" and kills % 2 == 0:
                alive = killed(process, partial(under_way, store), rng.uniform(0, 0.05))
            else:
                alive = killed(process, partial(reached, store, target), rng.uniform(0, MOMENT[name]))
            if not alive:
                break  # it was faster
            kills += 1
            after = entries(store)
            assert before.items() <= after.items()  # what stood there was neither lost nor computed again
            middle += bool(whole - set(after)) and (bool(after) or under_way(store))
            training += under_way(store)
        assert table(started(file, store, workers=2 * (rounds % 2))) == undisturbed
        assert set(entries(store)) == whole
        await_end(store)
    print(
        f"\n{name}: {kills} kills, {middle} of them with some but not all work done, {training} with a training "
        f"under way; {rounds} sweeps came to their end"
    )
    assert middle >= KILLS[name] // 3
    assert training or name == "toys"
