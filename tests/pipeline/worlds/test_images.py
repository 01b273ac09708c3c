"""Image models are trained one by one, go on from a checkpoint, and come back from their states."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import Trainings
from explorer.models import compact
from explorer.pipeline.worlds.images import blank, network_with, standardised, training_of
from explorer.recording.evaluating import state_of
from explorer.seeds import child_seed
from explorer.spec import SpecError
from explorer.training import Examples, precision
from explorer.training.checkpoints import FileCheckpoint, checkpoints
from explorer.training.loop import train
from tests.pipeline._noise import spec

pytestmark = pytest.mark.usefixtures("files")


def test_the_training_set_is_moved_to_the_networks_device_once(monkeypatch: pytest.MonkeyPatch):
    class Seen(ValueError):
        pass

    def seen(network: Any, examples: Examples, *_: Any, **__: Any) -> None:
        raise Seen([part.device.type for part in examples])

    monkeypatch.setattr("explorer.pipeline.worlds.images.train", seen)
    for device in ("cpu", "meta"):  # which has shapes and no numbers, and is on every machine
        monkeypatch.setattr(precision, "best_device", lambda device=device: torch.device(device))
        with pytest.raises(SpecError) as found:
            pipeline.original(pipeline.Run(spec()), 0)
        assert str(found.value) == str([device, device])


@pytest.mark.skipif(precision.best_device().type != "cpu", reason="image models run on an accelerator here")
def test_on_the_cpu_an_original_is_to_the_bit_what_the_loop_makes_of_the_images(store: Store):
    have = pipeline.Run(spec(), store.memo).data
    network, seeds = blank(spec(), have), (child_seed(0, "init", "original:0"), child_seed(0, "batches", "original:0"))
    examples = Examples(standardised(have, have.train), torch.from_numpy(have.train.y))
    train(network, examples, training_of(spec()), seeds=seeds)
    assert np.array_equal(state_of(network).numpy(), pipeline.original(pipeline.Run(spec(), store.memo), 0).state)


def test_a_training_goes_on_from_its_checkpoint(tmp_path: Path):
    whole = pipeline.original(pipeline.Run(spec()), 0).state
    made: list[FileCheckpoint] = []

    def places(key: str) -> FileCheckpoint:
        made.append(FileCheckpoint(tmp_path / "one.npz"))
        return made[-1]

    def stop(done: int, _: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pipeline.original(pipeline.Run(spec(), tick=stop, checkpoints=places), 0)
    left = made[0].load()
    assert left is not None and int(left["step"]) == 7
    steps: list[int] = []
    again = pipeline.original(pipeline.Run(spec(), tick=lambda done, _: steps.append(done), checkpoints=places), 0)
    assert steps[0] == 8 and np.array_equal(again.state, whole)
    assert not (tmp_path / "one.npz").exists()


@pytest.mark.parametrize("broken", ["another network", "no step", "a step beyond the end"])
def test_a_checkpoint_that_does_not_fit_is_none(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from explorer.training import loop

    monkeypatch.setattr(loop, "SAVE_SECONDS", -1.0)
    place = FileCheckpoint(tmp_path / "one.npz")
    whole = pipeline.original(pipeline.Run(spec()), 0).state

    def stop(done: int, _: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    begun = spec(model={"width": 8 if broken == "another network" else 4})
    with pytest.raises(KeyboardInterrupt):
        pipeline.original(pipeline.Run(begun, tick=stop, checkpoints=lambda _: place), 0)
    left = place.load()
    assert left is not None
    if broken == "no step":
        del left["step"]
    if broken == "a step beyond the end":
        left["step"] = torch.tensor(13)
    place.save(left)
    steps: list[int] = []
    again = pipeline.original(
        pipeline.Run(spec(), tick=lambda done, _: steps.append(done), checkpoints=lambda _: place), 0
    )
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


def test_a_network_comes_back_from_the_state_that_was_kept(store: Store):
    state = pipeline.original(pipeline.Run(spec(), store.memo), 0).state
    network = network_with(spec(), pipeline.Run(spec(), store.memo).data, state)
    assert isinstance(network, compact.Compact) and not network.training
    assert not torch.equal(network.whitening, compact._starting_filters())
