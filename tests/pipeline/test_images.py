"""A whole run on images, on noise in the official layout: sets, references, planes, snapshots, numbers, files."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from explorer import pipeline
from explorer.experiments.cifar import files as cifar_files
from explorer.experiments.cifar import own
from explorer.experiments.store.encode import encode
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import Trainings
from explorer.models import compact
from explorer.models._weights import FILES
from explorer.pipeline import images
from explorer.pipeline.images.numbers import _accuracies, _attacks
from explorer.pipeline.images.references import judged_rows, plane_images, title_of
from explorer.pipeline.images.sources import class_names
from explorer.pipeline.memo import no_memo
from explorer.pipeline.worlds.images import blank, live, standardised, training_of
from explorer.recording.evaluating import state_of
from explorer.recording.snapshots import main_axes, outputs, regions
from explorer.records import Cost, Data, ImageRun, ImageScene, Sets, Shadows, Space, Split
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, precision
from explorer.training.checkpoints import FileCheckpoint, checkpoints
from explorer.training.loop import train
from tests.data._made_up import believe
from tests.experiments._sweeps import write_images
from tests.models._images import filled
from tests.models._images import images as noise

BASE: dict[str, Any] = {
    "data": {"name": "cifar10", "n": 200},
    "model": {"width": 4},
    "training": {"recipe": "memorise", "steps": 12, "batch": 40},
    "request": {"choose": "random", "fraction": 0.1},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss", "entropy"]},
    "method": {"name": "gradient_ascent", "knobs": {"steps": 3, "lr": 0.001}},
}


@pytest.fixture(scope="module", autouse=True)
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    root = write_images(tmp_path_factory.mktemp("images") / "data")
    with pytest.MonkeyPatch.context() as patch:
        believe(patch, root)
        yield
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def store() -> Store:
    return Store(None)


def spec(**changed: Any) -> Spec:
    return Spec.parse({**BASE, **changed})


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave 400 of the 10,000 test images and few cells of the planes, where what is seen does not matter."""
    monkeypatch.setattr("explorer.pipeline.images.references.CELLS", 4)
    have = pipeline.Run(spec()).data
    short = dataclasses.replace(have, test=Split(have.test.x[:400], have.test.y[:400]))
    monkeypatch.setattr("explorer.pipeline.data._images", lambda key, spec: short)


@pytest.fixture(scope="module")
def scene(store: Store, files: None) -> ImageScene:
    return images.scene(spec(), store.memo)


@pytest.fixture(scope="module")
def run(store: Store, files: None) -> ImageRun:
    return images.method_run(spec(), store.memo)


def test_poisoned_labels_are_the_opposite_classes(store: Store):
    made = pipeline.Run(spec(request={"kind": "correct_labels", "choose": "random", "fraction": 0.2}), store.memo).sets
    assert len(made.forget) == 40 and not made.removes
    assert np.array_equal(made.before.y[made.forget], 9 - made.after.y[made.forget])
    assert np.array_equal(made.before.y[made.retain], made.after.y[made.retain])


def test_requests_that_need_a_plane_are_refused(store: Store):
    with pytest.raises(SpecError, match="for points of a plane"):
        _ = pipeline.Run(spec(request={"choose": "boundary", "fraction": 0.1}), store.memo).sets


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({"choose": "random", "fraction": 0.1}, "random"),
        ({"choose": "random", "fraction": 0.3, "label": 3}, "part"),
        ({"choose": "class", "label": 5}, "class"),
        ({"choose": "points", "index": [1, 2]}, "points"),
        ({"kind": "correct_labels", "choose": "random", "fraction": 0.2}, "poisoned"),
    ],
)
def test_a_folder_is_named_after_its_request(request_: dict[str, Any], name: str):
    assert images.folder_of(spec(request=request_)) == f"cifar10-compact-memorise-{name}"


