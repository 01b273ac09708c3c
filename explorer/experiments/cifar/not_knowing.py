"""Say what it costs to tune without the answer: how much further from retrained the honest judge's choice ends."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from explorer.experiments.cifar.plan import NOT_TUNED
from explorer.experiments.cifar.trials import Tried
from explorer.experiments.numerals import number
from explorer.records import ImageRun, OracleRun, RunNumbers


def distance(numbers: RunNumbers) -> float:
    """Return the mean Jensen-Shannon divergence to the retrained models, in nats; NaN where it was not measured."""
    far = numbers.to_retrained
    return far.js_divergence.mean if far else math.nan


def pairs(
    methods: Mapping[str, ImageRun], oracle: Mapping[str, OracleRun], made: Mapping[str, Sequence[Tried]]
) -> list[tuple[str, float, float]]:
    """Return (title, distance with the honest judge's knobs, with the oracle's) of each method that has both.

    Left out are methods of whose trials `made` holds fewer than two, for both judges choose the only one, and runs at a
    preset, which no judge chose.
    """
    found = [
        (run.title, distance(run.numbers), distance(oracle[key].numbers))
        for key, run in methods.items()
        if key in oracle and len(made.get(key, ())) > 1 and NOT_TUNED not in run.numbers.tuned
    ]
    return [one for one in found if math.isfinite(one[1]) and math.isfinite(one[2])]


def sentence(found: Iterable[tuple[str, float, float]]) -> str:
    """Return what tuning costs that cannot see the answer, in one sentence; "" where nothing is known.

    Args:
        found: (title, distance with the honest judge's knobs, with the oracle's).
    """
    all_found = list(found)
    if not all_found:
        return ""
    honest, oracle = mean(one[1] for one in all_found), mean(one[2] for one in all_found)
    title, first, second = max(all_found, key=lambda one: one[1] - one[2])
    worst = f"; most for {title}, {_text(first)} instead of {_text(second)}" if first > second else ""
    further = sum(one[1] > one[2] for one in all_found)
    return (
        f"What tuning costs that cannot see the answer: over {len(all_found)} "
        f"{'run' if len(all_found) == 1 else 'runs'} the mean distance to retrained is {_text(honest)}, and "
        f"{_text(oracle)} where the best of the same trials was chosen by a judge that knows a retrained model; "
        f"{further} of {len(all_found)} end further away{worst}."
    )


def _text(value: float) -> str:
    return number(value, from_one=3)
