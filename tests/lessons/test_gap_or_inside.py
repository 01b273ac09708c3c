"""What *In the gap, or inside* says of its pictures holds."""

import numpy as np

from explorer.contents.lessons.shown import share
from explorer.contents.lessons.truths import at_points, truth_of
from explorer.lessons import Guess
from tests.lessons._staged import accuracy, shown, step_of

KEY = "gap_or_inside"


def moved(at: int, panel: str) -> np.ndarray:
    """Return which cells change their class from the first to the last frame."""
    logits = shown(KEY, at).panels[panel].logits
    return logits[0].argmax(-1) != logits[-1].argmax(-1)


def test_one_point_lies_in_the_gap_and_holds_the_line():
    scene = shown(KEY, 0).scene
    (row,) = scene.forget
    z = at_points(scene, scene.original, scene.x)
    near = np.abs(z[:, 0] - z[:, 1])
    assert near[row] == near[scene.y == scene.y[row]].min()  # of its class it lies nearest to the line
    assert (scene.paired.argmax(-1) != scene.original.argmax(-1)).mean() > 0.01


def test_the_line_comes_towards_the_point_and_moves_little():
    found, cells = shown(KEY, 1), moved(1, "jit")
    scene = found.scene
    assert round(100 * cells.mean(), 1) == 1.5
    assert round(100 * (scene.paired.argmax(-1) != scene.original.argmax(-1)).mean(), 1) == 1.6
    assert truth_of("floor", scene, found.panels) == 2.0
    to, before = found.truth[cells], found.panels["jit"].logits[0].argmax(-1)[cells]
    own = found.scene.y[found.scene.forget[0]]
    assert (to == 1 - own).mean() > 0.9 and (before == own).mean() > 0.9  # the other class gains ground


def test_a_line_drawn_where_it_lies_counts_and_one_that_does_not_part_the_clouds_does_not():
    found, step = shown(KEY, 1), step_of(KEY, 1, Guess)
    g = found.scene.size
    rows = found.truth.reshape(g, g)
    path = tuple(
        ((np.flatnonzero(np.diff(rows[r]))[0] + 1) / g, (r + 0.5) / g) for r in range(0, g, 4) if np.diff(rows[r]).any()
    )
    assert share(found, path) >= step.kind.near
    assert share(found, ((0.0, 0.9), (1.0, 0.9))) < 0.8


def test_inside_its_class_nothing_moves_and_retrained_has_the_same_line():
    found = shown(KEY, 2)
    assert step_of(KEY, 2, Guess).kind.options[found.truth] == "Hardly or not at all"
    assert (found.scene.paired.argmax(-1) != found.scene.original.argmax(-1)).mean() == 0
    assert moved(2, "jit").mean() < 0.001


def test_after_greedy_the_line_is_near_its_place_and_its_sides_have_changed_colours():
    logits = shown(KEY, 3).panels["greedy"].logits
    before, after = (one.argmax(-1) for one in (logits[0], logits[-1]))
    assert (after == 1 - before).mean() > 0.95


def test_greedy_destroys_the_model_for_one_point_inside_a_class():
    found = shown(KEY, 3)
    assert accuracy(found, "greedy", "test") < 0.1 and moved(3, "greedy").mean() > 0.4
