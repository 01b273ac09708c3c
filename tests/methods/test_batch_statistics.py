"""Batch statistics: frozen by default, moved by the batch where a knob asks for it, of no effect without them.

The network worked out by hand has one layer of batch normalisation and a linear head that starts at zero, so that both
classes have probability 1/2 and the gradient of a point x with label 0 is (-1/2, 1/2) times what the layer makes of x.
The layer divides by sqrt(v + 1e-5), which the tolerance covers.
"""

import copy
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from explorer import draws
from explorer.contract.cases import fitting, make
from explorer.knobs import KnobBase
from explorer.methods._method import Method, Prepared, Request
from explorer.methods._shared.batch_statistics import moves, normalisations, passes_of_a_step
from explorer.methods._shared.twin_features import Bounds
from explorer.methods._shared.twin_predictor import fit_logistic
from explorer.methods.camu import Pairs
from explorer.methods.scrub import Knobs as ScrubKnobs
from explorer.methods.scrub import Scrub
from explorer.methods.tmu import Twin
from explorer.models import Network, mlp
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, fresh
from tests.methods._hand import linear, request
from tests.methods._paths import equal, states

TRAINED = (
    "fine_tune", "neg_grad_plus", "scrub", "scrub_r", "salun", "random_labels", "bad_teacher", "unsir",
    "boundary_shrink", "boundary_expand", "amun", "l1_sparse", "camu", "tmu", "delete", "weight_negation", "sfron",
    "undo", "gdr_gma", "l2ul",
)  # fmt: skip
UPDATE = {"batchnorm": "update"}


