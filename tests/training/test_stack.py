"""train_many against autograd and torch.optim, and what it promises about left-out points, pairs and threads."""

import itertools
import threading

import pytest
import torch
from torch.nn import functional as F

from explorer import draws
from explorer.models import flat, load_flat
from explorer.models.mlp import MLP
from explorer.training import Examples, Training
from explorer.training.stack import Layout, Row, forward_many, train_many

ACTIVATIONS = ("relu", "tanh", "gelu")


def examples(n: int = 61, classes: int = 2, dtype: torch.dtype = torch.float32, seed: int = 0) -> Examples:
    rng = draws.generator(seed)
    return Examples(draws.normal((n, 2), rng).to(dtype), draws.integers(classes, (n,), rng))


def network(layout: Layout, weights: torch.Tensor) -> MLP:
    model = MLP(layout.inputs, layout.widths, layout.outputs, layout.activation).to(weights.dtype)
    load_flat(model, weights)
    return model


def weighted_loss(model: MLP, data: Examples, rows: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    losses = F.cross_entropy(model(data.x[rows]), data.y[rows], reduction="none")
    return (losses * weight[rows]).sum() / weight[rows].sum()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("widths", "classes"), list(itertools.product([(), (7,), (5, 9), (6, 3, 8)], [2, 3, 5])))
def test_gradient_by_hand_is_autograds(activation, widths, classes):
    data, layout = examples(23, classes, torch.float64), Layout(2, widths, classes, activation)
    weight = draws.uniform((23,), draws.generator(1)).double()
    weight[:4] = 0
    plain = Training(optimizer="sgd", momentum=0, weight_decay=0, lr=1, schedule="constant", batch=23, steps=1)
    _, (record,) = train_many(layout, [data], [Row(3, 4, 0, weight)], plain, keep_path=True)
    model = network(layout, record.path[0])
    loss = weighted_loss(model, data, torch.arange(23), weight)
    expected = torch.cat([part.flatten() for part in torch.autograd.grad(loss, list(model.parameters()))])
    assert expected.abs().max() > 1e-3
    assert torch.allclose(record.path[0] - record.path[1], expected, rtol=0, atol=1e-9)


OPTIMISERS = {
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.02, weight_decay=0.05),
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=0.02, weight_decay=0.05),
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.02, weight_decay=0.05, momentum=0.8),
}
SCHEDULES = {
    "constant": lambda optimizer: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0),
    "cosine": lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=70),
    "linear": lambda optimizer: torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=70),
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("optimizer", "schedule"), list(itertools.product(OPTIMISERS, SCHEDULES)))
def test_training_is_that_of_a_plain_loop(optimizer, schedule, activation):
    data, layout = examples(dtype=torch.float64), Layout(2, (8, 5), 2, activation)
    weight = torch.ones(61, dtype=torch.float64)
    weight[:10], weight[20:30] = 0, 0.3
    training = Training(
        optimizer=optimizer, schedule=schedule, steps=70, lr=0.02, batch=16, weight_decay=0.05, momentum=0.8
    )
    rows = [Row(5, 6, 0, torch.ones(61)), Row(1, 2, 0, weight)]
    weights, records = train_many(layout, [data], rows, training, keep_path=True)

    model = network(layout, records[1].path[0])
    optimiser = OPTIMISERS[optimizer](model.parameters())
    scheduler = SCHEDULES[schedule](optimiser)
    for step, batch in enumerate(records[1].batches):
        assert torch.allclose(flat(model), records[1].path[step], rtol=0, atol=1e-11)
        optimiser.zero_grad()
        weighted_loss(model, data, batch, weight).backward()
        optimiser.step()
        scheduler.step()
    assert torch.allclose(flat(model), weights[1], rtol=0, atol=1e-11)
    assert torch.equal(weights[1], records[1].path[-1])


