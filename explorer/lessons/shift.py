"""What does a shift change? Wrong labels in one place or spread evenly, and what one step of influence repairs."""

from explorer.lessons._kinds import Choice
from explorer.lessons._lesson import Guess, Lesson, Look

_WEDGE = {"kind": "correct_labels", "choose": "wedge", "label": 1, "column": 0, "above": 1.2}
_EVENLY = {"kind": "correct_labels", "choose": "random", "fraction": 0.21}
_ONE_STEP = [{"method": "retrained"}, {"method": "influence_1"}]

LESSON = Lesson(
    title="A shift in the data",
    question="What does a shift change?",
    goal=(
        "Wrong labels that lie together shift the data, and one small correction at the old model no longer repairs "
        "it: a method must follow the shift step by step."
    ),
    minutes=4,
    steps=(
        Look(
            view={"base": {"request": _WEDGE}, "panels": [{"method": "original"}, {"method": "retrained"}]},
            spotlight="original",
            say="Unlearning can also mean to correct. The labels of the ringed points were wrong, all in one corner, "
            "and the original learnt them. The retrained model was trained on the right ones.",
        ),
        Guess(
            view={"base": {"request": _WEDGE}, "panels": _ONE_STEP, "focus": 1},
            ask="First-order influence makes one correction, computed at the old model. Will it repair this corner?",
            kind=Choice(("Yes, nearly all", "About half", "Hardly"), "influence_1.repaired"),
            why="The correct labels lie far from all that the old model knew. One correction, computed there, points "
            "the wrong way for the corner.",
        ),
        Guess(
            view={"base": {"request": _EVENLY}, "panels": _ONE_STEP, "focus": 1},
            ask="Now just as many wrong labels are spread evenly. Will the same correction repair them?",
            kind=Choice(("Yes, nearly all", "About half", "Hardly"), "influence_1.repaired"),
            why="Spread out, they had hardly moved the model: right neighbours outvoted them. The data are not "
            "shifted, and a small correction is enough.",
        ),
        Look(
            view={"base": {"request": _WEDGE}, "panels": [*_ONE_STEP, {"method": "dui"}]},
            spotlight="dui",
            say="DUI, Distributional Unlearning with Independence criterion, goes in many small corrections, each "
            "computed where the last one led. It follows the shift, and ends almost where retraining does.",
        ),
    ),
)
