"""Descent-to-delete: its constants worked out by hand, the distance that is never passed, and what is published."""

import math

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods._shared.unit_ball import Points, flat_rows, minimised
from explorer.methods.descent_to_delete import (
    METHOD,
    Knobs,
    certificate,
    contraction,
    descend,
    distance,
    noise_for,
)
from explorer.models import flat
from explorer.spec import Spec, SpecError
from tests.methods._paths import prepared, states

CASE = make("forget", "linear")


def test_the_constants_worked_out_by_hand():
    # lam = 1/8: L = 3/8, g = (3/8 - 1/8) / (3/8 + 1/8) = 1/2. One step, 8 points: 2 * (1/2) / (1/8 * 8 * 1/2) = 2.
    assert contraction(0.125) == pytest.approx(0.5)
    assert distance(0.125, 1, 8) == pytest.approx(2.0)
    # Two steps: 2 * (1/4) / (1 * 3/4) = 2/3.
    assert distance(0.125, 2, 8) == pytest.approx(2 / 3)


def test_the_noise_worked_out_by_hand():
    # ln(1/delta) = 4, epsilon = 5: the roots are 3 and 2, so s = 2 sqrt(2) times the distance.
    assert noise_for(0.5, 5.0, math.exp(-4)) == pytest.approx(math.sqrt(2))


def test_a_step_worked_out_by_hand():
    # At w = 0 the slope of the mean loss on (1, 0) with the answer +1 is (-1/2, 0); eta = 2 / (3/8 + 1/8) = 4.
    one = Points(torch.tensor([[1.0, 0.0]]).double(), torch.tensor([[1.0]]).double())
    assert torch.allclose(descend(one, torch.zeros(1, 2).double(), 0.125), torch.tensor([[2.0, 0.0]]).double())


def test_a_step_comes_nearer_by_the_factor():
    x = draws.normal((30, 3), draws.generator(1)).double()
    points = Points(
        x / x.norm(dim=1, keepdim=True), torch.where(torch.arange(30)[:, None] % 2 == 0, 1.0, -1.0).double()
    )
    start = draws.normal((1, 3), draws.generator(2)).double()
    best, _ = minimised(points, start, 0.05, torch.zeros_like(start))
    after = descend(points, start, 0.05)
    assert float((after - best).norm()) <= contraction(0.05) * float((start - best).norm())


@pytest.mark.parametrize("classes", [2, 3])
def test_the_weights_that_are_kept_are_never_farther_than_said(classes: int):
    case = make("forget", "linear", classes=classes)
    for descents in (1, 5, 10):
        knobs = Knobs(descents=descents)
        ready = prepared(METHOD, case.original, case.request, knobs)
        found = certificate(case.original, case.request, knobs, draws.generator(0), ready)
        assert (found.lines["what it is in truth"] <= found.lines["bound"]).all()
        assert 0.5 <= found.auc < found.cap


def test_more_steps_close_the_cloud():
    width = []
    for descents in (2, 5, 20):
        knobs = Knobs(descents=descents)
        ready = prepared(METHOD, CASE.original, CASE.request, knobs)
        cloud = certificate(CASE.original, CASE.request, knobs, draws.generator(0), ready).cloud
        width.append(float(cloud[-1].std(axis=0).max()))
    assert width[0] > 2 * width[1] > 20 * width[2]


def test_what_is_published_is_what_is_kept_with_noise():
    # With so many steps the noise is below rounding: what is published is the minimum on what is left.
    knobs, request = Knobs(descents=200), CASE.request
    ready = prepared(METHOD, CASE.original, request, knobs)
    assert METHOD.own_original is not None
    own = METHOD.own_original(CASE.original, request, knobs, draws.generator(1), ready)
    assert torch.allclose(flat(own), flat_rows(ready.state.kept, request.space), atol=1e-6)
    ends = states(METHOD, CASE.original, request, knobs)
    assert len(ends) == len(request.forget.y)
    few = states(METHOD, CASE.original, request, Knobs(descents=1))
    assert (few[-1]["head.weight"] - ends[-1]["head.weight"]).norm() > 1


def test_it_says_what_is_promised_and_paid():
    case = make("forget", "linear", seed=1)
    case.request.remarks.sentences.clear()
    states(METHOD, case.original, case.request, Knobs())
    first, second = case.request.remarks.sentences
    assert first.startswith("certified, epsilon 1, delta 0.0001: any outcome is as likely as after retraining")
    assert second.startswith("8 deletions of 10 steps each, published with noise")
    assert "exact" not in first + second


@pytest.mark.parametrize(("name", "value"), [("epsilon", 0.01), ("epsilon", 11.0), ("delta", 0.0), ("delta", 1.0)])
def test_epsilon_and_delta_out_of_range_are_refused(name: str, value: float):
    with pytest.raises(SpecError, match=rf"`method\.knobs\.{name}` must lie in \["):
        Spec.parse({"method": {"name": "descent_to_delete", "knobs": {name: value}}})
