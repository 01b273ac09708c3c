"""A whole run on images, on noise in the official layout: paths, numbers, the time they take, files."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from torch import nn

from explorer import pipeline
from explorer.experiments.cifar import files as cifar_files
from explorer.experiments.cifar import own
from explorer.experiments.store.store import Store
from explorer.recording import running
from explorer.recording import snapshots as recording_snapshots
from explorer.records import Accuracies, ImageRun, ImageScene, ModelNumbers, Probes, RunNumbers, Snapshots
from explorer.spec import SpecError
from explorer.spec.catalog import CATALOG
from explorer.training import precision
from tests.pipeline._noise import same, spec

pytestmark = pytest.mark.usefixtures("files")


def test_a_path_starts_at_the_original_and_keeps_every_keyframe(run: ImageRun, store: Store):
    (path,), (start,) = run.snapshots, pipeline.original_run(pipeline.Run(spec(), store.memo)).snapshots
    assert path.step.tolist() == [0, 1, 2, 3]
    assert np.array_equal(path.logits[0], start.logits[0])
    assert np.array_equal(path.region[0], start.region[0])
    assert np.array_equal(path.features[0], start.features[0])
    assert not np.array_equal(path.logits[-1], start.logits[0])


def test_a_large_network_keeps_fewer_keyframes_and_ends_in_the_same_place(
    store: Store, run: ImageRun, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recording_snapshots, "FULL", 0)
    monkeypatch.setattr(recording_snapshots, "FEWER", 3)
    (path,), (whole,) = pipeline.method_run(pipeline.Run(spec(), store.memo)).snapshots, run.snapshots
    assert path.step.tolist() == [0, 2, 3]
    assert np.array_equal(path.logits, whole.logits[[0, 2, 3]])


def test_a_large_network_passes_in_half_precision_where_it_can(
    store: Store, run: ImageRun, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(running, "FULL", 0)
    monkeypatch.setattr(precision, "half", lambda device: True)
    halved = pipeline.method_run(pipeline.Run(spec(), store.memo))
    monkeypatch.setattr(precision, "half", lambda device: False)
    whole = pipeline.method_run(pipeline.Run(spec(), store.memo))
    assert (halved.numbers.steps, whole.numbers.steps) == ("features in bfloat16", None)
    (path,), (exact,) = halved.snapshots, whole.snapshots
    assert not np.array_equal(path.logits[-1], exact.logits[-1])
    assert path.logits[-1] == pytest.approx(exact.logits[-1], abs=0.1)


def test_recording_changes_neither_original_nor_path(store: Store, run: ImageRun):
    before = pipeline.original(pipeline.Run(spec(), store.memo), 0).state.copy()
    again = pipeline.method_run(pipeline.Run(spec(), store.memo))
    assert np.array_equal(pipeline.original(pipeline.Run(spec(), store.memo), 0).state, before)
    assert np.array_equal(again.snapshots[0].logits, run.snapshots[0].logits)


def test_a_method_that_breaks_down_ends_at_its_last_finite_model(store: Store, monkeypatch: pytest.MonkeyPatch):
    whole = CATALOG.methods["gradient_ascent"]

    def breaking(*given: Any) -> Iterator[nn.Module]:
        for step, model in enumerate(whole.unlearn(*given), start=1):
            if step == 3:
                next(model.parameters()).data.fill_(float("nan"))
            yield model

    monkeypatch.setitem(CATALOG.methods, "gradient_ascent", dataclasses.replace(whole, unlearn=breaking))
    wild = spec(method={"name": "gradient_ascent", "knobs": {"steps": 5, "lr": 0.01}})
    run = pipeline.method_run(pipeline.Run(wild, store.memo))
    assert run.numbers.trouble.startswith("Gradient ascent ") and "step 3" in run.numbers.trouble
    assert np.isfinite(run.snapshots[0].logits).all() and run.snapshots[0].step.tolist()[-1] == 2
    assert np.isfinite(run.numbers.models[0].accuracy.test)
    json.dumps(run.numbers.as_json(), allow_nan=False)


def test_the_result_has_the_shape_of_a_run_on_points(store: Store):
    found = pipeline.result(pipeline.Run(spec(), store.memo))
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text)["spec"] == spec().as_json()
    assert set(found["models"]) == {"original", "unlearned", "retrained"}
    assert found["models"]["retrained"]["accuracy"]["test"]["n"] == 2
    assert {"js_divergence", "activation_distance", "forget_agreement", "attacks"} <= set(found["to_retrained"])
    assert found["cost"]["example_gradients"]["unlearn"] == pytest.approx(3 * 20)
    assert found["cost"]["example_gradients"]["train"] == 12 * 40


def test_the_time_of_recording_holds_all_that_is_looked_at_and_no_training(monkeypatch: pytest.MonkeyPatch, few: None):
    """Each training takes 100 s by this clock, every other thing that is computed 1 s and every attack nothing."""
    now, computed = [0.0], Counter[str]()
    kept = Store(None)

    def memo(key: str, thunk: Callable[[], Any]) -> Any:
        def timed() -> Any:
            what = "-".join(key.split("-")[:2])
            trained = what in ("image-original", "image-retrained", "image-shadow")
            value = thunk()
            computed[what] += 1
            now[0] += 100.0 if trained else 1.0
            return value

        return kept.memo(key, timed)

    for module in ("pipeline.recorded", "pipeline.paths", "pipeline.worlds.images", "recording.running"):
        monkeypatch.setattr(f"explorer.{module}.time", SimpleNamespace(perf_counter=lambda: now[0]))
    asked = spec(evaluation={"retrained_seeds": 2, "shadows": 4, "attacks": ["loss", "rmia"]})
    _ = pipeline.Run(asked, memo).sets
    first, again, ours = (
        make(pipeline.Run(asked, memo)).numbers.seconds
        for make in (pipeline.original_run, pipeline.retrained_run, pipeline.method_run)
    )
    looked = {what: count for what, count in computed.items() if what not in ("image-original", "image-retrained")}
    assert (computed["image-original"], computed["image-retrained"], looked.pop("image-shadow")) == (1, 2, 4)
    assert looked.pop(next(what for what in looked if what.startswith("sets-"))) == 1
    assert looked.pop("image-way") == 1
    assert looked == {"image-logits": 3, "image-snapshot": 3, "image-scene": 1}
    assert (first.record, again.record, ours.record) == (5, 2, 0)


@pytest.mark.parametrize("method", [key for key, one in CATALOG.methods.items() if one.images.cannot])
def test_methods_that_cannot_run_on_images_say_why(method: str, store: Store):
    with pytest.raises(SpecError, match="is left out on images: it "):
        pipeline.method_run(pipeline.Run(spec(method={"name": method}), store.memo))


def test_without_heldout_images_a_method_that_needs_them_is_left_out(store: Store, monkeypatch: pytest.MonkeyPatch):
    have = pipeline.Run(spec(), store.memo).data
    none = dataclasses.replace(
        have, heldout=dataclasses.replace(have.heldout, x=have.heldout.x[:0], y=have.heldout.y[:0])
    )
    monkeypatch.setattr("explorer.pipeline.data._images", lambda key, spec: none)
    assert "it needs held-out images, and none are left of cifar10" in pipeline.cannot(
        pipeline.Run(spec(method={"name": "tmu"}))
    )
    assert pipeline.cannot(pipeline.Run(spec())) == ""


def test_recorded_runs_come_back_as_they_were_written(tmp_path: Path, scene: ImageScene, run: ImageRun, store: Store):
    place = tmp_path / scene.folder
    cifar_files.write_scene(place, scene, pipeline.original_run(pipeline.Run(spec(), store.memo)))
    cifar_files.write_run(place, pipeline.retrained_run(pipeline.Run(spec(), store.memo)))
    cifar_files.write_run(place, run)
    assert cifar_files.folders(tmp_path) == [scene.folder]
    held = cifar_files.load(scene.folder, tmp_path)
    assert same(held.scene, scene) and same(held.methods["gradient_ascent"], run)
    assert len(held.retrained.snapshots) == 2


def test_damaged_runs_are_told_in_one_sentence(tmp_path: Path, run: ImageRun):
    cifar_files.write_run(tmp_path, run)
    (tmp_path / "gradient_ascent.npz").write_bytes(b"nothing")
    with pytest.raises(cifar_files.Unreadable, match="gradient_ascent cannot be read"):
        cifar_files.read_run(tmp_path, "gradient_ascent")


def test_ones_own_run_is_written_whole_and_not_made_twice(tmp_path: Path):
    store, said = Store(tmp_path), []
    name = own.own(spec(), store, lambda done, total, sentence: said.append((done, total, sentence)))
    root = own.own_root(store)
    assert root is not None and cifar_files.folders(root) == [name]
    held = cifar_files.load(name, root)
    assert set(held.methods) == {"gradient_ascent"} and held.methods["gradient_ascent"].spec == spec().as_json()
    assert {sentence for _, _, sentence in said} >= {"Training the original", "Training retrained model 2 of 2"}
    assert [done for done, _, _ in said] == sorted(done for done, _, _ in said)
    stamp = (root / name / "gradient_ascent.npz").stat().st_mtime_ns
    own.own(spec(), store, lambda *_: None)
    assert (root / name / "gradient_ascent.npz").stat().st_mtime_ns == stamp


@pytest.mark.long
def test_a_method_that_does_not_know_its_length_is_never_more_than_done(tmp_path: Path):
    said: list[tuple[int, int]] = []
    asked = spec(method={"name": "jit", "knobs": {"samples": 2, "epochs": 3}})
    own.own(asked, Store(tmp_path), lambda done, total, _: said.append((done, total)))
    assert all(done <= total for done, total in said) and len({done for done, _ in said}) > 4


def test_recording_and_preparing_are_told_of_and_can_be_cancelled(tmp_path: Path, few: None):
    class Enough(BaseException):
        pass

    short = {"twin_steps": 6, "twin_batch": 20, "epochs": 1, "batch": 40}
    asked, said = spec(method={"name": "tmu", "knobs": short}), []

    def until(word: str) -> Callable[[int, int, str], None]:
        def tell(done: int, total: int, sentence: str) -> None:
            said.append((done, total, sentence))
            if word in sentence and len([one for one in said if word in one[2]]) > 2:
                raise Enough

        return tell

    for word in ("Recording original and retrained models", "TMU prepares"):
        said.clear()
        with pytest.raises(Enough):
            own.own(asked, Store(tmp_path), until(word))
        assert all(done <= total for done, total, _ in said)
    assert said[-1][2].endswith(" s so far")
    assert not list(tmp_path.rglob("tmu.json"))


def test_where_a_run_ends_on_the_probes_is_counted_by_hand():
    # Two probes forgotten (classes 0, 1), one retained (2), three of test (0, 1, 2). Only those of test that are of
    # forgotten classes count for the attack.
    logits = np.zeros((2, 6, 3), dtype=np.float16)
    y = np.array([0, 1, 2, 0, 1, 2])
    for row, right in enumerate((4.0, -4.0, 4.0, 2.0, 2.0, -4.0)):
        logits[1, row, y[row]] = right
    shown = Snapshots(np.array([0, 1]), logits, *(np.zeros(0) for _ in range(3)))  # type: ignore[arg-type]  # not looked at
    probes = Probes(np.array([7, 8]), np.array([9]), np.arange(3), y, y)
    numbers = RunNumbers((ModelNumbers(Accuracies(1.0, 1.0, 1.0), {}),))
    found = pipeline.end_on_probes(ImageRun("a", {}, (shown,), numbers, "A"), probes)
    # The first forgotten probe fits better than both of test, the second worse: two of four pairs.
    assert found == {"forget": 0.5, "retain": 1.0, "test": pytest.approx(2 / 3), "auc": 0.5}
    none = dataclasses.replace(probes, y=np.array([0, 0, 2, 1, 1, 2]))
    assert np.isnan(pipeline.end_on_probes(ImageRun("a", {}, (shown,), numbers, "A"), none)["auc"])
