"""TMU: features, bounds, predictors and steps worked out by hand; what is prepared is shared by requests."""

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from explorer import draws, pipeline
from explorer.contract.cases import make
from explorer.methods._method import Prepared
from explorer.methods._shared import parts, twin_features
from explorer.methods._shared.twin_features import FARTHEST, Bounds, bounds, distance, movement, scaled
from explorer.methods._shared.twin_predictor import Predictor, balanced, fit_logistic, fit_net, least_likely
from explorer.methods.tmu import METHOD, Knobs, Twin, loss, twin_of
from explorer.models import compact
from explorer.models._layout import Layout
from explorer.recording import record
from explorer.spec import Spec
from explorer.training import Examples
from tests.methods._hand import close, linear, request
from tests.methods._paths import prepared, with_heldout

SPLIT = linear([[1, 0], [-1, 0]])  # class 0 where the first coordinate is positive
ONE_STEP = {"epochs": 1, "lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "sigma": 0.0, "batch": 100}


def certain(easy: bool, model=None, classes: int = 2) -> Twin:
    """A twin whose predictor calls every point easy, or every point hard."""
    state = (model or linear()).state_dict()
    always = fit_logistic(torch.zeros(4, 3), torch.full((4,), easy))
    hard = torch.full((classes,), float(not easy), dtype=torch.float64)
    return Twin(state, state, Bounds(torch.zeros(3), torch.ones(3)), always, hard, 1.0)


def heads(model, asked, twin: Twin, **knobs) -> list[tuple[Tensor, Tensor]]:
    ready = Prepared(state=twin)
    path = METHOD.unlearn(model, asked, Knobs(**{**ONE_STEP, **knobs}), draws.generator(0), ready)
    return [(live.head.weight.detach().clone(), live.head.bias.detach().clone()) for live in path]  # type: ignore[union-attr]


def far_apart(n: int) -> tuple[Tensor, Tensor]:
    """Points of two classes that SPLIT tells apart, far from its boundary."""
    y = torch.arange(n) % 2
    return torch.stack([3.0 - 6.0 * y, torch.linspace(-1, 1, n)], dim=1), y


TWIN_CASE = with_heldout(request(forget=[((2.0, 0.5), 0)], retain=[((3.0, 0.0), 0), ((-3.0, 0.0), 1)]), *far_apart(40))


# --- features --------------------------------------------------------------------------------------------------------


def test_distance_is_the_mean_over_the_nearest_of_the_same_class():
    here, there = torch.tensor([[0.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 3.0], [0.0, 0.1], [5.0, 0.0]])
    labels = torch.tensor([0, 0, 1, 0])
    assert close(distance(here, torch.tensor([0]), there, labels, 1), [1.0])
    assert close(distance(here, torch.tensor([0]), there, labels, 2), [2.0])
    assert close(distance(here, torch.tensor([1]), there, labels, 2), [0.1])  # fewer than asked: all there are


def test_a_point_of_a_class_of_which_nothing_is_left_is_as_far_as_can_be():
    assert close(distance(torch.zeros(1, 2), torch.tensor([1]), torch.ones(3, 2), torch.zeros(3).long(), 5), [FARTHEST])


def test_movement_is_the_divergence_after_a_walk_to_the_end_of_the_ball():
    # Margin 2 x1, so the attack takes .3 off x1 and leaves x2: p = sigmoid(1), q = sigmoid(.4).
    p, q = (1 / (1 + math.exp(-margin)) for margin in (1.0, 0.4))
    by_hand = p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))
    found = movement(SPLIT, torch.tensor([[0.5, 0.7]]), torch.tensor([0]), torch.tensor([0.3, 0.3]))
    assert close(found, [by_hand])
    assert close(movement(SPLIT, torch.tensor([[0.5, 0.7]]), torch.tensor([0]), torch.zeros(2)), [0.0])


def test_images_are_asked_about_in_parts_and_it_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    model, early = (compact.build(compact.Options(width=4), (3, 32, 32), 3).eval() for _ in range(2))
    for seed, one in enumerate((model, early)):
        one.reset(draws.generator(seed))
    rng = draws.generator(2)
    points, retained = (Examples(draws.normal((n, 3, 32, 32), rng), draws.integers(3, (n,), rng)) for n in (7, 11))
    eps = torch.full((3, 1, 1), 0.1)
    whole = twin_features.features(model, early, points, retained, 2, eps)
    assert whole.shape == (7, 3)
    calls: list[int] = []
    monkeypatch.setattr(parts, "PART", 3)
    monkeypatch.setattr(type(model), "features", _counting(type(model).features, calls))
    torch.testing.assert_close(twin_features.features(model, early, points, retained, 2, eps), whole)
    assert max(calls) == 3