@pytest.mark.parametrize(
    ("data", "request_", "said"),
    [
        ("cifar10", {"choose": "class", "label": 5}, "forget a whole class (dog)"),
        ("cifar10", {"choose": "random", "fraction": 0.3, "label": 3}, "forget 2 images of one class (cat)"),
        ("cifar20", {"choose": "subclass", "label": 69}, "forget a sub-class (rocket, 2 images)"),
        ("cifar20", {"choose": "class", "label": 19}, "forget a whole class (vehicles_2)"),
    ],
)
def test_a_title_names_the_class_or_sub_class(data: str, request_: dict[str, Any], said: str):
    have = cast(Data, SimpleNamespace(names=class_names(data)))
    made = cast(Sets, SimpleNamespace(forget=[3, 5], before=range(200)))
    asked = spec(data={"name": data, "n": 200}, request=request_)
    assert title_of(asked, have, made).endswith(f"200 images, compact, memorise: {said}")


def test_the_planes_go_through_their_three_images(scene: ImageScene, store: Store):
    have = pipeline.Run(spec(), store.memo).data
    for plane in scene.planes:
        corners = have.space.standardise(have.train.x[plane.rows]).reshape(3, -1)
        steps = np.linalg.norm(corners[:, None] - corners[None], axis=-1)
        flat = np.linalg.norm(plane.at[:, None] - plane.at[None], axis=-1)
        assert flat == pytest.approx(steps, rel=1e-4, abs=1e-3)
        exact = dataclasses.replace(plane.plane, low=plane.at[1] - 0.5, high=plane.at[1] + 0.5)
        (middle,) = plane_images(have, dataclasses.replace(plane, plane=exact), 1)
        assert middle.numpy().ravel() == pytest.approx(corners[1], abs=1e-3)


def test_the_first_image_of_a_plane_is_to_be_forgotten_and_the_others_are_not(scene: ImageScene, store: Store):
    made = pipeline.Run(spec(), store.memo).sets
    for plane in scene.planes:
        assert np.isin(plane.rows, made.forget).tolist() == [True, False, False]


def test_the_gallery_shows_forget_images_first_and_every_corner(scene: ImageScene, store: Store):
    have = pipeline.Run(spec(), store.memo).data
    count = min(60, len(scene.probes.forget))
    assert np.array_equal(scene.image_rows[:count], scene.probes.forget[:count])
    assert {row for plane in scene.planes for row in plane.rows.tolist()} <= set(scene.image_rows.tolist())
    assert np.array_equal(scene.images, have.train.x[scene.image_rows].transpose(0, 2, 3, 1))


def test_a_path_starts_at_the_original_and_keeps_every_keyframe(run: ImageRun, store: Store):
    (path,), (start,) = run.snapshots, images.original_run(spec(), store.memo).snapshots
    assert path.step.tolist() == [0, 1, 2, 3]
    assert np.array_equal(path.logits[0], start.logits[0])
    assert np.array_equal(path.region[0], start.region[0])
    assert np.array_equal(path.features[0], start.features[0])
    assert not np.array_equal(path.logits[-1], start.logits[0])


def test_recording_changes_neither_original_nor_path(store: Store, run: ImageRun):
    before = images.original(spec(), 0, store.memo).state.copy()
    again = images.method_run(spec(), store.memo)
    assert np.array_equal(images.original(spec(), 0, store.memo).state, before)
    assert np.array_equal(again.snapshots[0].logits, run.snapshots[0].logits)


def test_a_method_that_breaks_down_ends_at_its_last_finite_model(store: Store):
    wild = spec(method={"name": "gradient_ascent", "knobs": {"steps": 40, "lr": 1.0}})
    run = images.method_run(wild, store.memo)
    assert run.numbers.trouble.startswith("Gradient ascent ")
    assert np.isfinite(run.snapshots[0].logits).all() and run.snapshots[0].step[0] == 0
    assert np.isfinite(run.numbers.models[0].accuracy.test)
    json.dumps(run.numbers.as_json(), allow_nan=False)


