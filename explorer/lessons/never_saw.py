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
            say="A model has learnt to tell blue discs from orange squares. The black line is its boundary: there its "
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
            "still bends its line around points that it has seen. C was pushed away from them, and broke.",
        ),
        Look(
            view={"panels": [{"method": "original"}, {"method": "retrained"}]},
            spotlight="retrained",
            say="This is the retrained model. It cannot remember the ringed points, because it never saw them. So it "
            "is the target: unlearning should end here. A cross means that a ringed point has lost its label.",
        ),
        Look(
            view={"panels": [{"method": "retrained"}, {"method": "random_labels"}]},
            spotlight="random_labels",
            say="Training again takes as long as the first time. An unlearning method is a short cut. It starts from "
            "the original and moves it. Watch the black line leave the dashed one, and where it stops.",
        ),
        Guess(
            view={
                "panels": [{"method": "retrained"}, {"method": "fine_tune"}, {"method": "random_labels"}],
                "focus": 1,
            },
            ask="Two methods start from the original. Which one will end nearer to the retrained model?",
            kind=Choice(("Fine-tuning", "Random labels"), "nearest", ("fine_tune", "random_labels")),
            why="Compare each black line with the purple one. Fine-tuning stops on the way: half of the ringed points "
            "keep their label. Random labels ends close to the target here.",
        ),
    ),
)