def _counting(plain: Callable[..., torch.Tensor], calls: list[int]) -> Callable[..., torch.Tensor]:
    def features(self: object, x: torch.Tensor) -> torch.Tensor:
        calls.append(len(x))
        return plain(self, x)

    return features


def test_features_are_cut_at_the_fences_and_brought_to_0_and_1():
    # Quartiles of 0 1 2 3 4 100 are 1.25 and 3.75: the upper fence is 3.75 + 1.5 * 2.5 = 7.5, the lower below all.
    raw = torch.tensor([[0.0, 1, 2, 3, 4, 100]]).T
    assert close(scaled(raw, bounds(raw))[:, 0], [0, 1 / 7.5, 2 / 7.5, 3 / 7.5, 4 / 7.5, 1])


def test_a_constant_feature_becomes_0_and_equal_quartiles_cut_nothing():
    raw = torch.tensor([[3.0, 1], [3, 1], [3, 1], [3, 1], [3, 1], [3, 5]])
    assert close(scaled(raw, bounds(raw)), [[0, 0]] * 5 + [[0, 1]])


# --- predictors ------------------------------------------------------------------------------------------------------


def noisy(n: int, seed: int) -> tuple[Tensor, Tensor]:
    rng = draws.generator(seed)
    inputs = draws.uniform((n, 3), rng)
    return inputs, inputs.sum(dim=1) + 0.4 * draws.normal((n,), rng) < 1.9


@pytest.mark.parametrize("seed", [0, 1])
def test_logistic_regression_agrees_with_scikit_learn(seed: int):
    inputs, easy = noisy(120, seed)
    theirs = LogisticRegression(class_weight="balanced", C=1.0, tol=1e-10, max_iter=1000)
    theirs.fit(inputs.numpy().astype(np.float64), easy.numpy())
    expected = theirs.predict_proba(inputs.numpy().astype(np.float64))[:, 1]
    assert np.allclose(fit_logistic(inputs, easy).easy(inputs).numpy(), expected, atol=1e-4)


@pytest.mark.parametrize("value", [True, False])
def test_with_one_label_only_the_predictor_is_certain(value: bool):
    inputs = draws.uniform((30, 3), draws.generator(0))
    labels = torch.full((30,), value)
    for predictor in (fit_logistic(inputs, labels), fit_net(inputs, labels, draws.generator(0))):
        assert ((predictor.easy(inputs) - float(value)).abs() < 1e-9).all()


def test_the_net_learns_what_no_line_can_and_twice_the_same():
    inputs = draws.uniform((300, 3), draws.generator(0))
    easy = (inputs[:, 0] - 0.5).abs() < 0.3
    one, two = (fit_net(inputs, easy, draws.generator(1)) for _ in range(2))
    assert torch.equal(one.weights, two.weights)
    assert ((one.easy(inputs) > 0.5) == easy).float().mean() > 0.95
    assert ((fit_logistic(inputs, easy).easy(inputs) > 0.5) == easy).float().mean() < 0.8


def test_rare_and_frequent_labels_weigh_the_same():
    assert close(balanced(torch.tensor([True, True, True, False])), [2 / 3, 2 / 3, 2 / 3, 2])


def test_rate_matching_takes_the_least_likely_and_rounds_halves_up():
    chance = torch.tensor([0.9, 0.1, 0.5, 0.2, 0.3])
    assert least_likely(chance, 0.4).tolist() == [False, True, False, True, False]
    assert least_likely(chance, 0.5).tolist() == [False, True, False, True, True]
    assert not least_likely(chance, 0.0).any() and least_likely(chance, 1.0).all()


# --- the twin --------------------------------------------------------------------------------------------------------


def test_a_twin_that_knows_the_held_out_points_from_the_start_is_the_original():
    twin: Twin = prepared(METHOD, SPLIT, TWIN_CASE, Knobs()).state
    assert twin.fits == 1.0 and torch.equal(twin.weights["head.weight"], SPLIT.head.weight)


