"""What is claimed of certified removal, rewind-to-delete and descent-to-delete on two moons, data seeds 120 to 129.

Certified removal and descent: the linear model, 400 points, epsilon 1, delta 1e-4; each deletion is a request of one
point, one after the other. The lines on how often the budget is spent were measured with points scaled by the longest
of the sample; that lets the sample into the scale, so the explorer scales by the box of the data set, and spends less.
Both are printed; `SAMPLE` says which scale a line is about.

What few seeds can decide (QUICK=1): all lines, on the first two seeds; means are then of two.
"""

from __future__ import annotations

import dataclasses
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer import draws, metrics, pipeline
from explorer.data import OPTIONS, build
from explorer.methods import rewind_to_delete
from explorer.methods._method import TensorSpace
from explorer.methods._shared.promise import best_auc, budget
from explorer.methods._shared.removal import BOUNDS, Bound, Removed, Trained, removals, residual, trained
from explorer.methods._shared.unit_ball import Points, gradient, lifted, minimised, radius
from explorer.methods.descent_to_delete import descend, distance, noise_for
from explorer.models import flat
from explorer.pipeline.starts import start_of
from explorer.records import Data, Plane
from explorer.spec import Spec
from tests.accept.seeds import seeds

SEEDS = range(120, 120 + len(seeds(10, quick=2)))
EPSILON, DELTA = 1.0, 1e-4
SAMPLE, BOX = "the longest of the sample", "the box of the data set"


def misses(scale: str, found: str) -> Any:  # pytest has no public name for a set of parameters
    """Return a scale on which a line that was asked does not hold, with what was found."""
    return pytest.param(scale, marks=pytest.mark.xfail(strict=True, reason=found))


@dataclasses.dataclass(frozen=True)
class World:
    """A data set in the unit ball, its test set, and the default cluster."""

    points: Points
    test: Points
    cluster: Tensor


@cache
def world(seed: int, scale: str = BOX, name: str = "moons") -> World:
    data: Data = build(name, OPTIONS[name].model_validate({"seed": seed}))
    space = TensorSpace(*(torch.from_numpy(np.asarray(part)) for part in dataclasses.astuple(data.space)))
    train, test = (
        lifted(torch.from_numpy(data.space.standardise(split.x)), torch.from_numpy(split.y), space, data.classes)
        for split in (data.train, data.test)
    )
    spec = Spec.parse({"data": {"name": name, "seed": seed}, "model": {"widths": []}, "method": None})
    cluster = torch.from_numpy(pipeline.Run(spec).sets.forget)
    if scale == SAMPLE:
        # Points inside the ball are [x, 1] / R: dividing by the longest of the sample undoes R.
        longest = float(train.x.norm(dim=1).max())
        train, test = (dataclasses.replace(part, x=part.x / longest) for part in (train, test))
    return World(train, test, cluster)


def in_order(rows: Tensor, seed: int) -> Tensor:
    return rows[draws.permutation(len(rows), draws.generator(seed))]


def deleted(
    points: Points, order: Tensor, *, lam: float, noise: float, bound: Bound, seed: int, limit: float | None = None
) -> tuple[Trained, list[Removed]]:
    start = trained(points, lam, noise, draws.generator(1000 + seed))
    allowed = budget(EPSILON, DELTA, noise) if limit is None else limit
    return start, list(removals(points, order, start, lam, noise, allowed, bound, draws.generator(2000 + seed)))


def accuracy(points: Points, weights: Tensor) -> float:
    return float(((points.x @ weights.mT).sign() == points.sign).double().mean())


# --- certified removal --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [SAMPLE, BOX])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_no_deletion_leaves_more_than_either_bound_says(noise: float, scale: str):
    violations = count = 0
    ratios: dict[Bound, list[float]] = {bound: [] for bound in BOUNDS}
    for seed in SEEDS:
        for name in ("moons", "circles", "two_gaussians"):
            points = world(seed, scale, name).points
            for lam in (1e-3, 1e-2, 1e-1, 1.0):
                start = trained(points, lam, noise, draws.generator(1000 + seed))
                easy = in_order(torch.arange(len(points.x)), seed)
                hard = (points.sign[:, 0] * (points.x @ start.weights[0])).argsort()
                for order in (easy[:25], hard[:25]):
                    for done in removals(points, order, start, lam, noise, math.inf, "Guo", draws.generator(seed)):
                        true = float(residual(points, done, lam).norm())
                        violations += sum(true > done.spent[bound] for bound in BOUNDS)
                        count += 1
                        for bound in BOUNDS:
                            ratios[bound].append(done.spent[bound] / true)
    medians = {bound: round(float(np.median(found)), 1) for bound, found in ratios.items()}
    print(
        f"\nnoise {noise:g}, scaled by {scale}: {violations} violations in {count} deletions; "
        f"bound / true, median {medians}"
    )
    assert violations == 0


