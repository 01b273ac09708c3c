"""Build the sets of CIFAR-10, CIFAR-100 and CIFAR-20 (CIFAR-100 under its 20 coarse labels) from the official files.

One seeded order of the 50,000 training images gives every part: the first n are the training set, the next (at most
5,000) are kept for tuning (`validation`), the next (at most n) are held out. Each part has as many images of every
class as can be, so a smaller training set lies within a larger one of the same seed. Inputs are standardised by
published values of each channel, never by the sample at hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.data.cifar._archives import ARCHIVES, available, place
from explorer.data.cifar._fetch import download
from explorer.data.cifar._read import Images, read
from explorer.knobs import KnobBase, knob
from explorer.records import Data, Int, Space, Split
from explorer.seeds import child_seed

NAMES = ("cifar10", "cifar20", "cifar100")
TITLES = {"cifar10": "CIFAR-10", "cifar20": "CIFAR-20 (coarse labels of CIFAR-100)", "cifar100": "CIFAR-100"}
VALIDATION = 5_000
_LABEL = {"cifar10": 0, "cifar20": 0, "cifar100": 1}  # which label byte is the class

# Mean and standard deviation of each channel over the training images, on a scale of 0 to 1, as commonly published.
_TEN = ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
_HUNDRED = ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762))


class CifarOptions(KnobBase):
    """What every image data set can be asked for."""

    n: int = knob(10_000, ge=100, le=50_000, title="Images", help="Size of the training set.")
    seed: int = knob(0, ge=0, le=2**31 - 1, title="Data seed", help="Takes other images of the same data set.")


def class_names(name: str) -> tuple[str, ...]:
    """Return the official names of a data set's classes."""
    return ARCHIVES[name].names[_LABEL[name]]


def subclass_names(name: str) -> tuple[str, ...]:
    """Return the official names of the sub-classes, which `label` of the chooser *subclass* counts; () for none."""
    return ARCHIVES[name].names[-1] if name == "cifar20" else ()


def build_cifar(name: str, options: CifarOptions) -> Data:
    """Return the sets of an image data set.

    Args:
        name: one of `NAMES`.
        options: its options.

    Returns:
        x uint8 (n, 3, 32, 32) in data units of 0 to 255; `test` is the official test set; `heldout` may be smaller than
        n, and is empty where nothing is left; `subclass` of every set of CIFAR-20 is the fine label, 0 to 99.

    Raises:
        ValueError: one sentence, if the files are not there or are not the official ones.
    """
    train, test = read(name)
    rows, _, heldout = _parts(train.labels, options)
    return Data(
        train=_split(name, train, rows),
        test=_split(name, test, np.arange(len(test.x))),
        heldout=_split(name, train, heldout),
        space=_space(*(_TEN if name == "cifar10" else _HUNDRED)),
        classes=len(class_names(name)),
        names=class_names(name),
    )


def validation(name: str, options: CifarOptions) -> Split:
    """Return the training images kept for tuning: in none of the sets of `build_cifar`; at most 5,000, or none.

    Raises:
        ValueError: as `build_cifar`.
    """
    train, _ = read(name)
    return _split(name, train, _parts(train.labels, options)[1])


def _split(name: str, images: Images, rows: Int) -> Split:
    fine = images.labels[rows, 1] if name == "cifar20" else None
    return Split(images.x[rows], images.labels[rows, _LABEL[name]], fine)


def _parts(labels: Int, options: CifarOptions) -> tuple[Int, Int, Int]:
    """Return the rows for training, validation and held out."""
    order, n = balanced_order(labels, options.seed), options.n
    return order[:n], order[n : n + VALIDATION], order[n + VALIDATION : n + VALIDATION + n]


def balanced_order(labels: Int, seed: int) -> Int:
    """Return all rows in a random order in which every stretch holds the classes as evenly as can be.

    Rounds take one image of every class. Within a round of fine classes, smaller rounds take one of every coarse class.

    Args:
        labels: (n, k) int64, coarse labels first.
        seed: another seed gives another order.
    """
    chance = np.random.default_rng(child_seed(seed, "images")).permutation(len(labels))
    turn = _rank(labels[:, -1], chance)
    inner = _rank(labels[:, 0] * len(labels) + turn, chance)
    return np.lexsort((chance, inner, turn)).astype(np.int64)


def _rank(group: Int, chance: Int) -> Int:
    """Return how many of the same group come before each row (n,) in the order of `chance`."""
    order = np.lexsort((chance, group))
    _, first, sizes = np.unique(group[order], return_index=True, return_counts=True)
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(first, sizes)
    return rank


def _space(mean: tuple[float, ...], std: tuple[float, ...]) -> Space:
    def channels(values: tuple[float, ...]) -> NDArray[np.float32]:
        return (255 * np.array(values)).astype(np.float32).reshape(3, 1, 1)

    return Space(channels(mean), channels(std), channels((0.0, 0.0, 0.0)), channels((1.0, 1.0, 1.0)))


__all__ = [
    "NAMES", "TITLES", "VALIDATION", "CifarOptions", "available", "balanced_order", "build_cifar", "class_names",
    "download", "place", "subclass_names", "validation",
]  # fmt: skip
