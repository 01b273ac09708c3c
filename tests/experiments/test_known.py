"""A folder that ships its models answers a moved knob without a training, as it was recorded."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from explorer import pipeline
from explorer.contents.recorded import moved
from explorer.contents.recorded.runs import Choice, open_runs
from explorer.contents.words import MOVED, method_title
from explorer.data import cifar
from explorer.experiments.cifar import files, known, record, trials, tuning
from explorer.experiments.cifar.plan import Planned
from explorer.experiments.store.store import Store
from explorer.pipeline import references
from explorer.pipeline.attacks import reference_models
from explorer.pipeline.memo import Memo
from explorer.pipeline.worlds import images as images_world
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
    monkeypatch.setattr(cifar, "VALIDATION", 100)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the first test records and the others copy from."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def folder(tmp_path: Path, made: Path) -> Path:
    if not (made / "runs").is_dir():
        recorded_in(made / "runs", made / "store")
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "runs" / FOLDER


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is trained from here on, by the names that give models their seeds."""
    made: list[str] = []
    real = images_world.trained

    def trained(spec: Spec, data: Any, name: str, *given: Any, memo: Memo, **more: Any) -> images_world.Trained:
        def noted(key: str, thunk: Callable[[], Any], /) -> Any:
            def make() -> Any:
                made.append(name)
                return thunk()

            return memo(key, make if "-way-" not in key else thunk)

        return real(spec, data, name, *given, memo=noted, **more)

    for module in (references, reference_models):
        monkeypatch.setattr(module, "trained", trained)
    return made


def recorded_in(root: Path, store: Path) -> list[str]:
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        assert record.record(PLAN, root, store, hands, said.append, "gradient_ascent") == 0, said
    return said


def searched(folder: Path, store: Path, most: int) -> None:
    said: list[str] = []
    places = tuning.Places(folder.parent, str(store))
    with ThreadPoolExecutor(1) as hands:
        assert tuning.tune(FOLDER, ["gradient_ascent"], places, hands, said.append, most=most, plan=PLAN) == 0, said


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


def test_a_search_elsewhere_goes_on_from_the_models_that_ship_and_trains_the_oracles_alone(
    folder: Path, tmp_path: Path, trainings: list[str]
):
    trainings.clear()
    searched(folder, tmp_path / "elsewhere", 1)
    assert trainings == ["retrained:2"] and known.file_of(folder, "retrained", 2).is_file()
    searched(folder, tmp_path / "a third place", 2)
    assert trainings == ["retrained:2"]
    first, _ = trials.read(FOLDER, folder.parent)["gradient_ascent"]
    (folder / trials.FILE).unlink()
    searched(folder, tmp_path / "store", 1)
    there = trials.read(FOLDER, folder.parent)["gradient_ascent"][0]
    assert (first.knobs, first.trial.judge, first.trial.parts) == (
        there.knobs, there.trial.judge, there.trial.parts,
    )  # fmt: skip
    # That model lies in half precision; where the machine has bfloat16 its logits are rounded once more (.010 seen).
    assert first.trial.oracle == pytest.approx(there.trial.oracle, abs=0.02)


def test_a_row_made_elsewhere_is_made_from_the_models_that_ship_and_says_so(
    folder: Path, tmp_path: Path, trainings: list[str]
):
    there = files.read_run(folder, "gradient_ascent")
    shipped = {file.name: file.read_bytes() for file in folder.glob("*.safetensors")}
    (folder / "gradient_ascent.json").unlink()
    trainings.clear()
    said = recorded_in(folder.parent, tmp_path / "elsewhere")
    assert trainings == [] and "no training" in said[0]
    assert {file.name: file.read_bytes() for file in folder.glob("*.safetensors")} == shipped
    found = files.read_run(folder, "gradient_ascent")
    assert found.spec == there.spec and found.numbers.models[0].accuracy == there.numbers.models[0].accuracy
    assert set(there.numbers.models[0].attacks) == {"loss", "rmia"} and there.numbers.weights is None
    assert set(found.numbers.models[0].attacks) == {"loss"} and found.numbers.weights == known.WEIGHTS
    assert found.numbers.left_out == {"rmia": known.WITHOUT_RMIA}


