"""Corrections: how strong the shift is, and what is left of what was to be removed."""

import numpy as np
import pytest

from explorer import pipeline
from explorer.spec import Spec

QUICK = {"data": {"n": 200}, "training": {"steps": 200}, "evaluation": {"retrained_seeds": 2}}
ERASE = {"kind": "erase_feature", "choose": "threshold", "column": 0, "above": 0.8, "erase_column": 1, "fill": 0.25}


def quick(request: dict, method: str, **knobs: float) -> Spec:
    return Spec.parse({**QUICK, "request": request, "method": {"name": method, "knobs": knobs}})


def test_independence_removes_what_retraining_keeps():
    left = pipeline.correction(pipeline.Run(quick(ERASE, "dui"))).left
    assert left["unlearned"].dependence.nhsic < 0.5 * left["retrained"].dependence.nhsic
    assert left["unlearned"].sensitivity < left["retrained"].sensitivity


def test_every_model_is_asked_about_the_same_probes():
    found = pipeline.correction(pipeline.Run(quick(ERASE, "influence_1")))
    assert {len(left.p) for left in found.left.values()} == {len(found.value)}


def test_wrong_labels_in_a_wedge_show_and_random_ones_are_struck_evenly():
    wedge = pipeline.correction(pipeline.Run(quick({"kind": "correct_labels", "choose": "wedge"}, "influence_1")))
    even = pipeline.correction(
        pipeline.Run(quick({"kind": "correct_labels", "choose": "random", "fraction": 0.2}, "influence_1"))
    )
    assert wedge.shift["flag_on_x"] > 5 * even.shift["flag_on_x"]
    poisoned = wedge.left["original"].dependence
    assert poisoned.nhsic > poisoned.null[1] and poisoned.p_value < 0.01
    assert np.isnan(wedge.left["original"].sensitivity)


def test_a_request_to_forget_has_no_such_numbers():
    with pytest.raises(ValueError, match=r"`request\.kind` must be"):
        pipeline.correction(pipeline.Run(quick({"choose": "random"}, "jit")))
