"""Exact or approximate? What does exact cost? Work is guessed, and set against how near a method ends."""

from explorer.lessons._kinds import Choice, Number
from explorer.lessons._lesson import Guess, Lesson, Look

_VOTES = ["confidence", "boundary", "members"]
_METHODS = ("sisa", "scrub", "fine_tune")

LESSON = Lesson(
    title="Exact, and its price",
    question="Exact or approximate? What does exact cost?",
    goal=(
        "Exact unlearning leaves nothing of the points behind and must train again all that had seen them, "
        "approximate unlearning is far cheaper and ends only near."
    ),
    minutes=4,
    steps=(
        Look(
            view={
                "panels": [{"method": "retrained"}, {"method": "sisa"}],
                "layers": _VOTES,
            },
            spotlight="sisa",
            say="SISA cuts the training set into shards and trains one small model on each; they vote. To forget, it "
            "trains the shards again that held one of the points. That is exact unlearning: nothing of the points is "
            "left. The thin lines are the small models.",
        ),
        Guess(
            view={"panels": [{"method": "sisa"}], "layers": _VOTES},
            ask="80 points are to be forgotten, and there are five shards. How much work is it for SISA, in per cent "
            "of training one model again?",
            kind=Number(0, 400, "sisa.work", step=10, unit="per cent of retraining", near=60, panel="sisa"),
            why="The 80 points lie in all shards, so every one is trained again, slice after slice. Here that is more "
            "work than to retrain.",
        ),
        Guess(
            view={"panels": [{"method": one} for one in _METHODS]},
            ask="SCRUB and fine-tuning are approximate. Which of the three will end nearest to the retrained models?",
            kind=Choice(("SISA", "SCRUB", "Fine-tuning"), "nearest", _METHODS),
            why="SISA ends nearest. The other two did less than a third of the work of retraining, and stop on the "
            "way, without a guarantee.",
        ),
    ),
)
