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
            say="Four classes, and one of them is to be forgotten as a whole. The retrained model never heard of it. "
            "It gives those points to the classes beside them: its forget accuracy is 0.",
        ),
        Guess(
            view={"base": _CLASS, "panels": _TWO, "layers": _DOUBT},
            titles=("A", "B"),
            lines=False,
            ends=True,
            ask="Both models give none of the ringed points its label. Dark is where a model doubts. One was "
            "retrained, one made to forget. Which one was made to forget?",
            kind=Choice(("A", "B"), "least_sure", ("random_labels", "retrained")),
            why="A doubts exactly where the forgotten points lie. A retrained model has no reason to. So an attacker "
            "sees that something was removed there.",
        ),
        Look(
            view={"base": _CLASS, "panels": _TWO, "layers": _DOUBT},
            spotlight="random_labels",
            lines=False,
            say="Random labels teaches a wrong label for every point to forget, another one each time. The model "
            "learns to doubt there, and entropy, the measure of doubt, grows. To forget too much and be noticed for "
            "it is called the Streisand effect.",
        ),
        Guess(
            view={
                "base": _CLASS,
                "panels": [{"method": "unsir"}, {"method": "random_labels"}, {"method": "retrained"}],
                "layers": _DOUBT,
            },
            lines=False,
            ask="Another method, UNSIR, also brings forget accuracy to 0. At the end, which model will doubt most at "
            "the ringed points?",
            kind=Choice(("UNSIR", "Random labels", "Retrained"), "least_sure", ("unsir", "random_labels", "retrained")),
            why="UNSIR doubts about as much as retrained does. Its accuracies are the same as those of random labels. "
            "Accuracies alone do not show the difference.",
        ),
    ),
)
