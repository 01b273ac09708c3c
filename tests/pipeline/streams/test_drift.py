"""How far a stream drifts, where it breaks, what it costs, and how that stands in the JSON of a run."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from explorer import metrics, pipeline
from explorer.pipeline.streams import drift, references
from explorer.pipeline.streams.requests import left_after
from tests.pipeline.streams.test_answers import FINE_TUNE, run_of


def test_there_are_several_retrained_models_after_none_one_and_evenly_spread_requests():
    assert references.times_of(20).tolist() == [0, 1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]
    assert references.times_of(3).tolist() == [0, 1, 2, 3]
    assert references.times_of(1).tolist() == [0, 1]


def test_the_last_retrained_models_are_those_of_the_request_at_once_and_the_first_paired_one_is_the_original():
    run = run_of()
    refs = pipeline.stream_references(run)
    np.testing.assert_array_equal(refs.retrained[-1], run.references.retrained)
    np.testing.assert_array_equal(refs.paired[[0, -1]], [run.references.originals[0], run.references.paired])


def test_a_paired_model_never_saw_what_was_asked_for_by_then():
    at_once = run_of(batches=1, size=2)  # its batch is the first of the stream
    np.testing.assert_array_equal(pipeline.stream_references(run_of()).paired[1], at_once.references.paired)


def test_drift_is_the_mean_disagreement_area_to_the_retrained_models_of_that_time():
    run = run_of()
    found, refs, way = pipeline.drift(run), pipeline.stream_references(run), pipeline.stream(run)
    own, others = references.classes_of(run, way.states[2:3]), references.classes_of(run, refs.retrained[2])
    expected = np.mean([metrics.disagreement_area(own[0], other) for other in others])
    assert found.area["unlearned"][2] == pytest.approx(expected, abs=0)
    untouched = references.classes_of(run, refs.paired[:1])[0]
    nothing = np.mean([metrics.disagreement_area(untouched, other) for other in others])
    assert found.area["original"][2] == pytest.approx(nothing, abs=0)
    assert found.area["unlearned"][0] == found.area["original"][0] == found.area["paired"][0]


def test_accuracies_are_counted_on_what_remains_and_on_what_was_asked_for():
    run = run_of()
    y, test = run.sets.before.y, run.data.test.y
    right = np.zeros((4, len(y) + len(test), 2), np.float32)
    right[:, np.arange(len(y)), y] = 1.0
    right[2, left_after(run, 2)[0]] *= -1  # one of the 56 that remain after two requests
    found = drift.accuracies(run, right)
    assert found["retain"].tolist() == [1.0, 1.0, 55 / 56, 1.0]
    assert np.isnan(found["forget"][0]) and found["forget"][1:].tolist() == [1.0, 1.0, 1.0]


def test_it_breaks_at_the_first_request_after_which_too_little_is_kept():
    goal = np.array([1.0, 0.9, 0.9, 0.9])
    assert drift.first_broken(np.array([0.5, 0.86, 0.84, 0.2]), goal) == 2  # before the first nothing breaks
    assert drift.first_broken(np.array([1.0, 0.85, 0.95, 0.9]), goal) == 0  # .05 below is not more than .05


def test_retraining_each_time_costs_a_training_on_what_remains():
    assert drift.retraining(run_of()).tolist() == [40 * 32 * left / 60 for left in (58, 56, 54)]


def test_a_run_prints_the_numbers_of_its_stream_beside_those_of_all_at_once():
    found: Any = json.loads(json.dumps(pipeline.result(run_of()), allow_nan=False))
    stream = found["stream"]
    assert found["spec"]["request"]["sequence"] == {"batches": 3, "size": 2, "order": "cluster", "label": 0}
    assert list(stream) == [
        "batches", "times", "disagreement_area", "accuracy", "breaks_at", "at_once", "example_gradients", "trouble",
    ]  # fmt: skip
    assert [len(batch) for batch in stream["batches"]] == [2, 2, 2]
    assert {len(values) for values in stream["disagreement_area"].values()} == {len(stream["times"])}
    assert {len(values) for sets in stream["accuracy"].values() for values in sets.values()} == {4}
    assert stream["accuracy"]["unlearned"]["forget"][0] is None
    assert stream["at_once"]["disagreement_area"] == pytest.approx(
        found["to_retrained"]["disagreement_area"]["mean"], abs=1e-12
    )
    assert stream["example_gradients"]["requests"] == [58.0, 56.0, 54.0]
    assert stream["example_gradients"]["at_once"] == found["cost"]["example_gradients"]["unlearn"]


def test_a_run_without_a_stream_prints_none():
    assert "stream" not in pipeline.result(pipeline.Run(run_of().spec.with_part(request={})))


def test_every_panel_has_a_keyframe_for_each_number_of_requests():
    run = run_of(FINE_TUNE)
    scene, frames = pipeline.stream_scene(run), pipeline.stream_panel(run)
    assert scene.moving is not None
    every = [frames, *(pipeline.stream_reference(run, role) for role in ("original", "retrained"))]
    assert {one.step.tolist() == [0, 1, 2, 3] and one.way == "request" for one in every} == {True}
    np.testing.assert_allclose(every[2].logits, scene.moving.paired)
    np.testing.assert_allclose(every[1].logits[3], scene.original, atol=1e-5)
    batches = pipeline.batches_of(run)
    for row, request in zip(scene.forget, scene.moving.asked, strict=True):
        assert row in batches[request - 1]
