"""Shadow models: what model k is depends on k alone, and what is done is kept."""

from __future__ import annotations

import importlib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments import shadows
from explorer.experiments.store.store import Store
from explorer.pipeline.attacks.shadows import trained_part
from explorer.records import Shadows
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

MODULE = importlib.import_module(
    "explorer.pipeline.attacks.shadows"
)  # by its path; the package has a function of that name


def quick(count: int = 20, **parts: Any) -> Spec:
    given = {
        "data": {"n": 60},
        "model": {"widths": [8]},
        "training": {"steps": 30},
        "request": {"choose": "random", "fraction": 0.3},
        "method": {"name": "fine_tune", "knobs": {"steps": 3}},
        "evaluation": {"shadows": count, "retrained_seeds": 2},
    }
    return Spec.parse({**given, **parts})


def same(one: Shadows, other: Shadows) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in fields(Shadows)
        if field.name != "trouble"
    )


def some(stack: Shadows, rows: slice) -> Shadows:
    return Shadows(stack.member[rows], stack.forget[rows], stack.before[rows], stack.after[rows], stack.seeds[rows])


def last(spec: Spec, store: Store, **how: Any) -> Shadows:
    *_, progress = shadows.make(spec, store.memo, **how)
    assert progress.shadows is not None
    return progress.shadows


def test_model_k_is_the_same_bits_whatever_is_made_beside_it():
    spec = quick()
    run = pipeline.Run(spec)
    together = pipeline.shadows(run)
    assert same(some(together, slice(0, 7)), pipeline.shadow_part(run, 0, 7))
    assert same(some(together, slice(16, 20)), pipeline.shadow_part(run, 16, 20))
    assert same(some(pipeline.shadows(pipeline.Run(quick(40))), slice(0, 20)), together)


def test_weights_do_not_depend_on_where_a_part_begins():
    spec = quick()
    run = pipeline.Run(spec)
    member, weights = trained_part(run, 0, 20)
    for start, stop in ((0, 1), (3, 4), (7, 20), (5, 14)):
        part = trained_part(run, start, stop)
        np.testing.assert_array_equal(part[0], member[start:stop])
        np.testing.assert_array_equal(part[1], weights[start:stop])
    # Logits may differ in the last bit: a matrix product rounds by where in memory its weights stand.
    odd, together = pipeline.shadow_part(run, 7, 20), some(pipeline.shadows(run), slice(7, 20))
    for name in ("before", "after"):
        np.testing.assert_allclose(getattr(odd, name), getattr(together, name), rtol=1e-5, atol=1e-5)


def test_each_point_is_in_half_of_the_models_and_forgotten_where_it_is_in_f():
    spec = quick(64, method={"name": "fine_tune", "knobs": {"steps": 0}})
    run = pipeline.Run(spec)
    stack, made = pipeline.shadows(run), run.sets
    assert stack.member.shape == (64, 60)
    assert abs(stack.member.mean() - 0.5) < 4 * 0.5 / np.sqrt(stack.member.size)
    assert np.abs(stack.member.mean(axis=0) - 0.5).max() < 0.27  # 4.3 standard errors, over 60 points
    named = np.isin(np.arange(60), made.forget)
    np.testing.assert_array_equal(stack.forget, stack.member & named)
    np.testing.assert_array_equal(stack.before, stack.after)  # no step was taken
    assert stack.before.shape == (64, 60 + 2000, 2)
    assert len({row.tobytes() for row in stack.member}) == 64


def test_a_model_sees_only_its_own_half(monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[set, set, set]] = []

    def look(method: Any, original: Any, request: Any, knobs: Any, rng: Any) -> Any:
        rows = [{tuple(x) for x in part.x.tolist()} for part in (request.forget, request.retain, request.before)]
        asked.append((rows[0], rows[1], rows[2]))
        np.testing.assert_array_equal(request.before.x[request.rows], request.forget.x)
        return real(method, original, request, knobs, rng)

    real = MODULE.final
    monkeypatch.setattr(MODULE, "final", look)
    spec = quick(8)
    run = pipeline.Run(spec)
    stack, have = pipeline.shadows(run), run.data
    z = have.space.standardise(have.train.x)
    for (forget, retain, before), member, gone in zip(asked, stack.member, stack.forget, strict=True):
        assert before == {tuple(x) for x in z[member].tolist()}
        assert forget == {tuple(x) for x in z[gone].tolist()}
        assert retain == before - forget


def flipping(spec: Spec, rows: Any) -> Any:
    """Return a memo that gives training points other labels."""
    have = pipeline.Run(spec).data
    y = have.train.y.copy()
    y[rows] = 1 - y[rows]
    other = replace(have, train=replace(have.train, y=y))
    return lambda key, thunk: other if key.startswith("data-") else thunk()


