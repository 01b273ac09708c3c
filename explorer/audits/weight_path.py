"""The straight way between two sets of weights: half as far, as far, and beyond.

    w(a) = (1 - a) w_o + a w_u,   a in [-.5, 1.5]
    barrier = max over [0, 1] of L_r(w(a)) - (1 - a) L_r(w(0)) - a L_r(w(1))

At a = 0 stands the original, at a = 1 the unlearned model. Where the way between them stays low, both lie in one
valley: the method has moved the model a little, not made another one. A model trained from another seed lies behind a
wall. Worth looking at is where on the way the model is nearest to retrained: half-way for a method that forgets too
much, beyond its end for a timid one.
A method that ends on high ground (gradient ascent) has a barrier of 0 for that reason alone.

Source: Frankle et al., Linear Mode Connectivity and the Lottery Ticket Hypothesis, ICML 2020, arXiv:1912.05671, for the
barrier; the nearest place is ours.
"""

from __future__ import annotations

import numpy as np
import torch

from explorer import metrics
from explorer.audits import Audit, Field, Numbers, Subject
from explorer.audits._words import share, short
from explorer.records import AuditPicture, Float

AT = np.round(np.linspace(-0.5, 1.5, 41), 2)


def way(subject: Subject, weights: Float) -> Float:
    """Return weights (41, p) on the straight line through the original and one model (p,), at AT."""
    a = AT[:, None].astype(np.float32)
    return ((1 - a) * subject.original + a * weights).astype(np.float32)


def run(subject: Subject, weights: Float) -> dict[str, Numbers]:
    """Return the barrier in nats, at least 0, and the place a at which the model is nearest to retrained."""
    found = [_one(subject, one) for one in weights]
    return {"barrier": np.array([one[0] for one in found]), "nearest": np.array([one[1] for one in found])}


def _one(subject: Subject, weights: Float) -> tuple[float, float]:
    paths = way(subject, weights)
    return barrier(losses(subject, paths)), nearest(areas(subject, paths, weights))


def losses(subject: Subject, weights: Float) -> Numbers:
    """Return the mean cross-entropy (k,) of models (k, p) on the retain set, in nats."""
    rows = subject.retain
    logits, y = subject.logits(weights, subject.before.x[torch.from_numpy(rows)]), subject.labels[rows]
    return np.asarray(metrics.cross_entropy(logits, y).mean(axis=-1))


def areas(subject: Subject, paths: Float, end: Float) -> Numbers:
    """Return the share of the plane (k,) on which models (k, p) and a retrained one disagree, mean over those.

    Where the way leads to a retrained model (`end`, (p,)), that one is not among those held against.
    """
    others = subject.retrained[(subject.retrained != end).any(axis=1)]
    ours, theirs = (subject.logits(one, subject.area).argmax(axis=-1) for one in (paths, others))
    return np.stack([(ours != one).mean(axis=1) for one in theirs]).mean(axis=0)


def nearest(area: Numbers) -> float:
    """Return the a at which the area (41,), at AT, is least; of several the one next to a = 1."""
    least = AT[area == area.min()]
    return float(least[np.abs(least - 1).argmin()])


def barrier(loss: Numbers) -> float:
    """Return by how much the loss (41,), at AT, rises above the straight line between a = 0 and 1; at least 0."""
    inside = (AT >= 0) & (AT <= 1)
    a, between = AT[inside], loss[inside]
    return float((between - (1 - a) * between[0] - a * between[-1]).max())


def picture(subject: Subject, weights: Float) -> AuditPicture:
    """Return one model's way at AT.

    Its arrays: "area" (41,) disagreement with retrained, "loss" (41,) on the retain set in nats, "forget" (41,) forget
    accuracy, "nearest" (1,) the place nearest to retrained.
    """
    paths = way(subject, weights)
    area, loss, seen = areas(subject, paths, weights), losses(subject, paths), subject.answers(paths)
    forget = np.asarray(metrics.accuracy(seen[:, subject.forget], subject.labels[subject.forget]))
    best, end = nearest(area), float(area[AT == 1][0])
    return AuditPicture(
        at=AT,
        grid=subject.logits(paths, subject.plane),
        seen=seen,
        arrays={"area": area, "loss": loss, "forget": forget, "nearest": np.array([best])},
        note=f"nearest to retrained at a = {short(best)} (area {share(area.min())}, at a = 1 {share(end)}); "
        f"barrier {short(barrier(loss))}",
    )


AUDIT = Audit(
    title="Weight path",
    fields={
        "barrier": Field("Barrier", "How high the loss rises on the straight way, in nats; 0: one valley."),
        "nearest": Field("Nearest to retrained", "The a at which the plane is most like retrained's; 1 is the end."),
    },
    run=run,
    picture=picture,
    zero=frozenset({"barrier", "nearest"}),
    way="a",
    leads=1,
    sentence="The straight line from the original's weights through the unlearned model's, and a half beyond.",
    formula=r"w(a) = (1 - a)\, w_o + a\, w_u, \quad a \in [-0.5, 1.5]",
    onlooker="The weights of both models, before and after; for what is nearest, retrained models.",
    zero_line="Retrained models: one of another seed lies behind a barrier, however alike its boundary is.",
    look="Drag the slider: the place where the panel's boundary lies nearest to the dashed line of retrained is marked "
    "in the curve; before a = 1 the method went too far, beyond it not far enough.",
    not_shown="It does not show other ways than the straight one, and a barrier of 0 does not mean a good end: a "
    "method that ends on high ground has none either.",
    differs="Forgotten points do not wake up on the way: their accuracy only falls. What is worth looking at is where "
    "the way is nearest to retrained, so that is what stands here.",
    source="Frankle et al. 2020, arXiv:1912.05671 (barrier); the nearest place is ours",
)
