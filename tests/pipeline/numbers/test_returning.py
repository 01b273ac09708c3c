"""Going on with the retain set begins where each model stands, and brings a class back that is still there."""

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.spec import Spec


def test_it_begins_at_each_model_s_own_forget_accuracy():
    spec = Spec.parse({
        "data": {"n": 60}, "training": {"steps": 60}, "evaluation": {"retrained_seeds": 2},
        "method": {"name": "gradient_ascent", "knobs": {"steps": 3}},
    })  # fmt: skip
    run = pipeline.Run(spec, Store(None).memo)
    back, logits = pipeline.returning(run), pipeline.reference_logits(run)
    assert [values.shape[0] for values in (back["original"], back["unlearned"], back["retrained"])] == [1, 1, 2]
    first = [pipeline.accuracies(run, one)["forget"] for one in (logits["originals"][0], pipeline.path(run).logits[-1])]
    assert [back["original"][0, 0], back["unlearned"][0, 0]] == pytest.approx(first)
    assert all(np.isfinite(values).all() for values in back.values())
