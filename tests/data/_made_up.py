"""Small made-up image files in the official layout, and how tests let the explorer believe made-up files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.data.cifar import _archives, _read

# 2,000 training images: 200 of each class of CIFAR-10, 20 of each class of CIFAR-100; 200 test images.
TRAIN, TEST = 2000, 200
TEN, HUNDRED = "cifar-10-batches-bin", "cifar-100-binary"
PIXELS = 3072
_STARTED = str(Path(__file__).parent / "_started")


def believe(patch: pytest.MonkeyPatch, root: Path, *, small: bool = False) -> None:
    """Let `root` hold the data, whatever their SHA-256, for this process and those that it starts.

    Args:
        patch: undoes it.
        root: EXPLORER_DATA.
        small: files have the sizes of this module's, not the official ones, and planes few cells; for this process
            only.
    """
    patch.setenv("EXPLORER_DATA", str(root))
    patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [_STARTED, os.environ.get("PYTHONPATH")])))
    patch.setattr(_read, "SHA256", {})
    if small:
        patch.setattr(_archives, "TRAIN", TRAIN)
        patch.setattr(_archives, "TEST", TEST)
        patch.setattr("explorer.pipeline.planes.CELLS", 12)


@contextlib.contextmanager
def small_ten(place: Path) -> Iterator[pytest.MonkeyPatch]:
    """Let a folder hold a small CIFAR-10 that the explorer believes until the block ends; yields what undoes it."""
    write(place / TEN, ten())
    with pytest.MonkeyPatch.context() as patch:
        believe(patch, place, small=True)
        yield patch


def records(labels: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Random images; the first two pixels count the records, so that each can be told from all others."""
    x = rng.integers(0, 256, size=(len(labels[0]), PIXELS), dtype=np.uint8)
    x[:, 0], x[:, 1] = np.divmod(np.arange(len(x)), 256)
    return np.concatenate([*(y.astype(np.uint8)[:, None] for y in labels), x], axis=1)


def write(folder: Path, named: dict[str, np.ndarray]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in named.items():
        (folder / file).write_bytes(content.tobytes())


def ten() -> dict[str, np.ndarray]:
    """The six files of CIFAR-10; classes are balanced over the training files together, not in each."""
    rng = np.random.default_rng(0)
    train = records([rng.permutation(np.repeat(np.arange(10), TRAIN // 10))], rng)
    test = records([np.repeat(np.arange(10), TEST // 10)], rng)
    return {f"data_batch_{k + 1}.bin": part for k, part in enumerate(np.split(train, 5))} | {"test_batch.bin": test}


def hundred() -> dict[str, np.ndarray]:
    """The two files of CIFAR-100; fine class f lies in coarse class f % 20."""
    rng = np.random.default_rng(1)
    fine = [rng.permutation(np.repeat(np.arange(100), n // 100)) for n in (TRAIN, TEST)]
    return {file: records([y % 20, y], rng) for file, y in zip(("train.bin", "test.bin"), fine, strict=True)}
