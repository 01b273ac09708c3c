"""SISA: shards, checkpoints, and that nothing of the forget points stays."""

import copy
import dataclasses

import pytest
import torch
from torch import Tensor

from explorer import draws, recording
from explorer.contract.cases import Case, make
from explorer.methods._method import Meter
from explorer.methods.sisa import METHOD, Knobs, affected, rows_of
from explorer.models._ensemble import Ensemble
from explorer.training import Examples
from tests.methods._hand import linear
from tests.methods._paths import equal, prepared

KNOBS = Knobs(shards=4, slices=2, steps=6)


def asked(case: Case, rows: list[int], value: float | None = None) -> Case:
    """Return a case in which other rows are to be forgotten, and have other values if asked."""
    x = case.request.before.x.clone()
    if value is not None:
        x[rows] = value
    gone, y = torch.zeros(len(x), dtype=torch.bool), case.request.before.y
    gone[rows] = True
    changed = dataclasses.replace(
        case.request, before=Examples(x, y), forget=Examples(x[gone], y[gone]), retain=Examples(x[~gone], y[~gone]),
        rows=torch.tensor(rows),
    )  # fmt: skip
    return Case(case.original, changed, case.probes)


def unlearned(case: Case, ready=None, knobs: Knobs = KNOBS) -> list[dict[str, Tensor]]:
    """Return the original ensemble, then the states after each yield."""
    ready = ready or prepared(METHOD, case.original, case.request, knobs)
    assert METHOD.own_original is not None
    start = METHOD.own_original(case.original, case.request, knobs, draws.generator(1), ready)
    path = METHOD.unlearn(start, case.request, knobs, draws.generator(1), ready)
    return [start.state_dict(), *(copy.deepcopy(live.state_dict()) for live in path)]


def of_shard(state: dict[str, Tensor], shard: int) -> dict[str, Tensor]:
    return {name: value for name, value in state.items() if name.startswith(f"members.{shard}.")}


def test_ensemble_answers_with_the_mean_probability():
    sure, unsure = linear([[0, 0], [0, 0]], [torch.tensor(3.0).log().item(), 0]), linear()
    both = Ensemble([sure, unsure])(torch.zeros(1, 2))
    assert torch.allclose(both.exp(), torch.tensor([[0.625, 0.375]]))


def test_every_row_is_in_one_slice_of_one_shard_and_sizes_are_even():
    case = make("forget")
    place = prepared(METHOD, case.original, case.request, KNOBS).state.slice_of
    counts = torch.zeros(4, 2, dtype=torch.int64)
    for shard, number in place.tolist():
        counts[shard, number] += 1
    assert counts.tolist() == [[5, 5]] * 4


def test_affected_shards_go_back_to_their_first_affected_slice():
    place = torch.tensor([[0, 0], [0, 1], [1, 1], [1, 2], [2, 0]])
    assert affected(place, torch.tensor([1, 3, 2])) == [(0, 1), (1, 1)]


def test_slices_add_up():
    place = torch.tensor([[0, 0], [0, 1], [1, 1], [0, 2]])
    assert rows_of(place, 0, 0).tolist() == [0]
    assert rows_of(place, 0, 1).tolist() == [0, 1]
    assert rows_of(place, 0, 2).tolist() == [0, 1, 3]


def test_a_request_after_another_ends_where_both_at_once_do_and_pays_for_what_it_touches():
    first, both = asked(make("forget"), [3]), asked(make("forget"), [3, 4, 5])
    ready = prepared(METHOD, first.original, first.request, KNOBS)
    (one, *_, after_first), (*_, at_once) = unlearned(first, ready), unlearned(both, ready)
    assert METHOD.own_original is not None
    ensemble = METHOD.own_original(first.original, first.request, KNOBS, draws.generator(1), ready)
    assert one.keys() == after_first.keys()
    ensemble.load_state_dict(after_first)
    second = dataclasses.replace(asked(make("forget"), [4, 5]).request, earlier=torch.tensor([3]), meter=Meter())
    for live in METHOD.unlearn(ensemble, second, KNOBS, draws.generator(1), ready):
        last = live.state_dict()
    assert equal(last, at_once)  # pyright: ignore[reportPossiblyUnboundVariable]
    shards = len(affected(ready.state.slice_of, torch.tensor([4, 5])))
    assert 0 < second.meter.total <= shards * KNOBS.slices * KNOBS.steps * 10


