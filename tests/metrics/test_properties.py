"""Hold the numbers to SciPy's on drawn logits; skipped where hypothesis is not installed."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
from scipy.special import rel_entr, softmax

pytest.importorskip("hypothesis", reason="hypothesis is not installed (it comes with the extra `test`)")

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from explorer.metrics import js_divergence, outputs

LOGITS = hnp.arrays(np.float64, (7, 3), elements=st.floats(-30, 30))
LABELS = np.array([0, 1, 2, 0, 1, 2, 0])


@given(LOGITS)
def test_log_softmax_agrees_with_scipy(logits):
    np.testing.assert_allclose(outputs.log_softmax(logits), scipy.special.log_softmax(logits, axis=-1), atol=1e-12)


@given(LOGITS)
def test_entropy_agrees_with_scipy(logits):
    expected = scipy.stats.entropy(scipy.special.softmax(logits, axis=-1), axis=-1)
    np.testing.assert_allclose(outputs.entropy(logits), expected, atol=1e-9)


@given(LOGITS)
def test_phi_is_the_log_odds_of_the_label(logits):
    logits = logits / 6  # where 1 - p is still exact enough to be an oracle
    p = outputs.true_confidence(logits, LABELS)
    np.testing.assert_allclose(outputs.phi(logits, LABELS), np.log(p) - np.log1p(-p), atol=1e-6)


@given(LOGITS, LOGITS)
def test_js_agrees_with_scipy_is_symmetric_and_lies_between_0_and_ln_2(one, other):
    p, q = softmax(one, axis=1), softmax(other, axis=1)
    expected = ((rel_entr(p, (p + q) / 2) + rel_entr(q, (p + q) / 2)).sum(axis=1) / 2).mean()
    value = js_divergence(one, other)
    assert value == pytest.approx(expected, abs=1e-9)
    assert value == pytest.approx(js_divergence(other, one), abs=1e-15)
    assert 0 <= value <= np.log(2)
