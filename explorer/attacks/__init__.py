"""One file per membership inference attack: arrays in, one score per example out (higher = more member-like).

Two questions are asked, and a page must say which. **A**: on one model, can forgotten points be told from unseen points
of the same classes? **B**: can the unlearned model be told from a retrained one by its outputs on the forgotten points?
Neither aims at .5: what counts is the retrained model's own value.
"""

from explorer.attacks._attack import Attack, Fit, Judged, Numbers, Points, Worlds
from explorer.attacks._models import OverModels, over_models, question_a_worlds, scores_worlds, scores_worlds_at
from explorer.attacks._questions import ask_a, question_b, question_b_floor, scores_a, trouble_a

__all__ = [
    "Attack",
    "Fit",
    "Judged",
    "Numbers",
    "OverModels",
    "Points",
    "Worlds",
    "ask_a",
    "over_models",
    "question_a_worlds",
    "question_b",
    "question_b_floor",
    "scores_a",
    "scores_worlds",
    "scores_worlds_at",
    "trouble_a",
]
