"""DUI: its two criteria on points made by hand, and its steps against those of influence."""

import copy
import itertools

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods import dui, influence_1, influence_2
from explorer.methods._method import Meter, Request
from explorer.methods._shared import curvature
from explorer.methods._shared.flat import Flat
from explorer.methods._shared.independence import Independence, criterion
from explorer.methods.dui import METHOD, Knobs, Objective, capped
from explorer.models import flat as weights_of
from tests.methods._corrections import correction
from tests.methods._hand import linear


def measured(weight: list[list[float]], request: Request) -> float:
    """Return R of a linear model."""
    flat = Flat(linear(weight), "all", Meter())
    found = criterion(request, 64, draws.generator(0))
    found.refresh(flat, flat.start)
    return float(found.value(flat, flat.start))


ROWS = [((0.1 * i, 0.2 * i - 2), i % 2) for i in range(20)]
ERASED = [((x, 0.0), label) for (x, _), label in ROWS]


def test_a_model_blind_to_the_erased_column_has_no_dependence():
    request = correction(ROWS, ERASED, [((0, 1), 0), ((3, -1), 1)], "erase_feature")
    blind, seeing = measured([[1, 0], [-1, 0]], request), measured([[0, 1], [0, -1]], request)
    # Not exactly 0: among finitely many probes the other column goes with the erased one a little, by chance.
    assert blind < 0.05 * seeing
    assert measured([[0, 0], [0, 0]], request) == pytest.approx(0, abs=1e-8)


def test_probes_keep_the_rest_of_their_row_and_take_values_from_everywhere():
    request = correction(ROWS[:3], ERASED[:3], [((9, 5), 0)], "erase_feature")
    group = criterion(request, 200, draws.generator(0))._groups[0]
    assert set(group.x[:, 0].tolist()) == set(request.corrected.x[:, 0].tolist())
    assert set(group.x[:, 1].tolist()) == {*request.forget.x[:, 1].tolist(), 5.0}


def labels(corrected: int) -> Request:
    """Return 10 wrong labels among points to whose label the second column is a perfect clue."""
    wrong = [((0.1 * i, 1.0), 1 - corrected) for i in range(10)]
    right = [((0.1 * i, 1.0), corrected) for i in range(10)]
    rest = [((0.1 * i, 0.0), corrected) for i in range(10)]
    return correction(wrong, right, rest)


def test_residuals_that_tell_who_was_affected_are_seen():
    """The first column says nothing of who was affected, the second says it all."""
    assert measured([[1, 0], [0, 0]], labels(0)) == pytest.approx(0, abs=1e-7)
    assert measured([[0, 3], [0, 0]], labels(0)) > 0.05


def test_a_class_with_too_few_rows_on_either_side_is_left_out():
    few = correction([((0.0, 1.0), 1)] * 7, [((0.0, 1.0), 0)] * 7, [((0.0, 0.0), 0)] * 20)
    assert measured([[0, 3], [0, 0]], few) == 0.0


@pytest.mark.parametrize("kind", ["correct_labels", "erase_feature"])
def test_without_independence_one_step_is_that_of_influence(kind):
    case = make(kind)
    first, second = Knobs(mode="first order", lambda_i=0.0), Knobs(mode="second order", lambda_i=0.0)
    pairs = [(first, influence_1, influence_1.Knobs()), (second, influence_2, influence_2.Knobs())]
    for knobs, other, same in pairs:
        (model,) = METHOD.unlearn(case.original, case.request, knobs, draws.generator(0))
        (expected,) = other.METHOD.unlearn(case.original, case.request, same, draws.generator(0))
        assert torch.allclose(weights_of(model), weights_of(expected), atol=1e-5)


def test_the_criterion_joins_the_step_with_its_weight():
    case = make("erase_feature")

    def moved(weight: float) -> torch.Tensor:
        knobs = Knobs(mode="first order", lambda_i=weight)
        (model,) = METHOD.unlearn(case.original, case.request, knobs, draws.generator(0))
        return weights_of(model) - weights_of(case.original)

    of_criterion = moved(1.0) - moved(0.0)
    assert of_criterion.norm() > 1e-6
    assert torch.allclose(moved(3.0) - moved(0.0), 3 * of_criterion, atol=1e-6)