def test_only_shards_with_forget_points_change():
    case = asked(make("forget"), [3])
    ready = prepared(METHOD, case.original, case.request, KNOBS)
    (shard, _), *others = affected(ready.state.slice_of, torch.tensor([3]))
    assert others == []
    start, *_, end = unlearned(case, ready)
    for number in range(4):
        assert equal(of_shard(start, number), of_shard(end, number)) == (number != shard)


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_with_other_values_at_the_forget_points_the_unlearned_model_is_identical_to_the_bit(net: str):
    rows = [0, 7, 20]
    one, other = (unlearned(asked(make("forget", net), rows, value)) for value in (0.5, -2.0))
    assert not equal(one[0], other[0]), "the originals saw them"
    assert equal(one[-1], other[-1])


def test_retraining_never_reads_a_forget_point():
    case = asked(make("forget"), [0, 7, 20])
    ready = prepared(METHOD, case.original, case.request, KNOBS)
    ends = [unlearned(asked(case, [0, 7, 20], value), ready)[-1] for value in (0.0, float("nan"))]
    assert equal(*ends)


def test_first_yield_is_the_checkpoint_before_the_first_affected_slice():
    case = asked(make("forget"), [3])
    ready = prepared(METHOD, case.original, case.request, KNOBS)
    ((shard, first),) = affected(ready.state.slice_of, torch.tensor([3]))
    _, reloaded, *_ = unlearned(case, ready)
    for name, value in ready.state.states[shard][first].items():
        assert torch.equal(reloaded[f"members.{shard}.{name}"], value)


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_what_another_shard_forgets_changes_nothing_to_the_bit(net: str):
    case = make("forget", net)
    ready = prepared(METHOD, case.original, case.request, KNOBS)
    place = ready.state.slice_of[:, 0]
    (one, more), other = (place == 0).nonzero()[:2, 0].tolist(), int((place == 2).nonzero()[0, 0])
    ends = [unlearned(asked(case, sorted(rows)), ready)[-1] for rows in ([one, more], [one, more, other])]
    assert equal(*(of_shard(end, 0) for end in ends))


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_what_is_prepared_costs_the_same_stacked_or_in_turn(net: str):
    case = make("forget", net)
    cost = recording.prepare(METHOD, case.original, case.request, KNOBS, draws.generator(0)).example_gradients
    assert cost == 6 * 4 * 5 + 6 * 4 * 10  # four shards, six steps on five points, then on ten


def test_a_shard_that_loses_all_its_points_is_left_untrained():
    case = make("forget")
    knobs = Knobs(shards=10, slices=1, steps=3)
    ready = prepared(METHOD, case.original, case.request, knobs)
    rows = rows_of(ready.state.slice_of, 0, 0).tolist()
    end = unlearned(asked(case, rows), ready, knobs)[-1]
    for name, value in ready.state.states[0][0].items():
        assert torch.equal(end[f"members.0.{name}"], value)


def test_one_shard_retrained_is_charged_for_its_points_only():
    case = asked(make("forget"), [3])
    ready = prepared(METHOD, case.original, case.request, KNOBS)
    case.request.meter.total = 0.0
    ((_, first),) = affected(ready.state.slice_of, torch.tensor([3]))
    unlearned(case, ready)
    points = {0: 6 * 4 + 6 * 9, 1: 6 * 9}[first]  # slices of 5 and 10 points, one of them gone
    assert case.request.meter.total == points
