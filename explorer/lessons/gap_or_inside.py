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
            "black line is the boundary of the original, and this point has helped to place it.",
        ),
        Guess(
            view={"base": _one(198), "panels": [_JIT]},
            lines="told",
            ask="JiT, Just in Time unlearning, forgets the ringed point. Draw where the line will lie afterwards.",
            kind=Line("jit.classes", near=0.97),
            why="The line comes towards the point that nothing holds any more. It moves on less than 3 per cent of "
            "the plane: the other points hold it.",
        ),
        Guess(
            view={"base": _one(199), "panels": [_JIT]},
            ask="Now a point deep inside its class is to be forgotten. Will the line move?",
            kind=Choice(("Yes, as far", "Hardly or not"), "jit.hardly_moves"),
            why="Its neighbours say the same as it did. The retrained model has the very same line there, so leaving "
            "it alone is right.",
        ),
        Look(
            view={"base": _one(199), "panels": [{"method": "retrained"}, _JIT, {"method": "greedy"}]},
            spotlight="greedy",
            say="Greedy mislabelling is a method that forgets by force: it teaches the point another label. Watch the "
            "cells that are about to change. For one point inside a class it destroys the whole model.",
        ),
    ),
)
