"""What a snapshot of an image model holds."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.models import compact
from explorer.recording.snapshots import main_axes, outputs, regions
from tests.models._images import filled
from tests.models._images import images as noise


def test_region_and_margin_give_class_and_confidence_back():
    logits = 4 * np.random.default_rng(0).normal(size=(500, 10)).astype(np.float32)
    region, margin = regions(logits)
    chance = torch.from_numpy(logits).softmax(dim=1).numpy()
    shown = np.exp(margin / 16.0) / (np.exp(margin / 16.0) + 9)
    assert np.array_equal(region, logits.argmax(axis=1))
    assert shown == pytest.approx(chance.max(axis=1), abs=0.01)


def test_a_margin_is_finite_where_one_class_has_all():
    region, margin = regions(np.array([[1000.0, 0.0, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32))
    assert margin.tolist() == [255, 0] and region.tolist() == [0, 0]


def test_the_main_axes_are_orthonormal_and_show_most_of_the_spread():
    rng = np.random.default_rng(0)
    features = (rng.normal(size=(200, 6)) * np.array([5, 3, 1, 1, 1, 1])).astype(np.float32)
    centre, axes = main_axes(features)
    assert torch.allclose(axes.T @ axes, torch.eye(2), atol=1e-5)
    assert np.var((features - centre.numpy()) @ axes.numpy()) > 3 * np.var(features[:, 2:])


def test_outputs_are_those_of_the_network():
    network, x = filled(compact.build(compact.Options(width=4), (3, 32, 32), 10)), noise(3)
    logits, features = outputs(network, x)
    with torch.no_grad():
        exact = network(x).numpy()
    assert logits == pytest.approx(exact, abs=0.02) and features.shape == (3, 16)
