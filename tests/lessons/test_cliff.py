"""What *The cliff* says of its pictures holds."""

from tests.lessons._staged import accuracy, shown

KEY = "cliff"
LR = "gradient_ascent.lr"


def test_it_holds_until_a_step_and_breaks_with_the_next():
    found = shown(KEY, 1)
    panel = found.panels["gradient_ascent"]
    by_step = dict(zip(panel.step.tolist(), panel.accuracy["retain"].tolist(), strict=True))
    assert found.truth == 4 and panel.step[-1] == 20
    assert by_step[0] - by_step[4] < 0.05 and by_step[4] - by_step[5] > 0.1 and by_step[20] < by_step[5]


def test_the_rate_that_forgets_and_holds_lies_a_little_below_a_hundredth_in_a_narrow_range():
    found = {lr: shown(KEY, 2, {LR: lr}) for lr in (0.007, 0.008, 0.01)}
    retain, forget = (
        {lr: accuracy(one, "gradient_ascent", of) for lr, one in found.items()} for of in ("retain", "forget")
    )
    assert forget[0.007] > 0.5 and retain[0.007] > 0.9  # hardly forgets
    assert forget[0.008] < 0.5 and retain[0.008] > 0.9
    assert retain[0.01] < 0.9  # breaks
    goal = shown(KEY, 2).scene.goals["forget"]
    assert goal.low <= 0.1 <= goal.high and forget[0.01] < goal.low  # it is past what retrained models get right


def test_a_rate_that_holds_stops_short_of_what_retrained_models_get_right():
    goal = shown(KEY, 2).scene.goals["forget"]
    for lr in (0.008, 0.0085, 0.009, 0.0095):
        one = shown(KEY, 2, {LR: lr})
        assert accuracy(one, "gradient_ascent") > goal.high or accuracy(one, "gradient_ascent", "retain") < 0.9
