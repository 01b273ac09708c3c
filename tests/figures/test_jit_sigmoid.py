"""JiT's Figure 3: the closed form against the real loss, and the published picture (acceptance check 1)."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer import draws
from explorer.figures.jit_sigmoid import (
    AFTER,
    PAPER,
    SIGNS,
    Sign,
    jit_sigmoid,
    logistic,
    one_step,
)
from explorer.figures.layout import alt_text
from explorer.methods.jit import Knobs, losses
from explorer.records.read_off import FORGET, READ_OFF, STEP

ROOT_2 = 2**0.5  # both of two probabilities move, so the norm of their difference is sqrt(2) |s(x) - s(x + xi)|


class Sigmoid(nn.Module):
    """Two logits (0, w x + b): the second probability is s(x)."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones((), dtype=torch.float64))
        self.b = nn.Parameter(torch.zeros((), dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        z = self.w * x + self.b
        return torch.cat([torch.zeros_like(z), z], dim=1)


def stepped(x: float, step: float, sign: Sign, sigma: float) -> np.ndarray:
    """Return (w, b) after one step of the real loss, by autograd, in float64.

    Fifty pairs: none of them is shorter than the shortest noise, which would be divided by that instead.
    """
    knobs = Knobs(
        sigma=sigma, samples=100, out_space="probs", power=1, grad="full", noise="pairs", units="standardised",
        norm_floor=1e-6, reduction="sum",
    )  # fmt: skip
    model, unit = Sigmoid(), torch.ones(1, dtype=torch.float64)
    for part in losses(model, torch.tensor([[x]], dtype=torch.float64), knobs, unit, draws.generator(0)):
        (part / ROOT_2).backward()
    towards = step if sign == "up" else -step
    assert model.w.grad is not None and model.b.grad is not None
    return np.array([1 + towards * model.w.grad.item(), towards * model.b.grad.item()])


def height(x: float, sigmoid: np.ndarray) -> float:
    return float(logistic(sigmoid[0] * x + sigmoid[1]))


def test_seventeen_points_are_forgotten():
    expected = [0.0] + [sign * x for x in (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4) for sign in (-1, 1)]
    assert sorted(expected) == list(FORGET)


@pytest.mark.parametrize("sign", SIGNS)
def test_closed_form_is_what_autograd_of_the_real_loss_gives(sign: Sign):
    found = np.array([stepped(x, STEP, sign, 1e-3) for x in FORGET])
    assert np.abs(found - one_step(FORGET, STEP, sign)).max() <= 1e-6


def test_one_step_up_the_loss_gives_the_published_picture():
    for x, read in READ_OFF.items():
        assert height(x, stepped(x, 4.8, "up", 0.01)) == pytest.approx(read, abs=0.01)
        assert height(-x, stepped(-x, 4.8, "up", 0.01)) == pytest.approx(1 - read, abs=0.01)


def test_one_step_down_the_loss_does_not():
    for x, expected in {2.0: 0.948, 0.5: 0.570, 1.0: 0.717}.items():
        assert height(x, stepped(x, 4.8, "down", 0.01)) == pytest.approx(expected, abs=5e-4)


def boundary(x: float, sign: Sign) -> float:
    w, b = one_step([x], STEP, sign)[0]
    return -b / w


@pytest.mark.parametrize("x", [1.0, 2.0])
def test_the_boundary_comes_to_the_point_up_the_loss_and_leaves_it_down_the_loss(x: float):
    assert boundary(x, "up") > 0.1
    assert boundary(x, "down") < -0.1


def test_no_step_changes_nothing():
    assert np.array_equal(one_step(FORGET, 0.0, "up"), [[1.0, 0.0]] * 17)


@pytest.mark.parametrize("sign", SIGNS)
def test_figure_shows_every_sigmoid_and_says_which_sign(sign: Sign):
    figure = jit_sigmoid(3.0, sign)
    drawn: list[Any] = list(figure.data)
    traces = {trace.name: trace for trace in drawn}
    assert sum(trace.mode == "lines" for trace in drawn) == 18
    dots = traces[AFTER]
    expected = [height(x, sigmoid) for x, sigmoid in zip(FORGET, one_step(FORGET, 3.0, sign), strict=True)]
    assert np.allclose(dots.y, expected, atol=1e-12)
    assert (PAPER in traces) == (sign == "up")
    assert SIGNS[sign] in alt_text(figure) and "step of 3" in alt_text(figure)
