"""A linear probe of the last hidden layer: the mouth forgets, does the head?

    probe: logistic regression on the standardised features h(x) of the last hidden layer, ridge .001 n

*few3* shows the probe the retain set and three of the forgotten points with their labels, which together weigh an
eighth of it, and asks about the other forgotten points (five draws). *half* fits on half of all points, some forgotten
ones among them, and asks about the other forgotten ones. On images "all" are the forgotten and at most 4,000 kept ones,
so forgotten images weigh more than their share. A draw whose points are all of one class cannot be fitted; it is left
out of the mean. Models that never saw the points are the zero line: a hidden layer that had no need to tell them from
others gives little back.
The demonstration: replace the last layer of the original alone until its answers are retrained's. Every accuracy is
then retrained's, and the hidden layer is the original's.
The question whether a probe can tell forgotten points from the rest is no test: it can on retrained models too.

Source: ours; linear probes: Alain and Bengio, Understanding intermediate layers using linear classifier probes, 2016,
arXiv:1610.01644.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from explorer import metrics
from explorer.audits import Audit, Field, ImageSubject, Numbers, Subject, undefined
from explorer.audits import _images as images
from explorer.audits._words import short
from explorer.models import Network, flat, load_flat
from explorer.records import AuditPicture, Float, Int
from explorer.seeds import child_seed

FEW, DRAWS = 3, 5
SHARE = 1 / 8  # weight of the few points together, of the retain set's
RIDGE = 0.001  # times the number of points fitted on
ABSENT = -30.0  # logit of a class that no point of the fit has
ITERATIONS = 200  # of the head's copy


class Probe:
    """A fitted probe."""

    def __init__(self, seen: Numbers, y: Int, weight: Numbers, classes: int) -> None:
        """Fit on features (q, h) with labels and weights (q,)."""
        from sklearn.linear_model import LogisticRegression

        spread = seen.std(axis=0)
        self._mean, self._spread = seen.mean(axis=0), np.where(spread > 1e-9, spread, 1.0)
        self._classes = classes
        model = LogisticRegression(C=1 / (RIDGE * len(y)), max_iter=1000)
        self._fitted = model.fit(self._standard(seen), y, sample_weight=weight)

    def _standard(self, seen: Numbers) -> Numbers:
        return (seen - self._mean) / self._spread

    def logits(self, seen: Numbers) -> Float:
        """Return class scores (q, c) of features (q, h)."""
        said, known = self._fitted.decision_function(self._standard(seen)), self._fitted.classes_
        found = np.full((len(seen), self._classes), ABSENT, dtype=np.float32)
        found[:, known] = np.stack([-said / 2, said / 2], axis=1) if said.ndim == 1 else said
        return found


def features(subject: Subject, weights: Float, x: torch.Tensor) -> Numbers:
    """Return what the head of a model (p,) sees of points x (q, d): (q, h)."""
    model = subject.copied()
    load_flat(model, torch.from_numpy(np.ascontiguousarray(weights)))
    with torch.no_grad():
        return model.features(x).numpy().astype(np.float64)


def few_points(subject: Subject, draw: int) -> tuple[Int, Int]:
    """Return which three forgotten rows a draw shows to the probe, and the other forgotten rows."""
    order = np.random.default_rng(child_seed(subject.seed, "few", draw)).permutation(subject.forget)
    return order[:FEW], order[FEW:]


def few_probe(subject: Subject, seen: Numbers, draw: int) -> Probe:
    """Return the probe of one draw, from features (n, h) of the training points."""
    few, _ = few_points(subject, draw)
    rows, heavy = np.concatenate([subject.retain, few]), SHARE * len(subject.retain) / len(few)
    weight = np.concatenate([np.ones(len(subject.retain)), np.full(len(few), heavy)])
    return Probe(seen[rows], subject.labels[rows], weight, subject.classes)


def run(subject: Subject, weights: Float) -> dict[str, Numbers]:
    """Return both probes' accuracies on forgotten points that they did not see, mean over five draws."""
    if len(subject.forget) <= FEW:
        return {"few3": undefined(len(weights)), "half": undefined(len(weights))}
    seen = [features(subject, one, subject.before.x) for one in weights]
    return {
        "few3": np.array([_mean([_few(subject, one, draw) for draw in range(DRAWS)]) for one in seen]),
        "half": np.array([_mean([_half(subject, one, draw) for draw in range(DRAWS)]) for one in seen]),
    }


