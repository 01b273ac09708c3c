"""Points of one's own: a CSV file with the columns x1, x2, label.

A file is read once, kept in memory under the SHA-256 of its bytes (`remember`), and asked for by that (`recall`), so a
Spec holds no points. It is split by class, 60 % training, 20 % test, 20 % held out, and standardised by its own mean
and spread. What is wrong with a file is said in one sentence: `parse_csv.parse`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import OrderedDict
from pathlib import Path
from threading import Lock

import numpy as np

from explorer.data.parse_csv import MAX_BYTES, parse, too_large
from explorer.data.toys import space_of
from explorer.knobs import KnobBase, knob, shorten
from explorer.records import Data, Float, Int, Split
from explorer.seeds import child_seed

NOTE = "Your points are standardised by the mean and spread of the whole file, test points included."
_FILES_KEPT = 64
_HEX = re.compile(r"[0-9a-f]{64}")
_files: OrderedDict[str, tuple[Split, tuple[str, ...]]] = OrderedDict()
_lock = Lock()


class CsvOptions(KnobBase):
    """An uploaded file."""

    sha256: str | None = knob(None, title="File", help="SHA-256 of the file's bytes, as 64 hexadecimal digits.")
    path: str | None = knob(None, title="Path", help="Where the file lies; for the command line.")
    seed: int = knob(0, ge=0, le=2**31 - 1, title="Data seed", help="Splits the points another way.")


def remember(content: bytes) -> str:
    """Read a file, keep its points for `recall`, and return its SHA-256 (hex).

    Safe to call from several threads; beyond 64 files the one unused for longest goes.

    Raises:
        ValueError: one sentence, if the file is malformed; nothing is kept then.
    """
    parsed = parse(content)
    key = hashlib.sha256(content).hexdigest()
    with _lock:
        _files[key] = parsed
        _files.move_to_end(key)
        while len(_files) > _FILES_KEPT:
            _files.popitem(last=False)
    return key


def recall(sha256: str) -> tuple[Split, tuple[str, ...]]:
    """Return the points and class names of a file that was remembered.

    Raises:
        ValueError: if it was not, or is no longer.
    """
    if not _HEX.fullmatch(sha256):
        raise ValueError(f"`data.sha256` must be 64 hexadecimal digits, got {shorten(sha256)}")
    with _lock:
        if sha256 not in _files:
            raise ValueError(f"the file with SHA-256 {sha256[:12]}... is not here: please give it again")
        _files.move_to_end(sha256)
        return _files[sha256]


def resolve(options: CsvOptions) -> CsvOptions:
    """Read the file at `path`, remember it, and return the options with its SHA-256: for the command line only.

    What comes from an address bar must not pass here, or a stranger could have any file of the server read.

    Raises:
        ValueError: one sentence, if it cannot be read, is malformed, or is not the file that `sha256` names.
    """
    if options.path is None:
        return options
    key = remember(_read(options.path))
    if options.sha256 not in (None, key):
        raise ValueError(f"the file at `data.path` is not that of `data.sha256`: its SHA-256 is {key[:12]}...")
    return options.model_copy(update={"sha256": key})


def build_csv(options: CsvOptions) -> Data:
    """Return the sets of a file.

    A file unknown to this process (a worker's) is read from `path`, but only where its SHA-256 is given too: who does
    not already know what stands in a file learns nothing about it.

    Raises:
        ValueError: one sentence, if the file is not at hand.
    """
    if options.sha256 is None:
        if options.path is not None:
            raise ValueError("`data.path` is read on the command line only: in the page, upload the file")
        raise ValueError("no file was given: upload a CSV with the columns x1, x2, label")
    try:
        points, names = recall(options.sha256)
    except ValueError:
        if options.path is None or not _read_if_same(options.path, options.sha256):
            raise
        points, names = recall(options.sha256)
    train, test, heldout = (Split(points.x[rows], points.y[rows]) for rows in split_rows(points.y, options.seed))
    space = space_of(points.x)
    return Data(
        train=train,
        test=test,
        heldout=heldout,
        space=space,
        classes=len(names),
        names=names,
        anchors=space.restore(_anchors(space.standardise(train.x), train.y, len(names))),
        note=NOTE,
    )


def split_rows(y: Int, seed: int) -> tuple[Int, Int, Int]:
    """Return the rows for training, test and held out, ascending: of each class 20 %, at least one, for the latter two.

    Args:
        y: (n,) int64, at least three of each class.
        seed: another seed gives another split.
    """
    rng = np.random.default_rng(child_seed(seed, "split"))
    parts: list[list[Int]] = [[], [], []]
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        fifth = max(1, round(0.2 * len(rows)))
        for part, chosen in zip(parts, (rows[2 * fifth :], rows[:fifth], rows[fifth : 2 * fifth]), strict=True):
            part.append(chosen)
    train, test, heldout = (np.sort(np.concatenate(part)) for part in parts)
    return train, test, heldout


def _anchors(z: Float, y: Int, classes: int) -> Float:
    """Return for each class the centre (classes, 2) of the smaller of two clusters."""
    return np.stack([_smaller_centre(z[y == label].astype(np.float64)) for label in range(classes)]).astype(np.float32)


def _smaller_centre(z: np.ndarray) -> np.ndarray:
    """Run two-means from the halves along the direction of largest spread; nothing is drawn at random."""
    direction = np.linalg.svd(z - z.mean(axis=0), full_matrices=False)[2][0]
    along = z @ direction
    far = along > along.mean()
    for _ in range(50):
        if far.all() or not far.any():  # the points coincide
            return z.mean(axis=0)
        centres = np.stack([z[~far].mean(axis=0), z[far].mean(axis=0)])
        near = np.linalg.norm(z[:, None] - centres[None], axis=2)
        changed = near[:, 1] < near[:, 0]
        if (changed == far).all():
            break
        far = changed
    return z[far].mean(axis=0) if 2 * far.sum() <= len(z) else z[~far].mean(axis=0)


def _read(path: str) -> bytes:
    file = Path(path)
    try:
        if not file.is_file():
            raise ValueError(f"`data.path` must name a file, got {shorten(path)}")
        if file.stat().st_size > MAX_BYTES:
            raise ValueError(too_large(file.stat().st_size))
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"`data.path` cannot be read: {os.strerror(error.errno or 0)}, {shorten(path)}") from None


def _read_if_same(path: str, sha256: str) -> bool:
    """Remember the file at a path if it is the one asked for; say whether it is."""
    try:
        content = _read(path)
    except ValueError:
        return False
    if hashlib.sha256(content).hexdigest() != sha256:
        return False
    remember(content)
    return True
