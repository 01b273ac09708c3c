"""Measure a sweep on one and on two Dask workers of this machine: `python -m tests.bench.cluster [ROUNDS]`.

No budget: on a machine where other work goes on, two workers are not faster for reasons that are not ours, so the load
stands beside each line. Every run has a data seed of its own, so that nothing is shared; workers are warm.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from explorer.experiments.store.store import Store
from explorer.experiments.sweeps import specs_of, sweep
from explorer.experiments.work.cluster import Cluster, connect
from tests.experiments._dask import Machines, machines

RUNS = 6
BASE = {
    "data": {"n": 400},
    "training": {"steps": 600},
    "method": {"name": "scrub"},
    "evaluation": {"retrained_seeds": 5},
}
WARM = {**BASE, "data": {"n": 60}, "training": {"steps": 5}}
TICK = os.sysconf("SC_CLK_TCK")


def cpu(process: subprocess.Popen[bytes]) -> float:
    """Return the CPU seconds of a process (Linux)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def swept(executor: Cluster, base: object, seeds: range) -> None:
    specs = specs_of({"base": base, "grid": {"seed": list(seeds)}})
    for outcome in sweep(specs, Store(None), executor=executor, apart=True):
        assert outcome.result, outcome.error


def measured(running: Machines, first: int) -> str:
    """Return one line on a sweep of `RUNS` runs with seeds from `first` on."""
    with connect(running.address) as executor:
        swept(executor, WARM, range(first, first + 2 * len(running.workers)))
        began = [time.perf_counter(), sum(map(cpu, running.workers.values())), cpu(running.scheduler)]
        swept(executor, BASE, range(first, first + RUNS))
        ended = [time.perf_counter(), sum(map(cpu, running.workers.values())), cpu(running.scheduler)]
    wall, workers, scheduler = (end - begin for begin, end in zip(began, ended, strict=True))
    return (
        f"{len(running.workers)} workers: {RUNS} runs in {wall:.1f} s; CPU seconds of the workers {workers:.1f}, "
        f"of the scheduler {scheduler:.1f}; load {os.getloadavg()[0]:.1f}"
    )


def main(rounds: int) -> None:
    """Print one line a round and number of workers, in turns."""
    for turn in range(rounds):
        for workers in (1, 2):
            with tempfile.TemporaryDirectory() as folder, machines(Path(folder), workers) as running:
                print(measured(running, 1000 * (2 * turn + workers)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
