"""Where does a knob break a method? The last step that holds is guessed, then a rate is found that holds to the end."""

from explorer.lessons._kinds import Number
from explorer.lessons._lesson import Above, Below, Guess, Lesson, Look, Try


def _ascent(lr: float) -> dict[str, object]:
    return {"method": "gradient_ascent", "knobs": {"lr": lr, "steps": 20}}


LESSON = Lesson(
    title="The cliff",
    question="Where does a knob break a method?",
    goal=(
        "A method holds over part of a knob's range and then breaks within a small change, so one must find that "
        "cliff before one trusts a setting."
    ),
    minutes=4,
    steps=(
        Look(
            view={"panels": [{"method": "original"}]},
            spotlight="forget",
            lines=False,
            equation="gradient_ascent",
            say="Gradient ascent is the simplest method: step by step it makes the loss of the points to forget "
            "larger. The loss says how wrong the model is. A knob is a setting of a method. Its knobs are "
            "the number of steps and the learning rate: how far each step goes.",
        ),
        Guess(
            view={"panels": [_ascent(0.05)]},
            ask="It will take 20 steps at a learning rate of 0.05. What is the last step at which the model still "
            "gets nearly all other points right?",
            kind=Number(0, 20, "gradient_ascent.holds", unit="steps", near=2, panel="gradient_ascent"),
            why="Up to there it loses hardly anything. One step later more than a tenth of the other points are lost, "
            "and it goes on. That is the cliff.",
        ),
        Try(
            view={"panels": [{"method": "retrained"}, _ascent(0.05)], "focus": 1},
            knobs=("gradient_ascent.lr",),
            numbers=("forget", "retain"),
            ask="Find a learning rate at which it forgets more than half of the points, and still gets 9 of 10 others "
            "right.",
            done=(Above("gradient_ascent", "retain", 0.9), Below("gradient_ascent", "forget", 0.5)),
            hint="Go down. A little below 0.01 it forgets and holds.",
            answer={"gradient_ascent.lr": 0.008},
            paper=(0.002, 0.005, 0.007, 0.008, 0.01, 0.02, 0.05),
            why="Retrained models get about a tenth of the ringed points right. What holds stops short of that; at "
            "0.01 it is past it, and broken. So try many values, take small steps, stop early, and watch the kept "
            "points.",
        ),
    ),
)