def test_a_row_from_another_original_than_the_folder_s_is_refused(folder: Path):
    run = files.read_run(folder, "gradient_ascent")
    record.refuse_other_start(folder, run)
    (seen,) = run.snapshots
    other = replace(run, snapshots=(replace(seen, logits=-seen.logits),))
    with pytest.raises(SpecError, match=f"started from another original than the one that is recorded in {FOLDER}"):
        record.refuse_other_start(folder, other)
    for file in folder.glob("*.safetensors"):  # and so it is where a folder ships no weights
        file.unlink()
    (folder / "gradient_ascent.json").unlink()
    original = files.read_run(folder, "original")
    (shown,) = original.snapshots
    files.write_run(folder, replace(original, snapshots=(replace(shown, logits=-shown.logits),)))
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        assert record.record(PLAN, folder.parent, folder.parents[1] / "store", hands, said.append, "gradient_ascent")
    assert any("from another original" in line for line in said)
    assert not (folder / "gradient_ascent.json").exists()


def test_models_of_the_store_are_taken_only_where_they_are_the_very_ones_that_ship(folder: Path, tmp_path: Path):
    spec = recorded(folder)
    run, shipped = known.start(folder, spec, str(tmp_path / "store"))
    assert not shipped
    state = pipeline.original(run, 0).state
    pipeline.write_known(spec, run.data, state + 1, known.file_of(folder, "original", 0), "another", half=False)
    run, shipped = known.start(folder, spec, str(tmp_path / "store"))
    assert shipped and (pipeline.original(run, 0).state == state + 1).all()
    (folder / "retrained.json").unlink()
    assert not known.start(folder, spec, str(tmp_path / "store"))[1]
    assert not known.start(tmp_path / "nothing", spec, "")[1]


def test_moved_knobs_are_asked_the_attacks_of_the_folder_but_for_rmia(folder: Path):
    scene = files.read_scene(folder)
    every = replace(scene, spec={**scene.spec, "evaluation": {"retrained_seeds": 2, "shadows": 2}})
    asked = known.asked(every, recorded(folder)).evaluation
    assert (asked.attacks, asked.shadows) == (None, 0)  # every attack that needs no shadows
    assert known.asked(scene, recorded(folder)).evaluation.attacks == ["loss"]


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
    steps = [run.snapshots[0].step.tolist() for run in known.growing(folder, asked, "", store.memo, _nobody)]
    assert steps[0] == [0] and len(steps) > 2 and steps[-1][-1] == max(map(max, steps))
    assert all(len(before) < len(after) for before, after in pairwise(steps[:-1]))
    assert len(list(known.growing(folder, asked, "", store.memo, _nobody))) == 1  # what was made before comes at once
    (folder / "original.safetensors").write_bytes(b"nothing")
    other = asked.with_part(method={"name": "gradient_ascent", "knobs": {"lr": 0.123}})
    with pytest.raises(SpecError, match="safetensors"):
        list(known.growing(folder, other, str(folder / "nothing is known here"), Store(None).memo, _nobody))


def test_a_folder_with_another_original_is_answered_from_that_one(folder: Path):
    asked = known.asked(files.read_scene(folder), recorded(folder))
    first = known.moved(files.read_scene(folder), folder, asked, "")
    shutil.copy(known.file_of(folder, "retrained", 0), known.file_of(folder, "original", 0))
    second = known.moved(files.read_scene(folder), folder, asked, "")
    assert (first.snapshots[0].logits[0] != second.snapshots[0].logits[0]).any()


def test_a_moved_run_is_named_by_the_weights_that_lie_in_its_folder(folder: Path):
    asked = known.asked(files.read_scene(folder), recorded(folder))
    first = known.moved_name(folder, asked)
    assert known.moved_name(folder, asked) == first
    shutil.copy(known.file_of(folder, "retrained", 0), known.file_of(folder, "retrained", 1))
    assert known.moved_name(folder, asked) != first


def test_what_was_moved_before_a_folder_was_recorded_anew_is_not_shown(folder: Path):
    asked, store = known.asked(files.read_scene(folder), recorded(folder)), Store(None)
    (first,) = list(known.growing(folder, asked, "", store.memo, _nobody))[-1].snapshots
    shutil.copy(known.file_of(folder, "retrained", 0), known.file_of(folder, "original", 0))
    (second,) = list(known.growing(folder, asked, "", store.memo, _nobody))[-1].snapshots
    assert (first.logits[0] != second.logits[0]).any()


def test_a_cancel_reaches_the_method(folder: Path):
    class Stop(BaseException):
        pass

    def tick(done: int, total: int, sentence: str = "") -> None:
        raise Stop

    asked = known.asked(files.read_scene(folder), recorded(folder))
    with pytest.raises(Stop):
        list(known.growing(folder, asked, "", Store(None).memo, tick))


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
