"""Two models side by side tell who was deleted: the drop of the probability of a point's label.

    score(x, y) = p_before(y | x) - p_after(y | x)

Whoever has a model from before a deletion and one from after sees where certainty was lost. On models that learn by
heart this tells forgotten points, and random images, from unseen ones better than the original alone did, exact
retraining included: the deletion itself leaks. Of a whole class of images it tells no more than the original alone. The
zero line is a new seed with nothing deleted. The distance of all probabilities without the label finds almost nothing:
the label is needed. Where the forgotten points fill a region, the score finds the region.
Unseen points are test points of the forgotten points' classes: with other classes among them the score would tell the
classes apart.

Source: Chen et al., When Machine Unlearning Jeopardizes Privacy, CCS 2021, arXiv:2005.02205, for the question; the
score is the plainest one.
"""

from __future__ import annotations

import numpy as np
import torch

from explorer import metrics
from explorer.audits import Audit, Field, ImageSubject, Numbers, Subject
from explorer.audits._images import answers
from explorer.audits._words import short
from explorer.metrics.roc import auc
from explorer.models import Network
from explorer.records import AuditPicture, Float, Int


def drops(subject: Subject, weights: Float) -> Numbers:
    """Return the score (k, m + v) of models (k, p) on the forgotten points, then on the unseen ones of their classes.

    In the whole file v counts the test points whose class a forgotten point has, before the deletion.
    """
    return _confidence(subject, subject.original[None]) - _confidence(subject, weights)


def _unseen(subject: Subject) -> Int:
    """Return the test rows (v,) of the forgotten points' classes."""
    return np.flatnonzero(np.isin(subject.test.y.numpy(), subject.labels[subject.forget]))


def _rows(subject: Subject, logits: Float) -> Float:
    """Return the logits (k, m + v, c) on the forgotten points, then on the unseen, of logits on all (k, n + u, c)."""
    return np.concatenate([logits[:, subject.forget], logits[:, len(subject.before.y) + _unseen(subject)]], axis=1)


def _labels(subject: Subject) -> Int:
    return np.concatenate([subject.labels[subject.forget], subject.test.y.numpy()[_unseen(subject)]])


def _confidence(subject: Subject, weights: Float) -> Numbers:
    return metrics.true_confidence(_rows(subject, subject.answers(weights)), _labels(subject))


def _auc(subject: Subject, score: Numbers) -> float:
    """Return the AUC of a score (m + v,); NaN where no unseen point has a forgotten one's class."""
    member = np.arange(len(score)) < len(subject.forget)
    return float("nan") if member.all() else auc(score, member)


def run(subject: Subject, weights: Float) -> dict[str, Numbers]:
    """Return the AUC of the drop, that of the original's loss alone, and that of a new seed with nothing deleted."""
    seeds = subject.handed.new_seeds
    assert seeds is not None  # it is among `needs`
    loss = metrics.cross_entropy(_rows(subject, subject.answers(subject.original[None]))[0], _labels(subject))
    new = float(np.mean([_auc(subject, one) for one in drops(subject, seeds)]))
    return {
        "auc": np.array([_auc(subject, one) for one in drops(subject, weights)]),
        "before_auc": np.full(len(weights), _auc(subject, -loss)),
        "new_seed_auc": np.full(len(weights), new),
    }


def picture(subject: Subject, weights: Float) -> AuditPicture:
    """Return the model's answers and the map of the drop.

    Its arrays: "before", "after" and "new_seed" (g * g, c), probabilities on the plane of the original, of the model
    and of the first new seed; "score" (m + v,) of the forgotten points, then of the unseen ones; "auc" (1,).
    """
    seeds = subject.handed.new_seeds
    assert seeds is not None
    score = drops(subject, weights[None])[0]
    found = _auc(subject, score)
    before, after, new = metrics.softmax(subject.logits(np.stack([subject.original, weights, seeds[0]]), subject.plane))
    return AuditPicture(
        at=np.zeros(1),
        grid=subject.logits(weights[None], subject.plane),
        seen=subject.answers(weights[None]),
        arrays={
            "before": before, "after": after, "new_seed": new, "score": score, "auc": np.array([found]),
        },
        note=f"AUC {short(found)}",
    )  # fmt: skip


def on_images(subject: ImageSubject, network: Network) -> dict[str, float]:
    """Return the three AUCs, forgotten images against unseen ones of their classes; NaN where there is no new seed."""
    x = torch.cat([
        subject.before.x[torch.from_numpy(subject.forget)], subject.test.x[torch.from_numpy(subject.unseen)],
    ])  # fmt: skip
    y = np.concatenate([subject.labels(subject.forget), subject.test.y.cpu().numpy()[subject.unseen]])
    member = np.arange(len(y)) < len(subject.forget)
    before = answers(subject.original, x)
    sure = metrics.true_confidence(before, y)

    def dropped(after: Network) -> float:
        return auc(sure - metrics.true_confidence(answers(after, x), y), member)

    return {
        "auc": dropped(network),
        "before_auc": auc(-metrics.cross_entropy(before, y), member),
        "new_seed_auc": float("nan") if subject.new_seed is None else dropped(subject.new_seed),
    }


AUDIT = Audit(
    title="Two models",
    fields={
        "auc": Field(
            "AUC of the drop",
            "How well the lost certainty tells forgotten points from unseen ones of their classes; .5: not.",
        ),
        "before_auc": Field(
            "The original alone", "AUC of the loss attack on the original, on the same points.", shared=True
        ),
        "new_seed_auc": Field(
            "New seed, nothing deleted", "AUC of the drop to originals of other seeds: the zero line.", shared=True
        ),
    },
    run=run,
    picture=picture,
    on_images=on_images,
    needs=frozenset({"new_seeds"}),
    leads=2,
    sentence="Where did the label's probability drop between the model before and the one after?",
    formula=r"s(x, y) = p_{\text{before}}(y \mid x) - p_{\text{after}}(y \mid x)",
    onlooker="The probabilities of both models, before and after, and the point with its label.",
    zero_line="A new seed with nothing deleted: its AUC is .5. Exact retraining leaks too, and is the goal.",
    differs="The distance of all probabilities, without the label, tells next to nothing here (AUC .53): the label is "
    "needed, so the drop at the label stands in its place.",
    look="Look at where the map is orange: there the answer that the original gave lost probability; if the forgotten "
    "points lie there and few others do, the two models together give them away.",
    not_shown="It does not show which single point is in doubt: where the forgotten points fill a region, the map "
    "finds the region, and inside it the score finds nothing.",
    source="Chen et al. 2021, arXiv:2005.02205, asks the question; the score is the plainest one",
)
