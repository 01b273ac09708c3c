"""Recording: paths, costs, keyframes, jumps, trouble, shadow classes, prepared work."""

import copy
import importlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import skip_init

from explorer import draws
from explorer.contract.cases import make
from explorer.contract.networks import ConvNet
from explorer.knobs import KnobBase, knob
from explorer.methods._guard import OutOfBounds
from explorer.methods._method import HelperPoints, Method, Prepared, Request
from explorer.models import Network, load_flat
from explorer.models._ensemble import Ensemble as Voting
from explorer.models.mlp import MLP
from explorer.recording import SHADOW_OFF, evaluate, prepare, record, state_of
from explorer.recording.keyframes import keyframes, quantised, spread
from explorer.records import Float, Trajectory

RECORD = importlib.import_module("explorer.recording.record")  # beside which the package has a function of that name


class Knobs(KnobBase):
    steps: int = knob(5, ge=0, le=5000, title="Steps", help="How many.")
    lr: float = knob(0.1, ge=0.0, le=10.0, title="Learning rate", help="How far.")


Unlearn = Callable[..., Iterator[nn.Module]]


def method(unlearn: Unlearn, **more: Any) -> Method:
    given = {"answers": {"forget"}, "reads": {"forget.x"}, "neutral": {}, "kind": "approximate", **more}
    return Method(title="Test method", knobs=Knobs, unlearn=unlearn, **given)