def test_what_a_left_out_point_says_makes_no_difference_to_a_model():
    spec = quick(16)
    member, weights = trained_part(pipeline.Run(spec), 0, 16)
    _, again = trained_part(pipeline.Run(spec, flipping(spec, [0])), 0, 16)
    np.testing.assert_array_equal((weights != again).any(axis=1), member[:, 0])


def test_for_retraining_what_the_forget_set_says_makes_no_difference():
    spec = quick(16)
    run = pipeline.Run(spec)
    stack = pipeline.retrained_shadows(run)
    other = pipeline.retrained_shadows(pipeline.Run(spec, flipping(spec, run.sets.forget)))
    np.testing.assert_array_equal(stack.member, pipeline.shadows(run).member)
    np.testing.assert_array_equal(stack.after, other.after)
    assert (stack.before != other.before).any(axis=(1, 2)).all()
    assert (stack.before != stack.after).any(axis=(1, 2)).all()


def test_a_point_alone_is_unlearned_where_it_was_seen_and_nowhere_else():
    spec = quick(
        16, request={"choose": "points", "index": [3]}, method={"name": "gradient_ascent", "knobs": {"steps": 1}}
    )
    stack = pipeline.shadows(pipeline.Run(spec))
    changed = (stack.before != stack.after).any(axis=(1, 2))
    np.testing.assert_array_equal(changed, stack.member[:, 3])


def test_progress_begins_at_nothing_and_ends_with_everything(tmp_path: Path):
    ticks: list[tuple[int, int]] = []
    seen = list(shadows.make(quick(), Store(tmp_path).memo, tick=lambda done, total, _: ticks.append((done, total))))
    assert [progress.done for progress in seen] == [0, 16, 20, 20]
    assert [progress.shadows is None for progress in seen] == [True, True, True, False]
    assert seen[-1].shadows is not None and len(seen[-1].shadows.seeds) == 20
    assert {total for _, total in ticks} == {20}
    assert [done for done, _ in ticks] == sorted(done for done, _ in ticks)
    assert len({done for done, _ in ticks}) == 20


class Stop(BaseException):
    pass


def test_a_cancelled_job_stops_at_the_next_model_and_keeps_finished_parts(tmp_path: Path):
    store, spec = Store(tmp_path), quick(40)

    def tick(done: int, total: int, _: str) -> None:
        if done >= 18:
            raise Stop

    with pytest.raises(Stop):
        list(shadows.make(spec, store.memo, tick=tick))
    kept: list[int] = []
    for progress in shadows.make(spec, store.memo, tick=lambda done, *_: kept.append(done)):
        assert progress.total == 40
    assert not set(range(1, 16)) & set(kept)  # the first part was not made again
    assert set(range(16, 32)) <= set(kept)


def test_the_store_is_asked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first = last(quick(), Store(tmp_path))
    for name in ("train_many", "final"):
        monkeypatch.setattr(MODULE, name, lambda *_, **__: pytest.fail("it was made again"))
    again = last(quick(), Store(tmp_path))
    assert same(first, again)


def test_trained_models_are_shared_by_methods_and_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = Store(tmp_path)
    last(quick(), store)
    monkeypatch.setattr(MODULE, "train_many", lambda *_: pytest.fail("they were trained again"))
    last(quick(method={"name": "gradient_ascent", "knobs": {"steps": 2}}), store)
    last(quick(request={"choose": "class", "label": 0}), store)


@pytest.mark.parametrize("method", list(CATALOG.methods))
def test_a_method_is_live_or_says_why_not(method: str):
    declared = CATALOG.methods[method]
    heavy = declared.prepare is not None or declared.needs_record or declared.own_original is not None
    reason = shadows.live(method)
    assert bool(reason) == heavy
    if reason:
        assert reason.startswith(f"{declared.title} is not live: ")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (quick(0), "`evaluation.shadows` must be above 0"),
        (quick(method={"name": "sisa"}), "SISA is not live"),
        (quick(request={"kind": "correct_labels", "choose": "random"}), "corrects points"),
        (quick(method={"name": "boundary_expand"}), "whole class"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(spec: Spec, words: str, tmp_path: Path):
    with pytest.raises(SpecError, match=words):
        list(shadows.make(spec, Store(tmp_path).memo))


def test_a_method_that_breaks_down_says_so_and_stays_finite():
    steep = {"name": "gradient_ascent", "knobs": {"lr": 1.0, "steps": 300}}
    spec = quick(8, method=steep, model={"widths": [8, 8], "activation": "relu"})
    stack = pipeline.shadows(pipeline.Run(spec))
    assert np.isfinite(stack.after).all()
    assert stack.trouble.startswith("8 of 8 models: Gradient ascent left the finite numbers at step ")


def test_an_estimate_is_some_seconds(tmp_path: Path):
    memo = Store(tmp_path).memo
    one, two = (shadows.estimate_seconds(quick(count), memo) for count in (16, 64))
    assert 0 < one < 60
    assert two == pytest.approx(4 * one)
