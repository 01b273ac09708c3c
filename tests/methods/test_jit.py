"""JiT against steps worked out by hand, and the guards of its specification (acceptance checks 5 and 6)."""

import dataclasses
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer import draws, pipeline
from explorer.knobs import knob_infos
from explorer.methods import jit
from explorer.methods._method import TensorSpace
from explorer.methods.jit import METHOD, Knobs, losses
from explorer.models import mlp, vgg11
from explorer.models.mlp import MLP
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.training import Examples
from tests.methods._hand import close, linear, request, weights_after
from tests.methods._paths import equal, states

# logits = (2 x1, x2): at x = (1, 0) with noise (1, 0) the outputs differ by (-2, 0).
WEIGHT = [[2.0, 0.0], [0.0, 1.0]]
PLAIN = {"lr": 0.1, "samples": 1, "epochs": 1, "power": 1, "units": "standardised", "norm_floor": 1e-6, "sigma": 1.0}


@pytest.fixture
def noise(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the noise that every draw is replaced by; change it in place."""
    value = [1.0, 0.0]

    def fixed(count: int, x: Tensor, *_: object) -> Tensor:
        return torch.tensor(value).expand(count, *x.shape)

    monkeypatch.setattr(jit, "_noise", fixed)
    return value


def first_weight(knobs: dict[str, Any], points: int = 1, std: float = 1.0) -> float:
    """Return by how much the weight from x1 to class 0 has grown at the end, forgetting (1, 0) `points` times."""
    asked = request([((1, 0), 0)] * points, std=std)
    after = weights_after(METHOD, linear(WEIGHT), asked, Knobs(**{**PLAIN, **knobs}))[-1]
    assert after[0, 1] == 0 and after[1, 1] == 1
    return round(float(after[0, 0]) - 2, 6)


def test_detached_norm_pulls_the_clean_output_with_unit_force(noise: list[float]):
    # d ||out - near|| / d out = (-2, 0) / 2 = (-1, 0), times x = (1, 0), over ||noise|| = 1; down by .1.
    assert first_weight({}) == 0.1


def test_squared_ratio_pulls_in_proportion(noise: list[float]):
    # d ||out - near||^2 / d out = 2 (-2, 0).
    assert first_weight({"power": 2}) == 0.4


def test_full_gradient_flattens_instead(noise: list[float]):
    # ||W noise|| has gradient (1, 0) noise^T.
    assert first_weight({"grad": "full"}) == -0.1


def test_ascent_goes_the_other_way(noise: list[float]):
    assert first_weight({"sign": "ascent"}) == -0.1
    assert first_weight({"grad": "full", "sign": "ascent"}) == 0.1


@pytest.mark.parametrize(("power", "expected"), [(1, 0.05), (2, 0.4)])
def test_ratio_divides_by_the_length_of_the_noise(noise: list[float], power: int, expected: float):
    noise[0] = 2.0  # outputs differ by 4: unit force over 2; or 2 * 4 over 2^2
    assert first_weight({"power": power}) == pytest.approx(expected / (1 if power == 1 else 2))


def test_sigma_scales_the_noise(noise: list[float]):
    assert first_weight({"sigma": 2.0}) == 0.05


def test_short_noise_is_divided_by_the_floor(noise: list[float]):
    noise[0] = 0.5
    assert first_weight({"norm_floor": 1.0}) == 0.1
    assert first_weight({"norm_floor": 0.1}) == 0.2


def test_data_units_measure_noise_and_length_in_the_data_s_own(noise: list[float]):
    # With a standard deviation of 2, noise 1 is 1/2 standardised: outputs differ by 1, 2 * 1 / 1^2.
    assert first_weight({"power": 2, "units": "data"}, std=2.0) == 0.2
    assert first_weight({"power": 2, "units": "standardised"}, std=2.0) == 0.4


def test_sum_over_the_batch_takes_longer_steps_than_the_mean(noise: list[float]):
    assert first_weight({"reduction": "mean"}, points=3) == 0.1
    assert first_weight({"reduction": "sum"}, points=3) == 0.3


def test_samples_are_averaged(noise: list[float]):
    assert first_weight({"samples": 7}) == 0.1


def test_gradients_left_standing_add_up_over_batches(noise: list[float]):
    # Each of 3 batches of one point has gradient -1: steps of .1, .1, .1, or of .1, .2, .3.
    assert first_weight({"batch": 1, "zero_grad": "batch"}, points=3) == 0.3
    assert first_weight({"batch": 1, "zero_grad": "accumulate"}, points=3) == 0.6


def test_clamping_cuts_noise_to_the_range_of_the_batch(noise: list[float]):
    noise[0] = 5.0  # (6, 0) is cut to the batch's largest number, 1: nothing is left of the noise
    assert first_weight({"clamp": "batch"}) == 0
    assert first_weight({"clamp": "off"}) == 0.02  # unit force over 5


def test_probabilities_are_compared_where_asked(noise: list[float]):
    # p0 is sigmoid(2) = .880797 at x and sigmoid(4) = .982014 close by; both probabilities differ by d = -.101217, the
    # norm's gradient is (-1, 1) / sqrt 2, and d p / d logit 0 = p0 p1 (1, -1), p0 p1 = .104994: -.148483 in all.
    asked = request([((1, 0), 0)])
    knobs = Knobs(**{**PLAIN, "out_space": "probs"})
    after = weights_after(METHOD, linear(WEIGHT), asked, knobs)[-1]
    assert close(after, [[2.0148483, 0], [-0.0148483, 1]])


def test_steps_and_order_are_those_of_the_forget_set(noise: list[float]):
    asked = request([((1, 0), 0), ((0, 1), 0), ((1, 1), 1)])
    assert len(weights_after(METHOD, linear(WEIGHT), asked, Knobs(**{**PLAIN, "batch": 2, "epochs": 3}))) == 6
    assert len(weights_after(METHOD, linear(WEIGHT), asked, Knobs(**{**PLAIN, "epochs": 3}))) == 3


def test_a_linear_model_feels_no_pull_from_pairs():
    """The first-order part cancels between + and -: what is left of detached pairs is curvature."""
    points = request([((1, 2), 0), ((-3, 1), 1)])
    moved = {}
    for kind in ("pairs", "iid"):
        for power in (1, 2):
            knobs = Knobs(samples=10, noise=kind, power=power, epochs=1, lr=0.1)  # type: ignore[arg-type]
            after = weights_after(METHOD, linear(WEIGHT), points, knobs)[-1]
            moved[kind, power] = float((after - torch.tensor(WEIGHT)).abs().max())
    assert moved["pairs", 1] < 1e-6 and moved["pairs", 2] < 1e-6
    assert moved["iid", 1] > 1e-3 and moved["iid", 2] > 1e-3


@pytest.mark.parametrize("count", [1, 2, 7, 50])
def test_noise_counts_every_draw(count: int):
    x = torch.zeros(3, 2)
    for kind in ("iid", "pairs", "sphere"):
        drawn = jit._noise(count, x, Knobs(noise=kind), draws.generator(0))  # type: ignore[arg-type]
        assert drawn.shape == (count, 3, 2)
    pairs = jit._noise(count, x, Knobs(noise="pairs"), draws.generator(0))
    half = count // 2
    assert torch.equal(pairs[: half * 2 // 2], -pairs[(count + 1) // 2 :])
    assert torch.allclose(drawn.norm(dim=2), torch.tensor(2.0).sqrt())


def test_parts_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch):
    """A limit on memory changes how often the network is called, not what is minimised."""
    asked = request([((1, 2), 0), ((-3, 1), 1)])
    model = MLP(2, [4], 2, "tanh")
    model.reset(draws.generator(0))
    for grad in ("detach", "full"):
        knobs = Knobs(samples=64, epochs=1, noise="iid", lr=0.1, grad=grad)  # type: ignore[arg-type]
        whole = weights_after(METHOD, model, asked, knobs)[-1]
        monkeypatch.setattr(jit, "NUMBERS", 64)  # 16 copies at a time
        assert torch.allclose(whole, weights_after(METHOD, model, asked, knobs)[-1], atol=1e-5)
        monkeypatch.undo()


class Dropout(nn.Module):
    """Drop half of the units while training, from a generator of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.rng = draws.generator(0)

    def forward(self, x: Tensor) -> Tensor:
        return x * 2 * (draws.uniform(x.shape, self.rng, x) < 0.5) if self.training else x


def mean_loss(mode: str, sigma: float) -> float:
    model = nn.Sequential(MLP(2, [16], 16, "tanh"), Dropout(), MLP(16, [], 2, "tanh"))
    for seed, part in enumerate(model):
        if isinstance(part, MLP):
            part.reset(draws.generator(seed))
    model.train(mode == "train")
    x = draws.normal((20, 2), draws.generator(5))
    knobs = Knobs(sigma=sigma, samples=400, power=1, norm_floor=1e-6, units="standardised")
    return sum(float(part.detach()) for part in losses(model, x, knobs, torch.ones(2), draws.generator(1)))


def test_eval_loss_does_not_depend_on_small_noise():
    assert mean_loss("eval", 0.001) == pytest.approx(mean_loss("eval", 0.01), rel=0.05)


def test_dropout_blows_the_loss_up_as_one_over_the_noise():
    small, large = mean_loss("train", 0.001), mean_loss("train", 0.01)
    assert small / large == pytest.approx(10, rel=0.1)
    assert small > 100 * mean_loss("eval", 0.001)


@pytest.mark.parametrize(
    ("network", "options", "shape"), [(mlp, {}, (2,)), (vgg11, {"width": 8}, (3, 32, 32))], ids=["mlp", "vgg11"]
)
def test_the_mode_changes_nothing_on_points_and_on_vgg_11_and_its_help_says_so(
    network: ModuleType, options: dict[str, Any], shape: tuple[int, ...]
):
    model = network.build(network.Options(**options), shape, 2).eval()
    model.reset(draws.generator(0))
    x = draws.normal((4, *shape), draws.generator(1))
    space = TensorSpace(*[torch.ones(())] * 4)
    forget = Examples(x, torch.zeros(4, dtype=torch.int64))
    asked = dataclasses.replace(request([((0, 0), 0)] * 4), forget=forget, space=space)
    # `grad="full"` leaves out the quick way, which is there in eval mode only and rounds differently.
    path = {
        mode: states(METHOD, model, asked, Knobs(mode=mode, epochs=2, samples=4, grad="full", units="standardised"))  # type: ignore[arg-type]
        for mode in ("eval", "train")
    }
    assert equal(path["eval"][-1], path["train"][-1])
    assert not equal(path["eval"][0], path["eval"][-1])
    assert "on points and on VGG-11" in knob_infos(Knobs)["mode"].help


def test_no_network_has_dropout_and_the_help_promises_none():
    for network in CATALOG.models.values():
        shape = (2,) if network is mlp else (3, 32, 32)
        model = network.build(network.Options(), shape, 2)
        assert not any(isinstance(part, nn.modules.dropout._DropoutNd) for part in model.modules())
    assert "No network here has dropout" in knob_infos(Knobs)["mode"].help


VARIANTS = [
    {"power": power, "grad": grad, "out_space": space, "noise": noise}
    for power in (1, 2) for grad in ("detach", "full") for space in ("logits", "probs")
    for noise in ("iid", "pairs", "sphere")
]  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: "-".join(str(v) for v in variant.values()))
@pytest.mark.parametrize(
    ("points", "knobs", "still"),
    [
        ([((1, 2), 0), ((-3, 1), 1)], {"sigma": 0.0}, True),
        ([((1, 1), 0), ((1, 1), 1)], {"clamp": "batch"}, True),
        ([((1, 2), 0)], {"batch": 1}, False),
        ([((1, 2), 0)] * 5, {}, False),
    ],
    ids=["no noise", "clamped to a constant", "batch of one", "identical points"],
)
def test_no_nan_where_noise_or_points_vanish(points: Any, knobs: dict[str, Any], still: bool, variant: dict[str, Any]):
    model = MLP(2, [8], 2, "tanh")
    model.reset(draws.generator(2))
    chosen = Knobs(**{"samples": 4, "epochs": 3, "lr": 0.01, **knobs, **variant})
    path = weights_after(METHOD, model, request(points), chosen)
    assert all(torch.isfinite(weight).all() for weight in path)
    if still:
        assert torch.equal(path[-1], model.head.weight)


