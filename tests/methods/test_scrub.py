"""SCRUB against steps and losses worked out by hand."""

import json
import math

import torch

from explorer.experiments.cifar.files import SHIPPED
from explorer.methods import scrub
from explorer.methods._shared.steps import divergence
from explorer.methods.scrub import METHOD, Knobs, Scrub
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads

TWO = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
SGD = {"optimizer": "sgd", "lr": 0.1}
X = torch.tensor([[1.0, 0.0]])
TEACHER = torch.tensor([[2 * math.log(3), 0.0]])  # at temperature 2: (.75, .25)


def weight_of(scrub: Scrub) -> torch.Tensor:
    return scrub.model.get_parameter("head.weight").detach()


def test_divergence_is_the_sum_over_classes_and_the_mean_over_the_batch():
    by_hand = 0.75 * math.log(0.75 / 0.5) + 0.25 * math.log(0.25 / 0.5)
    one = divergence(TEACHER, torch.zeros(1, 2), 2.0)
    both = divergence(torch.cat([TEACHER, torch.zeros(1, 2)]), torch.zeros(2, 2), 2.0)
    assert math.isclose(one.item(), by_hand, rel_tol=1e-6)
    assert math.isclose(both.item(), by_hand / 2, rel_tol=1e-6)


def test_push_climbs_temperature_squared_times_the_divergence():
    # T^2 KL has the gradient T (q - p) = 2 (-.25, .25) in the logits: up by .1 * (-.5, .5).
    scrub = Scrub(linear(), Knobs(**SGD, temperature=2.0))
    scrub.push(X, TEACHER)
    assert close(weight_of(scrub), [[-0.05, 0], [0.05, 0]])


def test_pull_descends_loss_and_divergence_with_their_weights():
    # Loss to label 1: (.5, -.5). Divergence: .5 * (-.5, .5). Together 2 * (.5, -.5) + (-.25, .25) = (.75, -.75).
    scrub = Scrub(linear(), Knobs(**SGD, temperature=2.0, gamma=2.0, alpha=0.5))
    scrub.pull(X, torch.tensor([1]), TEACHER)
    assert close(weight_of(scrub), [[-0.075, 0], [0.075, 0]])


def test_first_max_step_has_no_gradient_because_student_and_teacher_agree():
    start = linear([[1, 0], [0, 0.5]])
    weight, bias = heads(METHOD, start, TWO, Knobs(**SGD), most=1)[0]
    assert torch.allclose(weight, start.head.weight.detach(), atol=1e-7)
    assert torch.allclose(bias, start.head.bias.detach(), atol=1e-7)


def test_max_pass_comes_first_and_only_in_the_first_epochs():
    asked = request(forget=[((1, 0), 0)] * 3, retain=[((0, 1), 1)] * 4)
    path = heads(METHOD, linear(), asked, Knobs(**SGD, epochs=3, max_epochs=2, forget_batch=1, retain_batch=2))
    assert len(path) == (3 + 2) + (3 + 2) + 2
    first_pull = path[3][0] - path[2][0]
    assert torch.allclose(first_pull[:, 1], torch.tensor([-0.05, 0.05]), atol=1e-6)
    assert not path[2][0][:, 1].any()  # a max pass sees only the forget points


def test_rate_falls_to_a_tenth_at_the_named_epochs():
    scrub = Scrub(linear(), Knobs(**SGD, drops="3-5-9"))
    rates = []
    for epoch in range(6):
        scrub.start(epoch)
        rates.append(scrub.optimizer.param_groups[0]["lr"])
    assert torch.allclose(torch.tensor(rates), torch.tensor([0.1, 0.1, 0.1, 0.01, 0.01, 0.001]))


def test_clip_shortens_long_gradients_only_where_it_is_on():
    # The gradient of weight and bias is (-.5, .5) twice: its length is 1, which is cut to .5.
    scrub = Scrub(linear(), Knobs(**SGD, temperature=2.0, clip=0.5))
    scrub.push(X, TEACHER)
    assert torch.allclose(weight_of(scrub), torch.tensor([[-0.025, 0], [0.025, 0]]), atol=1e-5)


def test_rate_of_the_small_notebook_falls_after_the_fifth_and_the_eighth_epoch():
    scrub = Scrub(linear(), Knobs(**{**METHOD.presets["small (paper)"].knobs, "batchnorm": "frozen"}))
    rates = []
    for epoch in range(10):
        scrub.start(epoch)
        rates.append(scrub.optimizer.param_groups[0]["lr"])
    by_hand = [5e-4] * 5 + [5e-5] * 3 + [5e-6] + [5e-7]
    assert torch.allclose(torch.tensor(rates), torch.tensor(by_hand), rtol=1e-5)


def test_rate_never_falls_in_the_three_epochs_of_the_large_scale_notebook():
    knobs = Knobs(**METHOD.presets["large scale (paper)"].knobs)
    scrub = Scrub(linear(), knobs)
    for epoch in range(knobs.epochs):
        scrub.start(epoch)
        assert scrub.optimizer.param_groups[0]["lr"] == 5e-4


def test_a_pull_of_the_large_scale_notebook_weighs_loss_and_teacher_as_released():
    # Loss to label 1: (.5, -.5), times .99. Teacher at temperature 4: p = (sqrt 3, 1) / (sqrt 3 + 1) on the logits
    # (2 log 3, 0); T (q - p) = 4 (.5 - p), times .001. Decay: weights are 0. Down by 5e-4.
    scrub = Scrub(linear(), Knobs(**METHOD.presets["large scale (paper)"].knobs))
    scrub.pull(X, torch.tensor([1]), TEACHER)
    p = math.sqrt(3) / (math.sqrt(3) + 1)
    step = 5e-4 * (0.99 * 0.5 + 0.001 * 4 * (0.5 - p))
    assert torch.allclose(weight_of(scrub), torch.tensor([[-step, 0], [step, 0]]), rtol=1e-5)


def test_presets_have_the_batches_and_passes_of_their_notebooks():
    named = {name: Knobs(**preset.knobs) for name, preset in METHOD.presets.items()}
    small, large, scale = (named[name] for name in ("small (paper)", "large (paper)", "large scale (paper)"))
    assert [(k.forget_batch, k.retain_batch) for k in (small, large, scale)] == [(64, 32), (16, 32), (512, 256)]
    assert [(k.max_epochs, k.epochs) for k in (small, large, scale)] == [(3, 10), (3, 5), (2, 3)]
    assert [(k.optimizer, k.weight_decay, k.temperature) for k in (small, large, scale)] == [
        ("adam", 0.1, 2.0), ("sgd", 5e-4, 4.0), ("sgd", 5e-4, 4.0),
    ]  # fmt: skip
    assert {k.batchnorm for k in (small, large, scale)} == {"update"}


def test_the_card_says_which_of_two_presets_is_recorded_and_which_one_runs_there():
    recorded = "as in JiT's tables"
    run = json.loads((SHIPPED / "cifar100-vgg11-standard-class" / "scrub.json").read_text())
    assert Knobs(**run["spec"]["method"]["knobs"]) == Knobs(**METHOD.presets[recorded].knobs)
    assert METHOD.images.published["JiT, table 2(b)"] == recorded
    assert "recorded on VGG-11 has the weights that are set" in " ".join((scrub.__doc__ or "").split())