def _mean(found: Sequence[float]) -> float:
    """Return the mean over the draws that could be fitted; NaN where none could."""
    defined = [one for one in found if not math.isnan(one)]
    return float(np.mean(defined)) if defined else math.nan


def _few(subject: Subject, seen: Numbers, draw: int) -> float:
    """Return the accuracy of one draw; NaN where it cannot be fitted."""
    few, others = few_points(subject, draw)
    if not _of_two_classes(subject.labels[np.concatenate([subject.retain, few])]):
        return math.nan
    return _right(few_probe(subject, seen, draw), seen, subject.labels, others)


def _half(subject: Subject, seen: Numbers, draw: int) -> float:
    """Return the accuracy of one draw; NaN where it cannot be fitted."""
    inside = half_of(subject.seed, draw, len(seen), subject.forget)
    others = subject.forget[~inside[subject.forget]]
    return _plain(seen, subject.labels, inside, others, subject.classes)


def half_of(seed: int, draw: int, count: int, forget: Int) -> NDArray[np.bool_]:
    """Return which of `count` points a draw fits on: each with probability 1/2, of the forgotten some but not all.

    Args:
        seed: of the audit.
        draw: its number.
        count: of all points.
        forget: (m,) forgotten ones among them, at least two.
    """
    rng = np.random.default_rng(child_seed(seed, "half", draw))
    inside = rng.random(count) < 0.5
    while inside[forget].all() or not inside[forget].any():
        inside[forget] = rng.random(len(forget)) < 0.5
    return inside


def _plain(seen: Numbers, y: Int, inside: NDArray[np.bool_], others: Int, classes: int) -> float:
    """Return the accuracy on rows `others` of a probe fitted on the rows `inside`, all of one weight; NaN for none."""
    rows = np.flatnonzero(inside)
    if not _of_two_classes(y[rows]):
        return math.nan
    return _right(Probe(seen[rows], y[rows], np.ones(len(rows)), classes), seen, y, others)


def _of_two_classes(y: Int) -> bool:
    return len(np.unique(y)) > 1


def on_images(subject: ImageSubject, network: Network) -> dict[str, float]:
    """Return both probes' accuracies on forgotten images; the kept ones of the fits are those that are measured."""
    forget, kept = len(subject.forget), subject.measured
    if forget <= FEW:
        return {"few3": math.nan, "half": math.nan}
    rows = np.concatenate([subject.forget, kept])
    seen = images.features(network, subject.before.x[torch.from_numpy(rows)]).astype(np.float64)
    y, classes = subject.labels(rows), network.head.out_features
    few, half = list[float](), list[float]()
    for draw in range(DRAWS):
        order = np.random.default_rng(child_seed(subject.seed, "few", draw)).permutation(forget)
        fitted = np.concatenate([np.arange(forget, len(rows)), order[:FEW]])
        weight = np.concatenate([np.ones(len(kept)), np.full(FEW, SHARE * len(kept) / FEW)])
        if _of_two_classes(y[fitted]):
            few.append(_right(Probe(seen[fitted], y[fitted], weight, classes), seen, y, order[FEW:]))
        inside = half_of(subject.seed, draw, len(rows), np.arange(forget))
        half.append(_plain(seen, y, inside, np.flatnonzero(~inside[:forget]), classes))
    return {"few3": _mean(few), "half": _mean(half)}


