"""The loop that trains one image network: its rate, its batches, and that a kill changes nothing."""

import copy

import pytest
import torch
from torch import Tensor

from explorer import draws
from explorer.models import compact
from explorer.recording.evaluating import state_of
from explorer.training import Examples, ImageTraining, loop, precision
from explorer.training.loop import Diverged, _cropped, _flipped, rate, train
from explorer.training.precision import Way

N = 60
USUAL = Way(channels_last=True, bfloat16=False)
OTHER = Way(channels_last=False, bfloat16=False)


def data(seed: int = 0) -> Examples:
    rng = draws.generator(seed)
    return Examples(draws.normal((N, 3, 32, 32), rng), draws.integers(4, (N,), rng))


def recipe(**changed: object) -> ImageTraining:
    return ImageTraining.model_validate({"lr": 0.05, "batch": 16, "steps": 9, "augment": True, **changed})


def network() -> compact.Compact:
    return compact.build(compact.Options(width=4), (3, 32, 32), 4)


def trained(training: ImageTraining, examples: Examples | None = None, **how: object) -> Tensor:
    model = network()
    train(model, examples or data(), training, seeds=(1, 2), **how)  # type: ignore[arg-type]
    return state_of(model)


class Killed(Exception):
    pass


class Kept:
    """A checkpoint in memory that copies what it is given."""

    def __init__(self) -> None:
        self.state: dict[str, Tensor] | None = None

    def load(self) -> dict[str, Tensor] | None:
        return copy.deepcopy(self.state)

    def save(self, state: dict[str, Tensor]) -> None:
        self.state = copy.deepcopy(state)

    def clear(self) -> None:
        self.state = None


def test_the_triangle_rises_to_its_peak_and_falls_to_a_twentieth():
    training = recipe(lr=1.0, steps=1000, schedule="triangle")
    assert rate(training, 0) == pytest.approx(0.2)
    assert rate(training, 230) == pytest.approx(1.0)
    assert rate(training, 1000) == pytest.approx(0.05)
    assert rate(training, 115) == pytest.approx(0.6)


@pytest.mark.parametrize(("schedule", "middle"), [("constant", 1.0), ("cosine", 0.5), ("linear", 0.5)])
def test_other_schedules_at_half_way(schedule: str, middle: float):
    assert rate(recipe(lr=1.0, steps=100, schedule=schedule), 50) == pytest.approx(middle)


class Fatal(Kept):
    """A checkpoint that ends its process at its next save; what was saved before is there."""

    def save(self, state: dict[str, Tensor]) -> None:
        if self.state is not None:
            raise Killed
        super().save(state)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_a_training_killed_or_cancelled_at_any_step_ends_with_the_same_bits(
    optimizer: str, monkeypatch: pytest.MonkeyPatch
):
    training = recipe(optimizer=optimizer, lr=0.01, label_smoothing=0.1, bias_lr=4.0)
    whole = trained(training)
    for stop in (1, 4, 8):
        kept = Kept()

        def cancel(done: int, _: int, stop: int = stop) -> None:
            if done == stop:
                raise Killed

        with pytest.raises(Killed):
            trained(training, checkpoint=kept, tick=cancel)
        assert kept.state is not None and int(kept.state["step"]) == stop
        assert torch.equal(trained(training, checkpoint=kept), whole)
    monkeypatch.setattr(loop, "SAVE_SECONDS", -1.0)  # after every step
    fatal = Fatal()
    with pytest.raises(Killed):
        trained(training, checkpoint=fatal)
    assert fatal.state is not None and int(fatal.state["step"]) == 1
    kept.state = fatal.state
    assert torch.equal(trained(training, checkpoint=kept), whole)


def test_rows_left_out_do_not_matter_and_the_others_keep_their_places():
    left_out = torch.zeros(N, dtype=torch.bool)
    left_out[:10] = True
    other = data()
    other.x[:10] = 1e6
    other.y[:10] = 3
    assert torch.equal(trained(recipe(), left_out=left_out), trained(recipe(), other, left_out=left_out))
    assert not torch.equal(trained(recipe(), left_out=left_out), trained(recipe()))


def test_whitening_comes_from_the_networks_own_training_rows():
    left_out = torch.zeros(N, dtype=torch.bool)
    left_out[:30] = True
    model, direct = network(), network()
    train(model, data(), recipe(steps=1), seeds=(1, 2), left_out=left_out)
    direct.prime(data().x[30:])
    assert torch.equal(model.whitening, direct.whitening)


def test_the_global_generator_and_the_data_are_left_alone():
    before, examples = torch.get_rng_state(), data()
    trained(recipe(), examples)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(examples.x, data().x)


