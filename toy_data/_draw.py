"""What every toy data set draws from: its own generator, balanced labels, Gaussian spread."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray


def generator(name: str, n: int, seed: int) -> np.random.Generator:
    """Return the generator of one data set; another name, size or seed gives independent numbers."""
    return np.random.default_rng([zlib.crc32(name.encode()), n, seed])


def balanced(n: int, groups: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return group numbers (n,) from 0 in random order; sizes differ by at most one, the first groups are larger."""
    return rng.permutation(np.arange(n, dtype=np.int64) % groups)


def even(group: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return numbers (n,) uniform in [0, 1) that cover it evenly: in a group of m, one in each m-th part of it.

    Independent numbers would leave gaps along a curve that differ from seed to seed and drown what forgetting does.
    """
    numbers = rng.uniform(0, 1, len(group))
    for number in np.unique(group):
        rows = np.flatnonzero(group == number)
        numbers[rows] = (rng.permutation(len(rows)) + numbers[rows]) / len(rows)
    return numbers


def spread(places: ArrayLike, noise: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return places (n, 2) moved by independent normal numbers of standard deviation `noise`."""
    places = np.asarray(places, dtype=np.float64)
    return (places + noise * rng.standard_normal(places.shape)).astype(np.float32)
