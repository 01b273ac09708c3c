"""l1-sparse: how the penalty fades, and a step worked out by hand."""

import pytest
from pydantic import ValidationError

from explorer.methods.l1_sparse import METHOD, Knobs, size, strength
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads

ONE = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])


def test_penalty_fades_linearly_from_the_first_epoch():
    knobs = Knobs(gamma=0.1, epochs=4, plain=0)
    assert [strength(knobs, epoch) for epoch in range(4)] == pytest.approx([0.1, 0.075, 0.05, 0.025])


def test_last_epochs_are_without_penalty():
    knobs = Knobs(gamma=0.1, epochs=4, plain=2)
    assert [strength(knobs, epoch) for epoch in range(4)] == pytest.approx([0.1, 0.05, 0, 0])


@pytest.mark.parametrize("plain", [4, 5])
def test_a_penalty_in_no_epoch_is_refused(plain: int):
    with pytest.raises(ValidationError, match="`plain` must be below `epochs`"):
        Knobs(epochs=4, plain=plain)


def test_size_counts_weights_and_biases():
    assert size(linear([[1, -2], [0, 3]], [-1, 0.5])).item() == 7.5


def test_step_pulls_every_weight_towards_zero_by_lr_times_gamma():
    # The retained point sees only column 1, whose logits are equal: (.5, -.5) there; column 0 feels the penalty alone.
    start = linear([[2, 0], [-2, 0]])
    weight, bias = heads(METHOD, start, ONE, Knobs(lr=0.1, gamma=0.2, epochs=1, plain=0))[0]
    assert close(weight, [[1.98, -0.05], [-1.98, 0.05]])
    assert close(bias, [-0.05, 0.05])


def test_penalty_shrinks_the_model():
    start = linear([[2, 0], [-2, 0]])
    with_, without = (
        heads(METHOD, start, ONE, Knobs(gamma=gamma, epochs=10, plain=0))[-1][0].abs().sum() for gamma in (0.1, 0.0)
    )
    assert with_ < without


def test_weight_decay_pulls_every_weight_by_its_own_size():
    # As above without penalty: the gradient of column 1 is (.5, -.5); decay adds a tenth of the weight, 2 and -2.
    start = linear([[2, 0], [-2, 0]])
    knobs = Knobs(lr=0.1, gamma=0.0, epochs=1, plain=0, weight_decay=0.1)
    weight, bias = heads(METHOD, start, ONE, knobs)[0]
    assert close(weight, [[2 - 0.1 * 0.2, -0.05], [-2 + 0.1 * 0.2, 0.05]])
    assert close(bias, [-0.05, 0.05])


def test_presets_of_the_released_command_line_have_its_decay():
    for name in ("released default", "CIFAR-10 (paper)"):
        assert METHOD.presets[name].knobs["weight_decay"] == 5e-4
