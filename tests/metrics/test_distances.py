import numpy as np
import pytest

from explorer.metrics import change, distances, hardness


def outputs(seed, *leading):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(*leading, 12, 3)), rng.integers(0, 3, (*leading, 50))


def test_a_model_is_at_no_distance_from_itself():
    logits, classes = outputs(0)
    assert distances(logits, logits, classes, classes) == {
        "activation_distance": 0, "js_divergence": 0, "forget_agreement": 1, "disagreement_area": 0,
    }  # fmt: skip


def test_distances_of_one_pair_are_plain_floats():
    (a, regions), (b, others) = outputs(0), outputs(1)
    numbers = {**distances(a, b, regions, others), **change(regions, others, np.stack([regions, others]))}
    assert all(isinstance(value, float) for value in numbers.values())
    assert all(isinstance(value, float) for value in distances(a[:0], b[:0]).values())


def test_images_have_no_areas():
    assert set(distances(outputs(0)[0], outputs(1)[0])) == {"activation_distance", "js_divergence", "forget_agreement"}


def test_a_path_against_all_retrained_models_is_one_table():
    (path, areas), (retrained, regions) = outputs(0, 5), outputs(1, 3)
    table = distances(path[:, None], retrained[None], areas[:, None], regions[None])
    single = distances(path[4], retrained[2], areas[4], regions[2])
    assert {name: value.shape for name, value in table.items()} == dict.fromkeys(single, (5, 3))
    assert {name: value[4, 2] for name, value in table.items()} == pytest.approx(single)


def test_the_original_has_made_no_change():
    original, retrained = np.array([0, 0, 1, 1]), np.array([[0, 1, 1, 1], [0, 1, 1, 1]])
    found = change(original, original, retrained)
    assert np.isnan(found["change_precision"])
    assert found["change_recall"] == 0


def test_the_change_of_a_path_is_one_number_a_step():
    original, retrained = np.array([0, 0, 1, 1]), np.array([[0, 1, 1, 1], [0, 1, 1, 1]])
    path = np.array([[0, 0, 1, 1], [1, 1, 1, 1], [0, 1, 1, 1]])
    found = change(path, original, retrained)
    np.testing.assert_array_equal(found["change_precision"], [np.nan, 0.5, 1])
    np.testing.assert_array_equal(found["change_recall"], [0, 1, 1])


def test_hardness_worked_out_by_hand():
    original = np.log([[0.95, 0.05], [0.6, 0.4]])
    never_saw = np.log([[[0.5, 0.5], [0.5, 0.5]], [[0.25, 0.75], [0.25, 0.75]]])
    found = hardness(original, never_saw, np.array([0, 0]))
    assert found["near_boundary"] == 0.5
    assert found["loss_unseen"] == pytest.approx((np.log(2) + np.log(4)) / 2)
    assert found["loss_gap"] == pytest.approx((np.log(2) + np.log(4)) / 2 - (-np.log(0.95) - np.log(0.6)) / 2)


def test_hardness_of_no_points_is_not_defined():
    assert all(np.isnan(value) for value in hardness(np.zeros((0, 2)), np.zeros((3, 0, 2)), np.zeros(0, int)).values())
