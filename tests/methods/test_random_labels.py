"""Random labels against steps worked out by hand."""

from itertools import islice

import torch

from explorer import draws
from explorer.methods.random_labels import METHOD, Knobs, _batches
from tests.methods._hand import close, heads_after, linear, request

TWO = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
MANY = request(forget=[((float(i), 0.0), i % 5) for i in range(40)], retain=[((0, 1), 1)] * 24, classes=5)


def labels(knobs: Knobs, epochs: int = 1) -> list[torch.Tensor]:
    """Return the forget labels in force in each epoch (all points in one batch)."""
    steps = _batches(MANY, knobs, draws.generator(3))
    return [y[:40].clone() for _, y in islice(steps, epochs)]


def test_mixed_step_trains_the_forget_point_to_the_other_class():
    # Both points have label 1 now. Row 0: 1/2 [ 1/2 (1, 0) + 1/2 (0, 1) ] = (.25, .25); down by .1.
    (weight, bias), *_ = heads_after(METHOD, linear(), TWO, Knobs(lr=0.1, steps=1))
    assert close(weight, [[-0.025, -0.025], [0.025, 0.025]])
    assert close(bias, [-0.05, 0.05])


def test_sequential_order_takes_the_forget_set_first():
    knobs = Knobs(lr=0.1, momentum=0, steps=2, order="sequential")
    (first, _), (second, _) = heads_after(METHOD, linear(), TWO, knobs)
    assert close(first, [[-0.05, 0], [0.05, 0]])
    assert second[0, 0] == first[0, 0]
    assert second[0, 1] < 0


def test_sequential_batches_hold_one_set_each():
    steps = _batches(MANY, Knobs(order="sequential", batch=32), draws.generator(0))
    sizes = [(int((rows < 40).sum()), len(rows)) for rows, _ in islice(steps, 6)]
    assert sizes == [(32, 32), (8, 8), (0, 24)] * 2


def test_other_never_draws_the_right_label_and_any_sometimes_does():
    right = MANY.forget.y
    assert not (labels(Knobs(labels="other", batch=64))[0] == right).any()
    share = float((labels(Knobs(labels="any", batch=64))[0] == right).float().mean())
    assert 0 < share < 0.5


def test_labels_are_drawn_once_or_for_each_epoch():
    once = labels(Knobs(redraw="once", batch=64), epochs=3)
    each = labels(Knobs(redraw="each", batch=64), epochs=3)
    assert torch.equal(once[0], once[1]) and torch.equal(once[1], once[2])
    assert not torch.equal(each[0], each[1]) and not torch.equal(each[1], each[2])


def test_retained_labels_stay_right():
    for _, y in islice(_batches(MANY, Knobs(labels="any", redraw="each", batch=64), draws.generator(1)), 3):
        assert torch.equal(y[40:], MANY.retain.y)
