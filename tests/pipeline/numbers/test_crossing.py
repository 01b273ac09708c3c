"""How far a boundary lies from a point, by hand, and along the line of a request for one point."""

import math

import numpy as np
import pytest

from explorer import pipeline
from explorer.pipeline.numbers.crossing import ALONG, crossing
from explorer.spec import Spec


def margins(values: np.ndarray) -> np.ndarray:
    return np.stack([np.zeros_like(values), values], axis=1)


def test_the_nearest_place_where_class_1_turns_into_class_0():
    assert crossing(margins(0.3 - ALONG)) == pytest.approx(0.3, abs=1e-5)
    twice = np.select([ALONG < -2, ALONG < 1], [1.0, -1.0], 5 - ALONG)  # at -2 and at 5
    assert crossing(margins(twice)) == pytest.approx(-2, abs=1e-2)


def test_without_a_boundary_it_is_not_defined():
    assert math.isnan(crossing(margins(np.ones_like(ALONG))))
    assert math.isnan(crossing(margins(ALONG)))  # class 0 turns into class 1


def spec(index: list[int], epochs: int) -> Spec:
    return Spec.parse({
        "data": {"name": "two_gaussians", "n": 60}, "request": {"choose": "points", "index": index},
        "training": {"steps": 60}, "evaluation": {"retrained_seeds": 2},
        "method": {"name": "jit", "knobs": {"samples": 4, "epochs": epochs}},
    })  # fmt: skip


def test_a_method_that_does_nothing_does_not_move_it():
    assert pipeline.boundary_moved(pipeline.Run(spec([58], 0)), (-2.0, -1.7), "unlearned") == 0


def test_more_than_one_point_is_refused():
    with pytest.raises(ValueError, match="must name one point, got 2"):
        pipeline.boundary_moved(pipeline.Run(spec([57, 58], 1)), (-2.0, -1.7), "unlearned")
