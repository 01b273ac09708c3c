"""Is it gone, or asleep? A model is trained on with kept points alone, and looked at half-way to where it went."""

from explorer.lessons._kinds import Choice, Number
from explorer.lessons._lesson import Guess, Lesson, Look

_PART = {
    "data": {"name": "blobs", "n": 400, "noise": 0.7, "classes": 3, "second_cluster": True},
    "request": {"choose": "subclass", "label": 0},
}

LESSON = Lesson(
    title="Gone, or asleep",
    question="Is it gone, or asleep?",
    goal=(
        "Answers can be wrong while the knowledge is still there: trained on with kept points alone, a model that only "
        "hid the points has them back, and one that never knew them does not."
    ),
    minutes=5,
    steps=(
        Look(
            view={"base": _PART, "panels": [{"method": "retrained"}, {"method": "greedy"}], "focus": 1},
            spotlight="greedy",
            say="One class lies in two places, and the ringed one is to be forgotten. Greedy mislabelling teaches "
            "wrong labels for it, and nothing else. At its end none of the ringed points has its label: forget "
            "accuracy 0.",
        ),
        Guess(
            view={"page": "audits", "audit": "relearning", "base": _PART, "panels": [{"method": "greedy"}], "focus": 0},
            ask="Now the model is trained on, with kept points alone: no ringed point is shown. Of the 100 ringed, how "
            "many will it get right again, at its best?",
            numbers=("forget",),
            kind=Number(0, 100, "greedy.peak", unit="points", near=8, panel="greedy"),
            why="Nearly all, within a few steps; then the line settles, and some go again. It had only learnt to "
            "answer wrongly.",
        ),
        Look(
            view={
                "page": "audits", "audit": "relearning", "base": _PART,
                "panels": [{"method": "retrained"}, {"method": "greedy"}], "focus": 1,
            },
            numbers=("forget",),
            spotlight="beside",
            say="This is the check: the same method on a retrained model, trained on in the same way. It brings back "
            "little: there is nothing to wake. So what came back had been kept.",
        ),
        Guess(
            view={"page": "audits", "audit": "weight_path", "panels": [{"method": "neg_grad_plus"}], "focus": 0},
            ask="Another look inside: walk straight through the weights from the original to where NegGrad+ ends, and "
            "beyond. Where is the model nearest to the retrained models?",
            kind=Choice(("Before its end", "At its end", "Beyond it"), "neg_grad_plus.nearest_on_way"),
            why="Half as far would be better: NegGrad+ went past the place where retrained models lie.",
        ),
    ),
)  # fmt: skip
