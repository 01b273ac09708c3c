"""What does deleting tell an onlooker? The forgotten points are looked for between two models, and in the weights."""

from explorer.lessons._kinds import Choice, Points
from explorer.lessons._lesson import Guess, Lesson, Look

_TWO = [{"method": "original"}, {"method": "retrained"}]
_ONE_POINT = {"data": {"n": 100}, "request": {"choose": "points", "index": [52]}}
_THREE = ("fine_tune", "gradient_ascent")

LESSON = Lesson(
    title="What deleting gives away",
    question="What does deleting tell an onlooker?",
    goal=(
        "Whoever has a model from before and one from after sees where certainty was lost, so deleting can itself give "
        "away what was deleted, exact retraining included."
    ),
    minutes=4,
    steps=(
        Guess(
            view={"panels": _TWO},
            titles=("Before", "After"),
            hides=True,
            lines=False,
            ask="Two models of the same data. Between them some points were taken out, and the second was trained "
            "again without them. Which points? Draw around them.",
            kind=Points("forgotten", near=0.6),
            why="Where the answer changed, there they were. Nobody told you anything but what both models answer.",
        ),
        Look(
            view={"panels": _TWO, "layers": ["confidence", "boundary", "original"]},
            spotlight="retrained",
            say="The second model was retrained: nothing of the points is in it. It is the difference of the two that "
            "tells. A method cannot help that; who publishes both models must know it.",
        ),
        Guess(
            view={
                "page": "audits", "audit": "reconstruction", "base": _ONE_POINT,
                "panels": [{"method": one} for one in _THREE], "focus": 0,
            },
            lines=False,
            ask="Now one single point is forgotten, and an onlooker has the weights before and after. After which "
            "method can the point be read from their difference?",
            kind=Choice(("Fine-tuning", "Gradient ascent"), "prints", _THREE),
            why="Its steps come from that one point alone, so the change of the first layer is a print of it: the "
            "target stands on it. Fine-tuning steps on all other points.",
        ),
    ),
)  # fmt: skip
