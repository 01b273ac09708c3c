"""What does a shift change? Wrong labels in one place or spread evenly, and what one step of influence repairs."""

from explorer.lessons._kinds import Choice, Number
from explorer.lessons._lesson import Guess, Lesson, Look

_WEDGE = {"kind": "correct_labels", "choose": "wedge", "label": 1, "column": 0, "above": 1.2}
_EVENLY = {"kind": "correct_labels", "choose": "random", "fraction": 0.21}
_ONE_STEP = [{"method": "retrained"}, {"method": "influence_1"}]

LESSON = Lesson(
    title="A shift in the data",
    question="What does a shift change?",
    goal=(
        "Wrong labels that lie together teach a model a rule of their own: so much has to change that one correction "
        "at the old model falls far short, and a method must follow the shift step by step."
    ),
    minutes=4,
    steps=(
        Look(
            view={"base": {"request": _WEDGE}, "panels": [{"method": "original"}, {"method": "retrained"}]},
            spotlight="original",
            lines=False,
            say="Unlearning can also mean to correct. The labels of the ringed points were wrong, all at one end, and "
            "the original learnt them. Wrong data that lie together and teach another rule there are called a "
            "shift. The retrained model was trained on the right labels.",
        ),
        Guess(
            view={"base": {"request": _WEDGE}, "panels": _ONE_STEP, "focus": 1},
            equation="influence_1",
            ask="First-order influence computes, at the old model, how the right labels would change its weights, and "
            "makes that change in one jump. Will it repair this end?",
            kind=Choice(("Yes, nearly all", "About half", "Hardly"), "influence_1.repaired"),
            why="Original and retrained answer otherwise on 30 per cent of the plane. One jump, computed at the old "
            "model, changes 4 per cent.",
        ),
        Guess(
            view={"base": {"request": _EVENLY}, "panels": [{"method": "original"}, *_ONE_STEP], "focus": 2},
            ask="Now just as many wrong labels are spread evenly. To how many of these 84 points does the original "
            "give the right label all the same?",
            kind=Number(0, 84, "original.forget_right", unit="points", near=8, panel="original"),
            why="Right neighbours outvoted the wrong labels, so no other rule was learnt. The line differs from the "
            "retrained one on a tenth of the plane, not on 30 per cent; one jump does not mend that.",
        ),
        Look(
            view={"base": {"request": _WEDGE}, "panels": [*_ONE_STEP, {"method": "dui"}]},
            spotlight="dui",
            say="DUI, Distributional Unlearning with Independence criterion, makes many small corrections, each "
            "computed where the last one led. After 15 it is 3 per cent of the plane from retraining, one jump "
            "28. So a shift leaves three times as much to correct as wrong labels spread evenly: too far for one jump "
            "from the old model.",
        ),
    ),
)
