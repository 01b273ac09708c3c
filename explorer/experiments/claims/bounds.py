"""The bounds of the rules by which claims are judged, all of them ours, and what several rules do with numbers.

Accuracies and attack rates are shares in [0, 1]. A rule over seeds asks for a share of them: nine of ten, or half. The
rules themselves stand beside their claims, one file a paper; their words are made from the bounds that they use.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from explorer.experiments.claims.claim import Verdict
from explorer.records import Band

Numbers = Mapping[str, Band]
ROUNDING = 1e-9
NEARLY_ALL, HALF = 0.9, 0.5  # of the seeds
STILL = 0.02  # data units: a boundary that moves no more has stayed
TWICE = 2.0
LIKE_THE_PICTURE = 0.01  # root mean square over the 17 heights; reading off costs about .003
LEFT, LEFT_IN_PART = 0.25, 0.5  # of the original's accuracy on what is forgotten
LITTLE, SOME = 0.01, 0.05  # of accuracy
BROKEN, SOUND = 0.5, 0.9  # of what retrained models keep
LARGE_RATE, SMALL_RATE, ENOUGH_NOISE = 5e-4, 1e-4, 0.5
RIVALS: Mapping[str, str] = {
    "neg_grad_plus": "NegGrad+", "gradient_ascent": "gradient ascent", "random_labels": "random labels",
    "bad_teacher": "Bad teacher",
}  # fmt: skip
CLOSED, THIRD = 0.5, 1 / 3  # of the gap to retrained
GONE = 0.05  # accuracy on what is forgotten that counts as none, above retrained's
BEHIND = 0.02  # accuracy: so near to retrained counts as level
WEAKER = 0.6  # of the sensitivity without the criterion


def most(value: float, bound: float) -> bool:
    """Say whether a number is at most a bound, but for the rounding of the machine; of NaN, no."""
    return value <= bound + ROUNDING


def share(held: Iterable[bool]) -> float:
    """Return the share that is true, in [0, 1]; NaN of nothing."""
    found = list(held)
    return sum(found) / len(found) if found else math.nan


def by_share(found: float) -> Verdict:
    """Return the verdict for the share of seeds on which something is so."""
    if found >= NEARLY_ALL:
        return "holds"
    return "holds in part" if found >= HALF else "does not hold here"


def by_parts(*parts: bool) -> Verdict:
    """Return "holds" where all parts are so, "holds in part" where some are."""
    if all(parts):
        return "holds"
    return "holds in part" if any(parts) else "does not hold here"


def mean(numbers: Numbers, name: str) -> float:
    """Return the mean of a number over its seeds or models."""
    return numbers[name].mean


def seeds(numbers: Numbers, *names: str) -> Sequence[tuple[float, ...]]:
    """Return the values of some numbers seed by seed."""
    return list(zip(*(numbers[name].values for name in names), strict=True))


def on_seeds(numbers: Numbers, name: str, holds: Callable[[float], bool]) -> bool:
    """Say whether something is so on nearly all seeds."""
    return share(holds(value) for value in numbers[name].values) >= NEARLY_ALL
