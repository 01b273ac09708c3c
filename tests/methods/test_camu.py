"""CaMU against pairs and steps worked out by hand."""

import math

import torch

from explorer.contract.cases import make
from explorer.methods.camu import METHOD, Knobs, divergence
from tests.methods._hand import linear, request
from tests.methods._paths import heads, prepared, states

FORGET = [((1.0, 0.0), 0), ((2.0, 0.0), 0), ((3.0, 0.0), 1)]
RETAIN = [((-1.0, 0.0), 1), ((-2.0, 0.0), 1), ((-3.0, 0.0), 0), ((-4.0, 0.0), 2)]


def test_a_partner_is_a_retained_point_with_noise_and_never_has_the_forget_label():
    asked = request(FORGET, RETAIN, classes=3)
    for seed in range(20):
        pairs = prepared(METHOD, linear(), asked, Knobs(noise=0.5), seed).state
        added = pairs.partner[:, None, :] - asked.retain.x[None]
        inside = ((added >= 0) & (added < 0.5)).all(dim=-1)
        assert (inside.sum(dim=1) == 1).all()
        assert len(set(inside.float().argmax(dim=1).tolist())) == 3  # without repeats where there are enough
        true = asked.retain.y[inside.float().argmax(dim=1)]
        assert (pairs.label != asked.forget.y).all()
        assert ((pairs.label == true) | (true == asked.forget.y)).all()


def test_noise_in_data_units_shrinks_where_inputs_are_standardised():
    asked = request(FORGET, RETAIN, classes=3, std=4.0)
    quiet = prepared(METHOD, linear(), asked, Knobs(noise=0.0)).state.partner
    data = prepared(METHOD, linear(), asked, Knobs(noise=1.0, units="data")).state.partner - quiet
    plain = prepared(METHOD, linear(), asked, Knobs(noise=1.0, units="standardised")).state.partner - quiet
    assert torch.allclose(4 * data, plain, atol=1e-6)


def test_divergence_is_summed_over_the_batch_and_blind_to_a_shift():
    # p = (1/2, 1/2) against q = (3/4, 1/4): KL = 1/2 log(2/3) + 1/2 log 2.
    target, features = torch.zeros(2, 2), torch.tensor([[math.log(3.0), 0.0], [5 + math.log(3.0), 5.0]])
    by_hand = 2 * (0.5 * math.log(2 / 3) + 0.5 * math.log(2))
    assert math.isclose(divergence(target, features).item(), by_hand, rel_tol=1e-5)


def test_first_step_of_the_output_moves_every_bias_by_its_rate():
    # A linear model has its inputs for features: step A has nothing to move. In step B the two classes are as likely;
    # the retained point says 1 with weight .9, the partner's label is 1 too: Adam moves each bias by its rate.
    asked = request([((0, 0), 0)], [((0, 0), 1)])
    knobs = Knobs(epochs=1, impair_lr=0.1, weight_decay=0.0, noise=0.0)
    weight, bias = heads(METHOD, linear(), asked, knobs)[0]
    assert torch.allclose(bias, torch.tensor([-0.1, 0.1]), atol=1e-5)
    assert torch.equal(weight, torch.zeros(2, 2))


def test_an_epoch_passes_once_over_the_forget_set():
    case = make("forget")  # 8 points to forget
    assert len(states(METHOD, case.original, case.request, Knobs(epochs=3, batch=3))) == 3 * 3


def test_forget_features_move_towards_their_partners():
    case = make("forget_class", classes=4)
    ready = prepared(METHOD, case.original, case.request, Knobs(noise=0.0))
    target = case.original.features(ready.state.partner)
    before = divergence(target, case.original.features(case.request.forget.x))
    knobs = Knobs(epochs=30, kl_lr=1e-2, impair_lr=1e-6, noise=0.0)
    model = make("forget_class", classes=4).original
    live = list(METHOD.unlearn(model, case.request, knobs, torch.Generator().manual_seed(0), ready))[-1]
    assert divergence(target, live.features(case.request.forget.x)) < 0.7 * before  # type: ignore[operator]


def test_released_inputs_are_raw_on_mnist_and_standardised_on_cifar():
    # Where the deviation is 4, noise of up to 1 is up to 1/4 of a standardised input in the data's own unit.
    asked = request(FORGET, RETAIN, classes=3, std=4.0)
    for name, longest in (("MNIST, random 10 %", 0.25), ("CIFAR, class", 1.0), ("CIFAR, random 10 %", 1.0)):
        knobs = Knobs(**METHOD.presets[name].knobs)
        added = [
            prepared(METHOD, linear(), asked, knobs, seed).state.partner
            - prepared(METHOD, linear(), asked, knobs.model_copy(update={"noise": 0.0}), seed).state.partner
            for seed in range(20)
        ]
        assert 0.9 * longest < torch.stack(added).max() < longest