@pytest.mark.parametrize(("kind", "weight"), [("correct_labels", 0.0), ("erase_feature", 1.0)])
def test_left_open_the_weight_is_that_of_the_kind(kind, weight):
    case = make(kind)
    paths = []
    for given in (None, weight):
        path = METHOD.unlearn(case.original, case.request, Knobs(lambda_i=given, steps=2), draws.generator(0))
        paths.append([weights_of(model) for model in path])
    assert all(torch.equal(one, other) for one, other in zip(*paths, strict=True))


def test_the_gradient_is_that_of_the_whole_objective():
    case = make("erase_feature")
    flat = Flat(copy.deepcopy(case.original), "all", Meter())
    objective = Objective(flat, case.request, Knobs(decay=0.1), draws.generator(0))
    objective.refresh(flat.start)
    direction = draws.normal(flat.start.shape, draws.generator(1))
    direction /= direction.norm()
    slope = (objective.value(flat.start + 0.01 * direction) - objective.value(flat.start - 0.01 * direction)) / 0.02
    assert float(objective.gradient(flat.start) @ direction) == pytest.approx(slope, rel=1e-2, abs=1e-4)


@pytest.mark.parametrize("kind", ["correct_labels", "erase_feature"])
def test_every_step_that_is_kept_lowers_the_loss(kind):
    """Without R, whose kernels change from step to step, the loss falls along the whole path."""
    case = make(kind)
    knobs = Knobs(lambda_i=0.0)
    flat = Flat(copy.deepcopy(case.original), "all", Meter())
    objective = Objective(flat, case.request, knobs, draws.generator(0))
    path = METHOD.unlearn(case.original, case.request, knobs, draws.generator(0))
    values = [objective.value(flat.start), *(objective.value(weights_of(model)) for model in path)]
    assert len(values) > 2
    assert all(later < earlier for earlier, later in itertools.pairwise(values))


def test_a_step_uphill_is_taken_back_with_more_damping(monkeypatch):
    case = make("correct_labels")
    tried = []

    def solve(self, gradient, damping):
        tried.append(damping)
        return -gradient if len(tried) < 3 else 1e-3 * gradient

    monkeypatch.setattr(curvature.GaussNewton, "solve", solve)
    path = METHOD.unlearn(case.original, case.request, Knobs(delta=0.3, decay=0.0, steps=2), draws.generator(0))
    assert len([None for _ in path]) == 2
    # Twice back (times 3), kept (divided by 3), then kept at once.
    assert tried == pytest.approx([0.3, 0.9, 2.7, 0.9])


def test_it_ends_where_no_step_lowers_the_loss(monkeypatch):
    case = make("correct_labels")
    monkeypatch.setattr(curvature.GaussNewton, "solve", lambda self, gradient, damping: -gradient)
    assert list(METHOD.unlearn(case.original, case.request, Knobs(), draws.generator(0))) == []


def test_it_ends_where_dependence_cannot_be_told_from_chance(monkeypatch):
    case = make("erase_feature")
    monkeypatch.setattr(Independence, "looks_gone", lambda *_: True)
    assert list(METHOD.unlearn(case.original, case.request, Knobs(), draws.generator(0))) == []
    assert list(METHOD.unlearn(case.original, case.request, Knobs(lambda_i=0.0), draws.generator(0)))


def test_in_large_networks_a_step_is_at_most_a_tenth_of_the_weights(monkeypatch):
    step, weights = torch.tensor([3.0, 4.0]), torch.tensor([6.0, 8.0])
    assert torch.equal(capped(step, weights), step)
    monkeypatch.setattr(dui, "DENSE", 2)
    assert torch.allclose(capped(step, weights), torch.tensor([0.6, 0.8]))
    assert torch.equal(capped(step / 10, weights), step / 10)


def test_a_large_network_runs_by_products_alone(monkeypatch):
    monkeypatch.setattr(dui, "DENSE", 0)
    monkeypatch.setattr(curvature, "DENSE", 0)
    case = make("correct_labels", "conv")
    before = weights_of(case.original)
    path = METHOD.unlearn(case.original, case.request, Knobs(steps=3, scope="last block"), draws.generator(0))
    for model in path:
        step = weights_of(model) - before
        assert 0 < step.norm() <= 0.101 * before.norm()
        before = weights_of(model)