def test_the_twin_learns_held_out_points_that_the_original_gets_wrong():
    wrong_side = with_heldout(make().request, *far_apart(20))
    before = copy.deepcopy(make().original)
    twin: Twin = prepared(METHOD, before, wrong_side, Knobs(twin_lr=0.01)).state
    assert twin.fits >= 0.98


def test_a_twin_of_so_many_epochs_does_not_stop_when_it_knows():
    # 3 training and 40 held-out points in batches of 20: 3 steps an epoch, each 43 points; without epochs it is done.
    seen: list[int] = []
    model = copy.deepcopy(SPLIT)
    model.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])) if torch.is_grad_enabled() else None)
    knobs = Knobs(twin_epochs=10, twin_batch=20, early=0, features="cf")
    epochs = twin_of(model, Examples(*TWIN_CASE.before), Examples(*TWIN_CASE.heldout), knobs, draws.generator(0))
    assert seen == [20, 20, 3] * 10
    assert not torch.equal(epochs.head.weight, SPLIT.head.weight)
    seen.clear()
    rest = knobs.model_copy(update={"twin_epochs": 0})
    twin_of(model, Examples(*TWIN_CASE.before), Examples(*TWIN_CASE.heldout), rest, draws.generator(0))
    assert seen == []


def test_the_released_preset_trains_its_twin_for_ten_epochs_and_moves_batch_statistics():
    knobs = Knobs(**METHOD.presets["images (released)"].knobs)
    assert (knobs.twin_epochs, knobs.twin_lr, knobs.twin_batch, knobs.batchnorm) == (10, 1e-4, 64, "update")


def test_the_released_preset_measures_noise_and_attack_in_standardised_inputs():
    # As the specification has it, .1; over CIFAR's deviations of about a quarter it would be .4.
    knobs = Knobs(**METHOD.presets["images (released)"].knobs)
    assert (knobs.units, knobs.sigma, knobs.eps) == ("standardised", 0.1, 4 / 255)


def test_twin_labels_say_what_the_original_makes_of_held_out_points():
    x, y = far_apart(40)
    wrong = torch.arange(40) < 10  # five of each class are labelled against SPLIT
    ready = prepared(METHOD, SPLIT, with_heldout(TWIN_CASE, x, torch.where(wrong, 1 - y, y)), Knobs(twin_steps=0))
    assert close(ready.state.hard, [0.25, 0.25])
    easy, hard = ready.helpers
    assert (len(easy.y), len(hard.y), easy.mark, hard.mark) == (30, 10, "easy", "hard")
    assert torch.equal(hard.x, x[wrong]) and (hard.origin == -1).all()


# --- forgetting ------------------------------------------------------------------------------------------------------

PAIR = request(forget=[((1.0, 0.0), 0)], retain=[((-1.0, 0.0), 1)])


def test_a_hard_point_is_taught_the_other_label():
    # All is even at the start. Both points carry label 1: inputs cancel out, the mean slope of the bias is (.5, -.5).
    ((weight, bias),) = heads(linear(), PAIR, certain(easy=False))
    assert close(weight, [[0, 0], [0, 0]]) and close(bias, [-0.05, 0.05])


def test_an_easy_point_keeps_its_label():
    # Labels 0 at (1, 0) and 1 at (-1, 0): biases cancel out, the mean slope of the first weight is (-.5, 0).
    ((weight, bias),) = heads(linear(), PAIR, certain(easy=True))
    assert close(weight, [[0.05, 0], [-0.05, 0]]) and close(bias, [0, 0])


def test_wrong_labels_stay_as_they_are_drawn():
    # Drawn anew, the three other labels would come to weigh the same; one stays, so one bias alone goes up.
    asked = request(forget=[((0.0, 0.0), 0)], classes=4)
    path = heads(linear([[0, 0]] * 4), asked, certain(False, linear([[0, 0]] * 4), 4), epochs=30)
    assert (path[-1][1] > 0.1).sum() == 1


def test_noise_falls_on_easy_forget_points_alone():
    quiet, loud = (heads(linear(), PAIR, certain(easy=False), sigma=sigma)[0][0] for sigma in (0.0, 2.0))
    assert torch.equal(quiet, loud)
    quiet, loud = (heads(linear(), PAIR, certain(easy=True), sigma=sigma)[0][0] for sigma in (0.0, 2.0))
    assert not torch.equal(quiet, loud)


