"""The way through weights: ends, barrier and nearest place, worked out by hand."""

import numpy as np
import pytest

from explorer.audits import weight_path
from explorer.audits.weight_path import AT
from explorer.figures.weight_path import weight_path as drawn
from explorer.pipeline.audits.numbers import audits_of_original
from tests.audits._subjects import subject, weights


def test_the_way_passes_through_both_models_and_goes_half_as_far_beyond():
    given, end = subject(), weights(7, [4])
    way = weight_path.way(given, end)
    assert (AT[0], AT[-1], len(AT)) == (-0.5, 1.5, 41)
    np.testing.assert_allclose(way[AT == 0][0], given.original)
    np.testing.assert_allclose(way[AT == 1][0], end)
    np.testing.assert_allclose(way[-1], 1.5 * end - 0.5 * given.original, rtol=1e-5)


def test_the_barrier_is_the_height_above_the_straight_line_between_the_ends():
    hill = np.where(AT == 0.5, 3.0, 1.0 + AT)  # the line is at 1.5 half-way
    assert weight_path.barrier(hill) == pytest.approx(1.5)


def test_what_lies_beyond_the_ends_is_no_barrier():
    assert weight_path.barrier(np.where(AT > 1, 9.0, 1.0)) == pytest.approx(0.0)
    assert weight_path.barrier(2 - AT * (1 - AT)) == pytest.approx(0.0)  # a valley


def test_a_way_that_ends_beyond_the_retrained_models_is_nearest_to_them_before_its_end():
    given, goal = subject(), weights(7, [4])
    beyond = given.original + 2 * (goal - given.original)
    area = np.stack(np.meshgrid(np.linspace(-2, 4, 80), np.linspace(-2, 4, 80)), axis=-1).reshape(-1, 2)
    asked = subject(retrained=goal[None], area=area.astype(np.float32))
    assert weight_path.run(asked, beyond[None])["nearest"][0] == pytest.approx(0.5)


def test_of_places_that_are_equally_near_the_one_next_to_the_end_is_named():
    area = np.where((AT >= 0.2) & (AT <= 0.6), 0.1, 0.3)
    assert weight_path.nearest(area) == 0.6
    assert weight_path.nearest(np.where(AT >= 1.2, 0.0, 0.1)) == 1.2
    assert weight_path.nearest(np.zeros(41)) == 1.0


def test_where_no_weight_moved_no_place_is_nearest():
    given = subject()
    still, moved = weight_path.run(given, np.stack([given.original, weights(7, [4])]))["nearest"]
    assert np.isnan(still) and -0.5 <= moved <= 1.5
    picture = weight_path.picture(given, given.original)
    assert "no weight moved" in picture.note and "nearest" not in picture.note
    assert np.isnan(picture.arrays["nearest"]).all()
    figure = drawn({"Still": picture.arrays["area"]}, picture.at, {"Still": float("nan")}, panel="p")
    told = figure.to_dict()["layout"]["meta"]["alt"]
    assert len(figure.to_dict()["data"]) == 1 and "nearest" not in told


def test_an_original_has_a_barrier_of_0_by_definition_and_no_nearest_place():
    assert weight_path.AUDIT.zero == {"barrier"}
    assert audits_of_original(["weight_path"]) == {"weight_path": {"barrier": 0.0, "nearest": None}}


def test_a_retrained_model_is_not_held_against_itself():
    given = subject()
    first, second = given.retrained
    found = weight_path.areas(given, second[None], first)
    assert found[0] == 0.0
