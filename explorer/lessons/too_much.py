"""What is the Streisand effect? One looks for the model that was made to forget, and finds it by its doubt."""

from explorer.lessons._kinds import Choice
from explorer.lessons._lesson import Guess, Lesson, Look

_CLASS = {"data": {"name": "blobs", "n": 400, "noise": 0.9}, "request": {"choose": "class", "label": 0}}
_TWO = [{"method": "random_labels"}, {"method": "retrained"}]
_DOUBT = ["entropy", "boundary"]

LESSON = Lesson(
    title="Forgetting too much",
    question="What is the Streisand effect?",
    goal=(
        "A model that was made to forget too hard stands out from a retrained one, so that its very doubt gives the "
        "forgotten points away."
    ),
    minutes=4,
    steps=(
        Look(
            view={"base": _CLASS, "panels": [{"method": "original"}, {"method": "retrained"}]},
            spotlight="retrained",
            lines=False,
            say="Four classes, and one is to be forgotten as a whole. The retrained model never heard of it. It gives "
            "those points to the classes beside them: its forget accuracy is 0. Where only some points of a class "
            "go, it may be far above 0, because their neighbours stay.",
        ),
        Guess(
            view={"base": _CLASS, "panels": _TWO, "layers": _DOUBT},
            titles=("A", "B"),
            lines=False,
            ends=True,
            ask="Both models give none of the ringed points its label. Dark is where a model doubts. One was "
            "retrained, one made to forget. Which one was made to forget?",
            kind=Choice(("A", "B"), "least_sure", ("random_labels", "retrained")),
            why="A doubts at nearly all ringed points: 1.12 in the mean, on a scale that ends at 1.39. The "
            "retrained model doubts less, 0.49, mostly where its lines pass.",
        ),
        Look(
            view={"base": _CLASS, "panels": _TWO, "layers": _DOUBT},
            spotlight="random_labels",
            lines=False,
            say="Random labels teaches every point to forget a wrong label, drawn by chance. The model learns to "
            "doubt there: its entropy, the measure of doubt, grows. Whoever sees only its answers finds a whole "
            "region of doubt, and so what was forgotten. That is the Streisand effect, named after a singer whose "
            "attempt to hide a photograph made it famous.",
        ),
        Guess(
            view={
                "base": _CLASS,
                "panels": [{"method": "unsir"}, {"method": "random_labels"}, {"method": "retrained"}],
                "layers": _DOUBT,
            },
            lines=False,
            numbers=("forget", "retain"),
            ask="UNSIR trains on made-up points in place of the class, then repairs the rest. Its forget accuracy is 0 "
            "too. Which model will doubt most at the ringed points?",
            kind=Choice(("UNSIR", "Random labels", "Retrained"), "least_sure", ("unsir", "random_labels", "retrained")),
            why="UNSIR doubts as much as retrained: 0.47 against 0.49. Its accuracies are those of random labels. So "
            "accuracy does not show which model gives the forgotten points away; its doubt does.",
        ),
    ),
)
