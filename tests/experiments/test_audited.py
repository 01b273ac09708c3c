"""Audits of recorded runs: made from what ships, one at a time, kept, and not made twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from explorer.experiments.cifar import audited, by_code, files, record
from explorer.experiments.cifar.audited import Due
from explorer.spec import Spec
from tests.data._made_up import small_ten
from tests.experiments.test_known import FOLDER, PLAN

DUE = (
    Due(FOLDER, "original", "linear_probe"), Due(FOLDER, "retrained-0", "weight_path"),
    Due(FOLDER, "retrained-1", "weight_path"), Due(FOLDER, "gradient_ascent", "relearning"),
    Due(FOLDER, "gradient_ascent", "control"), Due(FOLDER, "gradient_ascent", "two_model_membership"),
)  # fmt: skip


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Record a small folder once; "runs" holds it, "made" the store."""
    place = tmp_path_factory.mktemp("recorded")
    with small_ten(place / "data"), ThreadPoolExecutor(1) as hands:
        assert record.record(PLAN, place / "runs", place / "made", hands, _nobody, "gradient_ascent") == 0
        yield place


@pytest.fixture
def root(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("explorer.audits.relearning.STEPS", 3)
    monkeypatch.setattr("explorer.audits.relearning.LOOKED", (0, 3))
    monkeypatch.setattr("explorer.audits.relearning.BATCH", 20)
    shutil.copytree(recorded / "runs", tmp_path / "runs")
    return tmp_path / "runs"


def _nobody(line: str) -> None:
    """Hear nothing."""


def made(root: Path, place: Path, todo: tuple[Due, ...] = DUE) -> list[str]:
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        audited._run.cache_clear()
        by_code.store_at.cache_clear()
        assert audited.record(root, place, hands, said.append, todo) == 0, said
    return said


def test_what_is_measured_is_kept_and_only_what_is_missing_is_measured(root: Path, tmp_path: Path):
    assert len(made(root, tmp_path / "store", DUE[:2])) == 2
    assert len(made(root, tmp_path / "store")) == len(DUE) - 2
    assert made(root, tmp_path / "store") == []
    found = audited.read(root, FOLDER)
    assert list(found) == ["original", "retrained", "gradient_ascent"]
    assert len(found["retrained"]["weight_path"]["barrier"].values) == 2
    own = found["gradient_ascent"]
    assert set(own["relearning"]) == {"start", "peak", "control_peak"}
    assert set(own["two_model_membership"]) == {"auc", "before_auc", "new_seed_auc"}
    assert 0 <= own["two_model_membership"]["new_seed_auc"].mean <= 1
    entry = json.loads((root / "audits.json").read_text())["audited"][FOLDER]["gradient_ascent"]["relearning"]
    assert set(entry) == {"asked", "seed", "numbers", "seconds", "seconds_model"}


def test_what_was_asked_of_a_run_that_was_recorded_anew_is_measured_again(root: Path, tmp_path: Path):
    todo = (Due(FOLDER, "gradient_ascent", "weight_path"),)
    made(root, tmp_path / "store", todo)
    file = root / FOLDER / "gradient_ascent.json"
    content = json.loads(file.read_text())
    content["spec"]["method"]["knobs"]["steps"] = 3
    file.write_text(json.dumps(content))
    assert audited.read(root, FOLDER) == {}
    assert len(made(root, tmp_path / "store", todo)) == 1
    assert "gradient_ascent" in audited.read(root, FOLDER)


def test_last_weights_in_the_store_are_read_and_no_method_is_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    todo = (Due(FOLDER, "gradient_ascent", "weight_path"),)
    made(root, tmp_path / "store", todo)
    first = audited.read(root, FOLDER)["gradient_ascent"]
    (root / "audits.json").unlink()

    def run(*_: Any, **__: Any) -> None:
        raise AssertionError("a method is run")

    monkeypatch.setattr("explorer.pipeline.image_end_state", run)
    made(root, tmp_path / "store", todo)
    assert audited.read(root, FOLDER)["gradient_ascent"] == first


def test_a_recorded_run_leaves_its_last_weights_in_the_store(
    root: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("explorer.pipeline.image_end_state", lambda run: pytest.fail("a method is run"))
    # The original that ships has the weights of the one that `record` trained, to the bit.
    made(root, recorded / "made", (Due(FOLDER, "gradient_ascent", "weight_path"),))


def test_a_measurement_that_fails_is_named_and_the_others_are_kept(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real = audited.audit_task

    def task(due: Due, root: Path, place: str) -> dict[str, Any]:
        if due.model == "retrained-0":
            raise ValueError("no")
        return real(due, root, place)

    monkeypatch.setattr(audited, "audit_task", task)
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        audited._run.cache_clear()
        assert audited.record(root, tmp_path / "store", hands, said.append, DUE[:3]) == 1
    assert any(line.endswith("retrained-0, weight_path: no") for line in said)
    assert list(audited.read(root, FOLDER)) == ["original", "retrained"]


def test_a_damaged_file_is_no_file(tmp_path: Path):
    (tmp_path / "audits.json").write_text("{")
    assert audited.read(tmp_path, FOLDER) == {}


def test_the_plan_names_each_measurement_once_and_its_methods_are_recorded():
    planned = list(audited.plan())
    assert len({str(one) for one in planned}) == len(planned)
    for folder in audited.FOLDERS:
        assert len(audited.METHODS) == 9
        for method in audited.METHODS:
            assert (files.SHIPPED / folder / f"{method}.json").is_file()


@pytest.mark.parametrize("folder", audited.FOLDERS)
def test_what_ships_was_asked_of_the_runs_that_ship(folder: str):
    held = json.loads((files.SHIPPED / audited.FILE).read_text())
    assert held["command"] == audited.COMMAND and held["made"]["commit"] and held["made"]["hardware"]
    for model, audits in held["audited"].get(folder, {}).items():
        for audit, entry in audits.items():
            asked = audited.spec_of(Due(folder, model, audit))
            assert isinstance(asked, Spec) and entry["asked"] == asked.key(), (model, audit)
            assert entry["seconds"] >= 0 and entry["seed"] == 0
