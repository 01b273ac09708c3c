"""Rewind-to-delete against a record written by hand, and against the paired retrained model."""

import pytest
import torch

from explorer import draws
from explorer.methods import rewind_to_delete
from explorer.methods._method import Request
from explorer.methods.rewind_to_delete import METHOD, Knobs, batches_left, way_back
from explorer.models import load_flat
from explorer.models._layout import Layout
from explorer.models.mlp import MLP
from explorer.training import Examples, Training
from explorer.training.stack import Row, train_many
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, states, with_record

# Row 0 is to be forgotten. Before the last step all weights are 0, so both classes are as likely everywhere.
ASKED = request(forget=[((1, 0), 0)], retain=[((0, 1), 1), ((0, 2), 0)])
PATH = torch.tensor([[0.5] * 6, [1.0] * 6, [0.0] * 6, [3.5, 3.0, 3.0, 3.0, 3.0, 4.0]])
RECIPE = {"optimizer": "sgd", "lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "schedule": "constant", "steps": 3}
TRAINED = linear([[3.5, 3], [3, 3]], [3, 4])


def asked(batches: list[list[int]], **recipe: float | str) -> Request:
    return with_record(ASKED, PATH[: len(batches) + 1], torch.tensor(batches), **{**RECIPE, **recipe})  # type: ignore


def test_it_goes_back_and_takes_the_last_step_without_the_forget_point():
    # On ((0, 2), 0) alone the gradient is -+.5 (0, 2) and -+.5; the rate is .1.
    back, (weight, bias) = heads(METHOD, TRAINED, asked([[0, 1], [1, 2], [2, 0]]), Knobs(share=0.34))
    assert close(back[0], [[0, 0], [0, 0]]) and close(back[1], [0, 0])
    assert close(weight, [[0, 0.1], [0, -0.1]]) and close(bias, [0.05, -0.05])


def test_a_batch_of_forget_points_alone_is_a_step_without_a_gradient():
    *_, (weight, bias) = heads(METHOD, TRAINED, asked([[0, 1], [1, 2], [0, 0]]), Knobs(share=0.34))
    assert close(weight, [[0, 0], [0, 0]]) and close(bias, [0, 0])


@pytest.mark.parametrize(("schedule", "moved"), [("restart", 0.1), ("own", 0.05)])
def test_the_rate_begins_anew_or_is_that_of_the_step(schedule: str, moved: float):
    # The second of two steps has half the rate on a schedule that falls in a line; the first of one has all of it.
    known = with_record(ASKED, PATH[1:], torch.tensor([[1, 2], [2, 0]]), **{**RECIPE, "schedule": "linear", "steps": 2})  # type: ignore
    *_, (weight, _) = heads(METHOD, TRAINED, known, Knobs(share=0.5, schedule=schedule))  # type: ignore[arg-type]
    assert close(weight, [[0, moved], [0, -moved]])


def test_going_back_stops_at_few_steps_and_ends_where_training_goes_on():
    assert way_back(600, 0) == []
    assert way_back(3, 2) == [2, 1]
    assert way_back(600, 600)[-1] == 0 and len(way_back(600, 600)) == rewind_to_delete.FRAMES


def test_batches_name_places_in_the_retain_set():
    assert batches_left(torch.tensor([[3, 1], [0, 2]]), torch.tensor([1]), 3).tolist() == [[2, -1], [0, 1]]


LAYOUT = Layout(2, (5,), 2, "tanh")
POINTS = Examples(draws.normal((12, 2), draws.generator(3)), torch.arange(12) % 2)


def trained(training: Training) -> tuple[MLP, Request, torch.Tensor]:
    """Return an original, a request to forget two of its points with the record, and the paired retrained weights."""
    gone = torch.tensor([2, 7])
    left = torch.ones(12)
    left[gone] = 0.0
    rows = [Row(1, 2, 0, torch.ones(12)), Row(1, 2, 0, left)]
    weights, records = train_many(LAYOUT, [POINTS], rows, training, keep_path=True)
    model = MLP(2, [5], 2, "tanh").eval()
    load_flat(model, weights[0])
    points = [((float(x[0]), float(x[1])), int(y)) for x, y in zip(*POINTS, strict=True)]
    known = request([points[row] for row in gone], [point for row, point in enumerate(points) if left[row]])
    known = with_record(known, records[0].path, records[0].batches, **training.model_dump())
    return model, Request(**{**vars(known), "rows": gone}), weights[1]


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd"])
def test_all_of_training_taken_again_is_the_paired_retrained_model_to_the_bit(optimizer: str):
    training = Training(optimizer=optimizer, lr=0.05, batch=5, steps=30)  # type: ignore[arg-type]
    model, known, paired = trained(training)
    for schedule in ("restart", "own"):
        *_, last = states(METHOD, model, known, Knobs(share=1.0, schedule=schedule))  # type: ignore[arg-type]
        assert torch.equal(torch.cat([part.reshape(-1) for part in last.values()]), paired)


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd"])
def test_other_networks_take_the_same_steps_but_for_rounding(optimizer: str, monkeypatch: pytest.MonkeyPatch):
    training = Training(optimizer=optimizer, lr=0.05, batch=5, steps=30)  # type: ignore[arg-type]
    model, known, paired = trained(training)
    monkeypatch.setattr(rewind_to_delete, "layout_like", lambda _: None)
    *_, last = states(METHOD, model, known, Knobs(share=1.0))
    assert torch.allclose(torch.cat([part.reshape(-1) for part in last.values()]), paired, atol=1e-5)


def test_noise_comes_at_the_end():
    known = asked([[0, 1], [1, 2], [2, 0]])
    quiet = states(METHOD, TRAINED, known, Knobs(share=0.34))
    noisy = states(METHOD, TRAINED, known, Knobs(share=0.34, noise=0.5))
    assert len(noisy) == len(quiet) + 1
    moved = noisy[-1]["head.weight"] - quiet[-1]["head.weight"]
    assert close(moved, (0.5 * draws.normal((6,), draws.generator(0))[:4]).reshape(2, 2).tolist())


def test_the_work_is_that_of_the_points_that_are_left():
    known = asked([[0, 1], [1, 2], [2, 0]])
    before = known.meter.total
    states(METHOD, TRAINED, known, Knobs(share=1.0))
    assert known.meter.total - before == 4


def test_without_a_record_in_steps_it_says_what_it_needs():
    with pytest.raises(TypeError, match="record of training"):
        heads(METHOD, linear(), ASKED, Knobs())
    with pytest.raises(ValueError, match=r"`training\.optimizer` must be adam, adamw or sgd, got lbfgs"):
        heads(METHOD, TRAINED, asked([[0, 1], [1, 2], [2, 0]], optimizer="lbfgs"), Knobs())