def test_retrained_models_do_not_depend_on_what_was_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch):
    first = images.retrained(spec(), 0, store.memo).state
    have = pipeline.Run(spec(), store.memo).data
    rows = pipeline.Run(spec(), store.memo).sets.forget
    x = have.train.x.copy()
    x[rows] = 255 - x[rows]
    other = dataclasses.replace(have, train=dataclasses.replace(have.train, x=x))
    monkeypatch.setattr("explorer.pipeline.data._images", lambda key, spec: other)
    assert np.array_equal(images.retrained(spec(), 0).state, first)


def test_the_result_has_the_shape_of_a_run_on_points(store: Store):
    found = images.image_result(spec(), store.memo)
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text)["spec"] == spec().as_json()
    assert set(found["models"]) == {"original", "unlearned", "retrained"}
    assert found["models"]["retrained"]["accuracy"]["test"]["n"] == 2
    assert {"js_divergence", "activation_distance", "forget_agreement", "attacks"} <= set(found["to_retrained"])
    assert found["cost"]["example_gradients"]["unlearn"] == pytest.approx(3 * 20)
    assert found["cost"]["example_gradients"]["train"] == 12 * 40


def test_reference_models_are_shared_by_requests_and_judge_question_a(store: Store):
    asked = spec(evaluation={"retrained_seeds": 2, "shadows": 6, "attacks": ["rmia"]})
    told = images.original_run(asked, store.memo).numbers.models[0].attacks["rmia"]
    assert 0 <= told.auc <= 1 and told.members > 0
    inside, logits = images.reference_model(asked, 0, store.memo)
    other = spec(request={"choose": "class", "label": 1}, evaluation=asked.evaluation.model_dump(exclude_none=True))
    again = images.reference_model(other, 0, store.memo)
    assert np.array_equal(inside, again[0]) and np.array_equal(logits, again[1])


SUBCLASS: dict[str, Any] = {"data": {"name": "cifar20", "n": 800}, "request": {"choose": "subclass", "label": 3}}


