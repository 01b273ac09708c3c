"""Why is forget accuracy 0 wrong? How many forgotten points stay right is guessed, and a method is stopped in time."""

from explorer.lessons._kinds import Number, Points
from explorer.lessons._lesson import Guess, InBand, Lesson, Look, Try

_CHANCE = {"request": {"choose": "random", "fraction": 0.2}}

LESSON = Lesson(
    title="Right without remembering",
    question="Why is forget accuracy 0 wrong?",
    goal=(
        "Forget accuracy 0 is not the goal: a model that never saw a point may still get it right, so the goal is the "
        "forget accuracy of the retrained models."
    ),
    minutes=5,
    steps=(
        Guess(
            view={"base": _CHANCE, "panels": [{"method": "original"}]},
            lines=False,
            ask="These 80 ringed points were picked by chance. A model is trained again without them. Of the 80, how "
            "many will it still get right?",
            kind=Number(0, 80, "retrained_right", unit="points", near=5, panel="original"),
            why="It never saw them, and is right anyway: their neighbours stayed, and these are enough to learn the "
            "place. So 0 would be wrong: such a model answers falsely where it should be right.",
        ),
        Look(
            view={"base": _CHANCE, "panels": [{"method": "original"}, {"method": "retrained"}]},
            spotlight="retrained",
            lines=False,
            say="The share of the points to forget that a model gets right is its forget accuracy. For this retrained "
            "model it is above 0.9. The retain set, all other points, is what the model may go on knowing.",
        ),
        Guess(
            view={"panels": [{"method": "original"}]},
            lines="told",
            ask="Now 80 blue points that lie together go. Which points will the retrained model answer otherwise than "
            "the original does? Draw around them.",
            kind=Points("retrained_changed"),
            why="Hardly any blue point is left there, so most of them turn orange, and a few neighbours with them. "
            "The other ringed points were wrong before or stay right. How many stay right depends on which points "
            "go.",
        ),
        Try(
            view={
                "panels": [{"method": "retrained"}, {"method": "neg_grad_plus", "knobs": {"steps": 80}}],
                "focus": 1,
            },
            knobs=("neg_grad_plus.steps",),
            ask="NegGrad+ learns the kept points and unlearns the ringed ones at once. Give it fewer steps, until its "
            "forget accuracy lies in the range of five retrained models.",
            done=(InBand("neg_grad_plus", "forget"),),
            hint="Look at the number under its panel, and at the range behind it. Between 40 and 50 steps it passes.",
            answer={"neg_grad_plus.steps": 46},
            paper=(20, 30, 40, 46, 50, 60, 80),
            why="A knob, here the steps, decides where a method stops. The goal is what retrained models reach, not 0. "
            "One number is not all: the line still differs from the purple one.",
        ),
    ),
)
