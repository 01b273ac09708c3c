"""Certified removal: one deletion worked out by hand, bounds that hold, and the account of the budget."""

import math

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods._shared.promise import best_auc, budget, promise
from explorer.methods._shared.removal import bounds, newton_step, removals, residual, trained
from explorer.methods._shared.unit_ball import Points, flat_rows, gradient, minimised
from explorer.methods.certified_removal import METHOD, Knobs, State, certificate
from explorer.models import flat
from explorer.spec import Spec, SpecError
from tests.methods._paths import prepared, states

TWO = Points(torch.tensor([[0.6, 0.8], [1.0, 0.0]]).double(), torch.tensor([[1.0], [1.0]]).double())
LEFT = torch.tensor([False, True])
ZERO = torch.zeros(1, 2).double()


def cloud(n: int, seed: int = 0, heads: int = 1) -> Points:
    x = draws.normal((n, 3), draws.generator(seed)).double()
    sign = torch.where(draws.uniform((n, heads), draws.generator(seed + 1)) < 0.5, -1.0, 1.0).double()
    return Points(x / x.norm(dim=1, keepdim=True), sign)


def test_a_newton_step_worked_out_by_hand():
    # Deleting (.6, .8) at w = 0: its gradient is -(.3, .4). Of (1, 0) the Hessian is diag(1/4, 0) + .25.
    step = newton_step(TWO, LEFT, 0, ZERO, 0.25)
    assert torch.allclose(step, torch.tensor([[-0.6, -1.6]]).double())


def test_both_bounds_worked_out_by_hand():
    # D = (3, 4) of length 5; on the one point (1, 0) left X D = 3 and |X|_2 = 1.
    found = bounds(TWO.x[1:], torch.tensor([[3.0, 4.0]]).double(), 1.0)
    assert found["Guo"] == pytest.approx(0.25 * 5 * 3)
    assert found["sharper"] == pytest.approx(9 / (12 * math.sqrt(3)))


def test_heads_add_up():
    one, other = torch.tensor([[3.0, 4.0]]).double(), torch.tensor([[1.0, 2.0]]).double()
    both = bounds(TWO.x, torch.cat([one, other]), 1.2)
    for bound in ("Guo", "sharper"):
        assert both[bound] == pytest.approx(bounds(TWO.x, one, 1.2)[bound] + bounds(TWO.x, other, 1.2)[bound])


@pytest.mark.parametrize("heads", [1, 3])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_the_residual_is_never_longer_than_either_bound(heads: int, noise: float):
    points = cloud(60, heads=heads)
    start = trained(points, 0.01, noise, draws.generator(5))
    order = draws.permutation(60, draws.generator(6))[:30]
    for done in removals(points, order, start, 0.01, noise, math.inf, "Guo", draws.generator(7)):
        true = float(residual(points, done, 0.01).norm())
        assert true <= done.spent["Guo"] and true <= done.spent["sharper"] and done.iterations == 0


def test_without_curvature_beyond_the_second_order_a_step_is_retraining():
    # With a huge penalty the objective is quadratic but for 1e-6 of it.
    points = cloud(40)
    start = trained(points, 1e3, 0.0, draws.generator(0))
    (done,) = removals(points, torch.tensor([3]), start, 1e3, 0.0, math.inf, "Guo", draws.generator(0))
    best, _ = minimised(points.at(done.left), start.weights, 1e3, torch.zeros_like(start.weights))
    assert torch.allclose(done.weights, best, rtol=1e-9)


def test_it_trains_again_before_the_budget_is_passed_and_then_spends_from_nothing():
    points = cloud(40)
    start = trained(points, 0.01, 1.0, draws.generator(0))
    free = [done.spent["Guo"] for done in removals(points, torch.arange(6), start, 0.01, 1.0, math.inf, "Guo",
                                                   draws.generator(0))]  # fmt: skip
    limit = (free[1] + free[2]) / 2  # the third deletion would pass it
    found = list(removals(points, torch.arange(6), start, 0.01, 1.0, limit, "Guo", draws.generator(9)))
    assert [done.iterations > 0 for done in found[:3]] == [False, False, True]
    assert all(done.spent["Guo"] <= limit for done in found) and found[2].spent["Guo"] < 1e-9
    assert not torch.equal(found[2].noise, start.noise)
    again = found[2]
    slope = gradient(points.at(again.left), again.weights, 0.01, again.noise)
    assert int(again.left.sum()) == 37 and float(slope.norm()) < 1e-9


