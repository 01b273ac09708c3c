"""The stages from Spec to arrays: what depends on what, and what does not."""

from __future__ import annotations

import importlib
import json
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.records import Sets, Split
from explorer.spec import Spec, SpecError

QUICK: dict[str, Any] = {"data": {"n": 80}, "training": {"steps": 60}, "evaluation": {"retrained_seeds": 3}}


def quick(**parts: Any) -> Spec:
    method = parts.pop("method", {"name": "gradient_ascent", "knobs": {"steps": 3}})
    return Spec.parse({**QUICK, **parts, "method": method})


def remembering() -> tuple[dict[str, Any], Any]:
    known: dict[str, Any] = {}

    def memo(key: str, thunk: Any) -> Any:
        if key not in known:
            known[key] = thunk()
        return known[key]

    return known, memo


def test_same_spec_gives_the_same_bits_on_any_thread():
    spec = quick()
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(pipeline.path(pipeline.Run(spec)).logits.tobytes()))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == found[2] == pipeline.path(pipeline.Run(spec)).logits.tobytes()


def test_two_specs_at_once_never_mix():
    specs = [quick(seed=seed) for seed in range(4)]
    alone = [pipeline.path(pipeline.Run(spec)).logits.tobytes() for spec in specs]
    found: dict[int, bytes] = {}

    def work(i: int) -> None:
        found[i] = pipeline.path(pipeline.Run(specs[i])).logits.tobytes()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[i] for i in range(4)] == alone


def test_retrained_models_keep_nothing_of_the_forget_set(monkeypatch: pytest.MonkeyPatch):
    spec = quick()
    plain = pipeline.Run(spec).references
    made = pipeline.Run(spec).sets

    def other_values(spec: Spec, memo: Any = None) -> Sets:
        x, y = made.before.x.copy(), made.before.y.copy()
        x[made.forget] = 7.0
        y[made.forget] = 1 - y[made.forget]
        changed = Split(x, y)
        return replace(made, before=changed, after=changed)

    monkeypatch.setattr(importlib.import_module("explorer.pipeline.run"), "sets", other_values)
    moved = pipeline.Run(spec).references
    np.testing.assert_array_equal(plain.retrained, moved.retrained)
    np.testing.assert_array_equal(plain.paired, moved.paired)
    assert not np.array_equal(plain.originals, moved.originals)


def test_an_original_does_not_depend_on_what_is_forgotten():
    cluster, drawn = quick(), quick(request={"choose": "random", "fraction": 0.3})
    margin = quick(request={"choose": "boundary", "fraction": 0.1})
    weights = [pipeline.Run(spec).references.originals for spec in (cluster, drawn, margin)]
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[0], weights[2])


def test_a_knob_changes_only_its_own_path():
    known, memo = remembering()
    first = quick()
    pipeline.compare(pipeline.Run(first, memo), spread=False)
    before = set(known)
    other = quick(method={"name": "gradient_ascent", "knobs": {"steps": 4}})
    pipeline.compare(pipeline.Run(other, memo), spread=False)
    assert {key.split("-")[0] for key in set(known) - before} == {"path", "compare"}


def test_forgetting_one_of_two_classes_leaves_retrained_with_one_answer():
    spec = quick(request={"choose": "class", "label": 0}, training={"steps": 600})
    run = pipeline.Run(spec)
    made = run.sets
    predicted = pipeline.reference_logits(run)["retrained"].argmax(axis=-1)
    assert (predicted[:, made.retain] == 1).all()
    assert (pipeline.reference_areas(run)["retrained"] == 1).mean() > 0.9  # far corners are free: no point is there
    assert run.references.retrained.shape[1] == run.references.originals.shape[1]


def test_correcting_labels_changes_only_the_chosen_rows():
    spec = quick(request={"kind": "correct_labels", "choose": "random", "fraction": 0.2, "flip": 0.5})
    run = pipeline.Run(spec)
    made, have = run.sets, run.data
    assert len(made.forget) == round(0.5 * 0.2 * 80)
    differ = np.flatnonzero(made.before.y != made.after.y)
    np.testing.assert_array_equal(differ, made.forget)
    np.testing.assert_array_equal(made.after.y, have.train.y)
    assert not made.removes


def test_erasing_a_feature_fills_the_column_of_the_chosen_rows():
    request = {
        "kind": "erase_feature",
        "choose": "threshold",
        "column": 0,
        "above": 0.8,
        "erase_column": 1,
        "fill": 0.25,
    }
    made = pipeline.Run(quick(request=request)).sets
    np.testing.assert_array_equal(made.forget, np.flatnonzero(made.before.x[:, 0] > 0.8))
    assert (made.after.x[made.forget, 1] == 0.25).all()
    np.testing.assert_array_equal(made.after.x[made.retain], made.before.x[made.retain])


def test_the_result_is_strict_json_and_carries_every_part():
    got = json.loads(json.dumps(pipeline.result(pipeline.Run(quick())), allow_nan=False))
    assert set(got) >= {"spec", "models", "to_retrained", "floor", "signal_to_floor", "cost"}
    assert set(got["models"]) == {"original", "unlearned", "retrained"}
    assert set(got["models"]["retrained"]["accuracy"]["forget"]) == {"mean", "min", "max", "n"}
    assert got["models"]["retrained"]["accuracy"]["forget"]["n"] == 3
    assert 0 <= got["models"]["unlearned"]["accuracy"]["retain"] <= 1
    assert set(got["cost"]["seconds"]) >= {"train", "retrain", "unlearn"}


def test_curves_end_where_the_comparison_stands():
    spec = quick()
    run = pipeline.Run(spec)
    numbers, lines = pipeline.compare(run, spread=False), pipeline.curves(run)
    assert lines["step"][0] == 0
    assert lines["forget"][-1] == numbers.accuracy["unlearned"]["forget"].values[0]
    assert lines["disagreement_area"][-1] == pytest.approx(numbers.to_retrained["disagreement_area"].mean)
    assert lines["retain"][0] == numbers.accuracy["original"]["retain"].values[0]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"choose": "random", "fraction": 0.001, "label": 1}, "no point"),
        ({"choose": "points", "index": [0, 4000]}, "4000"),
        ({"choose": "points", "index": []}, "no point"),
        ({"choose": "points", "index": list(range(80))}, "all"),
    ],
)
def test_a_request_that_cannot_be_is_one_sentence(request_: dict[str, Any], words: str):
    with pytest.raises(SpecError, match=words) as caught:
        _ = pipeline.Run(quick(request=request_)).sets
    assert "\n" not in str(caught.value)


def test_comparing_leaves_the_models_as_they_were():
    _, memo = remembering()
    before = pipeline.Run(quick(), memo).references.originals.copy()
    pipeline.compare(pipeline.Run(quick(), memo), spread=False)
    assert np.array_equal(pipeline.Run(quick(), memo).references.originals, before)
