"""The probe: what it is shown, what it weighs, and a head that copies retrained's answers."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer import metrics
from explorer.audits import linear_probe
from explorer.audits._words import short
from explorer.pipeline.worlds.images import RETAIN
from explorer.seeds import child_seed
from explorer.training import Examples
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


def test_of_four_forgotten_points_a_half_has_some_and_not_all():
    forget = np.array([0, 5, 6, 11])
    for seed in range(60):
        inside = linear_probe.half_of(seed, 0, 20, forget)
        assert 1 <= inside[forget].sum() <= 3


def test_a_half_that_was_good_is_the_plain_draw():
    forget, good = np.arange(8), 0
    for draw in range(10):
        plain = np.random.default_rng(child_seed(3, "half", draw)).random(20) < 0.5
        found = linear_probe.half_of(3, draw, 20, forget)
        np.testing.assert_array_equal(found[8:], plain[8:])
        if 0 < plain[:8].sum() < 8:
            np.testing.assert_array_equal(found, plain)
            good += 1
    assert good >= 8  # a bad one has a chance of 1 in 128


def test_four_forgotten_points_have_numbers_on_every_seed():
    for seed in range(60):
        found = linear_probe.run(subject(forget=4, seed=seed), subject().original[None])
        assert 0 <= found["half"][0] <= 1 and 0 <= found["few3"][0] <= 1


def test_a_draw_of_one_class_alone_is_left_out_of_the_mean():
    y = torch.zeros(20, dtype=torch.long)
    y[10] = 1  # one point of the other class, which is kept: of every second half it is none
    given = subject(seed=1)
    rare = replace(given, before=Examples(given.before.x, y))
    seen = linear_probe.features(rare, rare.original, rare.before.x)
    there = [bool(linear_probe.half_of(1, draw, 20, rare.forget)[10]) for draw in range(linear_probe.DRAWS)]
    assert 0 < sum(there) < len(there)
    each = [linear_probe._half(rare, seen, draw) for draw in range(linear_probe.DRAWS)]
    assert [not np.isnan(one) for one in each] == there
    found = linear_probe.run(rare, rare.original[None])
    assert found["half"][0] == np.nanmean(each)


def test_where_no_draw_can_be_fitted_there_is_no_number():
    given = subject(forget=8)
    alike = replace(given, before=Examples(given.before.x, torch.zeros(20, dtype=torch.long)))
    found = linear_probe.run(alike, alike.original[None])
    assert np.isnan(found["few3"]).all() and np.isnan(found["half"]).all()


def test_the_probe_that_is_drawn_is_one_that_could_be_fitted():
    y = torch.ones(20, dtype=torch.long)
    y[0] = 0  # forgotten: a draw of three others of the five has one class alone
    given = subject(seed=2)
    rare = replace(given, before=Examples(given.before.x, y))
    seen = linear_probe.features(rare, rare.original, rare.before.x)
    each = [linear_probe._few(rare, seen, draw) for draw in range(linear_probe.DRAWS)]
    shows = [0 in linear_probe.few_points(rare, draw)[0] for draw in range(linear_probe.DRAWS)]
    assert 1 <= sum(shows) < len(shows) and [not np.isnan(one) for one in each] == shows
    picture = linear_probe.picture(rare, rare.original)
    assert picture.note.endswith(f"probe {short(float(np.nanmean(each)))}")


def test_the_card_says_how_many_kept_images_a_half_is_taken_of():
    assert f"{RETAIN:,} kept" in linear_probe.AUDIT.fields["half"].reads


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
