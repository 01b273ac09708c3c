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
            say="SISA (sharded, isolated, sliced, aggregated) cuts the training set into shards, each into slices. It "
            "trains one model a shard, slice after slice. To forget, it trains again the shards that held a point. "
            "That is exact: just what SISA would be had it never had the points. Five models vote, so its line is not "
            "the retrained one's.",
        ),
        Guess(
            view={"panels": [{"method": "sisa"}], "layers": _VOTES},
            ask="80 points are to be forgotten, and there are five shards. How much work are SISA's first training "
            "and its forgetting together, in per cent of retraining one model?",
            kind=Number(0, 400, "sisa.work", step=10, unit="per cent of retraining", near=60, panel="sisa"),
            why="Training takes about 130, forgetting nearly 120: the 80 points lie in all shards, so all are trained "
            "again, from the first slice that held one. One point alone: 7 to 21 per cent.",
        ),
        Guess(
            view={"panels": [{"method": one} for one in _METHODS]},
            ask="SCRUB and fine-tuning are approximate: they move the trained model. Which of the three will end "
            "nearest to the retrained models?",
            kind=Choice(("SISA", "SCRUB", "Fine-tuning"), "nearest", _METHODS),
            why="SISA ends nearest: about 3 per cent of the plane apart; SCRUB 5, fine-tuning 7. These two did less "
            "than a third of retraining's work, without a guarantee. Exact unlearning costs the training again of all "
            "that saw the points.",
        ),
    ),
)
