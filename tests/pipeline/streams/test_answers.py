"""What each request of a stream is given, that answers build on answers, and that a stopped stream goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from explorer import pipeline, recording
from explorer.draws import generator
from explorer.methods import certified_removal, descent_to_delete
from explorer.methods._shared.removal import removals, residual
from explorer.methods._shared.unit_ball import minimised
from explorer.pipeline.streams import answers
from explorer.pipeline.streams.requests import request_at
from explorer.pipeline.worlds.points import network_of
from explorer.recording.running import Run as Done
from explorer.seeds import child_seed
from explorer.spec import CannotAnswer, Spec, SpecError
from explorer.spec.catalog import CATALOG

FINE_TUNE = {"name": "fine_tune", "knobs": {"steps": 2}}
SISA = {"name": "sisa", "knobs": {"shards": 2, "slices": 2, "steps": 3}}


class Kept:
    """A memo that knows what it was asked for, and how often it had to compute."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def __call__(self, key: str, thunk: Callable[[], Any], /) -> Any:
        if key not in self.known:
            self.known[key] = thunk()
        return self.known[key]


MEMO = Kept()


def run_of(method: Any = FINE_TUNE, memo: Kept = MEMO, **sequence: Any) -> pipeline.Run:
    spec = Spec.parse({
        "data": {"n": 60},
        "model": {"widths": [4]},
        "training": {"steps": 40},
        "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
        "request": {"sequence": {"batches": 3, "size": 2, **sequence}},
        "method": method,
    })  # fmt: skip
    return pipeline.Run(spec, memo)


def test_the_rows_of_all_requests_are_the_forget_set_of_the_request_at_once():
    run = run_of()
    assert np.sort(pipeline.batches_of(run).ravel()).tolist() == run.sets.forget.tolist()


def test_a_request_holds_its_batch_and_what_remains_and_nothing_of_earlier_batches():
    run, batches = run_of(), pipeline.batches_of(run_of())
    request, x = request_at(run, 2), torch.from_numpy(run.data.space.standardise(run.data.train.x))
    rest = np.setdiff1d(np.arange(60), batches[:2])
    assert torch.equal(request.forget.x, x[batches[1]]) and torch.equal(request.retain.x, x[rest])
    assert len(request.before.y) == 58 and request.rows is not None
    assert torch.equal(request.before.x[request.rows], x[batches[1]])
    assert request.kind == "forget" and request.earlier is None


def test_an_answer_starts_from_the_answer_before():
    run, method = run_of(), CATALOG.methods["fine_tune"]
    found, states = pipeline.stream(run), [run.references.originals[0]]
    for t in (1, 2, 3):
        model, rng = network_of(run.spec, run.data, states[-1]), generator(child_seed(0, "stream", t))
        for live in method.unlearn(model, request_at(run, t), run.asked.knobs, rng):
            last = recording.state_of(live).numpy()
        states.append(last)  # pyright: ignore[reportPossiblyUnboundVariable]
    np.testing.assert_array_equal(found.states, np.stack(states))
    assert found.trouble == "" and found.prepared == 0


def test_cost_counts_every_request():
    assert pipeline.stream(run_of()).spent.tolist() == [58.0, 56.0, 54.0]  # two batches are one pass over what remains


def test_the_same_spec_gives_the_same_bits():
    one, other = (pipeline.stream(run_of(memo=Kept())) for _ in range(2))
    np.testing.assert_array_equal(one.states, other.states)


def test_a_method_that_reads_the_record_answers_from_the_original_with_all_points_asked_for():
    run = run_of({"name": "amnesiac"})
    at_once = pipeline.path(run)
    request = request_at(run, 3)
    assert request.rows is not None and request.rows.tolist() == run.sets.forget.tolist()
    assert at_once.weights is not None
    assert np.isfinite(pipeline.stream(run).states).all()


def test_sisa_request_by_request_ends_where_sisa_at_once_does_for_less_than_all_its_shards_each_time():
    run = run_of(SISA)
    found, at_once = pipeline.stream(run), pipeline.path(run)
    assert at_once.weights is not None
    np.testing.assert_array_equal(found.states[-1], at_once.weights[-1])
    assert found.prepared == at_once.example_gradients_prepare > 0


def test_a_request_that_touches_one_shard_costs_one_shard():
    run = run_of({**SISA, "knobs": {**SISA["knobs"], "slices": 1}}, size=1)
    found = pipeline.stream(run)  # of two shards of 30 one each time, three steps of a batch that is all of it
    assert set(found.spent.tolist()) <= {3.0 * left for left in (27, 28, 29)}


METHODS: Any = {"certified_removal": certified_removal, "descent_to_delete": descent_to_delete}
CERTIFIED = {
    "certified_removal": {"lam": 0.01},
    "descent_to_delete": {"descents": 100, "lam": 0.05},
}


def certified(name: str, order: str = "random") -> pipeline.Run:
    spec = Spec.parse({
        "data": {"n": 60},
        "model": {"widths": []},
        "training": {"steps": 40},
        "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
        "request": {"sequence": {"batches": 3, "size": 6, "order": order}},
        "method": {"name": name, "knobs": CERTIFIED[name]},
    })  # fmt: skip
    return pipeline.Run(spec, Kept())


