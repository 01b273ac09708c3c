"""Build the sets that a Spec asks for.

`OPTIONS` names every data set with its options, `TITLES` its name on screen; `build` draws training, test and held-out
points. Inputs are standardised by constants of the generator, measured on a large draw with a seed of its own: nothing
of the sample at hand goes into them. A toy data set is one file of `toy_data`, found by its name. Image data sets, the
names in `IMAGES`, are read from the official files of CIFAR.
"""

from __future__ import annotations

from explorer.data import cifar
from explorer.data.cifar import CifarOptions
from explorer.data.csv import FILES, CsvOptions, build_csv
from explorer.data.toys import TOYS, ToyOptions, build_toy, classes_of, options_of
from explorer.knobs import KnobBase
from explorer.records import Data

IMAGES: frozenset[str] = frozenset(cifar.NAMES)
OPTIONS: dict[str, type[KnobBase]] = {
    **{name: options_of(name) for name in TOYS},
    **dict.fromkeys(cifar.NAMES, CifarOptions),
    "csv": CsvOptions,
}
TITLES: dict[str, str] = {
    **{name: toy.TITLE for name, toy in TOYS.items()},
    **cifar.TITLES,
    "csv": "Your own points (CSV)",
}


def is_image(name: str) -> bool:
    """Say whether a data set's inputs are images, not points of a plane."""
    return name in IMAGES


def build(name: str, options: KnobBase) -> Data:
    """Return training, test and held-out points of a data set.

    Args:
        name: a key of `OPTIONS`.
        options: its options.

    Raises:
        ValueError: one sentence, if the data cannot be had.
    """
    if isinstance(options, CsvOptions):
        return build_csv(options)
    return cifar.build_cifar(name, options) if isinstance(options, CifarOptions) else build_toy(name, options)


def count_classes(name: str, options: KnobBase) -> int | None:
    """Return how many classes a data set has, or None where only its file can tell."""
    if name in IMAGES:
        return len(cifar.class_names(name))
    return classes_of(name, options) if name in TOYS else None


def count_labels(name: str, options: KnobBase, choose: str) -> int | None:
    """Return how many values `label` of a request may take, or None where only a file can tell.

    Its classes; for the chooser *subclass* on CIFAR-20 the sub-classes, which have names of their own.
    """
    subclasses = cifar.subclass_names(name) if name in IMAGES and choose == "subclass" else ()
    return len(subclasses) or count_classes(name, options)


def resolve(options: KnobBase) -> KnobBase:
    """Read the file that options name by `path`, and return them with its SHA-256; other options as they are.

    For the command line only, before a Spec is run; never for what comes from an address bar.

    Raises:
        ValueError: one sentence, if the file cannot be read or is malformed.
    """
    return FILES.resolve(options) if isinstance(options, CsvOptions) else options


__all__ = [
    "IMAGES", "OPTIONS", "TITLES", "CifarOptions", "ToyOptions", "build", "count_classes", "count_labels", "is_image",
    "resolve",
]  # fmt: skip
