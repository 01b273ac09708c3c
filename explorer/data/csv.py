"""Points of one's own: two columns of numbers and a label of a CSV file.

A file is given once and asked for by a SHA-256 (`uploads.py`), so a Spec holds no points. The hash is that of the
points' own table (`parse_csv.Points.table`): the same points have the same name, however a file wrote them. They are
split by class, 60 % training, 20 % test, 20 % held out, and standardised by their own mean and spread. What is wrong
with a file is said in one sentence: `parse_csv.parse`.
"""

from __future__ import annotations

import numpy as np

from explorer.data.csv_columns import Columns
from explorer.data.csv_table import MAX_BYTES, too_large
from explorer.data.parse_csv import Points, parse
from explorer.data.toys import space_of
from explorer.knobs import knob, shorten
from explorer.records import Data, Float, Int, Split
from explorer.seeds import child_seed
from explorer.uploads import FileOptions, Uploads

NOTE = "Your points are standardised by the mean and spread of the whole file, test points included."


class CsvOptions(FileOptions):
    """An uploaded file."""

    columns: list[str] | None = knob(
        None, title="Columns", help="Names of both inputs and the label, where `path` is read; guessed if left out."
    )
    seed: int = knob(0, ge=0, le=2**31 - 1, title="Data seed", help="Splits the points another way.")


def _read(content: bytes, options: FileOptions) -> tuple[Points, str]:
    named = options.columns if isinstance(options, CsvOptions) else None
    if named is not None and len(named) != 3:
        raise ValueError(f"`data.columns` must name both inputs and the label, got {shorten(', '.join(named))}")
    points = parse(content, Columns(*named) if named else None)
    return points, points.sha256


#: The files of this process: points by SHA-256.
FILES: Uploads[Points] = Uploads("data", _read, most=MAX_BYTES, too_large=too_large, kept=64)


def build_csv(options: CsvOptions) -> Data:
    """Return the sets of a file.

    Raises:
        ValueError: one sentence, if the file is not at hand.
    """
    given = FILES.at_hand(options)
    if given is None:
        raise ValueError("no file was given: upload a CSV with two columns of numbers and a label")
    points, names = given.split, given.names
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