def test_the_sharper_bound_can_keep_the_account():
    points = cloud(40)
    start = trained(points, 0.01, 1.0, draws.generator(0))
    limit = budget(1.0, 1e-4, 1.0)
    count = {
        bound: sum(done.iterations > 0 for done in removals(points, torch.arange(30), start, 0.01, 1.0, limit, bound,
                                                            draws.generator(0)))
        for bound in ("Guo", "sharper")
    }  # fmt: skip
    assert count["Guo"] > count["sharper"]


def test_the_promise_in_numbers():
    # Worked out: 2 ln(1.5 / 1e-4) = 19.23, its root 4.385; Phi(1 / (4.385 sqrt 2)) = Phi(.16125) = .5641.
    assert budget(1.0, 1e-4, 10.0) == pytest.approx(10 / 4.385, rel=1e-3)
    assert best_auc(budget(1.0, 1e-4, 1.0), 1.0) == pytest.approx(0.5641, abs=1e-4)
    assert best_auc(0.0, 1.0) == 0.5
    assert "within a factor of 2.72" in promise(1.0, 1e-4) and "exact" not in promise(1.0, 1e-4)


CASE = make("forget", "linear")


def test_the_original_is_its_own_and_each_deletion_a_step():
    ready = prepared(METHOD, CASE.original, CASE.request, Knobs())
    assert METHOD.own_original is not None
    own = METHOD.own_original(CASE.original, CASE.request, Knobs(), draws.generator(1), ready)
    assert torch.equal(flat(own), flat_rows(ready.state.start.weights, CASE.request.space))
    assert len(states(METHOD, CASE.original, CASE.request, Knobs())) == len(CASE.request.forget.y)


@pytest.mark.parametrize("order", ["random", "hardest first"])
def test_the_certificate_is_of_the_path_that_is_taken(order: str):
    knobs = Knobs(order=order, noise=0.1)  # type: ignore[arg-type]
    ready = prepared(METHOD, CASE.original, CASE.request, knobs)
    request = CASE.request
    path = [done.weights for done in _path_of(knobs, ready.state)]
    found = certificate(CASE.original, request, knobs, draws.generator(0), ready)
    last = states(METHOD, CASE.original, request, knobs)[-1]
    assert torch.equal(last["head.weight"].flatten(), flat_rows(path[-1], request.space)[:4])
    assert found.step.tolist() == list(range(9)) and found.cloud.shape == (9, 12, 6) and found.dots.shape == (2, 200, 2)
    assert found.left[0] == pytest.approx(1.0) and found.refilled.any() and not found.refilled[0]
    for name in ("Guo's bound", "sharper bound"):
        assert (found.lines[name] >= found.lines["what it is in truth"]).all()
    assert 0.5 <= found.auc < found.cap and found.auc_before > found.auc
    times = {1: "one retraining", 2: "2 retrainings"}[int(found.refilled.sum())]
    assert found.account.startswith(f"8 deletions, {times}, {100 * (1 - found.left[-1]):.0f} % of the budget used")


def _path_of(knobs: Knobs, state: State) -> list:
    from explorer.methods.certified_removal import _path

    return list(_path(CASE.request, knobs, draws.generator(0), state))


def test_it_says_what_is_promised_and_what_a_look_at_the_model_costs():
    for order, last in (("random", "of the budget used"), ("hardest first", "the promise does not cover that")):
        case = make("forget", "linear", seed=1)
        states(METHOD, case.original, case.request, Knobs(order=order))  # type: ignore[arg-type]
        said = case.request.remarks.sentences
        assert said[0].startswith("certified, epsilon 1, delta 0.0001") and last in said[-1]
        said.clear()


@pytest.mark.parametrize(
    ("knobs", "sentence"),
    [
        ({"epsilon": 2.0}, r"`method\.knobs\.epsilon` must lie in \[0\.05, 1\], got 2"),
        ({"epsilon": 0}, r"`method\.knobs\.epsilon` must lie in \[0\.05, 1\], got 0"),
        ({"delta": 0.5}, r"`method\.knobs\.delta` must lie in \[1e-08, 0\.01\], got 0\.5"),
    ],
)
def test_epsilon_and_delta_out_of_range_are_refused(knobs: dict, sentence: str):
    with pytest.raises(SpecError, match=sentence):
        Spec.parse({"method": {"name": "certified_removal", "knobs": knobs}})