def spending(scale: str, bound: Bound, *, hardest: bool = False) -> tuple[list[int], list[int]]:
    """Return the deletion at which the budget is first spent (81 where never), and the retrainings, by seed."""
    first, times = [], []
    for seed in SEEDS:
        known = world(seed, scale)
        order = in_order(known.cluster, seed)
        if hardest:
            start = trained(known.points, 0.01, 1.0, draws.generator(1000 + seed))
            one = known.points.at(known.cluster)
            order = known.cluster[(one.sign[:, 0] * (one.x @ start.weights[0])).argsort()]
        _, path = deleted(known.points, order, lam=0.01, noise=1.0, bound=bound, seed=seed)
        again = [number for number, done in enumerate(path, 1) if done.iterations]
        first.append(again[0] if again else 81)
        times.append(len(again))
    print(
        f"\n{bound}, scaled by {scale}{', hardest first' if hardest else ''}: first spent at {first}, "
        f"retrainings {times}"
    )
    return first, times


@pytest.mark.parametrize("scale", [misses(SAMPLE, "first spent at 26 to 51, 40 was asked"), BOX])
def test_the_default_cluster_spends_the_budget_of_guos_bound_late(scale: str):
    assert min(spending(scale, "Guo")[0]) >= 40


@pytest.mark.parametrize("scale", [SAMPLE, misses(BOX, "1 retraining on each seed, 2 to 6 were asked")])
def test_the_default_cluster_is_retrained_a_few_times_by_guos_bound(scale: str):
    times = spending(scale, "Guo")[1]
    assert min(times) >= 2 and max(times) <= 6


@pytest.mark.parametrize("scale", [SAMPLE, BOX])
@pytest.mark.parametrize("hardest", [False, True])
def test_the_sharper_bound_never_spends_the_budget(hardest: bool, scale: str):
    assert max(spending(scale, "sharper", hardest=hardest)[1]) == 0


@pytest.mark.parametrize("scale", [SAMPLE, BOX])
def test_noise_costs_little_accuracy(scale: str):
    lost = []
    for seed in SEEDS:
        known = world(seed, scale)
        left = torch.ones(len(known.points.x), dtype=torch.bool)
        left[in_order(torch.arange(len(left)), seed)[:50]] = False
        zero = torch.zeros(1, 3).double()
        exact = accuracy(known.test, minimised(known.points.at(left), zero, 0.01, zero)[0])
        order = (~left).nonzero()[:, 0]
        _, path = deleted(known.points, order, lam=0.01, noise=1.0, bound="Guo", seed=seed)
        lost.append(exact - accuracy(known.test, path[-1].weights))
    print(f"\nscaled by {scale}: accuracy lost by noise of deviation 1 {np.round(lost, 4).tolist()}")
    assert np.mean(lost) <= 0.01


@pytest.mark.parametrize("scale", [SAMPLE, BOX])
def test_the_best_attacker_hardly_tells_unlearned_from_retrained_but_would_the_original(scale: str):
    unlearned, untouched = [], []
    for seed in SEEDS:
        known = world(seed, scale)
        order = in_order(torch.arange(len(known.points.x)), seed)[:50]
        start, path = deleted(known.points, order, lam=0.01, noise=1.0, bound="Guo", seed=seed)
        unlearned.append(best_auc(float(residual(known.points, path[-1], 0.01).norm()), 1.0))
        pull = gradient(known.points.at(path[-1].left), start.weights, 0.01, start.noise)
        untouched.append(best_auc(float(pull.norm()), 1.0))
    cap = best_auc(budget(EPSILON, DELTA, 1.0), 1.0)
    print(
        f"\nscaled by {scale}: AUC unlearned {max(unlearned):.4f} at most; untouched {np.mean(untouched):.3f} "
        f"in the mean, {min(untouched):.3f} at least; cap {cap:.3f}"
    )
    assert max(unlearned) <= 0.51 and np.mean(untouched) >= 0.65 and cap == pytest.approx(0.564, abs=5e-4)


# --- rewind-to-delete ---------------------------------------------------------------------------------------------

SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)
FULL_BATCH = {"optimizer": "sgd", "lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "batch": 400, "steps": 1000,
              "schedule": "constant"}  # fmt: skip


def areas(seed: int, shares: tuple[float, ...], **training: object) -> dict[float, tuple[float, float]]:
    """Return share -> (mean disagreement area to 5 retrained models, area to the paired one)."""
    known: dict[str, Any] = {}

    def memo(key: str, thunk: Any) -> Any:
        if key not in known:
            known[key] = thunk()
        return known[key]

    found = {}
    for share in shares:
        knobs = {"share": share, **({"schedule": "own"} if training else {})}
        spec = Spec.parse(
            {
                "data": {"seed": seed},
                "seed": seed,
                "training": training,
                "method": {"name": "rewind_to_delete", "knobs": knobs},
            }
        )
        run = pipeline.Run(spec, memo)
        cells = pipeline.reference_areas(run)
        plane = Plane.around(run.data.train.x).grid(pipeline.AREA_CELLS)
        ends = pipeline.evaluate(run, pipeline.path(run), slice(-1, None), plane).argmax(axis=-1)
        others = metrics.disagreement_area(ends, cells["retrained"])
        found[share] = (float(np.mean(others)), float(np.mean(metrics.disagreement_area(ends, cells["paired"]))))
    return found


