"""Files, a store and a run on images, each made once a file of tests."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator

import pytest

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.records import ImageRun, ImageScene, Split
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
