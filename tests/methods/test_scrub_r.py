"""SCRUB and rewind: which epoch is gone back to."""

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods import scrub, scrub_r
from explorer.methods.scrub_r import METHOD, Knobs, alike, rewound
from explorer.training import Examples
from tests.methods._hand import linear, request
from tests.methods._paths import equal, states, with_heldout


def test_the_error_closest_to_the_reference_wins_from_either_side():
    # Away from 10 %: 8, 5, 2, 40 and 80 points.
    assert rewound([0.02, 0.05, 0.08, 0.50, 0.90], 0.10) == 2
    # Away from 40 %: 10 points below, 20 above.
    assert rewound([0.30, 0.60], 0.40) == 0
    assert rewound([0.20, 0.50], 0.40) == 1


def test_above_takes_the_error_just_above_the_reference():
    assert rewound([0.02, 0.05, 0.08, 0.50, 0.90], 0.10, "above") == 3
    assert rewound([0.1, 0.5, 0.9], 0.4, "above") == 1
    assert rewound([0.9, 0.5, 0.1], 0.5, "above") == 1


def test_above_takes_the_largest_error_where_no_epoch_gets_there():
    assert rewound([0.1, 0.3, 0.2], 0.4, "above") == 1


def test_of_equal_errors_the_earliest_wins():
    assert rewound([0.1, 0.5, 0.5], 0.4) == 1
    assert rewound([0.1, 0.5, 0.5], 0.3, "above") == 1
    # 0 and 1 are as far from a half.
    assert rewound([1.0, 0.0], 0.5) == 0


FORGET = Examples(torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([0, 0]))
HELDOUT = Examples(torch.tensor([[0.1, 0], [0.0, 0], [9.0, 0], [1.2, 0]]), torch.tensor([0, 1, 0, 0]))


def test_nearest_held_out_points_have_the_same_label():
    assert alike(FORGET, HELDOUT, "nearest").x[:, 0].tolist() == torch.tensor([0.1, 1.2]).tolist()


def test_whole_classes_are_taken_where_asked():
    assert alike(FORGET, HELDOUT, "class").x[:, 0].tolist() == torch.tensor([0.1, 9.0, 1.2]).tolist()


def test_a_label_without_held_out_points_is_left_out():
    mixed = Examples(FORGET.x, torch.tensor([0, 5]))
    assert alike(mixed, HELDOUT, "nearest").x[:, 0].tolist() == torch.tensor([0.1]).tolist()


def test_last_yield_is_the_epoch_with_the_error_closest_to_that_on_held_out_points():
    case = make("forget")
    request_ = case.request
    for lr in (0.05, 0.03, 0.02, 0.01, 0.005):  # rounding decides which way the first push tips, machine by machine
        knobs = Knobs(epochs=6, max_epochs=6, lr=lr, forget_batch=2, alpha=0.0, gamma=0.3, temperature=1.0)
        ends, errors, model = [], [], case.original
        for model, end in scrub.run(
            case.original, request_.forget.x, request_.retain, knobs, draws.generator(0)
        ):  # fmt: skip
            if end:
                ends.append({name: value.clone() for name, value in model.state_dict().items()})
                errors.append((model(request_.forget.x).argmax(1) != request_.forget.y).float().mean().item())
        if len(set(errors)) > 1:
            break
    else:
        pytest.fail("the case must leave something to choose")
    like = alike(request_.forget, request_.heldout, "nearest")
    reference = (model(like.x).argmax(1) != like.y).float().mean().item()
    path = states(METHOD, case.original, request_, knobs)
    assert equal(path[-2], ends[-1])
    assert equal(path[-1], ends[rewound(errors, reference)])


def test_it_goes_back_when_the_last_epochs_forgot_too_much():
    # Held-out points that the model always gets right make the reference 0: the first epoch is enough.
    asked = request(forget=[((1, 0), 0)], retain=[((0, 1), 1), ((0, -1), 0)])
    asked = with_heldout(asked, torch.tensor([[0.0, -1.0]]), torch.tensor([0]))
    start = linear([[1, -3], [-1, 3]])
    path = states(METHOD, start, asked, Knobs(epochs=4, max_epochs=4, lr=0.3, retain_batch=2))
    per_epoch = 2  # one push, one pull
    assert equal(path[-1], path[per_epoch - 1])


@pytest.mark.parametrize(("rule", "epoch"), [("closest", 0), ("above", 1)])
def test_the_knob_says_to_which_epoch_unlearning_goes_back(rule: str, epoch: int, monkeypatch: pytest.MonkeyPatch):
    # Forget errors of 8 % and 50 % after the two epochs, then 10 % on held-out points: 2 points off, or just above.
    errors = iter([0.08, 0.50, 0.10])
    monkeypatch.setattr(scrub_r, "_error", lambda *_: next(errors))
    asked = request(forget=[((1, 0), 0)], retain=[((0, 1), 1), ((0, -1), 0)])
    asked = with_heldout(asked, torch.tensor([[0.0, -1.0]]), torch.tensor([0]))
    knobs = Knobs.model_validate({"epochs": 2, "max_epochs": 2, "lr": 0.3, "retain_batch": 2, "rewind": rule})
    path = states(METHOD, linear([[1, -3], [-1, 3]]), asked, knobs)
    per_epoch = 2  # one push, one pull
    assert len(path) == 2 * per_epoch + 1
    assert equal(path[-1], path[per_epoch * (epoch + 1) - 1])


def test_the_card_says_that_trials_take_the_nearest_where_presets_take_the_class():
    assert not {"alike"} & (set(METHOD.images.start) | set(METHOD.images.search)) and Knobs().alike == "nearest"
    assert METHOD.presets[METHOD.images.authors].knobs["alike"] == "class"
    assert "Trials on images do not" in (scrub_r.__doc__ or "")
