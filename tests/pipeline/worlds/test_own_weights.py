"""Weights of one's own stand in for original 0 of images."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.cifar import own
from explorer.experiments.store.store import Store
from explorer.models._weights import FILES
from explorer.pipeline.worlds.images import blank
from explorer.recording.evaluating import state_of
from explorer.records import Cost, ImageRun
from explorer.spec import Spec, SpecError
from tests.pipeline._noise import same, spec

pytestmark = pytest.mark.usefixtures("files")


@pytest.fixture(scope="module")
def mine(store: Store, files: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of weights: those of the original that is trained here."""
    file = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    run = pipeline.Run(spec(), store.memo)
    pipeline.write_known(spec(), run.data, pipeline.original(run, 0).state, file, "mine", half=False)
    return file


def with_file(key: str, **more: Any) -> Spec:
    return spec(model={"width": 4, "sha256": key}, **more)


def test_a_run_from_ones_own_weights_is_that_of_the_training_they_came_from(store: Store, run: ImageRun, mine: Path):
    """The retrained models are the very same ones, and so are the method's random choices."""
    own = with_file(pipeline.remember_weights(mine.read_bytes()))
    ours = pipeline.method_run(pipeline.Run(own, store.memo))
    assert same(ours.snapshots, run.snapshots)
    assert same(*(dataclasses.replace(one.numbers, seconds=Cost()) for one in (ours, run)))
    numbers = pipeline.original_run(pipeline.Run(own, store.memo)).numbers
    assert numbers.seconds.train == numbers.example_gradients.train == 0 and "own" in numbers.note
    first, second = (pipeline.retrained(pipeline.Run(one, store.memo), 0).state for one in (own, spec()))
    assert np.array_equal(first, second)


def test_a_file_of_ones_own_is_asked_for_by_its_hash_and_read_by_path_only_if_that_fits(mine: Path):
    key = pipeline.remember_weights(mine.read_bytes())
    assert with_file(key).key() != spec().key() and "sha256" not in spec().as_json()["model"]
    FILES.clear()
    with pytest.raises(SpecError, match="is not here: please give it again"):
        pipeline.original(pipeline.Run(with_file(key)), 0)
    named = spec(model={"width": 4, "sha256": key, "path": str(mine)})
    pipeline.original(pipeline.Run(named), 0)
    with pytest.raises(SpecError, match=r"`model.path` is read on the command line only"):
        pipeline.original(pipeline.Run(spec(model={"width": 4, "path": str(mine)})), 0)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"model": {"width": 8}}, "must have shape"),
        ({"model": {"name": "vgg11", "width": 8}}, "the file must hold"),
        ({"request": {"kind": "correct_labels", "choose": "random", "fraction": 0.2}}, "poisoned anew"),
    ],
)
def test_weights_that_do_not_fit_are_refused(store: Store, mine: Path, more: dict[str, Any], sentence: str):
    key = pipeline.remember_weights(mine.read_bytes())
    asked = spec(**{"model": {"width": 4}, **more})
    with pytest.raises(SpecError, match=sentence):
        pipeline.original(pipeline.Run(asked.with_part(model={**asked.model.as_json(), "sha256": key}), store.memo), 0)
    with pytest.raises(ValueError, match="must be a safetensors file"):
        pipeline.remember_weights(b"nothing")


def test_weights_that_do_not_fit_are_refused_before_models_are_trained_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def trained(*_: object) -> None:
        raise AssertionError("a model is trained")

    monkeypatch.setattr(own, "train", trained)
    other = pipeline.Run(spec(model={"width": 8}))
    file = tmp_path / "wide.safetensors"
    pipeline.write_known(other.spec, other.data, state_of(blank(other.spec, other.data)).numpy(), file, "", half=False)
    asked = spec(model={"width": 4, "sha256": pipeline.remember_weights(file.read_bytes())})
    with pytest.raises(SpecError, match="must have shape"):
        own.own(asked, Store(tmp_path / "store"), lambda *_: None, 2)
