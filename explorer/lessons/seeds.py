"""Why do seeds matter? One finds the model that shares a seed, and measures what seeds alone do."""

from explorer.lessons._kinds import Choice, Number
from explorer.lessons._lesson import Guess, Lesson, Look

_CARELESS = {"model": {"activation": "relu"}, "training": {"schedule": "constant", "weight_decay": 0.0}}
_ONE_POINT = {**_CARELESS, "request": {"choose": "points", "index": [3]}}
_CHANCE = {**_CARELESS, "request": {"choose": "random", "fraction": 0.15}}
_CARE = {"request": _CHANCE["request"]}
_CLOUD = ["confidence", "boundary", "cloud"]

LESSON = Lesson(
    title="Another seed, another line",
    question="Why do seeds matter?",
    goal=(
        "Two models trained in the same way with other seeds differ too, so a difference means something only where "
        "it is far larger than that floor."
    ),
    minutes=4,
    steps=(
        Guess(
            view={"base": _ONE_POINT, "panels": [{"method": "original"}]},
            others=("seed 1", "paired", "seed 4"),
            titles=("A", "B", "C", "D"),
            lines=False,
            ends=True,
            ask="A seed decides all chance in a training. B, C and D were trained without the ringed point. One of "
            "them began with the same seed as A. Which one?",
            kind=Choice(("B", "C", "D"), "alike", ("seed 1", "paired", "seed 4")),
            why="C began with the same weights and saw the points in the same order. So only the missing point moves "
            "its line, and that is little. B and D differ by their seeds.",
        ),
        Look(
            view={"base": _CHANCE, "panels": [{"method": "retrained"}], "layers": [*_CLOUD, "original"]},
            say="Here are retrained models of several seeds, one thin line each. All were trained on the same points, "
            "and carelessly: each step goes as far as the first, so the last steps still throw the line about. Their "
            "lines are not the same. The dashed line is that of the original, which saw the ringed points too.",
        ),
        Guess(
            view={"base": _CHANCE, "panels": [{"method": "retrained"}], "layers": [*_CLOUD, "original"]},
            ask="On how much of the plane, in per cent, do two of these retrained models disagree?",
            kind=Number(0, 20, "floor", step=0.5, unit="per cent", near=2),
            why="This is the floor: what seeds alone do. The original, dashed, disagrees with them on 4.3 per cent, "
            "which is no more. So nothing can be said here about what forgetting did.",
        ),
        Guess(
            view={"base": _CARE, "panels": [{"method": "retrained"}], "layers": [*_CLOUD, "original"]},
            ask="Now the same points, trained with care: a smoother model, and steps that grow smaller down to zero. "
            "On how much of the plane, in per cent, do two retrained models disagree?",
            kind=Number(0, 20, "floor", step=0.5, unit="per cent", near=2),
            why="Care lowers the floor. The original disagrees with them on 1.6 per cent: above the floor by too "
            "little to tell, because the neighbours of these points stayed.",
        ),
        Look(
            view={"panels": [{"method": "retrained"}], "layers": [*_CLOUD, "original"]},
            say="The same care, but 80 points that lie together are to be forgotten. Two retrained models disagree on "
            "1.9 per cent of the plane. The original, dashed, disagrees with them on 14 per cent, seven times as "
            "much. So seeds matter: only a difference far above the floor says what forgetting did.",
        ),
    ),
)
