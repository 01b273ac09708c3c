"""Scores beside the comparison: a model is at no distance from itself, and relearning brings the points back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.spec import Spec, SpecError


def quick(**parts: Any) -> Spec:
    given = {
        "data": {"n": 80},
        "model": {"widths": [8]},
        "training": {"steps": 60},
        "method": {"name": "fine_tune", "knobs": {"steps": 0}},
        "evaluation": {"retrained_seeds": 3},
    }
    return Spec.parse({**given, **parts})


def test_a_method_that_does_nothing_is_the_original_in_every_number():
    found = pipeline.scores(pipeline.Run(quick()))
    assert found.to_retrained == found.untouched
    assert found.values["unlearned"] == found.values["original"]
    assert (found.displacement["unlearned"] == 0).all()
    np.testing.assert_array_equal(found.relearn_forget["unlearned"], found.relearn_forget["original"])
    assert found.values["original"]["relearn_forget"].values == (0.0,)


def test_every_number_is_in_the_table_of_readings_and_within_its_range():
    found = pipeline.scores(pipeline.Run(quick(method={"name": "gradient_ascent", "knobs": {"steps": 3}})))
    groups = [*found.values.values(), found.to_retrained, found.untouched, found.floor]
    for name, band in (pair for group in groups for pair in group.items()):
        reading = pipeline.METRICS[name]
        assert all(reading.low <= value <= reading.high for value in band.finite), name
    assert set(found.to_retrained) == set(found.floor) == set(found.untouched)
    assert len(found.floor["tow"].values) == len(found.to_retrained["tow"].values) == 3
    assert len(found.displacement["retrained"]) == 3
    assert (found.points, found.joint_range) == (16, False)  # a fifth of 80 points; two classes


def test_methods_with_an_original_of_their_own_leave_weights_out():
    found = pipeline.scores(pipeline.Run(quick(method={"name": "sisa"})))
    assert found.relearn_forget == {}
    assert found.to_retrained["weight_distance"].finite == ()
    assert len(found.to_retrained["tow"].finite) == 3


def test_many_pairs_say_how_far_and_beside_it_the_zero_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.pipeline.attacks.many_models.PAIRS", 16)
    done: list[tuple[int, int]] = []
    spec = quick(method={"name": "fine_tune", "knobs": {"steps": 3}})
    found = pipeline.many_models(pipeline.Run(spec, tick=lambda *tick: done.append(tick)))
    assert found.models == 16 and found.cap == pytest.approx(np.log(16))
    assert set(found.klom) == set(found.klom_floor) == {"forget", "retain", "test"}
    assert found.klom["forget"]["mean"] > found.klom_floor["forget"]["mean"] >= 0
    assert 0 < found.quality < found.quality_floor <= 1
    assert {total for _, total in done} == {48}


def test_many_pairs_of_a_method_that_is_not_live_are_refused():
    with pytest.raises(SpecError, match="is not live"):
        pipeline.many_models(pipeline.Run(quick(method={"name": "sisa"})))


def test_how_much_there_is_to_forget_is_said_in_one_sentence():
    annealed = pipeline.exposure(pipeline.Run(quick(training={"steps": 1})), models=16)
    assert annealed.attack == "lira" and annealed.models == 16
    assert annealed.little == (annealed.auc < 0.55)
    corrected = quick(request={"kind": "correct_labels", "choose": "random", "fraction": 0.2})
    assert pipeline.exposure(pipeline.Run(corrected), models=64).attack == "loss"
    for found in (annealed, pipeline.Exposure(0.65, "lira", 64), pipeline.Exposure(float("nan"), "loss", 5)):
        assert found.sentence.startswith("How much there is to forget") and found.sentence.endswith(".")
    assert not pipeline.Exposure(0.65, "lira", 64).little
    assert pipeline.Exposure(float("nan"), "loss", 5).little


def test_the_two_histograms_of_a_point_are_those_of_models_with_and_without_it():
    spec = quick(evaluation={"shadows": 20}, request={"choose": "random", "fraction": 0.2})
    run = pipeline.Run(spec)
    stack, labels = pipeline.shadows(run), pipeline.shadow_labels(run)
    worlds = pipeline.point_worlds(stack, labels, 7)
    z, y = stack.after[:, 7].astype(float), labels[7]
    phi = z[:, y] - z[:, 1 - y]
    inside = stack.member[:, 7]
    np.testing.assert_allclose(worlds.inside, phi[inside], rtol=1e-5)
    np.testing.assert_allclose(worlds.outside, phi[~inside], rtol=1e-5)
    assert worlds.inside_normal[0] == pytest.approx(phi[inside].mean(), rel=1e-5)
    assert worlds.outside_normal[0] == pytest.approx(phi[~inside].mean(), rel=1e-5)
    exposed = pipeline.exposed(run, stack, labels, unlearned=True)
    defined = ~np.isnan(exposed)  # with 20 models a half may lack those with, or those without, a point
    assert exposed.shape == (80,) and defined.sum() > 70
    assert ((exposed[defined] >= 0) & (exposed[defined] <= 1)).all()
