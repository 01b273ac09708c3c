"""Why is the retrained model the target? One is found among three, and a method is judged by it."""

from explorer.lessons._kinds import Choice
from explorer.lessons._lesson import Guess, Lesson, Look

_BARELY = {"method": "fine_tune", "knobs": {"lr": 0.001}}
_BROKEN = {"method": "gradient_ascent", "knobs": {"lr": 0.05, "steps": 20}}

LESSON = Lesson(
    title="A model that never saw them",
    question="Why is the retrained model the target?",
    goal=(
        "Unlearning is good when nobody can tell its model from one that was retrained without the forgotten points: "
        "that one cannot remember what it never saw."
    ),
    minutes=4,
    steps=(
        Look(
            view={"panels": [{"method": "original"}]},
            lines=False,
            say="A model has learnt to tell blue discs from orange squares. The solid line is its boundary: there its "
            "answer changes. Now 80 of the blue points are to be forgotten. They have a ring.",
        ),
        Guess(
            view={"panels": [_BARELY, {"method": "retrained"}, _BROKEN]},
            titles=("A", "B", "C"),
            lines=False,
            ends=True,
            ask="Here are three models. Only one of them has never seen the ringed points. Which one?",
            kind=Choice(("A", "B", "C"), "retrained.name", ("fine_tune", "retrained", "gradient_ascent")),
            why="B was trained again from the beginning, without the ringed points. To it, that place looks orange. A "
            "has seen them, and its line still bends around them. C was pushed away from them, by gradient ascent, and "
            "broke: it loses other points too.",
        ),
        Look(
            view={"panels": [{"method": "original"}, {"method": "retrained"}]},
            spotlight="retrained",
            say="This is the retrained model. It cannot remember the ringed points, because it never saw them. So it "
            "is the target: unlearning should end here. The dashed line is the line before, the original's.",
        ),
        Look(
            view={"panels": [{"method": "retrained"}, {"method": "random_labels"}]},
            spotlight="random_labels",
            say="Training again takes as long as the first time. An unlearning method is a short cut: it starts from "
            "the original and moves it. Random labels is one: it teaches each ringed point another label "
            "than its own. The dashed line is where its solid line began.",
        ),
        Guess(
            view={
                "panels": [{"method": "retrained"}, {"method": "fine_tune"}, {"method": "random_labels"}],
                "focus": 1,
            },
            ask="Two methods start from the original. Fine-tuning goes on training on the kept points only. Which one "
            "will end nearer to the retrained model?",
            kind=Choice(("Fine-tuning", "Random labels"), "nearest", ("fine_tune", "random_labels")),
            why="Random labels answers otherwise than retrained models on 4 per cent of the plane, the area of the "
            "picture, fine-tuning on 7. "
            "The retrained model is the target because it cannot remember what it never saw.",
        ),
    ),
)
