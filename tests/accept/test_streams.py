"""What a stream of requests does to methods at their defaults, on seeds that no threshold was set on: 120 to 129.

The default Spec with twenty requests of five points, from one end of class 0. A line that asks for a mean asks for the
mean over the seeds; one that says so, for every seed. The few seeds of QUICK are asked for the same.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explorer import pipeline
from explorer.records import Drift
from explorer.spec import Spec
from tests.accept.seeds import seeds
from tests.accept.test_audits import memo

SEEDS = [120 + number for number in seeds(10, quick=2)]


@cache
def drifts(method: str, most: int = len(SEEDS)) -> list[Drift]:
    """Return the numbers of a method, one a seed of data and run together, and print them."""
    found = [pipeline.drift(pipeline.Run(spec(method, seed), memo)) for seed in SEEDS[:most]]
    ends = [round(float(one.area["unlearned"][-1]), 3) for one in found]
    untouched = [round(float(one.area["original"][-1]), 3) for one in found]
    paired = [round(float(one.area["paired"][-1]), 3) for one in found]
    once = np.mean([one.at_once["disagreement_area"] for one in found])
    cost = np.mean([one.spent.sum() for one in found])
    print(
        f"\nstream, {method}: d_20 {ends}, mean {np.mean(ends):.3f}; untouched {untouched}, "
        f"mean {np.mean(untouched):.3f}; retrained {np.mean(paired):.3f}; at once {once:.3f}; "
        f"breaks at {[one.breaks_at for one in found]}; cost {cost:,.0f}",
        end="",
    )
    return found


def spec(method: str, seed: int) -> Spec:
    sequence = {"batches": 20, "size": 5, "order": "cluster", "label": 0}
    given = {"data": {"seed": seed}, "seed": seed, "method": {"name": method}, "request": {"sequence": sequence}}
    return Spec.parse(given)


def test_gradient_ascent_breaks_by_the_second_request():
    assert all(1 <= one.breaks_at <= 2 for one in drifts("gradient_ascent"))


def test_selective_synaptic_dampening_breaks_by_the_eighth_request():
    broken = [1 <= one.breaks_at <= 8 for one in drifts("ssd")]
    assert np.mean(broken) >= 7 / 8


@pytest.mark.parametrize("method", ["scrub", "fine_tune"])
def test_it_never_breaks(method: str):
    assert [one.breaks_at for one in drifts(method)] == [0] * len(SEEDS)


def test_scrub_stays_near_retrained():
    found = drifts("scrub")
    end, untouched = (np.mean([one.area[role][-1] for one in found]) for role in ("unlearned", "original"))
    assert end <= 0.09 and end < untouched / 2


def test_sisa_request_by_request_is_sisa_at_once():
    for one in drifts("sisa", 2):  # what is equal to the bit needs few seeds
        assert one.area["unlearned"][-1] == one.at_once["disagreement_area"]
        assert one.spent.sum() + one.prepared < one.retraining.sum()
