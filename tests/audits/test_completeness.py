"""Completeness: the share of what retraining takes, and a ring a point, by hand."""

import numpy as np
import pytest

from explorer.audits import Handed, completeness
from tests.audits._subjects import subject, weights


def test_rings_say_above_inside_or_below_the_widened_band():
    many = np.linspace(0, 1, 101)[:, None].repeat(4, axis=1)  # 5 % and 95 % are .05 and .95, the band [0, 1]
    low, high = completeness.band(many)
    np.testing.assert_allclose([low, high], [[0.0] * 4, [1.0] * 4], atol=1e-12)
    narrow = np.full((64, 4), 0.5)  # [.45, .55]
    assert completeness.rings(np.array([0.56, 0.54, 0.46, 0.44]), narrow).tolist() == [1, 0, 0, -1]


def test_c_is_0_for_the_original_and_1_for_the_mean_of_retrained():
    many = np.stack([weights(seed, [4]) for seed in (10, 11, 12)])
    given = subject(handed=Handed(retrained_64=many))
    found = completeness.run(given, np.concatenate([given.original[None], many]))
    assert found["c"][0] == 0.0
    assert found["c"][1:].mean() == pytest.approx(1.0)
    for name in ("inside", "above", "below"):
        assert ((found[name] >= 0) & (found[name] <= 1)).all()
    np.testing.assert_allclose(found["inside"] + found["above"] + found["below"], 1.0)


def test_where_retraining_takes_nothing_the_share_is_not_defined():
    given = subject()
    asked = subject(handed=Handed(retrained_64=given.original[None].repeat(3, axis=0)))
    assert np.isnan(completeness.run(asked, given.retrained)["c"]).all()