def drift(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Add the same small amount to every weight at each step."""
    model = copy.deepcopy(original)
    for _ in range(knobs.steps):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += knobs.lr
        yield model


def run(unlearn: Unlearn, knobs: Knobs | None = None, net: str = "mlp", more: Any = None, **options: Any):
    case = make(net=net)
    chosen = method(unlearn, **(more or {}))
    rng = draws.generator(0)
    return record(chosen, case.original, case.request, knobs or Knobs(), rng, case.probes, **options)


# --- evaluating ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
@pytest.mark.parametrize("widths", [[], [5], [6, 7]])
def test_evaluate_gives_the_network_s_own_logits(activation: str, widths: list[int]):
    model = MLP(2, widths, 3, activation)
    model.reset(draws.generator(0))
    other = copy.deepcopy(model)
    other.reset(draws.generator(1))
    x = draws.normal((50, 2), draws.generator(2))
    found = evaluate(model, torch.stack([state_of(model), state_of(other)]), x)
    expected = torch.stack([model(x), other(x)]).detach().numpy()
    assert found.dtype == np.float32
    assert np.allclose(found, expected, atol=1e-5)


def test_evaluate_takes_one_vector_and_leaves_the_model_unchanged():
    model = cast(MLP, copy.deepcopy(make().original)).train()
    before = state_of(model)
    found = evaluate(model, np.zeros(len(before), dtype=np.float32), make().probes)
    assert found.shape == (1, len(make().probes), 2) and not found.any()
    assert torch.equal(before, state_of(model)) and model.training


def test_evaluate_of_a_convolutional_net_carries_its_batch_statistics():
    case = make(net="conv")
    state = state_of(case.original)
    expected = case.original(case.probes).detach().numpy()
    assert np.allclose(evaluate(case.original, state, case.probes)[0], expected, atol=1e-5)
    reset = ConvNet(2).eval()
    reset.reset(draws.generator(9))
    assert np.allclose(evaluate(reset, state, case.probes)[0], expected, atol=1e-5)
    p = sum(parameter.numel() for parameter in reset.parameters())
    load_flat(reset, state[:p])
    own_statistics = reset(case.probes).detach().numpy()
    assert np.allclose(evaluate(reset, state[:p], case.probes)[0], own_statistics, atol=1e-5)
    assert not np.allclose(own_statistics, expected, atol=1e-2)


class Ensemble(nn.Module):
    """Any other module on the plane: the mean of two networks."""

    def __init__(self, one: nn.Module, two: nn.Module) -> None:
        super().__init__()
        self.parts = nn.ModuleList([one, two])

    def forward(self, x: Tensor) -> Tensor:
        return (self.parts[0](x) + self.parts[1](x)) / 2


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_evaluate_of_networks_that_vote(net: str):
    one, two = (copy.deepcopy(make(net=net).original) for _ in range(2))
    cast(Network, two).reset(draws.generator(5))
    both, x = Voting([one, two]).eval(), make(net=net).probes
    states = torch.stack([state_of(both), torch.zeros_like(state_of(both))])
    if net == "mlp":  # without buffers, so that states are weights
        assert np.allclose(evaluate(both, states, x)[1], np.log(0.5), atol=1e-6)
    assert np.allclose(evaluate(both, states[:1], x)[0], both(x).detach().numpy(), atol=1e-5)


def test_evaluate_takes_any_module():
    one, two = (copy.deepcopy(make().original) for _ in range(2))
    cast(Network, two).reset(draws.generator(5))
    both, x = Ensemble(one, two), make().probes
    states = torch.stack([state_of(both), torch.zeros_like(state_of(both))])
    found = evaluate(both, states, x)
    assert np.allclose(found[0], both(x).detach().numpy(), atol=1e-5) and not found[1].any()


def test_evaluate_refuses_weights_of_another_network():
    with pytest.raises(ValueError, match=r"`weights` must hold \d+ numbers a model, got 3"):
        evaluate(make().original, np.zeros((2, 3), dtype=np.float32), make().probes)


# --- the path ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_step_zero_is_the_original_and_each_update_follows(net: str):
    done = run(drift, net=net)
    start = state_of(make(net=net).original).numpy()
    count = sum(parameter.numel() for parameter in make(net=net).original.parameters())
    assert done.step.tolist() == [0, 1, 2, 3, 4, 5] and done.keyframe.all() and not done.straight
    assert done.weights is not None and np.array_equal(done.weights[0], start)
    assert np.allclose(done.weights[-1, :count], start[:count] + 0.5, atol=1e-5)
    assert np.array_equal(done.weights[-1, count:], start[count:])  # batch statistics
    assert np.allclose(done.logits[0], make(net=net).original(make(net=net).probes).detach().numpy(), atol=1e-5)


def test_no_update_leaves_the_original_alone():
    done = run(drift, Knobs(steps=0))
    assert done.step.tolist() == [0] and done.keyframe.tolist() == [True] and done.trouble == ""


def test_one_yield_is_a_straight_line_in_twelfths():
    done = run(drift, Knobs(steps=1, lr=1.2))
    assert done.straight and done.step.tolist() == list(range(13))
    assert done.weights is not None
    assert np.allclose(done.weights - done.weights[0], np.arange(13)[:, None] / 10, atol=1e-5)


def test_a_long_path_is_thinned_but_keeps_its_end(monkeypatch: pytest.MonkeyPatch):
    def limited(limit: int) -> Trajectory:
        monkeypatch.setattr(RECORD, "LIMIT", limit)
        return run(drift, Knobs(steps=1000, lr=1e-3))

    every, few, last = limited(4096), limited(64), limited(1)
    for done in (every, few, last):
        assert done.step[0] == 0 and done.step[-1] == 1000 and (np.diff(done.step) > 0).all()
        assert done.keyframe[0] and done.keyframe[-1] and done.keyframe.sum() <= 24
        assert np.array_equal(done.weights[-1], every.weights[-1])  # type: ignore[index]
    assert 24 <= len(every.step) <= 48 and 24 <= len(few.step) <= 48 and last.step.tolist() == [0, 1000]


def test_large_networks_keep_logits_only(monkeypatch: pytest.MonkeyPatch):
    small = run(drift, net="conv")
    monkeypatch.setattr(RECORD, "LARGE", 10)
    large = run(drift, net="conv")
    assert large.weights is None and small.weights is not None
    assert np.array_equal(large.step, small.step) and np.allclose(large.logits, small.logits, atol=1e-6)


def test_large_networks_jump_along_a_line_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(RECORD, "LARGE", 10)
    done = run(drift, Knobs(steps=1))
    assert done.straight and done.weights is None and len(done.logits) == 13


# --- progress, cancel, time ----------------------------------------------------------------------------------------


def test_tick_tells_progress_and_may_cancel():
    seen: list[tuple[int, int]] = []

    def tick(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(drift, tick=tick)
    assert seen == [(1, 5), (2, 5), (3, 5)]


def test_time_is_the_method_s_alone():
    import time

    done = run(drift, tick=lambda *_: time.sleep(0.05))
    assert 0 < done.seconds < 0.25


# --- cost ----------------------------------------------------------------------------------------------------------


def passes(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    model = cast(Network, copy.deepcopy(original))
    x = request.forget.x  # 8 rows
    model(x).sum().backward()  # 8
    with torch.no_grad():
        copy.deepcopy(model)(x)  # 8 / 3
    model.features(x)  # 8
    request.meter.charge(100)
    yield model


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_example_gradients_count_passes_of_the_model_and_its_copies(net: str):
    assert run(passes, net=net).example_gradients == pytest.approx(8 + 8 / 3 + 8 + 100)


# --- trouble -------------------------------------------------------------------------------------------------------


def breaking(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    for step, model in enumerate(drift(original, request, knobs, rng), 1):
        if step == 3:
            with torch.no_grad():
                next(model.parameters())[0] = float("nan")
        yield model


def test_path_stops_at_the_last_finite_model_and_says_why():
    done = run(breaking, Knobs(steps=7))
    assert done.step.tolist() == [0, 1, 2] and np.isfinite(done.logits).all()
    assert done.trouble == "Test method left the finite numbers at step 3 with steps 7, learning rate 0.1"


def test_outputs_beyond_the_finite_numbers_stop_the_path_too():
    done = run(drift, Knobs(steps=40, lr=10.0))
    assert done.trouble == ""

    def explode(original: nn.Module, *rest: Any) -> Iterator[nn.Module]:
        model = copy.deepcopy(original)
        for _ in range(4):
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter *= 1e12
            yield model

    done = run(explode)
    assert np.isfinite(done.logits).all() and done.keyframe[-1] and 1 <= len(done.step) < 5
    assert "finite numbers at step" in done.trouble


def test_equations_without_a_solution_are_trouble_not_a_crash():
    def solve(original: nn.Module, *rest: Any) -> Iterator[nn.Module]:
        torch.linalg.cholesky(-torch.eye(2))
        yield original

    done = run(solve)
    assert done.step.tolist() == [0] and done.trouble.startswith("Test method could not solve its equations (")


def test_other_errors_are_not_swallowed():
    def wrong(original: nn.Module, request: Request, *rest: Any) -> Iterator[nn.Module]:
        assert request.retain.x.any()
        yield original

    with pytest.raises(OutOfBounds, match=r"Test method declares that it reads forget\.x; it touched retain\.x"):
        run(wrong)


# --- a shadow class ------------------------------------------------------------------------------------------------


def expand(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    model = cast(MLP, copy.deepcopy(original))
    narrow = model.head
    wide = cast(nn.Linear, skip_init(nn.Linear, narrow.in_features, narrow.out_features + 1))
    with torch.no_grad():
        wide.weight.copy_(torch.cat([narrow.weight, torch.ones(1, narrow.in_features)]))
        wide.bias.copy_(torch.cat([narrow.bias, torch.ones(1)]))
    model.head = wide
    for _ in range(3):
        yield model
    model.head = narrow
    yield model


@pytest.mark.parametrize("large", [False, True])
def test_shadow_class_is_there_on_the_way_and_gone_at_both_ends(monkeypatch: pytest.MonkeyPatch, large: bool):
    if large:
        monkeypatch.setattr(RECORD, "LARGE", 10)
    done = run(expand)
    own = make().original(make().probes).detach().numpy()
    assert done.shadow and not done.straight and done.logits.shape[2] == 3
    assert np.allclose(done.logits[:, :, :2], own, atol=1e-4)
    assert (done.logits[[0, -1], :, 2] == SHADOW_OFF).all() and (done.logits[1:-1, :, 2] > -100).all()
    if not large:
        assert done.weights is not None and done.weights.shape[1] == len(state_of(make().original)) + 8 + 1


# --- prepare -------------------------------------------------------------------------------------------------------


def ready(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    original(request.forget.x)
    points = HelperPoints("noise", request.forget.x[:2], torch.tensor([1, 0]), torch.tensor([1, -1]))
    return Prepared(state=float(draws.normal((1,), rng)) * knobs.lr, helpers=(points,))


def use(model: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared):
    return drift(model, request, Knobs(steps=2, lr=abs(prepared.state)), rng)


PREPARED = {"prepare": ready, "prepare_reads": {"forget.x"}, "prepare_knobs": {"lr"}}


def test_prepared_work_is_handed_over_and_counted_apart():
    case = make()
    chosen = method(use, **PREPARED)
    apart = prepare(chosen, case.original, case.request, Knobs(), draws.generator(0))
    done = run(use, more=PREPARED, prepared=apart)
    again = run(use, more=PREPARED)  # prepared on the way, by a generator in the same state
    assert np.array_equal(done.weights, again.weights)  # type: ignore[arg-type]
    assert apart.example_gradients == done.example_gradients_prepare == 8 and done.example_gradients == 0
    assert done.seconds_prepare == apart.seconds > 0


def test_helper_points_come_back_in_data_units_with_training_rows():
    rows = np.arange(100, 108)
    (helpers,) = run(use, more=PREPARED, rows=rows).helpers
    space = make().request.space
    assert helpers.kind == "noise" and helpers.y.tolist() == [1, 0] and helpers.origin.tolist() == [101, -1]
    assert np.allclose(helpers.x, (make().request.forget.x[:2] * space.std + space.mean).numpy())


def test_prepare_may_not_touch_undeclared_knobs_or_parts():
    case = make()
    for change, words in (({"prepare_knobs": set()}, "prepare touched lr"), ({"prepare_reads": set()}, "forget.x")):
        with pytest.raises(OutOfBounds, match=words):
            prepare(method(use, **{**PREPARED, **change}), case.original, case.request, Knobs(), draws.generator(0))


def test_nothing_to_prepare_is_no_work():
    assert prepare(method(drift), make().original, make().request, Knobs(), draws.generator(0)) == (Prepared(), 0, 0)


# --- keyframes -----------------------------------------------------------------------------------------------------


def front(place: np.ndarray, cells: int = 1000) -> Float:
    """Return logits (t, cells, 2) of a boundary at `place` (t,) in [0, 1] on a line, steep enough to be sharp."""
    margin = 40 * (np.linspace(0, 1, cells, dtype=np.float32)[None] - place[:, None].astype(np.float32))
    return np.stack([np.zeros_like(margin), margin], axis=2)


def worst_left_out(step: np.ndarray, logits: Float, chosen: np.ndarray) -> float:
    shown, wrong = quantised(logits), 0.0
    for a, b in pairwise(chosen):
        for at in range(a + 1, b):
            part = (step[at] - step[a]) / (step[b] - step[a])
            between = shown[a] + part * (shown[b] - shown[a])
            one, other = ((s[..., 0] > 0 if s.shape[-1] == 1 else s.argmax(axis=-1)) for s in (between, shown[at]))
            wrong = max(wrong, float((one != other).mean()))
    return wrong


def test_short_paths_keep_every_update():
    place = np.random.default_rng(0).uniform(size=24)
    assert keyframes(np.arange(24), front(place), most=24).tolist() == list(range(24))


def test_a_path_that_stands_still_needs_its_ends_only():
    assert keyframes(np.arange(100), front(np.full(100, 0.3)), most=24).tolist() == [0, 99]


def test_keyframes_gather_where_the_boundary_moves():
    place = np.interp(np.arange(101), [0, 60, 64, 100], [0.2, 0.2, 0.8, 0.8])
    chosen = keyframes(np.arange(101), front(place), most=24)
    assert {60, 64} <= set(chosen.tolist()) and worst_left_out(np.arange(101), front(place), chosen) <= 0.003


@pytest.mark.parametrize("classes", [2, 3])
def test_interpolation_is_right_wherever_there_are_keyframes_to_spare(classes: int):
    place = 0.5 + 0.2 * np.sin(np.arange(200) / 60)
    logits = front(place)
    if classes == 3:
        logits = np.concatenate([logits, front(place * 0.7)[..., 1:] - 4], axis=2)
    chosen = keyframes(np.arange(200), logits, most=24)
    assert len(chosen) < 24 and worst_left_out(np.arange(200), logits, chosen) <= 0.003


def test_there_are_never_more_keyframes_than_asked():
    place = np.random.default_rng(1).uniform(size=300)
    assert len(keyframes(np.arange(300), front(place), most=10)) == 10


def test_uneven_steps_are_interpolated_by_their_number():
    step = np.array([0, 1, 2, 4, 8, 16, 32])
    chosen = keyframes(step, front(0.2 + 0.004 * step), most=3)
    assert chosen.tolist() == [0, 6]


def test_spread_is_even_and_has_both_ends():
    assert spread(1, 48).tolist() == [0] and spread(3, 48).tolist() == [0, 1, 2]
    assert spread(101, 5).tolist() == [0, 25, 50, 75, 100]


def test_recorded_keyframes_follow_the_plane():
    """Between kept keyframes the regions on the plane are right, also at steps between the evenly spread ones."""
    model = MLP(2, [], 2, "tanh")
    load_flat(model, torch.tensor([0.0, 0.0, 30.0, 0.0, 0.0, 15.0]))  # boundary at x1 = -1/2
    axis = torch.linspace(-1, 1, 500)
    plane = torch.stack([axis, torch.zeros(500)], dim=1)

    def sweep(original: nn.Module, *rest: Any) -> Iterator[nn.Module]:
        moving = cast(MLP, copy.deepcopy(original))
        for step in range(1, 301):
            if 101 <= step < 106:
                with torch.no_grad():
                    moving.head.bias[1] -= 6  # five updates of a fifth each, between evenly spread steps
            yield moving

    case = make()
    done = record(method(sweep), model, case.request, Knobs(), draws.generator(0), plane, plane=plane)
    at = np.flatnonzero(done.keyframe)
    assert {100, 105} <= set(done.step[at].tolist()) and len(at) < 24
    assert worst_left_out(done.step, done.logits, at) <= 0.003
