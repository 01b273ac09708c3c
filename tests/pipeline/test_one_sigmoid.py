"""JiT's own file on one sigmoid makes the step that the closed form gives."""

import numpy as np
import pytest

from explorer import pipeline
from explorer.figures.jit_sigmoid import one_step
from explorer.records.read_off import FORGET, STEP


@pytest.mark.parametrize(("sign", "way"), [("ascent", "up"), ("descent", "down")])
def test_it_agrees_with_the_closed_form(sign, way):
    found = pipeline.one_sigmoid(FORGET, STEP, sign, seed=1)
    assert np.allclose(found, one_step(np.array(FORGET), STEP, way), atol=0.01)


def test_a_seed_gives_the_same_noise_again():
    one, again, other = (pipeline.one_sigmoid((1.0,), STEP, "ascent", seed) for seed in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other)