def test_noise_in_data_units_shrinks_where_inputs_are_standardised():
    def added(std: float, units: str) -> Tensor:
        asked = request(forget=[((0.0, 0.0), 0)], std=std)
        return heads(linear(), asked, certain(easy=True), sigma=1.0, units=units)[0][0]

    assert torch.allclose(4 * added(4.0, "data"), added(4.0, "standardised"), atol=1e-6)


def test_loss_of_hard_points_by_hand():
    # Probabilities (3/4, 1/4) twice, labels 0 and 1: CE is log 4/3 and log 4, the cap is log 2.
    logits, y = torch.tensor([[math.log(3.0), 0.0]] * 2), torch.tensor([0, 1])
    low, high, even = math.log(4 / 3), math.log(4), -(math.log(0.75) + math.log(0.25)) / 2
    both, first = torch.tensor([True, True]), torch.tensor([True, False])
    assert float(loss(logits, y, both, "ascent")) == pytest.approx(-(low + math.log(2)) / 2)
    assert float(loss(logits, y, first, "ascent")) == pytest.approx((-low + high) / 2)
    assert float(loss(logits, y, first, "uniform")) == pytest.approx((even + high) / 2)
    assert float(loss(logits, y, first, "wrong")) == pytest.approx((low + high) / 2)


def test_it_starts_from_the_twin_if_asked():
    twin = certain(easy=True)._replace(weights=SPLIT.state_dict())
    weight, _ = heads(linear(), PAIR, twin, start="twin", lr=1e-5)[0]
    assert torch.allclose(weight, SPLIT.head.weight, atol=1e-4)


def test_few_forget_points_are_scaled_by_the_twin_s_bounds():
    slope = Predictor(Layout(3, (), 2, "relu"), torch.tensor([0.0, 0, 0, 0, 0, -4, 0, 2]))  # margin 2 - 4 CF
    twin = certain(True)._replace(
        predictor=slope, limits=Bounds(torch.zeros(3), torch.tensor([1.0, 1, 2 * math.log(2)]))
    )
    asked = request(forget=[((1.0, 0.0), 0)], retain=[((-1.0, 0.0), 1)])
    heads(linear(), asked, twin)  # CE of an even model is log 2: half-way between the twin's bounds, margin 0
    (point,) = [points for points in asked.remarks.points if len(points.y)]
    assert point.value is not None and close(point.value, [0.5])


def test_without_hard_held_out_points_all_count_as_easy_and_it_says_so():
    ready = prepared(METHOD, SPLIT, TWIN_CASE, Knobs())
    list(METHOD.unlearn(SPLIT, TWIN_CASE, Knobs(epochs=1), draws.generator(0), ready))
    assert any("all count as easy" in sentence for sentence in TWIN_CASE.remarks.sentences)
    assert "predicted hard: 0 of 1" in TWIN_CASE.remarks.sentences


def test_the_record_tells_what_was_predicted_of_which_point():
    case, rows = make(), np.arange(100, 108)
    run = record(METHOD, case.original, case.request, Knobs(epochs=1), draws.generator(0), case.probes, rows=rows)
    twin, said = run.helpers[:2], run.helpers[2:]
    assert [points.mark for points in twin] == [points.mark for points in said] == ["easy", "hard"]
    assert sorted(np.concatenate([points.origin for points in said])) == list(rows)
    assert "predicted hard" in run.note
    assert case.request.remarks.points == []  # those of a recording are its own


# --- over requests ---------------------------------------------------------------------------------------------------


def test_what_is_prepared_is_shared_by_requests_and_by_knobs_of_forgetting():
    made: dict[str, Any] = {}

    def memo(key: str, thunk: Callable[[], Any], /) -> Any:
        if key not in made:
            made[key] = thunk()
        return made[key]

    small = {"data": {"n": 40}, "model": {"widths": [8]}, "training": {"steps": 20}}
    others = {"twin_epochs": 0}  # as it is by default, so no part of the key
    for share, knobs in ((0.1, {}), (0.3, others), (0.3, {"lr": 0.02, "start": "twin"})):
        asked = {"choose": "random", "fraction": share}
        pipeline.path(
            pipeline.Run(
                Spec.parse({**small, "request": asked, "method": {"name": "tmu", "knobs": {"epochs": 1, **knobs}}}),
                memo,
            )
        )
    (key,) = [key for key in made if key.startswith("prepared-")]
    assert "twin_epochs" not in key and "twin_steps" in key
    assert len([key for key in made if key.startswith("path-")]) == 3