def test_the_quick_way_to_the_copies_is_the_model_s_own_and_costs_the_same(monkeypatch: pytest.MonkeyPatch):
    spec = Spec.parse({
        "data": {"n": 60}, "model": {"widths": [8, 8]}, "training": {"steps": 40},
        "method": {"name": "jit", "knobs": {"epochs": 3, "samples": 11, "batch": 5}},
    })  # fmt: skip
    quick = pipeline.path(pipeline.Run(spec))
    monkeypatch.setattr(jit, "_quick", lambda model, knobs: None)
    slow = pipeline.path(pipeline.Run(spec))
    assert quick.example_gradients == pytest.approx(slow.example_gradients, rel=1e-9)
    assert quick.weights is not None and slow.weights is not None
    assert np.abs(quick.weights - slow.weights).max() < 1e-5 < np.abs(quick.weights[-1] - quick.weights[0]).max()


@pytest.mark.parametrize(
    "knobs", [{"sigma": 0.0}, {"power": 1}, {"grad": "full"}, {"mode": "train"}, {"clamp": "batch"}], ids=str
)
def test_where_rounding_would_show_the_model_itself_is_asked(knobs: dict[str, Any]):
    model = MLP(2, [4], 2, "tanh")
    assert jit._quick(model.eval(), Knobs()) is not None
    assert jit._quick(model.train(knobs.get("mode") == "train"), Knobs(**knobs)) is None