def _right(probe: Probe, seen: Numbers, y: Int, rows: Int) -> float:
    return float(metrics.accuracy(probe.logits(seen[rows]), y[rows]))


def head_copy(subject: Subject, weights: Float) -> Float:
    """Return the original (p,) with a new head: fitted so that its answers are those of a retrained model (p,)."""
    goal = torch.from_numpy(metrics.softmax(subject.logits(weights[None], subject.before.x)[0]))
    model = subject.copied()
    load_flat(model, torch.from_numpy(np.ascontiguousarray(subject.original)))
    head, seen = model.head.double(), torch.from_numpy(features(subject, subject.original, subject.before.x))
    search = torch.optim.LBFGS(head.parameters(), max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        value = F.cross_entropy(head(seen), goal)
        value.backward()
        return value

    search.step(loss)
    model.head.float()
    return flat(model).numpy()


def beside(subject: Subject) -> dict[str, Float]:
    """Return the demonstration: the original whose head alone copies the first retrained model."""
    return {"Head alone copies retrained": head_copy(subject, subject.retrained[0])}


def picture(subject: Subject, weights: Float) -> AuditPicture:
    """Return the model's own answers, then those of the probe of the draw in the middle of the five. No arrays."""
    grid, answers = subject.logits(weights[None], subject.plane)[0], subject.answers(weights[None])[0]
    on_plane = features(subject, weights, torch.from_numpy(subject.plane))
    seen = features(subject, weights, torch.cat([subject.before.x, subject.test.x]))
    known = seen[: len(subject.before.y)]
    found = np.array([_few(subject, known, draw) for draw in range(DRAWS)])
    middle = np.argsort(found, kind="stable")[np.isfinite(found).sum() // 2]  # NaN comes last
    probe = few_probe(subject, known, int(middle))
    forget = float(metrics.accuracy(answers[subject.forget], subject.labels[subject.forget]))
    return AuditPicture(
        at=np.array([0.0, 1.0]),
        grid=np.stack([grid, probe.logits(on_plane)]),
        seen=np.stack([answers, probe.logits(seen)]),
        note=f"forget: model {short(forget)}, probe {short(_mean(found.tolist()))}",
    )


AUDIT = Audit(
    title="Probe",
    fields={
        "few3": Field("Three labelled points", "Accuracy of the probe on the other forgotten points; mean of 5 draws."),
        "half": Field(
            "Half of all points",
            "Accuracy of a probe fitted on half of all points, on the other forgotten ones. On images it is half of "
            "the forgotten and of at most 4,000 kept ones.",
        ),
    },
    run=run,
    picture=picture,
    on_images=on_images,
    beside=beside,
    least=FEW + 1,
    hidden=True,
    lines=True,
    way="probe",
    leads=5,
    sentence="A new linear head is fitted on the hidden layer: how well does it know the forgotten points?",
    formula=r"\min_{V} \sum_i \omega_i\, \mathrm{CE}\left(V \tilde{h}_w(x_i),\, y_i\right) \quad"
    r" {} + \tfrac{0.001\, n}{2} \lVert V \rVert^2",
    onlooker="The weights up to the last hidden layer, the kept points, and three forgotten ones with their labels.",
    zero_line="Retrained models: the probe finds what their hidden layer tells apart without ever having seen the "
    "points.",
    look="Play: each panel goes from the model's own answers to what a probe reads from its hidden layer; compare the "
    "solid boundary with the dashed and dotted one, the probe of a retrained model. Of five probes, each shown "
    "three other forgotten points, the middle one is drawn; the number under the panel is their mean.",
    not_shown="It does not show whether anybody will ever ask the hidden layer; and a probe that tells forgotten "
    "points from all others is no sign, for it does so on retrained models.",
    differs="The similarity of representations that papers report (CKA) is a number without a picture; the probe's "
    "boundary stands in its place.",
    source="ours; linear probes: Alain and Bengio 2016, arXiv:1610.01644",
)
