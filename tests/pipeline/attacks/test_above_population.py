"""How much more an attack over many models finds than the best rule for all points, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import pipeline
from explorer.pipeline.attacks import per_point
from explorer.records import Shadows
from explorer.spec import Spec


def margins(phi: np.ndarray) -> np.ndarray:
    """Logits (k, m, 2) of points of class 0 with these margins."""
    return np.stack([phi, np.zeros_like(phi)], axis=-1).astype(np.float32)


def test_an_easy_and_a_hard_point_fool_one_rule_and_not_u_lira(monkeypatch: pytest.MonkeyPatch):
    # Point 0 has margin 5 where it was seen and 4 where not; point 1 has 1 and 0. Point by point they are told apart:
    # AUC 1. By one rule for both, of the four kinds of pairs (5 > 4, 5 > 0, 1 < 4, 1 > 0) three are right: AUC .75.
    member = np.array([[True, False], [False, True]] * 8)
    phi = np.where(member, [5.0, 1.0], [4.0, 0.0])
    logits = margins(phi)
    shadows = Shadows(member, member, logits, logits, np.arange(16))
    half = np.arange(16) < 8

    class Halves:
        """Puts the first eight models into one half: each half saw each point four times."""

        def permutation(self, count: int) -> np.ndarray:
            return np.arange(count)

    monkeypatch.setattr(per_point, "halves_rng", lambda _: Halves())
    assert half.sum() == 8
    run, labels, rows = pipeline.Run(Spec.parse({})), np.zeros(2, dtype=np.int64), np.arange(2)
    found = pipeline.above_population(run, shadows, labels, rows, "u_lira", ["loss", "entropy"], unlearned=True)
    assert found.found["u_lira"].auc == 1.0
    assert found.found["loss"].auc == pytest.approx(0.75)
    assert found.best in ("loss", "entropy") and found.more == pytest.approx(0.25)
    # Other points: twice the first or twice the second, and one rule tells them apart too; one each, it is .25.
    assert (found.low, found.high) == pytest.approx((0.0, 0.25))
