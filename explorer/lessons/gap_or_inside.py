"""Where does forgetting move the boundary at all? A line is drawn for a point in the gap and for one inside."""

from explorer.lessons._kinds import Choice, Line
from explorer.lessons._lesson import Guess, Lesson, Look

_JIT = {"method": "jit", "knobs": {"samples": 200}}


def _one(row: int) -> dict[str, object]:
    return {"data": {"name": "two_gaussians"}, "request": {"choose": "points", "index": [row]}}


LESSON = Lesson(
    title="In the gap, or inside",
    question="Where does forgetting move the boundary at all?",
    goal=(
        "Forgetting a point moves the boundary only where that point had held it: in a gap it does, deep inside a "
        "class it does not."
    ),
    minutes=4,
    steps=(
        Look(
            view={"base": _one(198), "panels": [{"method": "original"}]},
            spotlight="forget",
            lines=False,
            say="Two clouds of points, and one single point to forget. It lies in the gap between the clouds. The "
            "solid line is the boundary of the original, and this point has helped to place it.",
        ),
        Guess(
            view={"base": _one(198), "panels": [_JIT]},
            lines="told",
            equation="jit",
            ask="JiT, Just in Time unlearning, forgets the ringed point. Draw where the line will lie afterwards.",
            kind=Line("jit.classes", near=0.97),
            why="The point is gone, and the solid line gives way towards its place: 1.5 per cent of the plane change. "
            "Retraining with the same seed, the purple line, changes 1.6. Another seed alone would change 2.0, so the "
            "two are compared with the same seed.",
        ),
        Guess(
            view={"base": _one(199), "panels": [_JIT]},
            ask="Now a point amid others of its class is to be forgotten. How far will the line move?",
            kind=Choice(("As far as before", "Hardly or not at all"), "jit.hardly_moves"),
            why="Its neighbours say the same as it did. The lines before, after and of retraining lie on each other, "
            "so leaving the model alone is right. Forgetting moves the boundary only where the forgotten points held "
            "it.",
        ),
        Look(
            view={"base": _one(199), "panels": [{"method": "retrained"}, _JIT, {"method": "greedy"}]},
            spotlight="greedy",
            say="Greedy mislabelling forgets by force: it teaches the point another label, and nothing holds the "
            "others. For one point inside a class it destroys the whole model. While it plays, places that are about "
            "to change glow. The line ends near its old place, but its two sides have changed colours: nearly every "
            "answer is wrong.",
        ),
    ),
)
