"""What *Forgetting too much* says of its pictures holds."""

import numpy as np

from explorer.contents.lessons.staged import Staged
from explorer.contents.lessons.truths import at_points, entropy
from explorer.lessons import Guess
from explorer.metrics import softmax
from tests.lessons._staged import accuracy, shown, step_of

KEY = "too_much"


def doubt(at: int, panel: str) -> float:
    found = shown(KEY, at)
    return entropy(found.scene, found.panels[panel].logits[-1])


def at_all(found: Staged, panel: str) -> np.ndarray:
    """Return the entropy of a panel's model at each point to forget, in nats."""
    p = softmax(at_points(found.scene, found.panels[panel].logits[-1], found.scene.x[found.scene.forget]))
    return -(p * np.log(np.maximum(p, 1e-12))).sum(axis=-1)


def test_one_class_of_four_is_forgotten_and_retrained_gives_it_to_those_beside_it():
    scene = shown(KEY, 0).scene
    assert len(scene.names) == 4 and set(scene.y[scene.forget]) == {0} and (scene.y == 0).sum() == len(scene.forget)
    assert accuracy(shown(KEY, 0), "retrained") == 0
    given = at_points(scene, scene.paired, scene.x[scene.forget]).argmax(-1)
    middles = np.array([scene.x[scene.y == k].mean(axis=0) for k in range(4)])
    far = int(np.argmax(np.hypot(*(middles - middles[0]).T)))  # the class across the plane
    assert np.isin(given, [k for k in (1, 2, 3) if k != far]).mean() > 0.9


def test_both_give_none_its_label_and_a_doubts():
    found, step = shown(KEY, 1), step_of(KEY, 1, Guess)
    assert accuracy(found, "random_labels") == accuracy(found, "retrained") == 0
    assert step.kind.options[found.truth] == "A" and step.kind.panels[0] == "random_labels"
    assert [round(doubt(1, name), 2) for name in ("random_labels", "retrained")] == [1.12, 0.49]
    assert round(float(np.log(4)), 2) == 1.39


def test_a_doubts_at_nearly_all_ringed_points_and_retrained_mostly_near_its_lines():
    found = shown(KEY, 1)
    a, b = (at_all(found, name) for name in ("random_labels", "retrained"))
    assert (a > 0.5).mean() > 0.9 > 0.6 > (b > 0.5).mean()
    z = at_points(found.scene, found.panels["retrained"].logits[-1], found.scene.x[found.scene.forget])
    gap = -np.diff(np.sort(z, axis=-1)[:, -2:][:, ::-1], axis=-1)[:, 0]  # how far the first answer leads the second
    near = gap < np.median(gap)
    assert b[near].mean() > 2 * b[~near].mean()


def test_the_doubt_of_random_labels_grows():
    found = shown(KEY, 2)
    first, last = (entropy(found.scene, found.panels["random_labels"].logits[k]) for k in (0, -1))
    assert first < 0.1 < 1 < last


def test_unsir_doubts_as_retrained_does_at_the_same_accuracies():
    found, step = shown(KEY, 3), step_of(KEY, 3, Guess)
    assert step.kind.options[found.truth] == "Random labels"
    assert [round(doubt(3, name), 2) for name in ("unsir", "retrained")] == [0.47, 0.49]
    for of in ("forget", "retain", "test"):
        assert abs(accuracy(found, "unsir", of) - accuracy(found, "random_labels", of)) < 0.01
    assert accuracy(found, "unsir") == 0