def test_single_precision_stays_near_double_precision():
    layout, training = Layout(2, (8,), 2, "tanh"), Training(steps=50)
    row = Row(1, 2, 0, torch.ones(61))
    single, _ = train_many(layout, [examples()], [row], training)
    double, _ = train_many(layout, [examples(dtype=torch.float64)], [row], training)
    assert (single.dtype, double.dtype) == (torch.float32, torch.float64)
    assert torch.allclose(single.double(), double, rtol=0, atol=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_row_starts_as_the_model_resets(activation):
    layout = Layout(2, (32, 7), 3, activation)
    _, (record,) = train_many(
        layout, [examples(classes=3)], [Row(11, 0, 0, torch.ones(61))], Training(steps=1), keep_path=True
    )
    model = MLP(2, (32, 7), 3, activation)
    model.reset(draws.generator(11))
    assert torch.equal(record.path[0], flat(model))


@pytest.mark.parametrize("optimizer", ["adamw", "sgd", "lbfgs"])
def test_values_of_left_out_points_do_not_matter(optimizer):
    data, weight = examples(), torch.ones(61)
    weight[10:25] = 0
    x, y = data.x.clone(), data.y.clone()
    x[10:25], y[10:25] = 1e6, 1 - y[10:25]
    x[12] = float("nan")
    layout, training = Layout(2, (9, 6), 2, "relu"), Training(optimizer=optimizer, steps=40, batch=8)
    ours, _ = train_many(layout, [data], [Row(1, 2, 0, weight)], training)
    other, _ = train_many(layout, [Examples(x, y)], [Row(1, 2, 0, weight)], training)
    assert torch.equal(ours, other)


def test_a_pair_shares_start_and_batches_and_differs_after():
    weight = torch.ones(61)
    weight[:20] = 0
    rows = [Row(1, 2, 0, torch.ones(61)), Row(1, 2, 0, weight)]
    weights, (original, paired) = train_many(
        Layout(2, (8,), 2, "tanh"), [examples()], rows, Training(steps=30, batch=8), keep_path=True
    )
    assert torch.equal(original.path[0], paired.path[0])
    assert torch.equal(original.batches, paired.batches)
    assert not torch.equal(weights[0], weights[1])


def test_rows_choose_their_data_set():
    before, after = examples(), examples(seed=5)
    layout, training, every = Layout(2, (8,), 2, "tanh"), Training(steps=20), torch.ones(61)
    both, _ = train_many(layout, [before, after], [Row(1, 2, 1, every), Row(1, 2, 0, every)], training)
    first, _ = train_many(layout, [before], [Row(1, 2, 0, every)], training)
    second, _ = train_many(layout, [after], [Row(1, 2, 0, every)], training)
    assert torch.equal(both, torch.cat([second, first]))


@pytest.mark.parametrize(
    ("n", "batch", "widths", "activation", "classes"),
    [
        (90, 32, (32, 32), "tanh", 2),
        (61, 13, (7, 5), "tanh", 3),
        (61, 9, (33, 17), "gelu", 5),
        (50, 50, (64,), "relu", 2),
        (40, 1, (3,), "tanh", 4),
        (40, 7, (), "tanh", 2),
    ],
)
def test_a_row_is_the_same_to_the_bit_alone_and_in_company(n, batch, widths, activation, classes):
    data, layout = examples(n, classes), Layout(2, widths, classes, activation)
    rng = draws.generator(7)
    rows = [Row(k, k + 1, 0, (draws.uniform((n,), rng) > 0.2).float()) for k in range(70)]  # more than one part
    training = Training(steps=15, batch=batch)
    together, _ = train_many(layout, [data], rows, training)
    for picked in ([0], [69], [63, 64], [5, 3, 40], list(range(20, 37)), list(range(69, -1, -1))):
        some, _ = train_many(layout, [data], [rows[k] for k in picked], training)
        assert torch.equal(some, together[picked])


def test_a_row_that_breaks_leaves_its_neighbours_alone():
    whole, broken = examples(), examples()
    broken.x[3] = float("inf")
    layout, training, every = Layout(2, (8,), 2, "tanh"), Training(steps=30), torch.ones(61)
    rows = [Row(1, 2, 0, every), Row(1, 2, 1, every), Row(3, 4, 0, every)]
    weights, _ = train_many(layout, [whole, broken], rows, training)
    expected, _ = train_many(layout, [whole], [rows[0], rows[2]], training)
    assert weights[1].isnan().any()
    assert torch.equal(weights[[0, 2]], expected)


def test_a_batch_of_left_out_points_makes_no_gradient():
    weight = torch.zeros(61)
    weight[:30] = 1
    plain = Training(optimizer="sgd", momentum=0, weight_decay=0, batch=1, steps=61, schedule="constant")
    _, (record,) = train_many(Layout(2, (8,), 2, "tanh"), [examples()], [Row(1, 2, 0, weight)], plain, keep_path=True)
    moved = (record.path[1:] != record.path[:-1]).any(1)
    assert torch.equal(moved, weight[record.batches[:, 0]] > 0)


def test_every_epoch_sees_each_point_once_whatever_its_weight():
    training = Training(batch=8, steps=61)  # 8 epochs of 61 points
    weight = torch.ones(61)
    weight[:30] = 0
    _, (record,) = train_many(Layout(2, (), 2, "tanh"), [examples()], [Row(1, 2, 0, weight)], training, keep_path=True)
    epochs = record.batches.flatten().view(8, 61)
    assert record.batches.shape == (61, 8)
    assert torch.equal(epochs.sort(1).values, torch.arange(61).expand(8, 61))
    assert not torch.equal(epochs[0], epochs[1])


def test_a_batch_larger_than_the_set_is_the_set():
    _, (record,) = train_many(
        Layout(2, (), 2, "tanh"), [examples()], [Row(1, 2, 0, torch.ones(61))], Training(batch=500, steps=3),
        keep_path=True,
    )  # fmt: skip
    assert torch.equal(record.batches.sort(1).values, torch.arange(61).expand(3, 61))


def test_weights_can_be_used_by_autograd():
    layout = Layout(2, (8,), 2, "tanh")
    weights, (record,) = train_many(
        layout, [examples()], [Row(1, 2, 0, torch.ones(61))], Training(steps=3), keep_path=True
    )
    for given in (weights[0], record.path[-1]):
        model = network(layout, given)
        weighted_loss(model, examples(), record.batches[0], torch.ones(61)).backward()
        assert all(parameter.grad is not None for parameter in model.parameters())


def test_other_threads_and_the_global_generator_do_not_matter():
    layout, training = Layout(2, (8,), 2, "tanh"), Training(steps=40, batch=8)

    def weights(seed: int) -> torch.Tensor:
        return train_many(layout, [examples()], [Row(seed, seed + 1, 0, torch.ones(61))], training)[0]

    expected = [weights(seed) for seed in range(4)]
    found: dict[int, torch.Tensor] = {}

    def work(seed: int) -> None:
        for _ in range(5):
            torch.manual_seed(seed)
            found[seed] = weights(seed)

    state = torch.get_rng_state()
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    torch.set_rng_state(state)
    assert all(torch.equal(found[seed], expected[seed]) for seed in range(4))


@pytest.mark.parametrize("optimizer", ["adamw", "sgd", "lbfgs"])
def test_the_global_generator_is_left_alone(optimizer):
    state = torch.get_rng_state()
    train_many(
        Layout(2, (8,), 2, "tanh"), [examples()], [Row(1, 2, 0, torch.ones(61))], Training(optimizer=optimizer, steps=5)
    )
    assert torch.equal(torch.get_rng_state(), state)


def test_arguments_are_left_alone():
    data, weight = examples(), torch.ones(61)
    weight[:5] = 0
    train_many(Layout(2, (8,), 2, "tanh"), [data], [Row(1, 2, 0, weight)], Training(steps=5))
    assert torch.equal(data.x, examples().x)
    assert torch.equal(weight[:6], torch.tensor([0.0, 0, 0, 0, 0, 1]))


@pytest.mark.parametrize("optimizer", ["adamw", "lbfgs"])
def test_tick_counts_up_to_the_total(optimizer):
    seen: list[tuple[int, int]] = []
    rows = [Row(k, k, 0, torch.ones(61)) for k in range(70 if optimizer == "adamw" else 2)]
    training = Training(steps=60, optimizer=optimizer)
    train_many(
        Layout(2, (), 2, "tanh"), [examples()], rows, training, tick=lambda done, total: seen.append((done, total))
    )
    done = [count for count, _ in seen]
    assert done == sorted(done)
    assert {total for _, total in seen} == {120}  # two parts, or two rows
    assert (done[0], done[-1]) == (0, 120)


class Cancelled(Exception):
    pass


@pytest.mark.parametrize("optimizer", ["adamw", "lbfgs"])
def test_tick_can_end_the_training(optimizer):
    def tick(done: int, total: int) -> None:
        if done >= 25:
            raise Cancelled

    training = Training(steps=20000, batch=8, optimizer=optimizer, weight_decay=1e-6)
    with pytest.raises(Cancelled):
        train_many(Layout(2, (8,), 2, "tanh"), [examples()], [Row(1, 2, 0, torch.ones(61))], training, tick=tick)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("widths", [(), (7,), (32, 32)])
def test_forward_many_is_the_models_forward(activation, widths):
    layout = Layout(2, widths, 3, activation)
    rng = draws.generator(0)
    weights = draws.normal((4, layout.size), rng).double()
    x = draws.normal((4100, 2), rng).double()  # more than one block
    logits = forward_many(layout, weights, x)
    expected = torch.stack([network(layout, row)(x) for row in weights])
    assert logits.shape == (4, 4100, 3)
    assert not logits.requires_grad
    assert torch.allclose(logits, expected.detach(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("classes", [2, 5])
def test_logits_do_not_depend_on_where_weights_and_points_lie_in_memory(classes: int):
    layout, rng = Layout(2, (8, 5), classes, "tanh"), draws.generator(0)
    weights, x = draws.normal((5, layout.size), rng), draws.normal((97, 2), rng)
    expected = forward_many(layout, weights, x)
    for shift in range(1, 16):  # floats: torch aligns to 16 of them, numpy to 4, and a file's arrays to none
        moved = [torch.zeros(one.numel() + shift)[shift:].view(one.shape).copy_(one) for one in (weights, x)]
        assert torch.equal(forward_many(layout, *moved), expected)
    for number in range(5):
        assert torch.equal(forward_many(layout, weights[number : number + 1], x)[0], expected[number])


def test_no_rows_give_no_weights():
    weights, records = train_many(Layout(2, (3,), 2, "tanh"), [examples()], [], Training())
    assert weights.shape == (0, 17)
    assert records == []


def test_an_activation_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="`activation` must be one of relu, tanh, gelu, got selu"):
        Layout(2, (8,), 2, "selu")
