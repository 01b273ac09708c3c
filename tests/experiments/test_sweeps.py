from __future__ import annotations

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from explorer.experiments import sweeps
from explorer.experiments.store.store import Store
from explorer.experiments.sweeps import Outcome, span, specs_of, sweep
from explorer.experiments.table import NUMBERS, Table
from explorer.spec import SpecError

BASE: dict[str, Any] = {
    "data": {"n": 60},
    "model": {"widths": [4]},
    "training": {"steps": 20},
    "method": {"name": "gradient_ascent", "knobs": {"steps": 2}},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss", "entropy"]},
}
GRID: dict[str, Any] = {"base": BASE, "grid": {"method.knobs.lr": [0.01, 0.1], "seed": [0, 1]}}


def numbers(outcome: Outcome) -> Any:
    assert outcome.result is not None
    return {**outcome.result, "cost": 0}


def sorted_by_place(outcomes: Any) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: outcome.index)


def test_a_grid_means_every_combination_the_last_field_fastest():
    specs = specs_of(GRID)
    assert [(spec.as_json()["method"]["knobs"]["lr"], spec.seed) for spec in specs] == [
        (0.01, 0), (0.01, 1), (0.1, 0), (0.1, 1),
    ]  # fmt: skip
    assert all(spec.data.options.model_dump()["n"] == 60 for spec in specs)
    assert BASE["method"]["knobs"] == {"steps": 2}  # the base is left as it was


def test_a_list_means_itself_and_no_grid_means_the_base():
    assert [spec.seed for spec in specs_of([{"seed": 3}, {"seed": 4}])] == [3, 4]
    assert specs_of({"base": BASE}) == specs_of([BASE])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (3, "a sweep must be a list of Specs"),
        ([], "a sweep must be a list of Specs"),
        ({"bse": {}}, "`bse` is not known in a sweep"),
        ({"base": 1}, "`base` must be an object"),
        ({"grid": [1]}, "`grid` must be an object"),
        ({"grid": {"seed": 1}}, "`grid.seed` must be a list"),
        ({"grid": {"seed": []}}, "`grid.seed` must be a list"),
        ({"grid": {"seed": [0, -1]}}, r"Spec 2 of 2: `seed` must be a whole number"),
        ({"grid": {"seed.more": [0]}, "base": {"seed": 1}}, "must lead through objects"),
        ({"grid": {"method.knobs.strange": [0]}}, "Spec 1 of 1: `method.knobs.strange` is not known"),
        ({"grid": {"seed": list(range(101)), "data.n": list(range(20, 121))}}, "at most 10000 Specs"),
    ],
)
def test_what_is_wrong_with_a_sweep_is_one_sentence(content: Any, words: str):
    with pytest.raises(SpecError, match=words) as caught:
        specs_of(content)
    assert "\n" not in str(caught.value)


def test_a_span_covers_the_range_of_a_knob():
    rates = span("fine_tune", "lr", 5)
    assert rates == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1.0])
    steps = span("fine_tune", "steps", 6)
    assert steps == [0, 100, 200, 300, 400, 500]
    assert span("random_labels", "labels") == ["other", "any"]
    for value in rates:
        specs_of([{"method": {"name": "fine_tune", "knobs": {"lr": value}}}])
    with pytest.raises(SpecError, match="`rate` is not a knob of fine_tune"):
        span("fine_tune", "rate")


def test_a_sweep_run_twice_computes_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    specs = specs_of(GRID)
    first = sorted_by_place(sweep(specs, Store(tmp_path)))
    assert [outcome.index for outcome in first] == [0, 1, 2, 3]
    monkeypatch.setattr(sweeps, "Processes", lambda *_: pytest.fail("workers were started"))
    monkeypatch.setattr("explorer.pipeline.result", lambda *_: pytest.fail("it was computed again"))
    again = sorted_by_place(sweep(specs, Store(tmp_path)))
    assert [outcome.result for outcome in again] == [outcome.result for outcome in first]
    here = sorted_by_place(sweep(specs, Store(tmp_path), workers=0))
    assert [outcome.result for outcome in here] == [outcome.result for outcome in first]


def test_equal_specs_are_run_once(monkeypatch: pytest.MonkeyPatch):
    ran: list[str] = []
    monkeypatch.setattr("explorer.pipeline.result", lambda run: ran.append(run.key()) or {"spec": run.spec.as_json()})
    outcomes = list(sweep(specs_of([BASE, {**BASE, "seed": 1}, BASE]), Store(None), workers=0))
    assert sorted(outcome.index for outcome in outcomes) == [0, 1, 2]
    assert len(ran) == 2


