"""The ghost: one gradient step on a point prints it, and a balance of gradients gives it away; worked out by hand."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector

from explorer.audits import Handed, Subject, reconstruction
from explorer.models import load_flat
from explorer.training import Examples, Training
from explorer.training.stack import Layout, Row, train_many
from tests.audits._subjects import subject


@pytest.mark.parametrize("widths", [[], [4], [4, 3]])
def test_one_step_on_the_point_alone_prints_it(widths: list[int]):
    given = subject(widths=widths, forget=1)
    model = given.copied()
    load_flat(model, torch.from_numpy(given.original))
    F.cross_entropy(model(given.before.x[:1]), given.before.y[:1]).backward()
    slope = parameters_to_vector([one.grad for one in model.parameters() if one.grad is not None]).numpy()
    ghost = reconstruction.ghosts(given, (given.original + 0.1 * slope).astype(np.float32)[None])[0]
    np.testing.assert_allclose(ghost, given.space.restore(given.before.x[0].numpy()), atol=1e-3)


def test_the_ghost_is_the_weights_change_over_the_biases_change():
    given = subject(widths=[], forget=1)
    moved = given.original.astype(np.float64).copy()
    moved[:4] += [0.5, 1.0, 0.0, 0.0]  # W of class 0
    moved[4:] += [0.5, 0.0]  # b of class 0
    # .5 * (.5, 1) / .25 = (1, 2) standardised, in data units twice that and 1 more
    np.testing.assert_allclose(reconstruction.ghosts(given, moved.astype(np.float32)[None])[0], [3.0, 5.0], atol=1e-5)


def test_where_no_weight_moved_there_is_no_ghost():
    given = subject(forget=1)
    assert np.isnan(reconstruction.run(given, given.original[None])["error"]).all()
    picture = reconstruction.picture(given, given.original)
    assert picture.ghosts == () and "no ghost" in picture.note


def test_chance_is_the_median_distance_of_the_other_points():
    given = subject(forget=1, n=4)
    points = given.space.restore(given.before.x.numpy())
    expected = np.median(np.linalg.norm(points[1:] - points[0], axis=1))
    assert reconstruction.run(given, given.retrained)["chance"] == pytest.approx([expected] * 2)


@cache
def converged() -> tuple[Subject, np.ndarray]:
    """Return a subject whose original was trained to its end, and the same trained without the first point."""
    given = subject(widths=[], forget=1)
    layout = Layout(2, (), 2, "tanh")
    left = torch.ones(20)
    left[0] = 0.0
    training = Training(optimizer="lbfgs", weight_decay=0.01, steps=500)
    rows = [Row(0, 0, 0, torch.ones(20)), Row(0, 0, 0, left)]
    before, after = train_many(layout, [given.before], rows, training)[0].numpy()
    others = Examples(given.before.x[1:], given.before.y[1:])  # of what is kept the balance is exact
    handed = Handed(public_points=others, weight_decay=0.01)
    return subject(widths=[], forget=1, original=before, handed=handed), after


def test_two_converged_models_and_the_other_points_give_the_point_away():
    asked, after = converged()
    assert reconstruction.run(asked, after[None])["error"][0] < 0.02
    plain = replace(asked, handed=Handed())
    assert reconstruction.run(plain, after[None])["error"][0] > 0.2


def test_a_step_on_the_point_alone_prints_it_where_the_original_had_converged_too():
    asked, _ = converged()
    model = asked.copied()
    load_flat(model, torch.from_numpy(asked.original))
    F.cross_entropy(model(asked.before.x[:1]), asked.before.y[:1]).backward()
    slope = parameters_to_vector([one.grad for one in model.parameters() if one.grad is not None]).numpy()
    point = asked.space.restore(asked.before.x[0].numpy())
    for step in (0.001, 0.01, 0.1, 1.0):  # a small one stays near the original, and so does its public gradient
        moved = (asked.original.astype(np.float64) + step * slope).astype(np.float32)
        np.testing.assert_allclose(reconstruction.ghosts(asked, moved[None])[0], point, atol=0.01)


def test_a_converged_original_that_did_not_move_has_no_ghost():
    asked, _ = converged()
    assert np.isnan(reconstruction.run(asked, asked.original[None])["error"]).all()
    picture = reconstruction.picture(asked, asked.original)
    assert picture.ghosts == () and "no ghost" in picture.note
