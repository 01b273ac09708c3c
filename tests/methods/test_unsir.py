"""UNSIR against noise and passes worked out by hand."""

import math

import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods.unsir import METHOD, Knobs, noise_loss, sample
from tests.methods._hand import linear, request
from tests.methods._paths import equal, heads, prepared, states

SPLIT = linear([[1, 0], [-1, 0]])  # class 0 where the first coordinate is positive
CLASS_0 = request(forget=[((1, 0), 0), ((2, 0), 0)], retain=[((-1, 0), 1)] * 5)


def test_noise_loss_is_minus_the_loss_plus_the_weighted_mean_squared_length():
    noise = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    loss = noise_loss(linear(), noise, torch.tensor([0, 0]), penalty=0.1)
    assert math.isclose(loss.item(), 0.1 * 12.5 - math.log(2), rel_tol=1e-6)


def test_first_noise_step_goes_away_from_the_class():
    # Adam's first step has length lr: the first coordinate falls, the second has no gradient.
    before = prepared(METHOD, SPLIT, CLASS_0, Knobs(noise_steps=0, penalty=0)).state
    after = prepared(METHOD, SPLIT, CLASS_0, Knobs(noise_steps=1, penalty=0, noise_lr=0.1)).state
    assert torch.allclose(after - before, torch.tensor([-0.1, 0.0]).expand(32, 2), atol=1e-4)


def test_length_penalty_alone_pulls_noise_towards_the_middle():
    before = prepared(METHOD, linear(), CLASS_0, Knobs(noise_steps=0)).state
    after = prepared(METHOD, linear(), CLASS_0, Knobs(noise_steps=1, penalty=1.0, noise_lr=0.1)).state
    assert torch.allclose(after - before, -0.1 * before.sign(), atol=1e-3)


def test_learnt_noise_is_unlike_the_class_and_can_be_drawn():
    case = make("forget_class", classes=4)
    ready = prepared(METHOD, case.original, case.request, Knobs(noise_steps=100))
    start = prepared(METHOD, case.original, case.request, Knobs(noise_steps=0))
    y = torch.zeros(32, dtype=torch.int64)
    assert noise_loss(case.original, ready.state, y, 0.1) < noise_loss(case.original, start.state, y, 0.1)
    (points,) = ready.helpers
    assert points.y.tolist() == [0] * 32 and points.origin.tolist() == [-1] * 32
    assert torch.equal(points.x, ready.state)


def test_impair_comes_first_then_repair_with_batches_of_their_own():
    # 2 copies of 4 points of noise and 5 retained: 13 points in batches of 8; then 5 retained in one.
    knobs = Knobs(noise_points=4, copies=2, impair=2, repair=3, batch=8, noise_steps=1)
    assert len(heads(METHOD, SPLIT, CLASS_0, knobs)) == 2 * 2 + 3 * 1


def test_first_impair_step_teaches_noise_as_the_class():
    # Only noise in the batch, all classes as likely: Adam moves the bias of class 0 up by lr and that of class 1 down.
    none_retained = request(forget=[((1, 0), 0)], retain=[((0, 0), 0)])
    _, bias = heads(METHOD, linear(), none_retained, Knobs(impair_lr=0.1, batch=100), most=1)[0]
    assert torch.allclose(bias, torch.tensor([0.1, -0.1]), atol=1e-5)


def test_sample_holds_at_most_so_many_of_each_class():
    y = torch.tensor([0] * 10 + [1] * 2 + [2] * 5)
    rows = sample(y, 3, draws.generator(0))
    assert torch.bincount(y[rows]).tolist() == [3, 2, 3]
    assert len(rows.unique()) == len(rows)


def test_each_copy_holds_as_many_noise_points_as_the_knob_says():
    # 3 of 5 points in each of 4 copies and 5 retained: 17 points one by one; all 5 would be 25.
    knobs = Knobs(noise_points=5, copies=4, impair=1, repair=0, batch=1, noise_steps=0)
    assert len(heads(METHOD, SPLIT, CLASS_0, knobs.model_copy(update={"noise_per_batch": 3}))) == 4 * 3 + 5
    assert len(heads(METHOD, SPLIT, CLASS_0, knobs)) == 4 * 5 + 5


def test_the_first_noise_points_are_the_ones_that_are_copied():
    # One step on all points at once, at a gradient Adam turns into its sign. Noise alone, at weights of zero: row 0 has
    # the gradient -1/2 times the mean of the noise points, so it goes along that mean's sign.
    alone = request(forget=[((1, 0), 0)], retain=[((0, 0), 0)])
    for seed in range(5):
        knobs = Knobs(noise_points=8, noise_steps=0, copies=2, noise_per_batch=3, impair=1, repair=0, batch=100)
        knobs = knobs.model_copy(update={"impair_lr": 0.1})
        noise = prepared(METHOD, linear(), alone, knobs, seed).state
        end = states(METHOD, linear(), alone, knobs, seed=seed)[0]
        assert torch.allclose(end["head.weight"][0], 0.1 * noise[:3].mean(dim=0).sign(), atol=1e-5)


def test_the_original_s_preset_is_60_images_where_5120_were_meant():
    runs, meant = (Knobs(**METHOD.presets[name].knobs) for name in ("images (original)", "images (as meant)"))
    assert runs.copies * (runs.noise_per_batch or runs.noise_points) == 20 * 3
    assert meant.copies * (meant.noise_per_batch or meant.noise_points) == 20 * 256
    assert runs.model_copy(update={"noise_per_batch": 0}) == meant
    assert runs.batch == 256


def test_noise_is_learnt_by_the_batch_s_statistics_where_these_move():
    case = make("forget_class", "conv")
    before = {name: value.clone() for name, value in case.original.state_dict().items()}
    frozen, update = (
        prepared(METHOD, case.original, case.request, Knobs.model_validate({"noise_steps": 3, "batchnorm": how})).state
        for how in ("frozen", "update")
    )
    assert not torch.equal(frozen, update)
    assert equal(case.original.state_dict(), before)