def test_threads_processes_and_no_executor_find_the_same_numbers(tmp_path: Path):
    specs = specs_of(GRID)[:2]
    here = [numbers(one) for one in sorted_by_place(sweep(specs, Store(None), workers=0))]
    there = [numbers(one) for one in sorted_by_place(sweep(specs, Store(tmp_path), workers=1))]
    with ThreadPoolExecutor(2) as threads:
        threaded = [numbers(one) for one in sorted_by_place(sweep(specs, Store(None), executor=threads))]
    assert json.dumps(here) == json.dumps(there) == json.dumps(threaded)


def test_a_killed_worker_loses_only_its_own_spec_which_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    started: list[sweeps.Processes] = []
    real = sweeps.Processes

    def watched(count: int) -> sweeps.Processes:
        started.append(real(count))
        return started[-1]

    monkeypatch.setattr(sweeps, "Processes", watched)
    killed: list[int] = []

    def tick(*_: Any) -> None:
        if not killed and started and started[0].pids():
            killed.append(started[0].pids()[0])
            os.kill(killed[0], signal.SIGKILL)

    specs = specs_of(GRID)
    outcomes = sorted_by_place(sweep(specs, Store(tmp_path), workers=2, tick=tick))
    assert killed
    assert [outcome.error for outcome in outcomes] == ["", "", "", ""]
    here = sorted_by_place(sweep(specs, Store(None), workers=0))
    assert [numbers(one) for one in outcomes] == [numbers(one) for one in here]


class Stop(BaseException):
    pass


def test_a_cancelled_sweep_ends_its_workers_and_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    started: list[sweeps.Processes] = []
    real = sweeps.Processes
    monkeypatch.setattr(sweeps, "Processes", lambda count: started.append(real(count)) or started[-1])

    def tick(done: int, total: int, sentence: str) -> None:
        assert (total, sentence) == (4, f"{done} of 4 runs")
        if done:
            raise Stop

    specs = specs_of(GRID)
    with pytest.raises(Stop):
        list(sweep(specs, Store(tmp_path), workers=1, tick=tick))
    assert started[0].pids() == []
    monkeypatch.undo()
    known = [next(sweep([spec], Store(tmp_path), workers=0, tick=refuse), None) for spec in specs[:1]]
    assert known[0] is not None and known[0].result is not None


def refuse(done: int, *_: Any) -> None:
    if done == 0:
        pytest.fail("it was not in the store")


def test_a_spec_that_cannot_be_run_has_its_sentence_in_the_row(tmp_path: Path):
    specs = specs_of([BASE, {**BASE, "method": {"name": "boundary_expand"}}])
    outcomes = sorted_by_place(sweep(specs, Store(tmp_path), workers=1))
    assert outcomes[0].error == ""
    assert outcomes[1].result is None
    assert "answers requests for a whole class" in outcomes[1].error
    table = Table(specs)
    row = table.row(outcomes[1]).split("\t")
    assert row[0] == "boundary_expand"
    assert row[-1] == outcomes[1].error
    assert len(row) == len(table.head().split("\t"))


def test_audits_that_a_spec_names_have_columns_beside_retrained_s():
    specs = specs_of([BASE, {**BASE, "evaluation": {"audits": ["weight_path"]}}])
    head = Table(specs).head().split("\t")
    assert head[-5:] == [
        "weight_path.barrier", "weight_path.barrier_retrained", "weight_path.nearest", "weight_path.nearest_retrained",
        "trouble",
    ]  # fmt: skip
    found = {"models": {"unlearned": {"audits": {"weight_path": {"barrier": 0.25}}}}}
    row = Table(specs).row(Outcome(0, specs[0], found)).split("\t")
    assert row[-5:] == ["0.25", "", "", "", ""]


def test_rows_stand_in_the_order_of_the_specs_whoever_ends_first():
    specs = specs_of(GRID)
    table = Table(specs)
    assert table.head().split("\t") == ["method.name", "method.knobs.lr", "seed", *NUMBERS, "trouble"]
    results = [{"models": {"unlearned": {"accuracy": {"retain": 0.5}}}, "trouble": f"t{index}"} for index in range(4)]
    late = (Outcome(index, specs[index], results[index]) for index in (2, 0, 3, 1))
    rows = [row.split("\t") for row in table.in_order(late)]
    assert [row[-1] for row in rows] == ["t0", "t1", "t2", "t3"]
    assert rows[0][:4] == ["gradient_ascent", "0.01", "0", "0.5"]
    assert rows[0][4:-1] == [""] * (len(NUMBERS) - 1)  # what is not there is empty, not 0