def test_a_crop_moves_by_at_most_two_pixels_and_reflects_the_edge():
    x = torch.arange(2 * 36.0).reshape(2, 1, 6, 6)
    still = _cropped(x, torch.full((2, 2), 2))
    assert torch.equal(still, x)
    moved = _cropped(x, torch.tensor([[0, 4], [2, 2]]))
    assert torch.equal(moved[0, 0, 2:], x[0, 0, :4]) and torch.equal(moved[0, 0, 0], x[0, 0, 2])
    assert torch.equal(moved[1, 0, :4], x[1, 0, 2:]) and torch.equal(moved[1, 0, 5], x[1, 0, 3])


def test_a_flip_mirrors_left_and_right():
    x = torch.arange(8.0).reshape(2, 1, 2, 2)
    flipped = _flipped(x, torch.tensor([True, False]))
    assert torch.equal(flipped[0], x[0].flip(-1)) and torch.equal(flipped[1], x[1])


def test_each_image_is_mirrored_in_every_second_epoch():
    batches = loop._Batches(data(), recipe(), torch.ones(N, dtype=torch.bool), 5, torch.device("cpu"), USUAL)
    rows = torch.arange(N)
    first, second = batches._flips(rows, 0), batches._flips(rows, 1)
    assert torch.equal(first, ~second) and torch.equal(first, batches._flips(rows, 2))
    assert 0 < int(first.sum()) < N


def test_an_epoch_shows_every_row_once():
    batches = loop._Batches(
        data(), recipe(augment=False, batch=20), torch.ones(N, dtype=torch.bool), 5, torch.device("cpu"), USUAL
    )
    y = torch.cat([batches.at(step)[1] for step in range(3)])
    x = torch.cat([batches.at(step)[0] for step in range(3)])
    assert len(y) == N
    assert torch.equal(x[:, 0, 0, 0].sort().values, data().x[:, 0, 0, 0].sort().values)


def test_a_rate_that_breaks_the_training_is_named():
    with pytest.raises(Diverged, match=r"training broke down at step \d+; lower `training.lr` \(10\)"):
        trained(recipe(lr=10.0, weight_decay=1.0, steps=200, schedule="constant"))  # w - 10 w a step


def test_a_training_that_goes_on_keeps_the_way_it_began_with():
    kept = Kept()

    def cancel(done: int, _: int) -> None:
        if done == 4:
            raise Killed

    with pytest.raises(Killed):
        trained(recipe(), checkpoint=kept, tick=cancel, way=OTHER)
    model = network()
    assert train(model, data(), recipe(), seeds=(1, 2), checkpoint=kept, way=USUAL) == OTHER
    assert torch.equal(state_of(model), trained(recipe(), way=OTHER))
    assert kept.state is not None
    kept.state.pop("way")  # saved before ways were kept
    assert train(network(), data(), recipe(), seeds=(1, 2), checkpoint=kept, way=USUAL) == USUAL


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ({USUAL: 1.0, OTHER: 0.95}, USUAL),  # not clearly faster
        ({USUAL: 1.0, OTHER: 0.9}, OTHER),
        ({USUAL: 1.0, OTHER: 2.0}, USUAL),
    ],
)
def test_the_way_that_is_clearly_fastest_is_taken(
    seconds: dict[Way, float], expected: Way, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(precision, "half", lambda _: False)
    monkeypatch.setattr(loop, "step_seconds", lambda *args: seconds[args[-1]])
    long = recipe(steps=20_000, batch=16)
    assert loop.fastest_way(network(), long, (3, 32, 32), 4) == expected
    assert loop.fastest_way(network(), recipe(), (3, 32, 32), 4) == USUAL  # too short to measure


def test_where_there_is_bfloat16_both_precisions_are_measured(monkeypatch: pytest.MonkeyPatch):
    measured: list[Way] = []

    def seconds(*args: object) -> float:
        assert isinstance(args[-1], Way)
        measured.append(args[-1])
        return {Way(True, True): 1.0, Way(False, True): 0.8, Way(False, False): 0.5}[args[-1]]

    monkeypatch.setattr(precision, "half", lambda _: True)
    monkeypatch.setattr(loop, "step_seconds", seconds)
    assert loop.fastest_way(network(), recipe(steps=20_000), (3, 32, 32), 4) == Way(False, False)
    assert measured == [Way(True, True), Way(False, True), Way(False, False)]


def test_a_step_is_timed_and_the_network_is_left_as_it_was():
    model = network()
    model.reset(draws.generator(3))
    before = state_of(model).clone()
    assert 0 < loop.step_seconds(model, recipe(), (3, 32, 32), 4, USUAL) < 60
    assert torch.equal(state_of(model), before)
