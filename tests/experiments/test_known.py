"""A folder that ships its models answers a moved knob without a training, as it was recorded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from explorer.contents.recorded import moved
from explorer.contents.recorded.runs import Choice, open_runs
from explorer.contents.words import MOVED, method_title
from explorer.experiments.cifar import files, known, record
from explorer.experiments.cifar.plan import Planned
from explorer.experiments.store.store import Store
from explorer.records import ImageRun
from explorer.spec import Spec, SpecError
from explorer.view import View
from tests.data._made_up import TEN, believe, ten, write

FOLDER = "cifar10-compact-memorise-random"
PLAN = (
    Planned({
        "data": {"name": "cifar10", "n": 200},
        "model": {"name": "compact", "width": 8},
        "training": {"recipe": "memorise", "steps": 6, "batch": 40},
        "request": {"choose": "random", "fraction": 0.1},
        "evaluation": {"retrained_seeds": 2, "shadows": 2, "attacks": ["loss", "rmia"]},
    }),
)  # fmt: skip


@pytest.fixture(autouse=True)
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "data" / TEN, ten())
    believe(monkeypatch, tmp_path / "data", small=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        root = tmp_path / "runs"
        assert record.record(PLAN, root, tmp_path / "store", hands, said.append, "gradient_ascent") == 0, said
    return root / FOLDER


def recorded(folder: Path) -> Spec:
    return Spec.parse(dict(files.read_run(folder, "gradient_ascent").spec))


def test_at_the_recorded_knobs_the_numbers_are_the_recorded_ones_and_nothing_is_trained(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def trained(*_: Any, **__: Any) -> None:
        raise AssertionError("a model is trained")

    monkeypatch.setattr("explorer.pipeline.worlds.images.train", trained)
    scene, spec = files.read_scene(folder), recorded(folder)
    assert known.answers(scene, folder, spec)
    asked = known.asked(scene, spec)
    assert asked.method == spec.method and asked.evaluation.attacks == ["loss"] and asked.evaluation.shadows == 0
    so_far: list[ImageRun] = []
    found = known.moved(scene, folder, asked, "", None, so_far.append)
    there = files.read_run(folder, "gradient_ascent")
    assert found.numbers.models[0].accuracy == there.numbers.models[0].accuracy
    assert found.numbers.models[0].attacks["loss"].auc == there.numbers.models[0].attacks["loss"].auc
    ours, theirs = found.numbers.to_retrained, there.numbers.to_retrained
    assert ours is not None and theirs is not None
    assert ours.activation_distance.mean == pytest.approx(theirs.activation_distance.mean, abs=0.002)
    assert (found.snapshots[0].region == there.snapshots[0].region).all()
    assert so_far[0].snapshots[0].step.tolist() == [0] and so_far[0].numbers.to_retrained is None


def test_another_request_or_a_folder_without_weights_is_not_answered(folder: Path):
    scene, spec = files.read_scene(folder), recorded(folder)
    assert not known.answers(scene, folder, spec.with_part(seed=1))
    assert not known.answers(scene, folder, spec.with_part(request={"choose": "random", "fraction": 0.2}))
    (folder / "retrained-1.safetensors").unlink()
    assert not known.answers(scene, folder, spec)


def test_the_run_grows_and_a_fault_is_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.recording.snapshots.SOONEST", 0.0)
    scene, store = files.read_scene(folder), Store(None)
    asked = known.asked(scene, recorded(folder))
    steps = [run.snapshots[0].step.tolist() for run in known.growing(scene, folder, asked, store, _nobody)]
    assert steps[0] == [0] and len(steps) > 2 and steps[-1][-1] == max(map(max, steps))
    assert all(len(before) < len(after) for before, after in pairwise(steps[:-1]))
    assert len(list(known.growing(scene, folder, asked, store, _nobody))) == 1  # what was made before comes at once
    (folder / "original.safetensors").write_bytes(b"nothing")
    other = asked.with_part(method={"name": "gradient_ascent", "knobs": {"lr": 0.123}})
    with pytest.raises(SpecError, match="safetensors"):
        list(known.growing(scene, folder, other, Store(folder / "nothing is known here"), _nobody))


def test_a_cancel_reaches_the_method(folder: Path):
    class Stop(BaseException):
        pass

    def tick(done: int, total: int, sentence: str = "") -> None:
        raise Stop

    scene = files.read_scene(folder)
    with pytest.raises(Stop):
        list(known.growing(scene, folder, known.asked(scene, recorded(folder)), Store(None), tick))


def test_what_was_moved_stands_beside_the_recorded_run(folder: Path):
    opened = open_runs(FOLDER, folder)
    view = View.default()
    spec = moved.movable(view, opened, "gradient_ascent")
    assert spec is not None and moved.moved(view, opened, "gradient_ascent") is None
    view = moved.with_knob(view, spec, "lr", 0.002)
    view = moved.with_knob(view, spec, "steps", 3)  # the widget was drawn before the first was moved
    asked = moved.moved(view, opened, "gradient_ascent")
    assert asked is not None and asked.method is not None
    assert asked.method.as_json()["knobs"] == {**spec.as_json()["method"]["knobs"], "lr": 0.002, "steps": 3}
    assert View.from_query(view.to_query())[0].own == view.own
    key = "gradient_ascent" + MOVED
    both, chosen = moved.beside(
        opened, Choice(("gradient_ascent",), "gradient_ascent", 0), opened.methods["gradient_ascent"]
    )
    assert chosen.runs == ("gradient_ascent", key) and chosen.shown == key and both.methods[key].name == key
    assert method_title(key) == "Your knobs: Gradient ascent"


def test_a_public_demo_moves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_PUBLIC", "1")
    assert moved.movable(View.default(), open_runs(FOLDER, folder), "gradient_ascent") is None


def _nobody(done: int, total: int, sentence: str = "") -> None:
    pass
