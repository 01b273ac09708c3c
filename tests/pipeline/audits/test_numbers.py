"""What audits say of a run: in the JSON, refused before anything is computed, and on retrained models."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from explorer import metrics, pipeline
from explorer.methods.greedy import Knobs
from explorer.pipeline.audits import numbers, subject
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from tests.pipeline._noise import spec as image_spec

EVERY = list(CATALOG.audits)


def quick(**parts: Any) -> Spec:
    given = {
        "data": {"n": 80},
        "model": {"widths": [8]},
        "training": {"steps": 60},
        "method": {"name": "greedy", "knobs": {"steps": 4}},
        "evaluation": {"retrained_seeds": 3, "attacks": ["loss"], "audits": EVERY},
    }
    return Spec.parse({**given, **parts})


def result(spec: Spec) -> Any:
    return json.loads(json.dumps(pipeline.result(pipeline.Run(spec)), allow_nan=False))


def test_the_json_has_every_field_beside_the_attacks_and_null_where_the_request_does_not_fit():
    found = result(quick())["models"]
    for role in ("original", "unlearned", "retrained"):
        assert list(found[role]).index("audits") == list(found[role]).index("attacks") + 1
        assert {key: list(fields) for key, fields in found[role]["audits"].items()} == {
            key: list(audit.fields) for key, audit in CATALOG.audits.items()
        }
    assert {value for fields in found["original"]["audits"].values() for value in fields.values()} == {0.0, None}
    unlearned, retrained = found["unlearned"]["audits"], found["retrained"]["audits"]
    assert unlearned["reconstruction"] == {"error": None, "chance": None}  # sixteen points, not one
    for key in set(EVERY) - {"reconstruction"}:
        assert None not in unlearned[key].values()
        assert {field["n"] for field in retrained[key].values()} <= {0, 3}
    assert retrained["relearning"]["control_peak"]["n"] == 0
    assert retrained["completeness"]["c"]["n"] == 3


def test_one_point_has_a_ghost_and_no_probe():
    found = result(quick(request={"choose": "points", "index": [3]}))["models"]["unlearned"]["audits"]
    assert 0 <= found["reconstruction"]["error"] < 0.05 < found["reconstruction"]["chance"]
    assert found["linear_probe"] == {"few3": None, "half": None}


def test_without_audits_the_json_names_none():
    assert "audits" not in result(quick(evaluation={"retrained_seeds": 2, "attacks": ["loss"]}))["models"]["unlearned"]


def test_a_network_without_a_hidden_layer_has_no_probe():
    found = pipeline.audit_numbers(pipeline.Run(quick(model={"widths": []})))
    assert found.left_out["linear_probe"].endswith("reads a hidden layer; this network has none")
    assert "one forgotten point, got 16" in found.left_out["reconstruction"]
    assert set(found.left_out) == {"linear_probe", "reconstruction"}


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            quick(method={"name": "amnesiac"}),
            "Amnesiac cannot be run on retrained models: it needs the record",
        ),
        (quick(method={"name": "sisa"}), "SISA cannot be audited: it starts from an original of its own"),
        (quick(request={"kind": "correct_labels", "choose": "random"}), "this request corrects points"),
    ],
)
def test_an_audit_that_cannot_be_made_is_refused_before_anything_is_computed(
    spec: Spec, sentence: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pipeline.Run, "references", property(lambda _: pytest.fail("something was trained")))
    with pytest.raises(SpecError, match=sentence):
        pipeline.result(pipeline.Run(spec))


def test_images_have_no_audits_yet_and_say_so():
    asked = image_spec().with_part(evaluation={"audits": ["weight_path"]})
    assert "must be left out for images" in numbers.why_no_audit(asked, "weight_path")


def test_the_control_is_the_method_on_each_retrained_model():
    run = pipeline.Run(quick(method={"name": "greedy", "knobs": {"steps": 0}}))
    same = subject.on_retrained(run)
    np.testing.assert_array_equal(same, run.references.retrained)  # no step, no change
    moved = subject.on_retrained(pipeline.Run(quick()))
    assert (np.abs(moved - run.references.retrained).max(axis=1) > 0).all()


def test_the_matched_control_runs_until_retain_accuracy_is_as_low_as_on_the_original():
    run = pipeline.Run(quick(method={"name": "greedy", "knobs": {"steps": 12, "lr": 0.2}}))
    rows, y = run.sets.retain, run.sets.before.y[run.sets.retain]
    target = metrics.accuracy(pipeline.path(run).logits[-1, rows], y)
    same, matched = subject.on_retrained(run), subject.matched(run)
    given = subject.subject_of(run, CATALOG.audits["weight_path"], unlearned=True)
    x = given.before.x[rows]
    reached = np.asarray(metrics.accuracy(given.logits(matched, x), y))
    assert target < 1 and (reached <= target).all()
    assert not np.array_equal(same, matched)


def test_ten_times_as_long_is_the_longest_and_never_beyond_the_knob_s_end():
    assert subject.longer(Knobs(steps=20)).model_dump()["steps"] == 200
    assert subject.longer(Knobs(steps=400)).model_dump()["steps"] == 500
    assert subject.longer(Knobs(steps=20)).model_dump()["lr"] == Knobs().lr


def test_a_shadow_class_is_left_out_of_the_weights():
    run = pipeline.Run(quick(request={"choose": "class", "label": 0}, method={"name": "boundary_expand"}))
    weights, layout = subject.unlearned_weights(run), 8 * 3 + 2 * 9
    assert pipeline.path(run).shadow and weights.shape == (layout,)
    given = subject.subject_of(run, CATALOG.audits["weight_path"], unlearned=True)
    shown = pipeline.path(run).logits[-1][:, :2]
    np.testing.assert_allclose(given.answers(weights[None])[0], shown, atol=1e-4)


def test_the_many_retrained_are_none_of_the_band_s():
    run = pipeline.Run(quick())
    many = subject.many_retrained(run)
    assert many.shape == (64, run.references.retrained.shape[1])
    assert not any(np.array_equal(one, other) for one in many for other in run.references.retrained)


def test_numbers_do_not_depend_on_which_audits_are_asked_together():
    alone = quick(evaluation={"retrained_seeds": 3, "audits": ["linear_probe"]})
    one = pipeline.audit_numbers(pipeline.Run(alone)).values["unlearned"]["linear_probe"]
    assert pipeline.audit_numbers(pipeline.Run(quick())).values["unlearned"]["linear_probe"] == one
