"""What *Right without remembering* says of its pictures holds."""

import numpy as np

from explorer.lessons import Guess
from explorer.records import Scene
from tests.lessons._staged import accuracy, shown, step_of

KEY = "right_anyway"


def test_80_points_by_chance_and_nearly_all_stay_right():
    found = shown(KEY, 0)
    assert len(found.scene.forget) == 80
    assert found.truth == 75 == round(80 * sum(found.scene.goals["forget"].values) / 5)


def test_the_retrained_models_forget_accuracy_is_above_nine_tenths():
    assert accuracy(shown(KEY, 1), "retrained") > 0.9


def test_of_80_that_lie_together_most_change_and_a_few_neighbours_with_them():
    found = shown(KEY, 2)
    changed, forget = set(found.truth), set(found.scene.forget.tolist())
    assert len(forget) == 80 and len(changed & forget) > 0.8 * 80
    ringed = found.scene.x[found.scene.forget]
    assert (found.scene.y[neighbours(found.scene, ringed)] == 1).mean() > 0.7  # hardly any blue is left beside them
    assert 0 < len(changed - forget) < 20
    blue = found.scene.y == 0
    assert blue[sorted(forget)].all()


def neighbours(scene: Scene, x: np.ndarray) -> np.ndarray:
    """Return the row of the nearest kept point to each place."""
    kept = np.setdiff1d(np.arange(len(scene.x)), scene.forget)
    return kept[np.hypot(*(x[:, None] - scene.x[kept]).transpose(2, 0, 1)).argmin(axis=1)]


def test_the_method_forgets_too_much_at_first_and_passes_the_band_between_40_and_50_steps():
    band = shown(KEY, 3).scene.goals["forget"]
    assert len(band.values) == 5
    by_steps = {
        steps: accuracy(shown(KEY, 3, {"neg_grad_plus.steps": steps}), "neg_grad_plus") for steps in (40, 46, 50, 80)
    }
    assert by_steps[40] > band.high >= by_steps[46] >= band.low > by_steps[50] >= by_steps[80]


def test_where_the_number_is_right_the_line_is_another_all_the_same():
    found = shown(KEY, 3, {"neg_grad_plus.steps": 46})
    mine, purple = (grid.argmax(axis=-1) for grid in (found.panels["neg_grad_plus"].logits[-1], found.scene.paired))
    assert (mine != purple).mean() > 0.02


def test_a_guess_near_the_truth_counts():
    step = step_of(KEY, 0, Guess)
    assert (step.kind.low, step.kind.high, step.kind.near) == (0, 80, 5)
