"""How complete is the forgetting, point by point: still known, forgotten, or over-forgotten?

    C = sum_f (p_o - p_u) / sum_f (p_o - mean p_r),   p = probability of the true label

over the forgotten points, with the mean over 64 models that never saw them: 0 = nothing is gone, 1 = as much as
retraining takes, above 1 = more. Each point has a ring of its own: above, inside or below the band that the 64 models
span (5 % to 95 %, and .05 wider at either side, without which every method would seem to miss it).

Source: ours, in place of the interpolated approximate measurement of Wang et al., 2024, arXiv:2406.02797, whose
released form gives models that learn by heart .40 before and .50 after exact retraining.
"""

from __future__ import annotations

import numpy as np

from explorer import metrics
from explorer.audits import Audit, Field, Numbers, Subject
from explorer.audits._words import short
from explorer.records import AuditPicture, Float, Int

WIDER = 0.05
TAIL = 0.05
LEAST = 1e-6  # of what retraining takes away; below it the share is not defined


def confidence(subject: Subject, weights: Float) -> Numbers:
    """Return the probability of the true label (k, m) of models (k, p) on the forgotten points."""
    x, y = subject.before.x[subject.forget], subject.labels[subject.forget]
    return metrics.true_confidence(subject.logits(weights, x), y)


def band(many: Numbers) -> tuple[Numbers, Numbers]:
    """Return the lower and the upper end (m,) of what many models (k, m) span."""
    low, high = np.quantile(many, [TAIL, 1 - TAIL], axis=0)
    return low - WIDER, high + WIDER


def rings(own: Numbers, many: Numbers) -> Int:
    """Return for each point (..., m) 1 above the band of many models (k, m), 0 inside, -1 below."""
    low, high = band(many)
    return (own > high).astype(np.int64) - (own < low).astype(np.int64)


def run(subject: Subject, weights: Float) -> dict[str, Numbers]:
    """Return the share of what retraining takes away, and the shares of points inside, above and below the band."""
    many, own = _many(subject), confidence(subject, weights)
    original, ring = confidence(subject, subject.original[None])[0], rings(own, many)
    taken = float((original - many.mean(axis=0)).sum())
    share = (original - own).sum(axis=1) / taken if abs(taken) > LEAST else np.full(len(own), np.nan)
    return {
        "c": share,
        "inside": (ring == 0).mean(axis=1),
        "above": (ring > 0).mean(axis=1),
        "below": (ring < 0).mean(axis=1),
    }


def _many(subject: Subject) -> Numbers:
    assert subject.handed.retrained_64 is not None  # it is among `needs`
    return confidence(subject, subject.handed.retrained_64)


def picture(subject: Subject, weights: Float) -> AuditPicture:
    """Return one model's answers and a ring a point.

    Its arrays, (m,) each: "ring" 1 above, 0 inside, -1 below; "own" probability of the label; "low" and "high", the
    band; "original".
    """
    many, own = _many(subject), confidence(subject, weights[None])[0]
    low, high = band(many)
    numbers = {name: float(one[0]) for name, one in run(subject, weights[None]).items()}
    shares = ", ".join(f"{name} {short(numbers[name])}" for name in ("inside", "above", "below"))
    return AuditPicture(
        at=np.zeros(1),
        grid=subject.logits(weights[None], subject.plane),
        seen=subject.answers(weights[None]),
        arrays={
            "ring": rings(own, many).astype(np.float64), "own": own, "low": low, "high": high,
            "original": confidence(subject, subject.original[None])[0],
        },
        note=f"C = {short(numbers['c'])}; {shares}",
    )  # fmt: skip


AUDIT = Audit(
    title="Completeness",
    fields={
        "c": Field("Completeness C", "What is gone, as a share of what retraining takes: 0 nothing, 1 as retrained."),
        "inside": Field("Inside", "Share of the forgotten points whose probability lies in the band of 64 retrained."),
        "above": Field("Above: still known", "Share of the points that the model knows better than retrained models."),
        "below": Field("Below: over-forgotten", "Share of the points of which it is less sure than retrained models."),
    },
    run=run,
    picture=picture,
    needs=frozenset({"retrained_64"}),
    zero=frozenset({"c"}),
    leads=4,
    sentence="Is each forgotten point still known, forgotten as by retraining, or forgotten too much?",
    formula=r"C = \frac{\sum_f \left(p_o - p_u\right)}{\sum_f \left(p_o - \overline{p_r}\right)}, \quad"
    r" p = p(y_f \mid x_f)",
    onlooker="The probabilities of the model, the forgotten points with their labels, and 64 models retrained without "
    "them.",
    zero_line="Retrained models beside the 64: C near 1, and nearly every point inside.",
    look="Look at the marks: upwards, the point is still known; downwards, it is over-forgotten; a plain ring is as in "
    "models that never saw it.",
    not_shown="It does not show the boundary away from the forgotten points, nor whether hidden layers or training on "
    "bring them back.",
    differs="The published interpolation measure, as released, gives memorising models .40 before and .50 after exact "
    "retraining; this share of probability stands in its place.",
    source="ours, in place of Wang et al. 2024, arXiv:2406.02797",
)
