"""Each chooser's claim on arrays made by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from explorer.data import OPTIONS, build
from explorer.data.choosers._pick import count
from explorer.data.choosing import anchor_distance, choose
from explorer.records import Data, Space, Split
from explorer.spec.catalog import CATALOG

X = np.array([[0, 0], [1, 0], [2, 0], [3, 0], [0, 9], [1, 9], [2, 9], [30, 9], [4, 9], [5, 9]], dtype=np.float32)
Y = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
SCORES = {
    "margin": np.array([5, -0.1, 3, 0.2, -9, 8, 0.3, 2, 1, 4], dtype=np.float32),
    "loss": np.array([0, 3, 0, 0, 0, 1, 0, 0, 0, 0], dtype=np.float32),
    "loss_out": np.array([0, 3, 0, 2, 0, 9, 1, 0, 0, 0], dtype=np.float32),
}


@pytest.fixture
def data() -> Data:
    split = Split(X, Y)
    scale = Space(*(np.array(pair, dtype=np.float32) for pair in ([0, 0], [1, 2], [0, 0], [30, 9])))
    return Data(split, split, split, scale, classes=2, names=("a", "b"))


def named(data: Data, name: str, seed: int = 0, **options: Any) -> list[int]:
    chosen = CATALOG.choosers[name].options.model_validate(options)
    rows = choose(name, chosen, data, SCORES, seed)
    assert rows.dtype == np.int64
    return rows.tolist()


def test_the_choosers_of_the_design_are_there():
    assert set(CATALOG.choosers) == {
        "random", "class", "subclass", "cluster", "boundary", "outliers", "mislabelled", "memorised", "threshold",
        "wedge", "points",
    }  # fmt: skip


def test_a_share_is_rounded_half_up():
    assert [count(0.25, 10), count(0.24, 10), count(0.05, 10), count(1.0, 7), count(0.0, 7)] == [3, 2, 1, 7, 0]


def test_random_is_a_share_of_all_points(data):
    rows = named(data, "random", fraction=0.4)
    assert len(rows) == 4 and rows == sorted(set(rows))


def test_random_with_a_class_is_a_share_of_that_class(data):
    rows = named(data, "random", fraction=0.5, label=1)
    assert len(rows) == 3 and set(rows) <= {4, 5, 6, 7, 8, 9}


def test_random_follows_its_own_seed_only(data):
    drawn: set[tuple[int, ...]] = set()
    options = CATALOG.choosers["random"].options
    for own in range(10):
        rows = [
            choose("random", options.model_validate({"fraction": 0.3, "seed": own}), data, {}, spec) for spec in (0, 1)
        ]
        np.testing.assert_array_equal(rows[0], rows[1])
        drawn.add(tuple(rows[0]))
    assert len(drawn) > 5


def test_a_larger_random_share_includes_a_smaller_one(data):
    assert set(named(data, "random", fraction=0.3)) < set(named(data, "random", fraction=0.6))


def test_class_is_the_whole_class(data):
    assert named(data, "class", label=0) == [0, 1, 2, 3]


def test_boundary_takes_the_smallest_margins_of_either_sign(data):
    assert named(data, "boundary", fraction=0.3) == [1, 3, 6]


def test_memorised_takes_the_largest_rise_of_the_loss(data):
    assert named(data, "memorised", fraction=0.2) == [3, 5]  # rises 2 and 8; row 1 has a high loss, but either way


def test_outliers_lie_apart_from_their_own_class(data):
    assert named(data, "outliers", fraction=0.1) == [7]


def test_a_wrong_label_inside_another_class_is_an_outlier():
    rng = np.random.default_rng(0)
    x = np.vstack([rng.normal(0, 1, (50, 2)), rng.normal(10, 1, (50, 2))]).astype(np.float32)
    y = np.repeat([0, 1], 50)
    y[60] = 0
    rows = CATALOG.choosers["outliers"].choose(
        x, y, {}, CATALOG.choosers["outliers"].options.model_validate({"fraction": 0.01}), rng
    )
    assert rows.tolist() == [60]


def test_outliers_can_be_named_where_points_coincide(data):
    same = replace(data, train=Split(np.zeros((10, 2), dtype=np.float32), Y))
    assert named(same, "outliers", fraction=0.2) == [0, 1]


def test_cluster_is_a_share_of_all_points_from_one_class_nearest_to_its_anchor(data):
    anchored = replace(data, anchors=np.array([[3, 0], [30, 9]], dtype=np.float32))
    assert named(anchored, "cluster", label=0, fraction=0.2) == [2, 3]
    assert named(anchored, "cluster", label=1, fraction=0.3) == [7, 8, 9]


def test_cluster_takes_no_more_than_the_class(data):
    anchored = replace(data, anchors=np.zeros((2, 2), dtype=np.float32))
    assert named(anchored, "cluster", label=0, fraction=0.9) == [0, 1, 2, 3]


def test_the_distance_to_the_anchor_is_in_standardised_units(data):
    anchored = replace(data, anchors=np.array([[0, 4], [0, 9]], dtype=np.float32))
    np.testing.assert_allclose(anchor_distance(anchored)[[0, 4, 5]], [2, 0, 1])  # 4 / 2, 0 / 1, 1 / 1


def test_mislabelled_takes_the_flipped_points(data):
    flipped = np.isin(np.arange(10), [2, 7])
    assert named(replace(data, mislabelled=flipped), "mislabelled") == [2, 7]


@pytest.mark.parametrize(
    ("subclass", "expected"),
    [
        ([0, 0, 0, 1, 5, 5, 5, 5, 5, 5], [3]),
        ([3, 0, 0, 0, 5, 5, 5, 5, 5, 5], [0]),
        ([1, 0, 0, 1, 5, 5, 5, 5, 5, 5], [0, 3]),  # a tie goes to the highest number
    ],
)
def test_subclass_takes_the_smallest_part_of_the_class(data, subclass, expected):
    assert named(replace(data, train=replace(data.train, subclass=np.array(subclass))), "subclass", label=0) == expected


def test_threshold_is_exclusive_and_of_all_classes_or_one(data):
    assert named(data, "threshold", column=0, above=2) == [3, 7, 8, 9]
    assert named(data, "threshold", column=0, above=2, label=0) == [3]
    assert named(data, "threshold", column=1, above=8.5) == [4, 5, 6, 7, 8, 9]


def test_wedge_is_of_one_class(data):
    assert named(data, "wedge", label=1, column=0, above=4) == [7, 9]


def test_points_are_sorted_and_counted_once(data):
    assert named(data, "points", index=[7, 2, 7]) == [2, 7]


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("random", {"fraction": 0.0}, "the request names no point"),
        ("random", {"fraction": 0.04}, "the request names no point"),
        ("random", {"fraction": 1.0}, "the request names all 10 points"),
        ("points", {}, "the request names no point"),
        ("points", {"index": list(range(10))}, "the request names all 10 points"),
        ("points", {"index": [3, 10]}, r"`request.index` must lie in \[0, 9\], got 10"),
        ("points", {"index": [-1]}, r"`request.index` must lie in \[0, 9\], got -1"),
        ("class", {"label": 2}, r"`request.label` must lie in \[0, 1\], got 2"),
        ("wedge", {"label": 7}, r"`request.label` must lie in \[0, 1\], got 7"),
        ("random", {"label": 99}, r"`request.label` must lie in \[0, 1\], got 99"),
        ("threshold", {"above": 1000}, "the request names no point"),
        ("threshold", {"above": -1000}, "the request names all 10 points"),
        ("mislabelled", {}, "no label of these data is known to be wrong"),
        ("subclass", {}, "the classes of these data have no sub-clusters"),
        ("cluster", {}, "these data have no place from which a cluster grows"),
    ],
)
def test_what_cannot_be_chosen_gets_one_sentence(data, name, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        named(data, name, **options)


def test_a_class_without_parts_gets_one_sentence(data):
    parts = replace(data, train=replace(data.train, subclass=np.array([0, 0, 0, 1, 0, 0, 0, 0, 0, 0])))
    with pytest.raises(ValueError, match="class 1 has none"):
        named(parts, "subclass", label=1)


def test_choosers_for_the_plane_refuse_images(data):
    images = Split(np.zeros((10, 3, 32, 32), dtype=np.uint8), Y)
    with pytest.raises(ValueError, match="a wedge of a class cannot be chosen among images"):
        named(replace(data, train=images), "wedge")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("random", {"fraction": 1.1}),
        ("class", {"label": -1}),
        ("threshold", {"column": 2}),
        ("points", {"index": ["a"]}),
    ],
)
def test_options_out_of_range_are_refused(name, wrong):
    with pytest.raises(ValidationError):
        CATALOG.choosers[name].options.model_validate(wrong)


@pytest.mark.parametrize("name", CATALOG.choosers)
def test_a_chooser_changes_nothing_and_repeats_itself(name):
    data = build("outlier_cluster", OPTIONS["outlier_cluster"]())
    data = replace(data, mislabelled=np.arange(400) % 9 == 0)
    scores = {key: np.cos(np.arange(400, dtype=np.float32) * step) for step, key in enumerate(SCORES, start=1)}
    before = [data.train.x.copy(), data.train.y.copy(), {key: value.copy() for key, value in scores.items()}]
    options = CATALOG.choosers[name].options.model_validate({"index": [1, 2]} if name == "points" else {})
    first, second = (choose(name, options, data, scores, 0) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(data.train.x, before[0])
    np.testing.assert_array_equal(data.train.y, before[1])
    for key, value in scores.items():
        np.testing.assert_array_equal(value, before[2][key])


def test_the_default_request_is_the_inner_tip_of_the_upper_moon():
    data = build("moons", OPTIONS["moons"]())
    rows = choose("cluster", CATALOG.choosers["cluster"].options(), data, {}, 0)
    assert len(rows) == 80 and (data.train.y[rows] == 0).all()
    kept = np.setdiff1d(np.flatnonzero(data.train.y == 0), rows)
    assert data.train.x[rows, 0].mean() > 0.6 > -0.2 > data.train.x[kept, 0].mean()


def test_the_outlier_cluster_is_what_cluster_and_subclass_find():
    data = build("outlier_cluster", OPTIONS["outlier_cluster"]())
    options = CATALOG.choosers["cluster"].options.model_validate({"label": 0, "fraction": 0.08})
    far = np.flatnonzero(data.train.subclass == 1)
    np.testing.assert_array_equal(choose("cluster", options, data, {}, 0), far)
    np.testing.assert_array_equal(choose("subclass", CATALOG.choosers["subclass"].options(), data, {}, 0), far)
