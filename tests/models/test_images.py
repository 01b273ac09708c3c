"""What holds for every network for images: its parts, how it starts, and that methods can work on it."""

import copy

import pytest
import torch
from torch.nn import functional as F

from explorer import draws
from explorer.models import Network, compact, flat, load_flat, resnet18, vgg11
from explorer.recording.evaluating import evaluate, state_of
from explorer.training import fresh
from tests.models._images import CLASSES, SHAPE, filled, images, loss_of

NETS = {
    "compact": lambda classes=CLASSES: compact.build(compact.Options(width=16), SHAPE, classes),
    "resnet18": lambda classes=CLASSES: resnet18.build(resnet18.Options(width=8), SHAPE, classes),
    "vgg11": lambda classes=CLASSES: vgg11.build(vgg11.Options(width=8), SHAPE, classes),
}


@pytest.fixture(params=NETS)
def net(request: pytest.FixtureRequest) -> Network:
    return filled(NETS[request.param]())


def test_logits_are_the_head_of_the_features(net: Network):
    x = images(3)
    with torch.no_grad():
        features = net.features(x)
        assert features.shape == (3, 64)
        assert torch.equal(net(x), F.linear(features, net.head.weight, net.head.bias))
        assert net(x).shape == (3, CLASSES)


def test_blocks_hold_every_weight_once_in_order(net: Network):
    parts = [parameter for block in net.blocks for parameter in block.parameters()]
    frozen = {id(net.whitening_bias)} if isinstance(net, compact.Compact) else set()  # before the first block
    assert [id(part) for part in parts] == [id(one) for one in net.parameters() if id(one) not in frozen]
    assert net.blocks[-1] is net.head


@pytest.mark.parametrize("name", NETS)
def test_reset_depends_on_its_generator_alone(name: str):
    first = filled(NETS[name](), seed=1)
    torch.manual_seed(5)
    again = fresh(first, draws.generator(1))
    other = fresh(first, draws.generator(2))
    assert torch.equal(flat(again), flat(first))
    assert not torch.equal(flat(other), flat(first))


@pytest.mark.parametrize("name", NETS)
def test_the_global_generator_is_left_alone(name: str):
    before = torch.get_rng_state()
    model = filled(NETS[name]())
    model.train()(images(4))
    assert torch.equal(torch.get_rng_state(), before)


def test_reset_keeps_nothing_of_a_training(net: Network):
    start = state_of(net)
    model = copy.deepcopy(net).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    F.cross_entropy(model(images(8)), torch.arange(8)).backward()
    optimizer.step()
    assert not torch.equal(state_of(model), start)
    assert torch.equal(state_of(fresh(model, draws.generator(0))), start)


def test_signals_neither_die_nor_blow_up_at_the_start(net: Network):
    # Without a shortcut, variance 2 / inputs keeps the mean square through ReLU layers; pooling and shortcuts raise it.
    with torch.no_grad():
        size = float(net.features(images(16)).square().mean().sqrt())
    assert 0.1 < size < 30


def test_gradients_are_finite_in_eval_mode(net: Network):
    before = state_of(net)
    F.cross_entropy(net(images(4)), torch.arange(4)).backward()
    gradients = [parameter.grad for parameter in net.parameters()]
    assert all(gradient is not None and gradient.isfinite().all() and gradient.any() for gradient in gradients)
    assert torch.equal(state_of(net), before)


def test_gradients_image_by_image_are_those_of_one_image_each(net: Network):
    x, y = images(3), torch.tensor([0, 4, 9])
    weights = {name: parameter.detach() for name, parameter in net.named_parameters()}
    each = torch.func.vmap(torch.func.grad(loss_of(net)), in_dims=(None, 0, 0))(weights, x, y)
    for row in range(3):
        net.zero_grad()
        F.cross_entropy(net(x[row : row + 1]), y[row : row + 1]).backward()
        for name, parameter in net.named_parameters():
            assert parameter.grad is not None
            assert torch.allclose(each[name][row], parameter.grad, rtol=1e-3, atol=1e-5), name


def test_a_hessian_times_a_vector_is_the_slope_of_the_gradient(net: Network):
    net = net.double()  # differences of gradients need the digits
    x, y = images(1)[0].double(), torch.tensor(3)
    rng = draws.generator(8)  # away from the start, where whole channels stand at the bend of a ReLU
    weights = {name: one.detach() + 0.01 * draws.normal(one.shape, rng, one) for name, one in net.named_parameters()}
    along = {name: draws.normal(value.shape, draws.generator(9), value) for name, value in weights.items()}
    gradient = torch.func.grad(lambda values: loss_of(net)(values, x, y))
    _, pull, *_ = torch.func.vjp(gradient, weights)
    (product,) = pull(along)  # a Hessian is symmetric
    step = 1e-8  # small, for ReLU bends at points
    moved = gradient({name: value + step * along[name] for name, value in weights.items()})
    start = gradient(weights)
    slope = torch.cat([((moved[name] - start[name]) / step).flatten() for name in weights])
    exact = torch.cat([product[name].flatten() for name in weights])
    assert torch.linalg.norm(slope - exact) < 1e-3 * torch.linalg.norm(exact)


def test_a_copy_lives_its_own_life(net: Network):
    clone = copy.deepcopy(net)
    with torch.no_grad():
        clone.head.bias.add_(1)
    assert torch.equal(flat(clone)[:-CLASSES], flat(net)[:-CLASSES])
    assert not torch.equal(flat(clone)[-CLASSES:], flat(net)[-CLASSES:])


def test_a_recorded_state_is_the_same_function(net: Network):
    model = copy.deepcopy(net).train()
    model(images(8, seed=1) * 3)  # moves batch statistics, where there are any
    model.eval()
    x = images(4)
    with torch.no_grad():
        expected = model(x)
    assert torch.allclose(torch.from_numpy(evaluate(net, state_of(model), x)[0]), expected, rtol=1e-5, atol=1e-6)


def test_eval_judges_each_image_by_itself(net: Network):
    x = images(4)
    with torch.no_grad():
        assert torch.allclose(net(x)[:1], net(x[:1]), rtol=1e-4, atol=1e-5)


def test_flat_weights_go_in_and_out(net: Network):
    weights = flat(net) + 0.25
    load_flat(net, weights)
    assert torch.equal(flat(net), weights)


@pytest.mark.parametrize(
    ("module", "shape", "words"),
    [
        (resnet18, (2,), "resnet18 reads images (channels, height, width) of at least 8 pixels a side, got inputs"),
        (vgg11, (3, 16, 32), "vgg11 reads images (channels, height, width) of at least 32 pixels a side, got inputs"),
    ],
)
def test_other_inputs_are_refused_in_one_sentence(module, shape: tuple[int, ...], words: str):
    with pytest.raises(ValueError) as raised:
        module.build(module.Options(), shape, 10)
    assert str(raised.value) == f"{words} of shape {shape}"
