"""Sweeps on a real Dask cluster of this machine: the same table, whatever happens to its workers."""

from __future__ import annotations

import json
import operator
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

from explorer import pipeline
from explorer.__main__ import main
from explorer.experiments.store import provenance
from explorer.experiments.store.store import Store
from explorer.experiments.sweeps import Outcome, specs_of, sweep
from explorer.experiments.table import Table
from explorer.experiments.work import cluster as room
from explorer.experiments.work.cluster import Cluster, ClusterError, about, answer, connect, difference
from explorer.experiments.work.executors import WorkerLost
from explorer.spec import Spec
from tests.data._made_up import believe
from tests.experiments._dask import Machines, machines
from tests.experiments._sweeps import SWEEPS, TOYS, write_images
from tests.service._asked import finished

PATIENCE = 60.0  # seconds for a scheduler to answer, however busy the machine is
SMALL = {**TOYS["base"], "data": {"n": 60}, "training": {"steps": 20}}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ANSWER", PATIENCE)


@pytest.fixture(scope="session")
def image_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = write_images(tmp_path_factory.mktemp("images") / "data")
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    with machines(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def cluster(two: Machines) -> Iterator[Cluster]:
    with connect(two.address) as executor:
        yield executor


def rows(specs: list[Spec], outcomes: list[Outcome]) -> list[list[str]]:
    """Return the sweep's table without what the clock says."""
    table = Table(specs)
    lines = [line.split("\t") for line in [table.head(), *table.in_order(outcomes)]]
    clock = lines[0].index("seconds")
    return [line[:clock] + line[clock + 1 :] for line in lines]


def entries(place: Path) -> list[str]:
    return sorted(folder.name for folder in place.rglob("results-*/*"))


def results(specs: list[Spec]) -> list[str]:
    return sorted(f"result-{spec.key()}" for spec in specs)


@pytest.mark.parametrize(
    "content", [SWEEPS["toys"], pytest.param(SWEEPS["cifar"], marks=pytest.mark.long)], ids=["toys", "cifar"]
)
def test_a_worker_killed_in_the_middle_loses_nothing(
    content: Any, tmp_path: Path, image_files: Path, monkeypatch: pytest.MonkeyPatch
):
    from distributed import Client

    believe(monkeypatch, image_files)
    specs = specs_of(content)
    here = list(sweep(specs, Store(tmp_path / "here"), workers=0))
    killed: list[str] = []
    with machines(tmp_path) as running, connect(running.address) as executor:
        with Client(running.address, set_as_default=False) as watch:

            def tick(done: int, *_: Any) -> None:
                if killed or done == 0:
                    return
                names = {place: worker["name"] for place, worker in watch.scheduler_info()["workers"].items()}
                for place, tasks in cast(dict[str, tuple[str, ...]], watch.processing()).items():
                    if tasks and not killed:
                        killed.append(names[place])
                        running.workers[names[place]].kill()  # SIGKILL

            outcomes = list(sweep(specs, Store(tmp_path / "there"), executor=executor, apart=True, tick=tick))
        assert executor.workers() == 1
    assert killed, "no worker was busy"
    assert sorted(outcome.index for outcome in outcomes) == list(range(len(specs)))
    assert rows(specs, outcomes) == rows(specs, here)
    assert entries(tmp_path / "there") == results(specs)  # each once, and nothing else came over
    lost = [name for name in results(specs) if name not in entries(running.stores[killed[0]])]
    assert lost, "the other worker did some"


@pytest.mark.long
def test_each_worker_keeps_what_it_needs_in_its_own_store(two: Machines, cluster: Cluster, tmp_path: Path):
    specs = specs_of([{**SMALL, "seed": seed} for seed in range(4)])
    assert all(outcome.result for outcome in sweep(specs, Store(tmp_path), executor=cluster, apart=True))
    kept = [name for store in two.stores.values() for name in entries(store)]
    assert set(results(specs)) <= set(kept)
    assert any(name.startswith("references-") for name in kept)
    assert entries(tmp_path) == results(specs)


def test_uploaded_points_reach_a_machine_that_has_not_the_file(cluster: Cluster, tmp_path: Path):
    lines = [f"{i % 2 * 3 + i % 7 / 7:.3f},{i % 5 / 5:.3f},{i % 2}" for i in range(80)]
    sha256 = pipeline.remember_csv(("x1,x2,label\n" + "\n".join(lines) + "\n").encode())
    spec = {**SMALL, "data": {"name": "csv", "sha256": sha256}, "request": {"choose": "random", "fraction": 0.2}}
    specs = specs_of([spec])
    there = list(sweep(specs, Store(tmp_path), executor=cluster, apart=True))
    assert there[0].error == ""
    assert rows(specs, there) == rows(specs, list(sweep(specs, Store(None), workers=0)))


def test_what_cannot_be_run_has_its_sentence_in_the_row(cluster: Cluster):
    specs = specs_of([{**SMALL, "method": {"name": "boundary_expand"}}, SMALL])
    outcomes = sorted(sweep(specs, Store(None), executor=cluster, apart=True), key=lambda outcome: outcome.index)
    assert "answers requests for a whole class" in outcomes[0].error
    assert outcomes[1].error == ""


def test_the_command_prints_the_table_of_one_machine(
    two: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    (tmp_path / "sweep.json").write_text(json.dumps({"base": SMALL, "grid": {"seed": [0, 1]}}))
    printed = []
    for place, words in {"there": ["--scheduler", two.address], "here": ["--workers", "0"]}.items():
        monkeypatch.setenv("EXPLORER_STORE", str(tmp_path / place))
        assert main(["sweep", str(tmp_path / "sweep.json"), *words]) == 0
        out, err = capfdbinary.readouterr()
        assert err == b""
        lines = [line.split("\t") for line in out.decode().splitlines()]
        printed.append([line[: lines[0].index("seconds")] for line in lines])
    assert printed[0] == printed[1]
    assert len(printed[0]) == 3


def test_results_and_errors_come_back(cluster: Cluster):
    assert list(cluster.map(operator.add, [1, 2, 3], [10, 20, 30])) == [11, 22, 33]
    with pytest.raises(ZeroDivisionError):
        cluster.submit(operator.truediv, 1, 0).result(60)
    with pytest.raises(ClusterError, match="cannot run the explorer"):
        cluster.submit(__import__, "no_such_module").result(60)


def test_a_task_that_ends_every_worker_is_given_up(tmp_path: Path):
    with (
        machines(tmp_path, 1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as running,
        connect(running.address) as executor,
        pytest.raises(WorkerLost, match="its worker was lost in the middle, 1 times over"),
    ):
        executor.submit(os._exit, 1).result(60)


def test_a_scheduler_that_goes_is_said(tmp_path: Path):
    with machines(tmp_path, 1) as running, connect(running.address) as executor:
        waiting = executor.submit(time.sleep, 600)
        running.scheduler.kill()
        with pytest.raises(ClusterError, match="has gone: what ended is kept; give the same command again"):
            waiting.result(60)


def test_after_the_end_nothing_is_taken(two: Machines):
    executor = connect(two.address)
    executor.shutdown()
    with pytest.raises(RuntimeError, match="closed"):
        executor.submit(operator.add, 1, 1)


def test_other_versions_or_files_are_refused(two: Machines, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(provenance, "source", lambda: "other")
    with pytest.raises(ClusterError, match=r"^the worker at tcp.*: it runs other files of the explorer; install the"):
        connect(two.address)
    versions = {**provenance.versions(), "torch": "1.0.0+cpu"}
    monkeypatch.setattr(provenance, "versions", lambda: versions)
    with pytest.raises(ClusterError, match=r"^the worker at tcp.*: torch \S+ instead of 1\.0\.0; install the same"):
        connect(two.address)


def test_a_worker_that_came_later_is_asked_with_each_task():
    assert answer(about(), "operator", "add", (1, 2), {}) == 3
    with pytest.raises(ClusterError, match=r"differs from the machine that asked: python 3\S+ instead of 2\.7"):
        answer({"python": "2.7", "explorer": about()["explorer"]}, "operator", "add", (1, 2), {})


def test_only_what_is_asked_for_is_compared_and_not_the_build():
    assert difference({"a": "1"}, {"a": "1", "b": "2"}) == ""
    assert difference({"a": "1", "b": "2"}, {"a": "3"}) == "a 3 instead of 1, b missing instead of 2"
    assert not any("+" in version for version in about().values())


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_nobody_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "ANSWER", 0.3)
    with pytest.raises(
        ClusterError, match=r"^no Dask scheduler answers at 127\.0\.0\.1:\d+ within 0\.3 s \(.*\): is it"
    ):
        connect(f"127.0.0.1:{closed_port()}")


def test_a_notebook_whose_event_loop_runs_may_ask_too(two: Machines):
    async def cell() -> int:
        with connect(two.address) as executor:  # as in a notebook: not awaited, though a loop runs in this thread
            return executor.submit(operator.add, 2, 3).result()

    assert finished(cell()) == 5


def test_somebody_else_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "ANSWER", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ClusterError, match="no Dask scheduler answers at"):
            connect(f"127.0.0.1:{silent.getsockname()[1]}")


def test_a_workers_address_is_refused(two: Machines, cluster: Cluster):
    from distributed import Client

    with Client(two.address, set_as_default=False) as client:
        place = next(iter(client.scheduler_info()["workers"]))
    with pytest.raises(ClusterError, match="is a Dask worker: give the address of the scheduler"):
        connect(place)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:x", "ftp://127.0.0.1:8786"])
def test_what_is_no_address_is_one_line(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    monkeypatch.setenv("EXPLORER_STORE", str(tmp_path / "store"))
    (tmp_path / "sweep.json").write_text(json.dumps([SMALL]))
    assert main(["sweep", str(tmp_path / "sweep.json"), "--scheduler", address]) == 2
    out, err = capfdbinary.readouterr()
    assert (out, err.count(b"\n")) == (b"", 1)
    assert err.startswith(b"the scheduler's address must be such as tcp://10.0.0.1:8786")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"^a cluster needs Dask distributed \(.*\): pip install '\.\[cluster\]'"):
        connect("127.0.0.1:8786")
