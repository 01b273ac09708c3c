"""Build the sets that a Spec asks for.

`OPTIONS` names every data set with its options, `TITLES` its name on screen; `build` draws training, test and held-out
points. Inputs are standardised by constants of the generator, measured on a large draw with a seed of its own: nothing
of the sample at hand goes into them. A toy data set is one file of `toy_data`, found by its name.
"""

from __future__ import annotations

from explorer.data.toys import TOYS, ToyOptions, build_toy, options_of
from explorer.knobs import KnobBase
from explorer.records import Data

OPTIONS: dict[str, type[KnobBase]] = {name: options_of(name) for name in TOYS}
TITLES: dict[str, str] = {name: toy.TITLE for name, toy in TOYS.items()}


def build(name: str, options: KnobBase) -> Data:
    """Return training, test and held-out points of a data set.

    Args:
        name: a key of `OPTIONS`.
        options: its options.

    Raises:
        ValueError: one sentence, if the data cannot be had.
    """
    return build_toy(name, options)


__all__ = ["OPTIONS", "TITLES", "ToyOptions", "build"]