def test_taking_all_of_training_again_without_deletion_is_the_training():
    off = []
    for seed in SEEDS:
        spec = Spec.parse({"data": {"seed": seed}, "seed": seed, "method": {"name": "rewind_to_delete"}})
        start = start_of(pipeline.Run(spec), 0)
        nothing = dataclasses.replace(
            start.request, rows=torch.empty(0, dtype=torch.int64), retain=start.request.before
        )
        *_, last = rewind_to_delete.unlearn(start.model, nothing, rewind_to_delete.Knobs(share=1.0), draws.generator(0))
        off.append(float((flat(last) - flat(start.model)).abs().max()))
    print(f"\nlargest difference of a weight from the original's: {off}")
    assert max(off) <= 1e-4


def test_with_constant_sgd_each_share_comes_nearer_to_retrained():
    found = [areas(seed, SHARES, **FULL_BATCH) for seed in SEEDS]
    means = {share: float(np.mean([one[share][0] for one in found])) for share in SHARES}
    half, paired = [one[0.5][0] for one in found], [one[1.0][1] for one in found]
    shown = {share: round(mean, 3) for share, mean in means.items()}
    print(f"\nSGD, mean area by share {shown}; at .5 {np.round(half, 3).tolist()}; to the paired at 1 {max(paired)}")
    assert all(later <= earlier for earlier, later in zip(list(means.values()), list(means.values())[1:], strict=False))
    assert max(half) <= 0.05 and max(paired) <= 0.001


def test_a_twentieth_of_adamw_comes_far_with_a_rate_that_begins_anew():
    found = [areas(seed, (0.05, 1.0)) for seed in SEEDS]
    print(f"\nAdamW, restart: area at .05 {[round(one[0.05][0], 3) for one in found]}; to the paired model at 1 "
          f"{max(one[1.0][1] for one in found)}")  # fmt: skip
    assert max(one[0.05][0] for one in found) <= 0.08 and max(one[1.0][1] for one in found) <= 0.001


# --- descent-to-delete --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [SAMPLE, BOX])
@pytest.mark.parametrize("descents", [5, 10, 25])
@pytest.mark.parametrize("lam", [0.05, 0.01])
def test_the_kept_weights_are_never_farther_from_the_minimum_than_said(lam: float, descents: int, scale: str):
    violations, worst = 0, 0.0
    for seed in SEEDS:
        points, smallest = world(seed, scale).points, 350
        zero = torch.zeros(1, 3).double()
        best = kept = minimised(points, zero, lam, zero)[0]
        left = torch.ones(len(points.x), dtype=torch.bool)
        for row in in_order(torch.arange(len(points.x)), seed)[:50].tolist():
            left[row] = False
            rest = points.at(left)
            for _ in range(descents):
                kept = descend(rest, kept, lam)
            best = minimised(rest, best, lam, zero)[0]
            off = float((kept - best).norm())
            worst, violations = max(worst, off), violations + (off > distance(lam, descents, smallest))
    print(f"\nlam {lam:g}, {descents} steps, scaled by {scale}: {violations} violations in {50 * len(SEEDS)}; worst "
          f"{worst:.1e} of {distance(lam, descents, 350):.1e}")  # fmt: skip
    assert violations == 0


@pytest.mark.parametrize("scale", [SAMPLE, BOX])
def test_ten_steps_cost_little_accuracy(scale: str):
    lost = []
    for seed in SEEDS:
        known, zero = world(seed, scale), torch.zeros(1, 3).double()
        left = torch.ones(len(known.points.x), dtype=torch.bool)
        left[in_order(torch.arange(len(left)), seed)[:50]] = False
        best = minimised(known.points.at(left), zero, 0.05, zero)[0]
        noise = noise_for(distance(0.05, 10, 350), EPSILON, DELTA)
        noisy = best + noise * draws.normal((40, 1, 3), draws.generator(seed)).double()
        lost.append(accuracy(known.test, best) - float(np.mean([accuracy(known.test, one) for one in noisy])))
    print(f"\nscaled by {scale}: accuracy lost by the noise after 10 steps {np.round(lost, 4).tolist()}")
    assert np.mean(lost) <= 0.01


def test_the_scale_never_comes_from_the_sample():
    one, other = (
        build("moons", OPTIONS["moons"].model_validate({"seed": seed})).space for seed in (SEEDS[0], SEEDS[-1])
    )
    spaces = [
        TensorSpace(*(torch.from_numpy(np.asarray(part)) for part in dataclasses.astuple(space)))
        for space in (one, other)
    ]
    assert radius(spaces[0]) == radius(spaces[1])
