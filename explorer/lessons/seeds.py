"""Why do seeds matter? One finds the model that shares a seed, and measures what seeds alone do."""

from explorer.lessons._kinds import Choice, Number
from explorer.lessons._lesson import Guess, Lesson, Look

_CARELESS = {"model": {"activation": "relu"}, "training": {"schedule": "constant", "weight_decay": 0.0}}
_ONE_POINT = {**_CARELESS, "request": {"choose": "points", "index": [3]}}
_CHANCE = {**_CARELESS, "request": {"choose": "random", "fraction": 0.15}}
_CLOUD = ["confidence", "boundary", "cloud"]

LESSON = Lesson(
    title="Another seed, another line",
    question="Why do seeds matter?",
    goal=(
        "Two models trained in the same way with other seeds differ too, so a difference means something only where "
        "it is larger than that floor."
    ),
    minutes=4,
    steps=(
        Guess(
            view={"base": _ONE_POINT, "panels": [{"method": "original"}]},
            others=("seed 1", "paired", "seed 4"),
            titles=("A", "B", "C", "D"),
            lines=False,
            ends=True,
            ask="Four trainings. B, C and D leave out one point, the ringed one. One of them began with the same seed "
            "as A. Which one?",
            kind=Choice(("B", "C", "D"), "alike", ("seed 1", "paired", "seed 4")),
            why="C began with the same weights and saw the points in the same order. So only the missing point moves "
            "its line, and that is little. B and D differ by their seeds.",
        ),
        Look(
            view={"base": _CHANCE, "panels": [{"method": "retrained"}], "layers": _CLOUD},
            say="The seed decides all chance in a training. Here are retrained models of several seeds, one thin line "
            "each. They were trained on the same points, carelessly. Their lines are not the same.",
        ),
        Guess(
            view={"base": _CHANCE, "panels": [{"method": "retrained"}], "layers": _CLOUD},
            ask="On how much of the plane, in per cent, do two of these retrained models disagree?",
            kind=Number(0, 20, "floor", step=0.5, unit="per cent", near=2),
            why="This is the floor. Here the original disagrees with them on no more than that. So nothing can be "
            "said about what forgetting did.",
        ),
        Guess(
            view={"panels": [{"method": "retrained"}], "layers": [*_CLOUD, "original"]},
            ask="Now with care: a rate that falls to zero, and a larger set to forget. On how much of the plane, in "
            "per cent, do two retrained models disagree?",
            kind=Number(0, 20, "floor", step=0.5, unit="per cent", near=2),
            why="The thin lines lie close together, and the original, dashed, is far from them: forgetting moves the "
            "line many times as far as a new seed does.",
        ),
    ),
)
