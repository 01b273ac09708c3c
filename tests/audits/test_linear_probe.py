"""The probe: what it is shown, what it weighs, and a head that copies retrained's answers."""

import numpy as np
import pytest
import torch

from explorer import metrics
from explorer.audits import linear_probe
from tests.audits._subjects import subject, weights


def test_a_draw_shows_three_forgotten_points_and_asks_about_the_others():
    given = subject(forget=8)
    few, others = linear_probe.few_points(given, 0)
    assert (len(few), len(others)) == (3, 5)
    assert sorted([*few, *others]) == list(range(8))
    assert {tuple(linear_probe.few_points(given, draw)[0]) for draw in range(5)} != {tuple(few)}


def test_the_few_points_weigh_an_eighth_of_the_retain_set(monkeypatch: pytest.MonkeyPatch):
    weighed = []

    class Spy(linear_probe.Probe):
        def __init__(self, seen: np.ndarray, y: np.ndarray, weight: np.ndarray, classes: int) -> None:
            weighed.append(weight)
            super().__init__(seen, y, weight, classes)

    monkeypatch.setattr(linear_probe, "Probe", Spy)
    given = subject(n=24, forget=8)
    linear_probe.few_probe(given, linear_probe.features(given, given.original, given.before.x), 0)
    assert weighed[0][:16].sum() == 16 and weighed[0][16:].sum() == pytest.approx(2.0)
    assert len(weighed[0]) == 19


def test_features_are_what_the_head_sees():
    given, model = subject(), weights(7, [4])
    seen = linear_probe.features(given, model, given.before.x)
    head, bias = model[-10:-2].reshape(2, 4), model[-2:]
    logits = given.logits(model[None], given.before.x)[0]
    np.testing.assert_allclose(seen @ head.T + bias, logits, atol=1e-5)


def test_a_probe_of_two_classes_has_the_right_sign_and_one_without_a_class_gives_it_nothing():
    seen, y = np.array([[-1.0], [-2.0], [1.0], [2.0]]), np.array([0, 0, 2, 2])
    logits = linear_probe.Probe(seen, y, np.ones(4), 3).logits(np.array([[-3.0], [3.0]]))
    assert logits.argmax(axis=1).tolist() == [0, 2]
    assert (logits[:, 1] == linear_probe.ABSENT).all()


def test_three_points_or_fewer_leave_nobody_to_ask_about():
    found = linear_probe.run(subject(forget=3), subject().retrained)
    assert np.isnan(found["few3"]).all() and np.isnan(found["half"]).all()


def test_the_head_s_copy_changes_the_head_alone_and_answers_as_the_goal():
    given = subject(widths=[32])
    head = 2 * 33
    body, goal = given.original, given.original.copy()
    goal[-head:] = weights(9, [32])[-head:]  # a goal that a head can reach
    copy = linear_probe.head_copy(given, goal)
    np.testing.assert_array_equal(copy[:-head], body[:-head])
    p, q = (metrics.softmax(given.logits(one[None], given.before.x)[0]) for one in (copy, goal))
    assert np.abs(p - q).max() < 0.02
    assert torch.is_grad_enabled()
