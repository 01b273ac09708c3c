"""Files, a store and a run on images, each made once a file of tests."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator

import numpy as np
import pytest

from explorer import pipeline
from explorer.data.cifar import class_names
from explorer.experiments.store.store import Store
from explorer.records import Data, ImageRun, ImageScene, Space, Split
from tests.data._made_up import believe
from tests.experiments._sweeps import write_images
from tests.pipeline._noise import spec


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    root = write_images(tmp_path_factory.mktemp("images") / "data")
    with pytest.MonkeyPatch.context() as patch:
        believe(patch, root)
        yield
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def store() -> Store:
    return Store(None)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave 400 of the 10,000 test images and few cells of the planes, where what is seen does not matter."""
    monkeypatch.setattr("explorer.pipeline.planes.CELLS", 4)
    have = pipeline.Run(spec()).data
    short = dataclasses.replace(have, test=Split(have.test.x[:400], have.test.y[:400]))
    monkeypatch.setattr("explorer.pipeline.data._images", lambda key, spec: short)


@pytest.fixture(scope="module")
def scene(store: Store, files: None) -> ImageScene:
    return pipeline.image_scene(pipeline.Run(spec(), store.memo))


@pytest.fixture(scope="module")
def run(store: Store, files: None) -> ImageRun:
    return pipeline.method_run(pipeline.Run(spec(), store.memo))


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
