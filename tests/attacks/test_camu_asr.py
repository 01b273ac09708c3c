"""The boosted trees of CaMU: how large they are, as the card says."""

import numpy as np
import pytest
import sklearn.ensemble

from explorer.attacks import Fit, camu_asr
from tests.attacks._worlds import judged


def test_above_two_thousand_points_trees_end_at_31_leaves_of_20_points_or_more(monkeypatch: pytest.MonkeyPatch):
    made = []

    class Kept(sklearn.ensemble.HistGradientBoostingClassifier):
        def __init__(self, **settings):
            super().__init__(**settings)
            made.append(self)

    monkeypatch.setattr(camu_asr, "TREES", 5)
    monkeypatch.setattr(sklearn.ensemble, "HistGradientBoostingClassifier", Kept)
    what = judged(retain=0.5, sizes=(10, 2000, 2000))
    camu_asr.score(what.forget, Fit(what.retain, what.unseen, seed=0))
    (trees,) = made
    leaves = [nodes[nodes["is_leaf"] == 1] for (tree,) in trees._predictors for nodes in (tree.nodes,)]
    assert max(len(one) for one in leaves) <= 31 and min(one["count"].min() for one in leaves) >= 20
    assert np.max([one["depth"].max() for one in leaves]) <= 6
    said = " ".join((camu_asr.__doc__ or "").split())
    assert "end at 31 leaves, and keep 20 points or more in each" in said
    assert f"Above {camu_asr.MANY:,} points" in said
