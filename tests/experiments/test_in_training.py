"""A run of one's own is seen while its models are trained, from their checkpoints, and while its method runs."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer import pipeline
from explorer.contents.recorded import grown
from explorer.contents.recorded.cut import Cut
from explorer.experiments.cifar import own
from explorer.experiments.cifar.in_training import LEARNING, Growing, Watch
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import trainings_at
from explorer.pipeline.in_training import CELLS
from explorer.spec import Spec
from tests.data._made_up import TEN, believe, ten, write

STEPS = 6
SPEC = {
    "data": {"name": "cifar10", "n": 200},
    "model": {"name": "compact", "width": 8},
    "training": {"recipe": "memorise", "steps": STEPS, "batch": 40},
    "request": {"choose": "random", "fraction": 0.1},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
    "method": {"name": "gradient_ascent", "knobs": {"lr": 1e-4, "steps": 4}},
}


class Stop(BaseException):
    pass


@pytest.fixture(autouse=True)
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "data" / TEN, ten())
    believe(monkeypatch, tmp_path / "data", small=True)


def halted(run: pipeline.Run, role: pipeline.Reference, at: int) -> None:
    """Train a model up to a step and leave its checkpoint."""

    def tick(done: int, total: int) -> None:
        if done >= at:
            raise Stop

    with pytest.raises(Stop):
        pipeline.reference(replace(run, tick=tick), role, 0)


def test_what_a_checkpoint_holds_is_looked_at_and_nothing_is_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = trainings_at(str(tmp_path / "store")).run(Spec.parse(SPEC))
    assert pipeline.so_far(run, "original", 0) is None
    halted(run, "original", 3)
    found = pipeline.so_far(run, "original", 0)
    assert found is not None and 3 <= found[0] < STEPS
    with monkeypatch.context() as patched:
        patched.setattr("explorer.pipeline.worlds.images.train", _never)
        scene, seen = pipeline.seen_so_far(run, {("original", 0): found[1]})
        one = seen["original", 0]
        assert scene.cells == CELLS and one.region.shape == (1, len(scene.planes), CELLS**2)
        again, _ = pipeline.seen_so_far(run, {("original", 0): found[1] * 2}, scene)
        assert again is scene
    assert (pipeline.so_far(run, "original", 0) or (0,))[0] == found[0]  # its checkpoint is still there
    whole = pipeline.original(run, 0).state
    step, state = pipeline.so_far(run, "original", 0) or (0, None)
    assert step == STEPS and (state == whole).all() and (state != found[1]).any()


def test_the_path_of_the_original_grows_with_its_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.experiments.cifar.in_training.SOONEST", 0.0)
    monkeypatch.setattr("explorer.experiments.cifar.in_training.SHARE", math.inf)
    place, shown = str(tmp_path / "store"), list[Growing]()
    run, watch = trainings_at(place).run(Spec.parse(SPEC)), Watch(Spec.parse(SPEC), place, shown.append)
    halted(run, "original", 2)
    watch.look()
    assert not shown  # nothing to compare with yet
    halted(run, "retrained", 2)
    watch.look()
    watch.look()
    assert len(shown) == 1  # the second had nothing new
    pipeline.original(run, 0)
    watch.look()
    steps = shown[-1].run.snapshots[0].step.tolist()
    assert len(shown) == 2 and len(steps) == 2 and steps[0] < steps[1] == STEPS
    opened, chosen = grown.laid_out(shown[-1], 7)
    assert chosen.runs == (LEARNING,) and chosen.cut == 0
    assert Cut(opened, 0, chosen.runs).panel(LEARNING, "", opened.methods[LEARNING], "approximate")
    assert "1 retrained model, as" in grown.sentence(shown[-1])


def test_a_run_of_ones_own_grows_while_its_method_runs_and_ends_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("explorer.recording.snapshots.SOONEST", 0.0)
    *seen, name = own.growing(Spec.parse(SPEC), Store(tmp_path / "store"), lambda *_: None)
    assert isinstance(name, str) and (tmp_path / "store/recorded" / name / "gradient_ascent.json").is_file()
    steps = [one.run.snapshots[0].step.tolist() for one in seen if isinstance(one, Growing)]
    assert len(steps) == len(seen) > 1 and steps[0] == [0] and len(steps[-1]) > len(steps[0])


def test_a_cancel_of_a_growing_run_reaches_the_training(tmp_path: Path):
    def tell(done: int, total: int, sentence: str) -> None:
        if done:
            raise Stop

    with pytest.raises(Stop):
        list(own.growing(Spec.parse(SPEC), Store(tmp_path / "store"), tell))


def _never(*_: Any, **__: Any) -> None:
    raise AssertionError("a model is trained")
