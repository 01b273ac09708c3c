"""Coordinates worked out by hand, mostly at noise 0."""

import numpy as np
import pytest

from toy_data import blobs, circles, moons, outlier_cluster, overlapping, spirals, two_gaussians, xor


def places(x: np.ndarray) -> set[tuple[float, float]]:
    return {(round(float(a), 2) + 0.0, round(float(b), 2) + 0.0) for a, b in x}


def test_moons_are_half_circles():
    x, y = moons.make(400, 0.0, 0)
    upper, lower = x[y == 0], x[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, atol=1e-6)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1, atol=1e-6)
    assert upper[:, 1].min() >= 0 and lower[:, 1].max() <= 0.5


def test_moons_are_evenly_covered():
    x, y = moons.make(400, 0.0, 0)
    for label, along in ((0, x[:, 0]), (1, 1 - x[:, 0])):
        angle = np.sort(np.arccos(np.clip(along[y == label], -1, 1)))
        np.testing.assert_array_equal(np.floor(angle / np.pi * 200 * (1 - 1e-6) + 1e-3), np.arange(200))


def test_the_order_of_rows_says_nothing_of_the_place():
    x, y = moons.make(2000, 0.0, 0)
    first = x[y == 0][:500]
    assert abs(first[:, 0].mean()) < 0.1  # three standard errors of the mean of cos(a), whose deviation is .71


def test_the_inner_tip_of_each_moon_lies_inside_the_other():
    np.testing.assert_allclose(moons.anchors(), [[1, 0], [0, 0.5]], atol=1e-7)
    assert np.hypot(1 - 1, 0 - 0.5) < 1 and np.hypot(0, 0.5) < 1


def test_circles_have_their_radii():
    x, y = circles.make(100, 0.0, 0, factor=0.25)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y == 0, 1, 0.25), atol=1e-6)


@pytest.mark.parametrize(
    ("classes", "centres"),
    [
        (2, [(-2, -2), (2, 2)]),
        (3, [(-2, -2), (2.73, -0.73), (-0.73, 2.73)]),
        (4, [(-2, -2), (2, -2), (2, 2), (-2, 2)]),
        (5, [(-2, -2), (1.28, -2.52), (2.79, 0.44), (0.44, 2.79), (-2.52, 1.28)]),
    ],
)
def test_blobs_stand_on_a_circle(classes, centres):
    x, y = blobs.make(40, 0.0, 0, classes=classes)
    for label, centre in enumerate(centres):
        np.testing.assert_allclose(x[y == label], np.tile(centre, (np.sum(y == label), 1)), atol=0.006)
    assert blobs.classes(classes=classes) == classes
    assert blobs.subclasses(40, 0.0, 0, classes=classes) is None


@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_the_second_cluster_is_of_class_0_in_the_middle_and_as_large_as_the_others(classes):
    n = 12 * (classes + 1)
    x, y = blobs.make(n, 0.0, 0, classes=classes, second_cluster=True)
    second = blobs.subclasses(n, 0.0, 0, classes=classes, second_cluster=True)
    assert second is not None and second.sum() == 12
    assert (x[second == 1] == 0).all() and (y[second == 1] == 0).all()
    assert np.bincount(y).tolist() == [24] + [12] * (classes - 1)
    np.testing.assert_array_equal(blobs.anchors(classes=classes, second_cluster=True), np.zeros((classes, 2)))


def test_two_gaussians_have_the_centres_of_the_figure():
    x, y = two_gaussians.make(2002, 1.0, 0)
    np.testing.assert_allclose(x[:-2][y[:-2] == 0].mean(axis=0), [-2, -1.7], atol=0.15)
    np.testing.assert_allclose(x[:-2][y[:-2] == 1].mean(axis=0), [2.2, 2.1], atol=0.15)
    assert two_gaussians.RANGES["n"]["default"] == 200 and two_gaussians.RANGES["noise"]["default"] == 1


@pytest.mark.parametrize(("n", "noise", "seed"), [(200, 1.0, 0), (20, 0.0, 3), (401, 2.0, 9)])
def test_the_two_forget_points_of_the_figure_are_planted(n, noise, seed):
    x, y = two_gaussians.make(n, noise, seed)
    np.testing.assert_array_equal(x[-2:], np.array([[0.6, 0.1], [1.25, 2.2]], dtype=np.float32))
    assert y[-2:].tolist() == [1, 1]


def test_unplanted_points_have_none_of_them():
    x, _ = two_gaussians.unplanted(2000, 1.0, 0)
    for place in (two_gaussians.GAP, two_gaussians.INNER):
        assert not (x == np.array(place, dtype=np.float32)).all(axis=1).any()


def test_spirals_are_turned_by_half_a_circle_and_end_at_their_tips():
    x, y = spirals.make(400, 0.0, 0, turns=1.5)
    radius = np.hypot(*x.T)
    assert radius.min() >= 0.2 - 1e-6 and radius.max() <= 2 + 1e-6
    turned = np.where((y == 0)[:, None], x, -x)
    angle = 2 * np.pi * 1.5 * radius / 2
    np.testing.assert_allclose(turned, radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1), atol=1e-5)
    np.testing.assert_allclose(spirals.anchors(turns=1.0), [[2, 0], [-2, 0]], atol=1e-6)


def test_xor_has_four_corners_and_two_parts_a_class():
    x, y = xor.make(40, 0.0, 0)
    part = xor.subclasses(40, 0.0, 0)
    assert places(x[y == 0]) == {(-1, -1), (1, 1)} and places(x[y == 1]) == {(-1, 1), (1, -1)}
    np.testing.assert_array_equal(part, x[:, 0] > 0)


@pytest.mark.parametrize(("flip", "wrong"), [(0.0, 0), (0.1, 40), (0.25, 100), (0.5, 200)])
def test_a_share_of_the_labels_is_flipped_and_known(flip, wrong):
    x, y = overlapping.make(400, 0.0, 0, flip=flip)
    flipped = overlapping.flipped(400, 0.0, 0, flip=flip)
    assert flipped.sum() == wrong
    np.testing.assert_array_equal(y, (x[:, 0] > 0) ^ flipped)


def test_the_outlier_cluster_is_small_far_and_of_class_0():
    x, y = outlier_cluster.make(400, 0.0, 0, share=0.1)
    far = outlier_cluster.subclasses(400, 0.0, 0, share=0.1) == 1
    assert far.sum() == 40 and (y[far] == 0).all()
    assert (
        places(x[far]) == {(1.5, 3)} and places(x[y == 1]) == {(1.5, -1)} and places(x[(y == 0) & ~far]) == {(-1.5, -1)}
    )
    np.testing.assert_array_equal(outlier_cluster.anchors()[0], [1.5, 3])


def test_the_outlier_cluster_is_half_as_wide():
    far = outlier_cluster.subclasses(20_000, 1.0, 0, share=0.3) == 1
    moved = outlier_cluster.make(20_000, 1.0, 0, share=0.3)[0] - outlier_cluster.make(20_000, 0.0, 0, share=0.3)[0]
    assert moved[far].std() == pytest.approx(0.5, rel=0.03) and moved[~far].std() == pytest.approx(1, rel=0.03)