@pytest.fixture
def fine(monkeypatch: pytest.MonkeyPatch) -> Data:
    """Return blank images of 100 sub-classes, five a class: 8 of each to train on, then 6 of each unseen."""

    def split(each: int) -> Split:
        sub = np.arange(100 * each) % 100
        return Split(np.zeros((len(sub), 3, 32, 32), dtype=np.uint8), sub // 5, sub)

    scale = Space(*(np.full((3, 1, 1), value, dtype=np.float32) for value in (0, 1, 0, 1)))
    have = Data(split(8), split(6), split(1), scale, classes=20, names=class_names("cifar20"))
    monkeypatch.setattr("explorer.pipeline.data._images", lambda key, spec: have)
    return have


def test_of_a_sub_class_test_images_of_it_and_all_others_are_counted_apart(fine: Data):
    asked = spec(**SUBCLASS)
    forget, retain = judged_rows(asked)
    logits = np.eye(20, dtype=np.float32)[np.concatenate([fine.train.y[forget], fine.train.y[retain], fine.test.y])]
    test = len(forget) + len(retain)
    logits[test + np.flatnonzero(fine.test.subclass == 3)[:2], 7] = 2.0
    logits[test + np.flatnonzero(fine.test.subclass == 4)[:3], 7] = 2.0  # of the same class
    told = _accuracies(asked, no_memo, logits)
    assert told.test_forget == 4 / 6 and told.test_retain == 591 / 594
    assert told.forget == told.retain == 1


def test_the_unseen_images_of_a_sub_class_are_test_images_of_that_very_sub_class(
    fine: Data, monkeypatch: pytest.MonkeyPatch
):
    asked = spec(**SUBCLASS, evaluation={"retrained_seeds": 2, "shadows": 4, "attacks": ["loss", "svc", "rmia"]})
    forget, retain = judged_rows(asked)
    labels = np.concatenate([fine.train.y[forget], fine.train.y[retain], fine.test.y])
    logits = np.random.default_rng(0).normal(size=(len(labels), 20)).astype(np.float32)
    test = logits[len(forget) + len(retain) :]
    logits[: len(forget)] = np.eye(20, dtype=np.float32)[0] * 20  # sure and right of what is forgotten,
    test[fine.test.y == 0] = logits[0]  # and of its class,
    test[fine.test.subclass == 3] = 0.0  # but of its unseen sub-class it knows nothing
    inside = np.random.default_rng(0).random((4, len(forget) + len(retain))) < 0.5
    inside[0], inside[1] = ~inside[2], ~inside[3]
    stack = np.zeros((4, len(labels), 20), dtype=np.float32)
    held = Shadows(inside, inside & False, stack, stack, np.arange(4))
    monkeypatch.setattr("explorer.pipeline.images.numbers.reference_models", lambda *_: held)
    told = _attacks(asked, no_memo, logits, None)
    assert {name: (found.members, found.others) for name, found in told.items()} == {
        "loss": (8, 6), "svc": (8, 3), "rmia": (8, 3),
    }  # fmt: skip
    assert told["loss"].auc == told["rmia"].auc == 1


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

    for module in ("pipeline.images.numbers", "pipeline.images.paths", "pipeline.images.models", "recording.running"):
        monkeypatch.setattr(f"explorer.{module}.time", SimpleNamespace(perf_counter=lambda: now[0]))
    asked = spec(evaluation={"retrained_seeds": 2, "shadows": 4, "attacks": ["loss", "rmia"]})
    _ = pipeline.Run(asked, memo).sets
    first, again, ours = (make(asked, memo).numbers.seconds for make in (
        images.original_run, images.retrained_run, images.method_run,
    ))  # fmt: skip
    looked = {what: count for what, count in computed.items() if what not in ("image-original", "image-retrained")}
    assert (computed["image-original"], computed["image-retrained"], looked.pop("image-shadow")) == (1, 2, 4)
    assert looked.pop(next(what for what in looked if what.startswith("sets-"))) == 1
    assert looked == {"image-logits": 3, "image-snapshot": 3, "image-scene": 1}
    assert (first.record, again.record, ours.record) == (5, 2, 0)


@pytest.mark.parametrize("method", [key for key, one in CATALOG.methods.items() if one.images.cannot])
def test_methods_that_cannot_run_on_images_say_why(method: str, store: Store):
    with pytest.raises(SpecError, match="is left out on images: it "):
        images.method_run(spec(method={"name": method}), store.memo)


def test_without_heldout_images_a_method_that_needs_them_is_left_out(store: Store, monkeypatch: pytest.MonkeyPatch):
    have = pipeline.Run(spec(), store.memo).data
    none = dataclasses.replace(
        have, heldout=dataclasses.replace(have.heldout, x=have.heldout.x[:0], y=have.heldout.y[:0])
    )
    monkeypatch.setattr("explorer.pipeline.data._images", lambda key, spec: none)
    assert "it needs held-out images, and none are left of cifar10" in images.cannot(spec(method={"name": "tmu"}))
    assert images.cannot(spec()) == ""


def test_the_training_set_is_moved_to_the_networks_device_once(monkeypatch: pytest.MonkeyPatch):
    class Seen(ValueError):
        pass

    def seen(network: Any, examples: Examples, *_: Any, **__: Any) -> None:
        raise Seen([part.device.type for part in examples])

    monkeypatch.setattr("explorer.pipeline.worlds.images.train", seen)
    for device in ("cpu", "meta"):  # which has shapes and no numbers, and is on every machine
        monkeypatch.setattr(precision, "best_device", lambda device=device: torch.device(device))
        with pytest.raises(SpecError) as found:
            images.original(spec(), 0)
        assert str(found.value) == str([device, device])


@pytest.mark.skipif(precision.best_device().type != "cpu", reason="image models run on an accelerator here")
def test_on_the_cpu_an_original_is_to_the_bit_what_the_loop_makes_of_the_images(store: Store):
    have = pipeline.Run(spec(), store.memo).data
    network, seeds = blank(spec(), have), (child_seed(0, "init", "original:0"), child_seed(0, "batches", "original:0"))
    examples = Examples(standardised(have, have.train), torch.from_numpy(have.train.y))
    train(network, examples, training_of(spec()), seeds=seeds)
    assert np.array_equal(state_of(network).numpy(), images.original(spec(), 0, store.memo).state)


def test_a_training_goes_on_from_its_checkpoint(tmp_path: Path):
    whole = images.original(spec(), 0).state
    made: list[FileCheckpoint] = []

    def places(key: str) -> FileCheckpoint:
        made.append(FileCheckpoint(tmp_path / "one.npz"))
        return made[-1]

    def stop(done: int, _: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        images.original(spec(), 0, places=places, tick=stop)
    left = made[0].load()
    assert left is not None and int(left["step"]) == 7
    steps: list[int] = []
    again = images.original(spec(), 0, places=places, tick=lambda done, _: steps.append(done))
    assert steps[0] == 8 and np.array_equal(again.state, whole)
    assert not (tmp_path / "one.npz").exists()


@pytest.mark.parametrize("broken", ["another network", "no step", "a step beyond the end"])
def test_a_checkpoint_that_does_not_fit_is_none(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from explorer.training import loop

    monkeypatch.setattr(loop, "SAVE_SECONDS", -1.0)
    place = FileCheckpoint(tmp_path / "one.npz")
    whole = images.original(spec(), 0).state

    def stop(done: int, _: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        images.original(
            spec(model={"width": 8 if broken == "another network" else 4}), 0, places=lambda _: place, tick=stop
        )
    left = place.load()
    assert left is not None
    if broken == "no step":
        del left["step"]
    if broken == "a step beyond the end":
        left["step"] = torch.tensor(13)
    place.save(left)
    steps: list[int] = []
    again = images.original(spec(), 0, places=lambda _: place, tick=lambda done, _: steps.append(done))
    assert steps[0] == 1 and np.array_equal(again.state, whole)


def test_what_other_code_began_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def place() -> FileCheckpoint:
        kept = Trainings(tmp_path).checkpoints
        found = kept("a training") if kept else None
        assert isinstance(found, FileCheckpoint)
        return found

    place().save({"step": torch.tensor(3)})
    assert place().load() == {"step": 3}
    monkeypatch.setattr("explorer.experiments.store.trainings.training_source", lambda: "other")
    assert place().load() is None


def test_trainings_long_abandoned_go_whatever_code_began_them(tmp_path: Path):
    for folder in (tmp_path, tmp_path / "older"):
        FileCheckpoint(folder / "one.npz").save({"step": torch.tensor(3)})
        os.utime(folder / "one.npz", (1, 1))
    checkpoints(tmp_path, "now")
    assert not list(tmp_path.rglob("*.npz"))


def test_a_damaged_checkpoint_is_none(tmp_path: Path):
    (tmp_path / "one.npz").write_bytes(b"PK not a zip")
    assert FileCheckpoint(tmp_path / "one.npz").load() is None


def test_region_and_margin_give_class_and_confidence_back():
    logits = 4 * np.random.default_rng(0).normal(size=(500, 10)).astype(np.float32)
    region, margin = regions(logits)
    chance = torch.from_numpy(logits).softmax(dim=1).numpy()
    shown = np.exp(margin / 16.0) / (np.exp(margin / 16.0) + 9)
    assert np.array_equal(region, logits.argmax(axis=1))
    assert shown == pytest.approx(chance.max(axis=1), abs=0.01)


def test_a_margin_is_finite_where_one_class_has_all():
    region, margin = regions(np.array([[1000.0, 0.0, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32))
    assert margin.tolist() == [255, 0] and region.tolist() == [0, 0]


def test_the_main_axes_are_orthonormal_and_show_most_of_the_spread():
    rng = np.random.default_rng(0)
    features = (rng.normal(size=(200, 6)) * np.array([5, 3, 1, 1, 1, 1])).astype(np.float32)
    centre, axes = main_axes(features)
    assert torch.allclose(axes.T @ axes, torch.eye(2), atol=1e-5)
    assert np.var((features - centre.numpy()) @ axes.numpy()) > 3 * np.var(features[:, 2:])


def test_outputs_are_those_of_the_network():
    network, x = filled(compact.build(compact.Options(width=4), (3, 32, 32), 10)), noise(3)
    logits, features = outputs(network, x)
    with torch.no_grad():
        exact = network(x).numpy()
    assert logits == pytest.approx(exact, abs=0.02) and features.shape == (3, 16)


def test_a_live_network_is_the_one_that_was_kept(store: Store):
    state = images.original(spec(), 0, store.memo).state
    network = live(spec(), pipeline.Run(spec(), store.memo).data, state)
    assert isinstance(network, compact.Compact) and not network.training
    assert not torch.equal(network.whitening, compact._starting_filters())


def test_recorded_runs_come_back_as_they_were_written(tmp_path: Path, scene: ImageScene, run: ImageRun, store: Store):
    place = tmp_path / scene.folder
    cifar_files.write_scene(place, scene, images.original_run(spec(), store.memo))
    cifar_files.write_run(place, images.retrained_run(spec(), store.memo))
    cifar_files.write_run(place, run)
    assert cifar_files.folders(tmp_path) == [scene.folder]
    held = cifar_files.load(scene.folder, tmp_path)
    assert same(held.scene, scene) and same(held.methods["gradient_ascent"], run)
    assert len(held.retrained.snapshots) == 2


def same(one: Any, other: Any) -> bool:
    (left, arrays), (right, others) = encode(one), encode(other)
    return left == right and all(np.array_equal(a, b) for a, b in zip(arrays, others, strict=True))


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


@pytest.fixture(scope="module")
def mine(store: Store, files: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of weights: those of the original that is trained here."""
    file = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    images.save_weights(spec(), images.original(spec(), 0, store.memo).state, file, "mine", store.memo)
    return file


def with_file(key: str, **more: Any) -> Spec:
    return spec(model={"width": 4, "sha256": key}, **more)


def test_a_run_from_ones_own_weights_is_that_of_the_training_they_came_from(store: Store, run: ImageRun, mine: Path):
    """The retrained models are the very same ones, and so are the method's random choices."""
    own = with_file(images.remember_weights(mine.read_bytes()))
    ours = images.method_run(own, store.memo)
    assert same(ours.snapshots, run.snapshots)
    assert same(*(dataclasses.replace(one.numbers, seconds=Cost()) for one in (ours, run)))
    numbers = images.original_run(own, store.memo).numbers
    assert numbers.seconds.train == numbers.example_gradients.train == 0 and "own" in numbers.note
    first, second = (images.retrained(one, 0, store.memo).state for one in (own, spec()))
    assert np.array_equal(first, second)


def test_a_file_of_ones_own_is_asked_for_by_its_hash_and_read_by_path_only_if_that_fits(mine: Path):
    key = images.remember_weights(mine.read_bytes())
    assert with_file(key).key() != spec().key() and "sha256" not in spec().as_json()["model"]
    FILES.clear()
    with pytest.raises(SpecError, match="is not here: please give it again"):
        images.original(with_file(key), 0)
    named = spec(model={"width": 4, "sha256": key, "path": str(mine)})
    images.original(named, 0)
    with pytest.raises(SpecError, match=r"`model.path` is read on the command line only"):
        images.original(spec(model={"width": 4, "path": str(mine)}), 0)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"model": {"width": 8}}, "must have shape"),
        ({"model": {"name": "vgg11", "width": 8}}, "the file must hold"),
        ({"request": {"kind": "correct_labels", "choose": "random", "fraction": 0.2}}, "poisoned anew"),
    ],
)
def test_weights_that_do_not_fit_are_refused(store: Store, mine: Path, more: dict[str, Any], sentence: str):
    key = images.remember_weights(mine.read_bytes())
    asked = spec(**{"model": {"width": 4}, **more})
    with pytest.raises(SpecError, match=sentence):
        images.original(asked.with_part(model={**asked.model.as_json(), "sha256": key}), 0, store.memo)
    with pytest.raises(ValueError, match="must be a safetensors file"):
        images.remember_weights(b"nothing")