class Normed(Network):
    """One column, normalised by the batch, and a linear head of two classes that starts at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(2, affine=False)
        self.head = nn.Linear(2, 2)
        with torch.no_grad():
            self.head.weight.zero_()
            self.head.bias.zero_()

    def features(self, x: Tensor) -> Tensor:
        return self.norm(x)

    def reset(self, rng: torch.Generator) -> None:
        self.norm.reset_parameters()
        with torch.no_grad():
            self.head.weight.copy_(draws.normal((2, 2), rng))

    @property
    def blocks(self) -> list[nn.Module]:
        return [self.norm, self.head]


def normed() -> Normed:
    with torch.random.fork_rng():
        return Normed().eval()


def close(found: Tensor, expected: Sequence[float]) -> bool:
    return torch.allclose(found, torch.tensor(expected), atol=1e-4)


def few(key: str, **changes: str) -> tuple[Method, KnobBase]:
    """Return a method and knobs with few steps."""
    method = CATALOG.methods[key]
    fewer = {"epochs": 2, "steps": 3, "plain": 1, "max_epochs": 1, "twin_steps": 3, "noise_steps": 2}
    there = {name: n for name, n in fewer.items() if name in method.knobs.model_fields}
    return method, method.knobs(**there, **changes)


def knobs_of(method: Method, **values: Any) -> KnobBase:
    return method.knobs(**values)


def buffers(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value for name, value in state.items() if "running" in name}


@pytest.mark.parametrize("key", TRAINED)
def test_frozen_is_the_default_and_leaves_the_statistics_alone(key: str):
    method, knobs = few(key)
    case = make(fitting(method)[0], "conv")
    assert knobs == few(key, batchnorm="frozen")[1]
    for state in states(method, case.original, case.request, knobs):
        assert equal(buffers(state), buffers(case.original.state_dict()))


@pytest.mark.parametrize("key", TRAINED)
def test_update_moves_the_statistics_and_hands_out_a_model_in_eval_mode(key: str):
    method, knobs = few(key, **UPDATE)
    case = make(fitting(method)[0], "conv")
    before = buffers(case.original.state_dict())
    extra = [method.prepare(case.original, case.request, knobs, torch.Generator())] if method.prepare else []
    path = method.unlearn(case.original, case.request, knobs, torch.Generator(), *extra)
    last = {}
    for model in path:
        assert not any(part.training for part in model.modules())
        last = buffers(model.state_dict())
    assert last and not any(torch.equal(last[name], before[name]) for name in before)
    assert equal(buffers(case.original.state_dict()), before)


@pytest.mark.parametrize("key", TRAINED)
def test_update_with_the_same_generator_gives_the_same_bits(key: str):
    method, knobs = few(key, **UPDATE)
    case = make(fitting(method)[0], "conv")
    one, two = (states(method, case.original, case.request, knobs)[-1] for _ in range(2))
    assert equal(one, two)


@pytest.mark.parametrize("key", TRAINED)
def test_without_batch_normalisation_both_give_the_same_bits(key: str):
    method, frozen = few(key)
    case = make(fitting(method)[0])
    one = states(method, case.original, case.request, frozen)
    two = states(method, case.original, case.request, few(key, **UPDATE)[1])
    assert len(one) == len(two) and all(equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("key", TRAINED)
def test_the_card_says_a_word_of_batch_statistics(key: str):
    card = CATALOG.card(key)
    assert any(word in card.sections["Differs"].lower() for word in ("batch statistics", "batch normalisation"))


def test_only_batch_normalisation_changes_its_mode_and_only_meanwhile():
    model = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout(), nn.BatchNorm2d(3)).eval()
    with passes_of_a_step(model, "update"):
        assert [part.training for part in model] == [True, False, True]
    with pytest.raises(KeyError), passes_of_a_step(model, "update"):
        raise KeyError
    assert not any(part.training for part in model)
    with passes_of_a_step(model, "frozen"):
        assert not any(part.training for part in model)
    assert len(normalisations(model)) == 2


def test_nothing_moves_where_there_is_nothing_to_normalise():
    assert moves(normed(), "update") and not moves(normed(), "frozen")
    assert not moves(linear(), "update") and isinstance(linear(), mlp.MLP)


# Retained: 1 of class 0 and 5 of class 1 in the first column; their mean is 3, their standard deviation 2.
RETAIN = [((1.0, 0.0), 0), ((5.0, 0.0), 1)]


@pytest.mark.parametrize("key", ["fine_tune", "l1_sparse"])
def test_a_step_on_retained_points_normalises_by_their_batch(key: str):
    method = CATALOG.methods[key]
    quiet = {"steps": 1} if key == "fine_tune" else {"epochs": 1, "plain": 0, "gamma": 0.0}
    asked = request(forget=[((9, 9), 1)], retain=RETAIN)
    (frozen,) = states(method, normed(), asked, knobs_of(method, lr=0.1, momentum=0.0, **quiet))
    (update,) = states(method, normed(), asked, knobs_of(method, lr=0.1, momentum=0.0, **quiet, **UPDATE))
    # Frozen, mean 0 and variance 1: row 0 has the gradient 1/2 (-1/2 * 1 + 1/2 * 5) = 1 in the first column.
    assert close(frozen["head.weight"][0], [-0.1, 0.0])
    # By the batch the points are -1 and 1: 1/2 (-1/2 * -1 + 1/2 * 1) = 1/2.
    assert close(update["head.weight"][0], [-0.05, 0.0])
    # A tenth of the way: the mean to .1 * 3; the variance, unbiased 8, to .9 + .8; in the second column to .9.
    assert close(update["norm.running_mean"], [0.3, 0.0])
    assert close(update["norm.running_var"], [1.7, 0.9])
    assert close(frozen["norm.running_mean"], [0.0, 0.0]) and close(frozen["norm.running_var"], [1.0, 1.0])


def test_neg_grad_plus_normalises_either_batch_by_itself():
    method = CATALOG.methods["neg_grad_plus"]
    asked = request(forget=[((10.0, 0.0), 0), ((14.0, 0.0), 1)], retain=RETAIN)
    knobs = knobs_of(method, lr=0.1, momentum=0.0, alpha=0.75, steps=1, **UPDATE)
    (end,) = states(method, normed(), asked, knobs)
    # Both batches become -1 and 1, with the gradient 1/2 each: 3/4 * 1/2 - 1/4 * 1/2 = 1/4. Together they would not.
    assert close(end["head.weight"][0], [-0.025, 0.0])
    # The mean goes a tenth of the way to 3, then a tenth of the way to 12: .9 * .3 + 1.2.
    assert close(end["norm.running_mean"], [1.47, 0.0])


def test_scrub_normalises_the_student_by_its_batch():
    student = Scrub(normed(), ScrubKnobs(optimizer="sgd", lr=0.1, alpha=0.0, gamma=1.0, batchnorm="update"))
    student.pull(torch.tensor([[1.0, 0.0], [5.0, 0.0]]), torch.tensor([0, 1]), torch.zeros(2, 2))
    assert close(student.model.get_parameter("head.weight").detach()[0], [-0.05, 0.0])
    assert close(student.model.get_buffer("norm.running_mean"), [0.3, 0.0])


def test_salun_and_random_labels_normalise_the_forget_batch_by_itself():
    # Labels 1 and 0 instead of 0 and 1: the gradient of row 0 is 1/2 (1/2 * -1 - 1/2 * 1) = -1/2.
    asked = request(forget=[((1.0, 0.0), 0), ((5.0, 0.0), 1)], retain=[((50.0, 0.0), 0), ((60.0, 0.0), 1)])
    for key, more in (("salun", {"share": 1.0}), ("random_labels", {})):
        method = CATALOG.methods[key]
        knobs = knobs_of(method, lr=0.1, momentum=0.0, order="sequential", **more, **UPDATE)
        first, second = states(method, normed(), asked, knobs, most=2)
        assert close(first["head.weight"][0], [0.05, 0.0])
        assert close(first["norm.running_mean"], [0.3, 0.0])
        assert close(second["norm.running_mean"], [0.9 * 0.3 + 5.5, 0.0])


def first_step(key: str, asked: Request, state: Any, **values: Any) -> dict[str, Tensor]:
    """Return the state after the first step from a preparation that is given."""
    method = CATALOG.methods[key]
    extra = [Prepared(state=state)] if method.prepare else []
    path = method.unlearn(normed(), asked, knobs_of(method, **values), draws.generator(0), *extra)
    return copy.deepcopy(next(path).state_dict())


X = torch.tensor([[1.0, 0.0], [5.0, 0.0]])  # -1 and 1 by their own statistics
CROSSED = torch.tensor([1, 0])
FORGET = request(forget=RETAIN, retain=[((50.0, 0.0), 0)])


@pytest.mark.parametrize(
    ("key", "state", "values"),
    [
        ("boundary_shrink", CROSSED, {"momentum": 0.0}),
        ("amun", Examples(X, CROSSED), {"optimizer": "sgd", "retain": False}),
    ],
)
def test_new_labels_are_learnt_by_the_batch(key: str, state: Any, values: dict[str, Any]):
    # Labels 1 and 0. Frozen: row 0 has the gradient 1/2 (1/2 * 1 - 1/2 * 5) = -1; by the batch 1/2 (-1/2 - 1/2) = -1/2.
    frozen, update = (first_step(key, FORGET, state, lr=0.1, batchnorm=how, **values) for how in ("frozen", "update"))
    assert close(frozen["head.weight"][0], [0.1, 0.0])
    assert close(update["head.weight"][0], [0.05, 0.0])
    assert close(update["norm.running_mean"], [0.3, 0.0])


def test_the_shadow_class_sees_no_mean_where_the_batch_takes_it_away():
    # Three outputs as likely: rows 0 and 1 have the gradient 1/3 of the mean input, row 2 has -2/3 of it. The mean is 3
    # where statistics are frozen, and 0 by the batch; the bias feels neither.
    frozen, update = (
        first_step("boundary_expand", FORGET, None, lr=0.1, momentum=0.0, batchnorm=how) for how in ("frozen", "update")
    )
    assert close(frozen["head.weight"][:, 0], [-0.1, -0.1, 0.2])
    assert close(update["head.weight"][:, 0], [0.0, 0.0, 0.0])
    assert close(update["head.bias"], [-0.1 / 3, -0.1 / 3, 0.2 / 3])
    assert close(update["norm.running_mean"], [0.3, 0.0])


def test_the_bad_teacher_s_student_is_normalised_by_its_batch_and_the_teacher_is_not():
    teacher = fresh(normed(), draws.generator(0)).eval()
    gap = 0.5 - teacher(X).detach().softmax(dim=1)[:, 0]  # q - t of class 0
    end = first_step("bad_teacher", FORGET, None, optimizer="sgd", lr=0.1, share=0.0, **UPDATE)
    assert close(end["head.weight"][0], [-0.1 * float(gap[1] - gap[0]) / 2, 0.0])
    assert close(end["norm.running_mean"], [0.3, 0.0])


def test_unsir_normalises_noise_and_retained_points_together():
    # Noise at 9, retained points of class 1 at 1 and 11; mean 7, so they are as 2, -6 and 4. The gradient of row 0 has
    # the sign of -2 - 6 + 4: Adam raises it by its rate. Frozen it would have that of -9 + 1 + 11, and fall.
    asked = request(forget=[((0.0, 0.0), 0)], retain=[((1.0, 0.0), 1), ((11.0, 0.0), 1)])
    noise = torch.tensor([[9.0, 0.0]])
    frozen, update = (
        first_step("unsir", asked, noise, copies=1, impair_lr=0.1, batchnorm=how) for how in ("frozen", "update")
    )
    assert close(frozen["head.weight"][0], [-0.1, 0.0])
    assert close(update["head.weight"][0], [0.1, 0.0])
    assert close(update["norm.running_mean"], [0.7, 0.0])


def test_camu_normalises_retained_and_forget_batches_apart_in_both_steps():
    # Both retained points have label 1: by their batch they cancel out, and the partners' labels 1 and 0 decide: the
    # gradient of row 0 is .01 * -1/2, so Adam raises it. Frozen, .9 * 1/2 * 3 of the retained points lowers it.
    asked = request(forget=RETAIN, retain=[((1.0, 0.0), 1), ((5.0, 0.0), 1)])
    pairs = Pairs(torch.tensor([0, 1]), X, CROSSED)
    frozen, update = (
        first_step("camu", asked, pairs, impair_lr=0.1, weight_decay=0.0, batchnorm=how) for how in ("frozen", "update")
    )
    assert close(frozen["head.weight"][0], [-0.1, 0.0])
    assert close(update["head.weight"][0], [0.1, 0.0])
    # Four passes, each a tenth of the way to 3.
    assert close(update["norm.running_mean"], [3 * (1 - 0.9**4), 0.0])


def test_tmu_normalises_forget_and_retained_points_together():
    # An easy forget point of class 0 at 1 and a retained one of class 1 at 5: as fine-tuning on both.
    asked = request(forget=[RETAIN[0]], retain=[RETAIN[1]])
    same = normed().state_dict()
    always = fit_logistic(torch.zeros(4, 3), torch.ones(4, dtype=torch.bool))
    twin = Twin(same, same, Bounds(torch.zeros(3), torch.ones(3)), always, torch.zeros(2, dtype=torch.float64), 1.0)
    values = {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "sigma": 0.0}
    frozen, update = (first_step("tmu", asked, twin, batchnorm=how, **values) for how in ("frozen", "update"))
    assert close(frozen["head.weight"][0], [-0.1, 0.0])
    assert close(update["head.weight"][0], [-0.05, 0.0])
    assert close(update["norm.running_mean"], [0.3, 0.0])


def test_presets_that_name_the_authors_settings_on_images_move_statistics_where_the_authors_do():
    theirs = {
        "scrub": {
            "small (paper)",
            "large (paper)",
            "large scale (paper)",
            "as in JiT's tables",
            "as in JiT's tables (as it runs)",
        },
        "salun": {"random 10 % (paper)", "CIFAR-100 (paper)"},
        "bad_teacher": {"images"},
        "unsir": {"images (as in JiT's tables)", "images (original)", "images (as meant)"},
        "boundary_shrink": {"images (released)", "images (as it runs)"},
        "boundary_expand": {"images (released)"},
        "amun": {"images"},
        "l1_sparse": {"CIFAR-10 (paper)"},
        "camu": {"CIFAR, class", "CIFAR, random 10 %", "MNIST, random 10 %"},
        "tmu": {"images (released)"},
        **{key: {"images (released)"} for key in ("delete", "sfron", "l2ul", "gdr_gma")},
    }
    theirs["scrub_r"] = theirs["scrub"]
    for key in TRAINED:
        presets = CATALOG.methods[key].presets
        moving = {name for name, preset in presets.items() if preset.knobs.get("batchnorm") == "update"}
        assert moving == theirs.get(key, set()), key
        assert {name for name, preset in presets.items() if preset.images} == moving, key
