"""The compact network: its size, its whitening, its start."""

import pytest
import torch

from explorer import draws
from explorer.models import compact
from explorer.models.compact import _starting_filters
from tests.models._images import filled, images


def net(width: int = 4, classes: int = 10) -> compact.Compact:
    return compact.build(compact.Options(width=width), (3, 32, 32), classes)


def test_about_three_hundred_thousand_weights():
    assert sum(weight.numel() for weight in net(32).parameters()) == 294_370


def test_the_start_knows_no_data_and_is_an_orthonormal_basis():
    filters = _starting_filters().reshape(24, 12)
    assert torch.allclose(filters[:12] @ filters[:12].T, torch.eye(12), atol=1e-6)
    assert torch.equal(filters[12:], -filters[:12])


def test_whitening_gives_every_axis_variance_one():
    model, x = net(), images(50)
    mixed = x + x.roll(1, dims=1) + 0.5 * x.roll(1, dims=3)  # channels and neighbours that depend on each other
    model.prime(mixed)
    seen = torch.nn.functional.conv2d(mixed, model.whitening)[:, :12].transpose(0, 1).flatten(1)
    assert torch.allclose(torch.cov(seen), torch.eye(12), atol=0.05)


def test_resetting_forgets_the_whitening():
    model = net()
    model.prime(images(10))
    model.reset(draws.generator(0))
    assert torch.equal(model.whitening, _starting_filters())


def test_convolutions_start_as_the_identity_on_their_first_channels():
    model = filled(net())
    first = model.groups[1].first.weight.detach()  # type: ignore[union-attr]  # a group's convolution
    x = images(2)[:, :1].repeat(1, 4, 1, 1)
    assert torch.allclose(torch.nn.functional.conv2d(x, first, padding=1)[:, :4], x, atol=1e-6)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"compact takes images of shape \(3, 32, 32\), got \(1, 28, 28\)"):
        compact.build(compact.Options(), (1, 28, 28), 10)
