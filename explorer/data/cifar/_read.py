"""Read the official files into whole arrays, and refuse files that are not the official ones.

What is checked: the length of every file, the range of every label byte, that every class has as many images as every
other (CIFAR is balanced), that every fine class lies in one coarse class, and last the SHA-256 of every file, which
finds whatever else was altered. The first checks are there because they say what is wrong. All but the lengths are
checked once, until a file's time of change is another one.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.cifar._archives import ARCHIVES, PIXELS, SHA256, Archive, again, check_sizes, find, missing, place
from explorer.data.cifar._fetch import unpack
from explorer.records import Int


class Images(NamedTuple):
    """Images with all of their label bytes; not to be written to.

    Attributes:
        x: (n, 3, 32, 32) uint8.
        labels: (n, label bytes) int64; of CIFAR-100 coarse, then fine.
    """

    x: NDArray[np.uint8]
    labels: Int


class _File(NamedTuple):
    """What one file holds, and the SHA-256 of its bytes."""

    images: Images
    sha256: str


def read(name: str) -> tuple[Images, Images]:
    """Return all training images and all test images of a data set, kept in memory while its files stay as they are.

    An archive that lies there still packed is unpacked first.

    Args:
        name: a key of `ARCHIVES`.

    Raises:
        ValueError: one sentence, if the files are not there or are not the official ones.
    """
    archive, root = ARCHIVES[name], place()
    folder = find(archive, root)
    if folder is None:
        if not (root / archive.packed).is_file():
            raise ValueError(missing(archive, root))
        folder = unpack(archive, root)
    check_sizes(archive, folder)
    stamps = tuple((folder / file).stat().st_mtime_ns for file in archive.sizes())
    return _read(archive, folder, stamps)


@lru_cache(maxsize=2)
def _read(archive: Archive, folder: Path, stamps: tuple[int, ...]) -> tuple[Images, Images]:
    files = {file: _file(archive, folder, file) for file in archive.sizes()}
    both = _joined([files[file].images for file in archive.train]), files[archive.test].images
    for images in both:
        _check_classes(archive, folder, images.labels)
        for array in images:
            array.flags.writeable = False
    for file, (_, found) in files.items():
        expected = SHA256.get(file, found)
        if found != expected:
            raise ValueError(
                f"{folder / file} must have SHA-256 {expected}, found {found}, so something in it was altered: "
                f"{again(archive, folder)}"
            )
    return both


def _joined(parts: list[Images]) -> Images:
    if len(parts) == 1:
        return parts[0]
    return Images(np.concatenate([part.x for part in parts]), np.concatenate([part.labels for part in parts]))


def _file(archive: Archive, folder: Path, file: str) -> _File:
    bytes_ = len(archive.names)
    try:
        raw: NDArray[Any] = np.fromfile(folder / file, dtype=np.uint8)
    except OSError as error:
        raise ValueError(f"{folder / file} cannot be read ({error.strerror}): give yourself the right to") from None
    if raw.size != archive.sizes()[file]:  # written to between the look at its length and now
        raise ValueError(f"{folder / file} must have {archive.sizes()[file]} bytes, found {raw.size}: wait, then retry")
    records = raw.reshape(-1, bytes_ + PIXELS)
    labels = records[:, :bytes_].astype(np.int64)
    for column, names in enumerate(archive.names):
        wrong = np.flatnonzero(labels[:, column] >= len(names))
        if len(wrong):
            raise ValueError(
                f"{folder / file}: the label of record {wrong[0]} must lie in [0, {len(names) - 1}], "
                f"found {labels[wrong[0], column]}: {again(archive, folder)}"
            )
    images = Images(np.ascontiguousarray(records[:, bytes_:]).reshape(-1, 3, 32, 32), labels)
    return _File(images, hashlib.sha256(raw.data).hexdigest())


def _check_classes(archive: Archive, folder: Path, labels: Int) -> None:
    for column, names in enumerate(archive.names):
        each, found = len(labels) // len(names), np.bincount(labels[:, column], minlength=len(names))
        if (found != each).any():
            label = int(np.argmax(found != each))
            raise ValueError(
                f"{folder}: class {names[label]} must have {each} of the {len(labels)} images, found {found[label]}, "
                f"so a label is wrong: {again(archive, folder)}"
            )
    pairs = np.unique(labels, axis=0)
    if len(pairs) > len(archive.names[-1]):
        fine = int(pairs[np.flatnonzero(np.bincount(pairs[:, -1])[pairs[:, -1]] > 1)[0], -1])
        raise ValueError(
            f"{folder}: class {archive.names[-1][fine]} must lie in one coarse class, found several, "
            f"so a label is wrong: {again(archive, folder)}"
        )
