"""Relearning: its steps are torch's, on kept points alone, beside its controls."""

import dataclasses

import numpy as np
import pytest
import torch

from explorer.audits import MOMENTUM, Handed, OnRetrained, relearn, relearning
from explorer.models import flat
from explorer.models.mlp import Options, build
from explorer.training import Examples
from tests.audits._subjects import subject


def test_relearning_steps_as_torch_does(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.audits._relearn.STEPS", 5)
    torch_model = build(Options(widths=[4]), (2,), 2)
    torch_model.reset(torch.Generator().manual_seed(0))
    start = flat(torch_model)
    x = torch.randn((12, 2), generator=torch.Generator().manual_seed(1))
    y = (x[:, 0] > 0).long()
    path = relearn(torch_model, torch.stack([start, start * 2]), x, y, rate=0.03)
    assert path.shape == (2, 6, len(start))
    torch.testing.assert_close(path[:, 0], torch.stack([start, start * 2]))
    optimizer = torch.optim.SGD(torch_model.parameters(), lr=0.03, momentum=MOMENTUM)
    for step in range(1, 6):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(torch_model(x), y).backward()
        optimizer.step()
        torch.testing.assert_close(path[0, step], flat(torch_model))


def test_only_kept_points_are_trained_on():
    given = subject()
    other = given.before.x.clone()
    other[torch.from_numpy(given.forget)] += 5.0
    moved = dataclasses.replace(given, before=Examples(other, given.before.y))
    start = given.original[None]
    np.testing.assert_array_equal(relearning.ways(given, start), relearning.ways(moved, start))


def test_start_is_the_forget_accuracy_and_peak_the_highest_on_the_way():
    given = subject()
    found, curve = relearning.run(given, given.retrained), relearning.curves(given, given.retrained)
    logits = given.logits(given.retrained, given.before.x[torch.from_numpy(given.forget)])
    np.testing.assert_allclose(found["start"], (logits.argmax(axis=-1) == 0).mean(axis=1))
    np.testing.assert_allclose(found["peak"], curve.max(axis=1))
    assert curve.shape == (2, 61)


def test_without_the_method_on_retrained_models_there_is_no_control():
    found = relearning.run(subject(), subject().retrained)
    assert np.isnan(found["control_peak"]).all() and np.isnan(found["matched_peak"]).all()


def test_the_controls_are_means_over_the_models_handed_in():
    handed = Handed(OnRetrained(subject().retrained, subject().paired[None]))
    found = relearning.run(subject(handed=handed), subject().original[None])
    own = relearning.run(subject(), np.stack([*subject().retrained, subject().paired]))["peak"]
    assert found["control_peak"][0] == pytest.approx(own[:2].mean())
    assert found["matched_peak"][0] == pytest.approx(own[2])


def test_land_is_the_share_of_changed_places_that_has_the_original_s_class():
    given = subject()
    own = given.logits(given.original[None], given.area)[0].argmax(axis=-1)
    each = given.logits(given.retrained, given.area).argmax(axis=-1)
    changed = (each[0] != own) & (each[1] != own)  # more than half of two
    assert 0 < changed.sum() < len(own)
    paired = given.logits(given.paired[None], given.area)[0].argmax(axis=-1)
    found = relearning.land(given, np.stack([given.original, given.retrained[0], given.paired]))
    np.testing.assert_allclose(found, [1.0, 0.0, (paired == own)[changed].mean()])


def test_there_is_no_land_where_retraining_changes_no_place():
    given = subject()
    same = dataclasses.replace(given, retrained=np.stack([given.original, given.original]))
    assert np.isnan(relearning.land(same, given.retrained)).all()


def test_a_picture_knows_land_at_every_step_drawn():
    given = subject()
    drawn = relearning.picture(given, given.original)
    assert drawn.arrays["land"].shape == drawn.at.shape
    assert drawn.arrays["land"][0] == 1.0
