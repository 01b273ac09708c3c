"""What holds for every toy data set; each file is found by itself."""

import inspect

import numpy as np
import pytest

from explorer.data.toys import TOYS

EVERY = pytest.mark.parametrize("name", TOYS)


def test_the_sets_of_the_design_are_there():
    assert set(TOYS) == {
        "moons", "circles", "blobs", "two_gaussians", "spirals", "xor", "overlapping", "outlier_cluster",
    }  # fmt: skip


@EVERY
@pytest.mark.parametrize("n", [20, 21, 400])
def test_shapes_types_and_balance(name, n):
    x, y = TOYS[name].make(n, 0.3, 0)
    assert x.shape == (n, 2) and x.dtype == np.float32 and np.isfinite(x).all()
    assert y.shape == (n,) and y.dtype == np.int64
    counts = np.bincount(y, minlength=2)
    slack = {"overlapping": 0.1 * n + 1, "two_gaussians": 3}.get(name, 1)  # flipped labels; two planted points
    assert counts.max() - counts.min() <= slack


@EVERY
def test_the_same_arguments_give_the_same_points(name):
    first, second = TOYS[name].make(60, 0.3, 5), TOYS[name].make(60, 0.3, 5)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


@EVERY
def test_another_seed_or_size_shares_no_point(name):
    draw = getattr(TOYS[name], "unplanted", TOYS[name].make)
    drawn = {tuple(row) for row in draw(60, 0.3, 5)[0]}
    for other in (draw(60, 0.3, 6), draw(61, 0.3, 5)):
        assert not drawn & {tuple(row) for row in other[0]}


@EVERY
def test_noise_scales_the_same_draws(name):
    x0, y0 = TOYS[name].make(60, 0.0, 5)
    x1, y1 = TOYS[name].make(60, 0.5, 5)
    x2, y2 = TOYS[name].make(60, 1.0, 5)
    np.testing.assert_allclose(x2 - x0, 2 * (x1 - x0), atol=1e-5)
    np.testing.assert_array_equal(y0, y1)
    np.testing.assert_array_equal(y0, y2)


# The far cluster of outlier_cluster is tighter on purpose; tests/toy_data/test_geometry.py looks at it.
@pytest.mark.parametrize("name", sorted(set(TOYS) - {"outlier_cluster"}))
def test_noise_is_the_standard_deviation_in_both_columns(name):
    draw = getattr(TOYS[name], "unplanted", TOYS[name].make)
    moved = draw(20_000, 0.5, 0)[0] - draw(20_000, 0.0, 0)[0]
    np.testing.assert_allclose(moved.std(axis=0), 0.5, rtol=0.02)  # 0.5 per cent is one standard error


@EVERY
def test_the_global_generator_is_left_alone(name):
    np.random.seed(0)
    expected = np.random.random()
    np.random.seed(0)
    TOYS[name].make(60, 0.3, 5)
    assert np.random.random() == expected


# The anchors of the others lie between the blobs, far from any point where there is little noise.
@pytest.mark.parametrize("name", ["moons", "circles", "spirals", "outlier_cluster"])
def test_every_class_has_an_anchor_among_its_points(name):
    toy = TOYS[name]
    x, y = toy.make(2000, 0.1, 0)
    for label, anchor in enumerate(toy.anchors()):
        assert np.linalg.norm(x[y == label] - anchor, axis=1).min() < 0.1


@EVERY
def test_the_ranges_declare_every_further_option(name):
    toy = TOYS[name]
    options = set(inspect.signature(toy.make).parameters) - {"n", "noise", "seed"}
    assert options == set(toy.RANGES) - {"n", "noise", "seed"}
    for option in options:
        assert inspect.signature(toy.make).parameters[option].default == toy.RANGES[option]["default"]
        assert toy.RANGES[option]["title"] and toy.RANGES[option]["help"].endswith(".")
