import numpy as np
import pytest

from explorer.metrics.distances import COLLECTIVE, PAIRWISE, Outputs, against, distances, floor, spread


def model(seed, cells=True):
    rng = np.random.default_rng(seed)
    return Outputs(rng.normal(size=(12, 3)), rng.integers(0, 3, 50) if cells else None)


def test_a_model_is_at_no_distance_from_itself():
    found = distances(model(0), model(0))
    assert found == {
        "activation_distance": 0, "js_divergence": 0, "forget_agreement": 1, "disagreement_area": 0,
    }  # fmt: skip


def test_against_has_one_value_a_retrained_model_and_one_for_all_together():
    bands = against(model(0), [model(i) for i in (1, 2, 3)], model(4))
    assert set(bands) == {*PAIRWISE, *COLLECTIVE}
    assert [len(bands[name].values) for name in PAIRWISE] == [3] * 4
    assert [len(bands[name].values) for name in COLLECTIVE] == [1] * 2


def test_floor_has_one_value_a_pair_and_never_judges_a_model_by_itself():
    retrained = [model(i) for i in (1, 2, 3)]
    bands = floor(retrained, model(4))
    assert [len(bands[name].values) for name in PAIRWISE] == [3] * 4
    expected = against(retrained[0], retrained[1:], model(4))["change_recall"].values[0]
    assert bands["change_recall"].values[0] == pytest.approx(expected)


def test_the_original_has_made_no_change():
    bands = against(model(4), [model(1), model(2)], model(4))
    assert np.isnan(bands["change_precision"].mean)
    assert bands["change_recall"].mean == 0


def test_images_have_no_areas():
    bands = against(model(0, cells=False), [model(1, cells=False), model(2, cells=False)], model(4, cells=False))
    assert set(bands) == {"activation_distance", "js_divergence", "forget_agreement"}
    assert set(floor([model(1, cells=False), model(2, cells=False)], model(4, cells=False))) == set(bands)


def test_spread_has_one_value_an_original():
    retrained = [model(i) for i in (1, 2, 3)]
    bands = spread([model(5), model(6)], retrained, [model(7), model(8)])
    expected = against(model(6), retrained, model(8))["js_divergence"].mean
    assert bands["js_divergence"].values[1] == pytest.approx(expected)


def test_nothing_to_compare_with_gives_no_numbers():
    assert against(model(0, cells=False), [], model(1, cells=False)) == {}
