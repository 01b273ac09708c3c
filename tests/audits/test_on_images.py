"""Audits of models of images: each at a case whose answer is known, on a small network and made-up images."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.audits import ImageSubject, linear_probe, relearning, two_model_membership, weight_path
from explorer.audits._images import answers, features, spread
from explorer.draws import generator
from explorer.models.compact import Compact, Options, build
from explorer.training import Examples, precision

N, CLASSES = 60, 3


def network(seed: int) -> Compact:
    made = build(Options(width=4), (3, 32, 32), CLASSES)
    made.reset(generator(seed))
    return made.eval()


def images(seed: int, y: Tensor) -> Tensor:
    """Return images whose colour says their class, and noise."""
    colour = 2 * F.one_hot(y, CLASSES).float()[:, :, None, None]
    return colour + torch.randn((len(y), 3, 32, 32), generator=generator(seed))


def learnt(model: Compact, x: Tensor, y: Tensor) -> Compact:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model.train()
    for _ in range(12):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    return model.eval()


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relearning, "STEPS", 6)
    monkeypatch.setattr(relearning, "LOOKED", (0, 2, 6))


@pytest.fixture(scope="module")
def subject() -> ImageSubject:
    y = torch.arange(N) % CLASSES
    x, forget = images(1, y), np.arange(0, N, 3)[:10]  # of class 0
    kept = np.setdiff1d(np.arange(N), forget)
    test = torch.arange(30) % CLASSES
    return ImageSubject(
        original=learnt(network(0), x, y), retrained=[learnt(network(k), x[kept], y[kept]) for k in (1, 2)],
        new_seed=None, before=Examples(x, y), forget=forget, retain=kept, measured=kept[:30],
        test=Examples(images(2, test), test), unseen=np.flatnonzero(test.numpy() == 0), seed=5,
    )  # fmt: skip


def test_answers_and_features_are_the_network_s_own(subject: ImageSubject):
    with torch.no_grad():
        with precision.autocast(subject.before.x.device):  # in bfloat16 where the machine has it
            seen = subject.original.features(precision.laid_out(subject.before.x)).float()
        np.testing.assert_allclose(features(subject.original, subject.before.x), seen.numpy(), rtol=1e-4, atol=1e-5)
        there = subject.original.head(seen).numpy()
    np.testing.assert_allclose(answers(subject.original, subject.before.x), there, rtol=1e-4, atol=1e-5)


def test_spread_rows_begin_and_end_with_those_given():
    assert spread(np.arange(100), 5).tolist() == [0, 25, 50, 74, 99]
    assert spread(np.arange(3), 5).tolist() == [0, 1, 2]


def test_relearning_begins_with_the_forget_accuracy_and_leaves_the_model_alone(subject: ImageSubject):
    model = subject.retrained[0]
    before = copy.deepcopy(model.state_dict())
    found = relearning.on_images(subject, model)
    x = subject.before.x[torch.from_numpy(subject.forget)]
    assert found["start"] == (answers(model, x).argmax(-1) == 0).mean()
    assert found["peak"] >= found["start"]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_relearning_sees_no_forgotten_image(subject: ImageSubject, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(relearning, "BATCH", 20)
    x = subject.before.x.clone()
    x[torch.from_numpy(subject.forget)] = float("nan")  # one step on such an image would break the weights
    model = copy.deepcopy(subject.original)
    seen: list[Tensor] = []
    model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    relearning.curve_on_images(dataclasses.replace(subject, before=Examples(x, subject.before.y)), model)
    assert len(seen) == relearning.STEPS and all(torch.isfinite(one).all() for one in seen)
    assert {len(one) for one in seen} == {20, 10}  # 50 kept images, epoch after epoch


def test_the_way_begins_at_the_original_and_ends_at_the_model(subject: ImageSubject):
    assert {0.0, 1.0} <= set(weight_path.AT_IMAGES.tolist())
    first, second = subject.original, subject.retrained[0]
    for a, there in ((0.0, first), (1.0, second)):
        here = weight_path.between(first, second, a).state_dict()
        assert all(torch.allclose(value, there.state_dict()[name]) for name, value in here.items())
    beyond = weight_path.between(first, second, 1.5).state_dict()
    assert all((value >= 0).all() for name, value in beyond.items() if name.endswith("running_var"))


def test_a_model_at_the_original_itself_has_no_barrier(subject: ImageSubject):
    found = weight_path.on_images(subject, copy.deepcopy(subject.original))
    assert found["barrier"] == pytest.approx(0, abs=1e-6)
    assert np.isnan(found["nearest"])  # all places are alike


def test_nothing_deleted_tells_nothing_and_without_a_new_seed_there_is_no_zero_line(subject: ImageSubject):
    found = two_model_membership.on_images(subject, subject.original)
    assert found["auc"] == 0.5 and np.isnan(found["new_seed_auc"])
    again = two_model_membership.on_images(dataclasses.replace(subject, new_seed=subject.original), subject.original)
    assert again["new_seed_auc"] == 0.5 and again["before_auc"] == found["before_auc"]


def test_a_probe_reads_the_class_where_the_features_hold_it(subject: ImageSubject):
    found = linear_probe.on_images(subject, subject.original)
    assert found["few3"] >= 0.8 and found["half"] >= 0.8
    blind = copy.deepcopy(subject.original)
    with torch.no_grad():
        for weight in blind.blocks[-2].parameters():
            weight.zero_()  # all features are alike
    lost = linear_probe.on_images(subject, blind)
    assert lost["few3"] <= 0.5


def test_three_forgotten_images_or_fewer_have_no_probe(subject: ImageSubject):
    found = linear_probe.on_images(dataclasses.replace(subject, forget=subject.forget[:3]), subject.original)
    assert np.isnan(found["few3"]) and np.isnan(found["half"])


def test_four_forgotten_images_are_never_all_in_the_fitted_half_nor_all_outside(subject: ImageSubject):
    four = dataclasses.replace(subject, forget=subject.forget[:4])
    for seed in range(20):
        found = linear_probe.on_images(dataclasses.replace(four, seed=seed), subject.original)
        assert 0 <= found["half"] <= 1


def test_the_same_seed_gives_the_same_numbers(subject: ImageSubject):
    for audit in (relearning, linear_probe):
        assert audit.on_images(subject, subject.retrained[0]) == audit.on_images(subject, subject.retrained[0])
