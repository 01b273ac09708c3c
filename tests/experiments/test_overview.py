"""All methods side by side: measured once, kept, and said in words."""

from __future__ import annotations

import json
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from explorer.experiments import overview
from explorer.experiments.cifar import files
from explorer.experiments.overview_table import looks_at, rows
from explorer.spec.catalog import CATALOG


class Here(Executor):
    """Run each task at once, by a table of answers."""

    def __init__(self, fails: str = "") -> None:
        self.asked: list[str] = []
        self.fails = fails

    def submit(self, fn, /, *args, **kwargs):
        self.asked.append(args[0])
        future: Future = Future()
        if args[0] == self.fails:
            future.set_exception(RuntimeError("broke"))
        else:
            future.set_result({"area": [0.1, 0.2], "forget": [0.5], "work": 0.25, "refused": ""})
        return future


def test_every_method_that_ships_is_measured_at_its_defaults_of_today():
    held = json.loads((files.SHIPPED / overview.FILE).read_text())["measured"]
    old = [key for key in overview.listed() if held.get(key, {}).get("asked") != overview.asked(key).key()]
    assert not old, "python -m explorer record --only overview"


def test_what_is_kept_is_what_is_measured():
    found, held = overview.measured("gradient_ascent"), overview.read(files.SHIPPED)["gradient_ascent"]
    assert found["area"] == pytest.approx(held.area.values, abs=2e-3)
    assert found["forget"] == pytest.approx(held.forget.values, abs=0.026), "two points of 80"
    assert found["work"] == held.work


def test_a_method_for_other_requests_says_so():
    found = overview.measured("unsir")
    assert found == {
        "area": [], "forget": [], "work": None,
        "refused": "UNSIR answers requests for a whole class; this request is a cluster of a class",
    }  # fmt: skip


def test_what_is_known_is_not_measured_again_and_a_failure_is_counted(tmp_path: Path):
    first = Here(fails="jit")
    assert overview.record(tmp_path, first, lambda _: None) == 1
    assert first.asked == overview.listed()
    second = Here()
    assert overview.record(tmp_path, second, lambda _: None) == 0
    assert second.asked == ["jit"]
    assert list(overview.read(tmp_path)) == overview.listed()


def test_a_damaged_file_is_as_none(tmp_path: Path):
    (tmp_path / overview.FILE).write_text('{"measured": 1')
    assert overview.read(tmp_path) == {}
    assert {row.note for row in rows(tmp_path)} == {"not measured yet"}


def test_the_nearest_to_retrained_stand_first_and_those_without_numbers_last():
    found = rows()
    assert [row.key for row in found[:2]] == ["retrained", "original"]
    means = [float(row.area.split()[0]) for row in found[2:] if row.area]
    assert means == sorted(means)
    assert [bool(row.note) for row in found] == sorted(bool(row.note) for row in found)
    assert {row.key for row in found[2:]} == {key for key in CATALOG.methods if key not in CATALOG.own}


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("jit", "forget set without labels"),
        ("amnesiac", "retain set; record of the training"),
        ("unsir", "forget set, labels only; retain set"),
        ("tmu", "forget set; retain set; whole training set; held-out points"),
    ],
)
def test_what_a_method_looks_at_is_said_in_words(key: str, said: str):
    assert looks_at(key) == said
