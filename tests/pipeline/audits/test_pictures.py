"""What audits draw of a run: panels that a store can keep, lines of the scene, and requests at the edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.store.encode import encode
from explorer.experiments.store.store import Store
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

ONE = {"choose": "points", "index": [3]}


def run_of(memo: pipeline.Memo = pipeline.no_memo, **parts: Any) -> pipeline.Run:
    given = {
        "data": {"n": 80},
        "model": {"widths": [8]},
        "training": {"steps": 60},
        "method": {"name": "greedy", "knobs": {"steps": 4}},
        "evaluation": {"retrained_seeds": 2},
    }
    return pipeline.Run(Spec.parse({**given, **parts}), memo)


def fitting(key: str) -> dict[str, Any]:
    return {"request": ONE} if CATALOG.audits[key].one_point else {}


@pytest.mark.parametrize("key", CATALOG.audits)
def test_a_store_keeps_a_picture_and_gives_it_back(key: str, tmp_path: Path):
    first = pipeline.audit_panel(run_of(Store(tmp_path).memo, **fitting(key)), key)
    again = pipeline.audit_panel(run_of(Store(tmp_path).memo, **fitting(key)), key)
    (one, arrays), (other, others) = encode(first), encode(again)
    assert one == other and all(np.array_equal(a, b) for a, b in zip(arrays, others, strict=True))


@pytest.mark.parametrize("key", CATALOG.audits)
def test_every_request_to_forget_and_every_reference_can_be_drawn(key: str):
    requests: list[Any] = [{"choose": "class", "label": 0}, {"choose": "random", "fraction": 0.3}, ONE]
    for request in requests:
        run = run_of(request=request)
        audit, several = CATALOG.audits[key], request is not ONE
        if audit.one_point if several else audit.least > 1:
            with pytest.raises(SpecError, match="forgotten point"):
                pipeline.audit_panel(run, key)
            continue
        for frames, _ in (
            pipeline.audit_panel(run, key),
            pipeline.audit_reference(run, key, "original"),
            pipeline.audit_reference(run, key, "retrained"),
            *pipeline.audit_beside(run, key),
        ):
            assert np.isfinite(frames.logits).all() and np.isfinite(frames.confidence).all()
            assert len(frames.step) == len(frames.logits) and frames.way == CATALOG.audits[key].way


def test_where_few_points_go_the_paired_model_is_drawn():
    run = run_of(request=ONE)
    frames, _ = pipeline.audit_reference(run, "weight_path", "retrained")
    assert frames.title == "Retrained (paired)"
    end = frames.logits[int(np.flatnonzero(np.linspace(-0.5, 1.5, 41).round(2) == 1)[0])]
    np.testing.assert_allclose(end, pipeline.scene(run).paired, atol=1e-4)


def test_a_method_that_broke_down_says_so_in_its_panel():
    run = run_of(method={"name": "gradient_ascent", "knobs": {"lr": 1.0, "steps": 400}})
    trouble = pipeline.path(run).trouble
    assert pipeline.audit_panel(run, "weight_path")[0].trouble == trouble


def test_only_an_audit_that_says_so_changes_the_scene_s_lines():
    run = run_of()
    plain = pipeline.scene(run)
    for key, audit in CATALOG.audits.items():
        same = np.array_equal(pipeline.audit_scene(run, key).retrained, plain.retrained)
        assert same != audit.lines


def test_a_probe_of_one_point_says_how_many_it_needs():
    with pytest.raises(SpecError, match="Probe needs at least 4 forgotten points, got 1"):
        pipeline.audit_panel(run_of(request=ONE), "linear_probe")


def test_an_audit_of_corrected_labels_is_refused():
    run = run_of(request={"kind": "correct_labels", "choose": "random"})
    with pytest.raises(SpecError, match="this request corrects points"):
        pipeline.audit_panel(run, "relearning")
