"""MSG: which weights start anew, and a step worked out by hand."""

import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods.msg import METHOD, Knobs, alike
from explorer.training import fresh
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, states

ONE = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])


def test_weights_with_the_smallest_difference_of_gradients_are_chosen_and_never_a_bias():
    weights = list(linear().parameters())
    one = [torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([0.0, 0.0])]
    other = [torch.tensor([[1.5, 2.0], [9.0, 3.9]]), torch.tensor([0.0, 0.0])]
    weight, bias = alike(weights, one, other, share=0.5)
    assert weight.tolist() == [[False, True], [False, True]]
    assert not bias.any()


def test_share_is_of_the_matrices_and_rounded_down():
    weights = list(linear().parameters())
    gradients = [torch.zeros(2, 2), torch.zeros(2)]
    assert [int(alike(weights, gradients, gradients, share)[0].sum()) for share in (0.2, 0.3, 0.99, 1.0)] == [
        0,
        1,
        3,
        4,
    ]


def test_with_nothing_chosen_the_step_is_damped_sgd_on_the_retain_set():
    weight, bias = heads(METHOD, linear(), ONE, Knobs(share=0, lr=0.1, damp=0.2, epochs=1))[0]
    assert close(weight, [[0, -0.01], [0, 0.01]])
    assert close(bias, [-0.01, 0.01])


def test_with_everything_chosen_matrices_start_anew_and_take_whole_steps():
    start = fresh(linear(), draws.generator(0)).get_parameter("head.weight").detach()
    logits = start @ torch.tensor([0.0, 1.0])  # the bias stays at 0
    p = torch.softmax(logits, dim=0)
    weight, bias = heads(METHOD, linear(), ONE, Knobs(share=1, lr=0.1, damp=0.2, epochs=1))[0]
    gap = p - torch.tensor([0.0, 1.0])
    assert torch.allclose(weight[:, 0], start[:, 0])
    assert torch.allclose(weight[:, 1], start[:, 1] - 0.1 * gap, atol=1e-6)
    assert torch.allclose(bias, -0.02 * gap, atol=1e-6)


def test_kernels_of_convolutions_are_among_those_that_start_anew():
    case = make("forget", "conv")
    first = states(METHOD, case.original, case.request, Knobs(share=1.0, damp=0.0, lr=1e-5), most=1)[0]
    start = fresh(case.original, draws.generator(0))
    assert torch.allclose(first["blocks_.0.0.weight"], start.get_parameter("blocks_.0.0.weight"), atol=1e-3)
    assert torch.equal(first["blocks_.0.1.weight"], case.original.get_parameter("blocks_.0.1.weight"))
