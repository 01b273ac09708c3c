"""What is kept of the plane is what the code measures, the same on every call."""

import json
import math
import statistics
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from explorer.__main__ import main
from explorer.experiments import overview
from explorer.experiments.cifar import files
from explorer.experiments.cifar import record as recorder
from explorer.experiments.claims import kept
from explorer.experiments.claims.plane import MEASURES, SEEDS, Measure

FAST = ("a point in the gap", "an inner point", "one sigmoid", "part of a class", "a class", "a class, surer original")
#: Trained by L-BFGS, some six seconds of a core a seed: of these one is looked at.
SLOW = ("an erased feature",)


class Here(Executor):
    """Do each task at once, in this process."""

    def submit(self, fn, /, *args, **kwargs):
        done = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except ValueError as error:
            done.set_exception(error)
        return done


def spread(values: list[float]) -> float:
    """How far a seed may lie from the mean of those that ship: three of their deviations, two points at least.

    A processor of another kind rounds otherwise, and a training makes other models of it. On the kind that measured
    what ships the numbers are the very same.
    """
    known = [value for value in values if not math.isnan(value)]
    return max(0.02, 3 * statistics.stdev(known)) if len(known) > 1 else 0.02


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.long) for name in SLOW)])
def test_what_ships_is_what_is_measured_for_the_first_seed(name: str):
    held = kept.read(files.SHIPPED)[name]
    found = MEASURES[name].at(SEEDS[0])
    assert set(found) == set(held)
    for each, value in found.items():
        assert math.isnan(value) == math.isnan(held[each][0]), each
        known = [one for one in held[each] if not math.isnan(one)]
        if known:
            assert value == pytest.approx(statistics.mean(known), abs=spread(known)), each


def test_what_ships_is_up_to_date():
    content = json.loads((files.SHIPPED / kept.FILE).read_text())
    assert content["seeds"] == list(SEEDS)
    assert {name: one["asked"] for name, one in content["measured"].items()} == {
        name: one.asked() for name, one in MEASURES.items()
    }, "python -m explorer record --only claims"


def test_a_measure_is_the_same_on_every_call():
    assert MEASURES["one sigmoid"].at(3) == MEASURES["one sigmoid"].at(3)


def test_what_is_kept_is_not_measured_again_and_what_changed_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def first(seed, runs):
        return {"seed": float(seed), "gone": math.nan}

    def second(seed, runs):
        return {"seed": -float(seed)}

    monkeypatch.setattr(kept, "MEASURES", {"m": Measure(lambda seed: {}, first)})
    said: list[str] = []
    assert kept.record(tmp_path, Here(), said.append) == 0 and len(said) == len(SEEDS)
    held = kept.read(tmp_path)["m"]
    assert held["seed"] == tuple(float(seed) for seed in SEEDS) and all(math.isnan(one) for one in held["gone"])
    assert kept.record(tmp_path, Here(), said.append) == 0 and len(said) == len(SEEDS)
    monkeypatch.setattr(kept, "MEASURES", {"m": Measure(lambda seed: {}, second)})
    assert kept.record(tmp_path, Here(), said.append) == 0 and len(said) == 2 * len(SEEDS)
    assert kept.read(tmp_path)["m"] == {"seed": tuple(-float(seed) for seed in SEEDS)}


def test_a_measure_that_fails_is_told_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(seed, runs):
        raise ValueError("no boundary at all")

    monkeypatch.setattr(kept, "MEASURES", {"m": Measure(lambda seed: {}, broken)})
    said: list[str] = []
    assert kept.record(tmp_path, Here(), said.append) == len(SEEDS)
    assert "no boundary at all" in said[0] and kept.read(tmp_path) == {}


def test_a_damaged_file_is_one_sentence(tmp_path: Path):
    (tmp_path / kept.FILE).write_text("[")
    with pytest.raises(kept.Unreadable, match=r"claims\.json cannot be read"):
        kept.read(tmp_path)


@pytest.mark.parametrize(
    ("only", "measured"),
    [("", ["claims", "methods"]), ("claims", ["claims"]), ("overview", ["methods"]), ("jit", [])],
)
def test_the_command_measures_the_plane_with_all_the_rest_or_alone(
    only: str, measured: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    called: list[str] = []
    monkeypatch.setattr(kept, "record", lambda *_: called.append("claims") or 0)
    monkeypatch.setattr(overview, "record", lambda *_: called.append("methods") or 0)
    monkeypatch.setattr(recorder, "record", lambda *_: called.append("images") or 0)
    assert main(["record", "--only", only, "--to", str(tmp_path)]) == 0
    assert called == [*measured, "images"]