@pytest.mark.parametrize("name", CERTIFIED)
def test_a_certified_method_never_takes_a_point_back(name: str):
    run = certified(name)
    found, ready, request = pipeline.stream(run), answers._start(run).prepared, request_at(run, 3)
    assert ready is not None and request.earlier is not None
    assert request.earlier.tolist() == pipeline.batches_of(run)[:2].tolist()
    path = list(METHODS[name]._path(request, run.asked.knobs, generator(1), ready.state))
    left = path[-1].left if name == "certified_removal" else path[-1][0]
    assert len(path) == 6 and np.flatnonzero(~left.numpy()).tolist() == run.sets.forget.tolist()
    points = METHODS[name].lifted(*request.before, request.space, request.classes)
    if name == "certified_removal":
        assert float(residual(points, path[-1], 0.01).norm()) < 0.2  # it is above 1 where only the batch is gone
    else:
        best, _ = minimised(points.at(left), path[-1][1], 0.05, torch.zeros_like(path[-1][1]))
        assert float((path[-1][1] - best).norm()) < 1e-6
        assert found.spent[2] == 100 * sum(range(42, 48))  # for its own six deletions alone
    assert found.trouble == ""


def test_the_account_of_a_stream_goes_on_where_the_last_request_left_it():
    run = certified("certified_removal")
    ready, request = answers._start(run).prepared, request_at(run, 1)
    knobs: Any = run.asked.knobs
    assert ready is not None
    steps = [
        done for t in (1, 2) for done in certified_removal._path(request_at(run, t), knobs, generator(t), ready.state)
    ]  # fmt: skip
    there = [np.ones(60, bool), *(done.left.numpy() for done in steps)]
    gone = torch.tensor([int(np.flatnonzero(before & ~after)[0]) for before, after in pairwise(there)])
    assert sorted(gone.tolist()) == sorted(pipeline.batches_of(run)[:2].ravel().tolist())
    points = certified_removal.lifted(*request.before, request.space, request.classes)
    limit = certified_removal.budget(knobs.epsilon, knobs.delta, knobs.noise)
    noise = certified_removal.of_a_stream(ready.state.seed)[1]
    at_once = removals(points, gone, ready.state.start, knobs.lam, knobs.noise, limit, knobs.bound, noise)
    for one, other in zip(steps, at_once, strict=True):
        assert torch.equal(one.weights, other.weights) and one.spent == other.spent


def test_a_certified_panel_of_a_stream_says_what_is_promised_and_what_not():
    assert "certified, epsilon 1, delta 0.0001" in pipeline.stream_panel(certified("certified_removal")).note
    assert "promise" in pipeline.stream_panel(certified("descent_to_delete", "boundary")).note.rpartition(";")[2]


def _fails() -> Any:
    raise RuntimeError("no such thing")


#: What becomes of the second answer -> what is said of it.
BREAKS: dict[str, Callable[[Done], Done]] = {
    "Fine-tuning left the finite numbers at step 1, in request 2 of 3": lambda done: replace(
        done, last=done.first, trouble="Fine-tuning left the finite numbers at step 1"
    ),
    "Fine-tuning has outputs beyond the finite numbers, in request 2 of 3": lambda done: replace(
        done, last=torch.full_like(done.last, 3e38)
    ),
    "Fine-tuning ended with another shape than it began with, in request 2 of 3": lambda done: replace(
        done, last=done.last[:-1]
    ),
    "Fine-tuning stopped in request 2 of 3: no such thing": lambda done: _fails(),
}


@pytest.mark.parametrize("said", BREAKS)
def test_a_method_that_breaks_stays_at_its_last_finite_model_and_says_at_which_request(
    said: str, monkeypatch: pytest.MonkeyPatch
):
    run, real, calls = run_of(memo=Kept()), answers.run_method, list[int]()

    def breaking(*given: Any, **named: Any) -> Done:
        calls.append(1)
        done = real(*given, **named)
        return BREAKS[said](done) if len(calls) == 2 else done

    monkeypatch.setattr(answers, "run_method", breaking)
    found = pipeline.stream(run)
    assert found.trouble == said and len(calls) == 2  # the third request is not answered
    np.testing.assert_array_equal(found.states[2:], [found.states[1]] * 2)
    assert found.spent[2] == 0
    monkeypatch.setattr(answers, "run_method", real)
    numbers: Any = json.loads(json.dumps(pipeline.result(run), allow_nan=False))
    assert numbers["stream"]["trouble"] == said


def test_a_stream_that_was_stopped_goes_on_from_its_last_answer(monkeypatch: pytest.MonkeyPatch):
    class Enough(BaseException):
        pass

    def tick(done: int, total: int) -> None:
        if done == 2:
            raise Enough

    memo, calls, real = Kept(), list[int](), answers.run_method
    run = run_of(memo=memo)
    monkeypatch.setattr(answers, "run_method", lambda *given, **named: (calls.append(1), real(*given, **named))[1])
    with pytest.raises(Enough):
        pipeline.stream(replace(run, tick=tick))
    answered = [key for key in memo.known if key.startswith("stream-")]
    assert len(answered) == 2 and len(calls) == 3  # the third was stopped within
    again = pipeline.stream(run_of(memo=memo))
    assert len(calls) == 4
    np.testing.assert_array_equal(again.states, pipeline.stream(run_of(memo=Kept())).states)


def test_a_method_for_whole_classes_cannot_answer():
    with pytest.raises(CannotAnswer, match="this request is a stream of requests"):
        pipeline.stream(run_of({"name": "unsir"}))


@pytest.mark.parametrize(
    ("sequence", "sentence"),
    [
        ({"size": 10}, "class upper moon has 30, got 3 batches of 10, 30 in all"),
        ({"order": "random", "size": 20}, "there are 60, got 3 batches of 20, 60 in all"),
    ],
)
def test_a_stream_that_the_data_cannot_have_is_refused_before_anything_is_trained(
    sequence: dict[str, Any], sentence: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("explorer.pipeline.worlds.points.train_many", None)
    with pytest.raises(SpecError) as error:
        pipeline.result(run_of(memo=Kept(), **sequence))
    assert sentence in str(error.value)
