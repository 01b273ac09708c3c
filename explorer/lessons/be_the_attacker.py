"""What does a membership attack measure? One attacks a model oneself, and then a model that never saw the points."""

from explorer.lessons._kinds import Number
from explorer.lessons._lesson import Attack, Guess, Lesson, Look

_BASE = {
    "data": {"name": "moons", "n": 150, "noise": 0.35},
    "request": {"choose": "random", "fraction": 0.2},
    "training": {"recipe": "memorise"},
}
_PANELS = [{"method": "original"}, {"method": "fine_tune"}, {"method": "retrained"}]

LESSON = Lesson(
    title="You are the attacker",
    question="What does a membership attack measure?",
    goal=(
        "A membership attack measures how much better than a coin somebody can tell from a model's answers whether a "
        "point was in its training set, and on a retrained model nobody can."
    ),
    minutes=6,
    steps=(
        Guess(
            view={"page": "quiz", "base": _BASE, "panels": _PANELS[:1] + _PANELS[1:2], "focus": 1},
            hides=True,
            lines=False,
            ask="This model learnt nearly every training point. Of 20 points, 10 were in its training set. An "
            "attacker names the 10 of which it is surest. How many of the 20 are judged rightly?",
            kind=Number(0, 20, "original.right", unit="points", near=1, panel="original"),
            why="That is the loss attack, a membership inference attack: it names the points on which the model errs "
            "least. Naming 10 blindly gets 12 or more one time in three.",
        ),
        Attack(
            view={"page": "quiz", "base": _BASE, "panels": _PANELS[:1] + _PANELS[1:2], "focus": 1},
            ask="Now you. You may look at the model's answers around each point.",
            why="LiRA, a stronger attack, trains many models without the point and asks whether this one is surer "
            "than they are.",
        ),
        Guess(
            view={"page": "quiz", "base": _BASE, "panels": _PANELS, "focus": 1},
            lines=False,
            ask="Now the same 20 points, and a model that was retrained without the 10. How many does the loss attack "
            "judge rightly there?",
            kind=Number(0, 20, "retrained.right", unit="points", near=2, panel="retrained"),
            why="It never saw them, so nobody beats a coin there but by luck. On the fine-tuned model the attack "
            "reaches 12, as on the original. Compare an attack on an unlearned model with the same attack on the "
            "retrained one.",
        ),
        Look(
            view={"base": _BASE, "panels": _PANELS, "focus": 1},
            spotlight="forget",
            lines=False,
            say="The original saw the 30 ringed points, your 10 among them, and bends its line to get nearly all "
            "right. The retrained model has no reason to, and gets fewer right. An attacker looks for such "
            "differences. A membership attack measures how well a model's answers tell the points of its training set "
            "from others.",
        ),
    ),
)
