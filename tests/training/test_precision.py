"""Passes in half precision: near the exact ones, in single precision at the end, and nothing is left behind."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.models import Network, resnet18
from explorer.training import precision
from tests.models._images import filled, images


@pytest.fixture
def thin() -> Network:
    """Return a thin ResNet-18."""
    return filled(resnet18.build(resnet18.Options(width=8), (3, 32, 32), 10))


def gradient(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    slopes = torch.autograd.grad(F.cross_entropy(model(x), y), list(model.parameters()))
    return torch.cat([one.reshape(-1) for one in slopes])


def test_outputs_and_gradients_are_single_and_near_the_exact_ones(thin: Network):
    halved, x, y = copy.deepcopy(thin), images(16), torch.arange(16) % 10
    precision.pass_in_half(halved)
    exact, near = thin(x), halved(x)
    assert near.dtype == torch.float32 and not torch.equal(near, exact)
    assert (near - exact).abs().max() < 0.01 * exact.abs().max()
    slope, rounded = gradient(thin, x, y), gradient(halved, x, y)
    assert rounded.dtype == torch.float32 and F.cosine_similarity(slope, rounded, dim=0) > 0.99
    assert torch.equal(halved.features(x), thin.features(x))  # single precision where features alone are asked


def test_a_copy_passes_in_half_too_and_sees_its_own_weights_at_once(thin: Network):
    precision.pass_in_half(thin)
    other, x = copy.deepcopy(thin), images(4)
    before = thin(x)
    assert torch.equal(other(x), before)
    with torch.no_grad():
        for weight in other.parameters():
            weight.mul_(1.5)
    assert not torch.equal(other(x), before) and torch.equal(thin(x), before)


def test_a_pass_that_breaks_off_leaves_nothing_behind(thin: Network):
    precision.pass_in_half(thin)
    with pytest.raises(RuntimeError):
        thin(torch.zeros(2, 5, 32, 32))
    assert not torch.is_autocast_enabled("cpu")
    assert thin(images(2)).dtype == torch.float32 and not torch.is_autocast_enabled("cpu")
