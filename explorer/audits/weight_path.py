"""The straight way between two sets of weights: half as far, as far, and beyond.

    w(a) = (1 - a) w_o + a w_u,   a in [-.5, 1.5]
    barrier = max over [0, 1] of L_r(w(a)) - (1 - a) L_r(w(0)) - a L_r(w(1))

At a = 0 stands the original, at a = 1 the unlearned model. Where the way between them stays low, both lie in one
valley: the method has moved the model a little, not made another one. A model trained from another seed lies behind a
wall. Worth looking at is where on the way the model is nearest to retrained: half-way for a method that forgets too
much, beyond its end for a timid one.
A method that ends on high ground (gradient ascent) has a barrier of 0 for that reason alone.
Where no weight moved there is no way: its barrier is 0, and what is nearest is not defined.
On images the batch statistics lie on the straight way too, and the place nearest to retrained is where the most answers
to test images are the same.

Source: Frankle et al., Linear Mode Connectivity and the Lottery Ticket Hypothesis, ICML 2020, arXiv:1912.05671, for the
barrier; the nearest place is ours.
"""

from __future__ import annotations

import copy

import numpy as np
import torch

from explorer import metrics
from explorer.audits import Audit, Field, ImageSubject, Numbers, Subject
from explorer.audits._images import answers, spread
from explorer.audits._words import share, short
from explorer.models import Network
from explorer.records import AuditPicture, Float

AT = np.round(np.linspace(-0.5, 1.5, 41), 2)
AT_IMAGES = np.round(np.linspace(-0.5, 1.5, 9), 2)  # of images, 0 and 1 among them: each costs many passes
MEASURED = 500  # kept images for the loss, and test images for what is nearest


def way(subject: Subject, weights: Float) -> Float:
    """Return weights (41, p) on the straight line through the original and one model (p,), at AT."""
    a = AT[:, None].astype(np.float32)
    return ((1 - a) * subject.original + a * weights).astype(np.float32)


def run(subject: Subject, weights: Float) -> dict[str, Numbers]:
    """Return the barrier in nats, at least 0, and the place a at which the model is nearest to retrained.

    That place is NaN where no weight moved.
    """
    found = [_one(subject, one) for one in weights]
    return {"barrier": np.array([one[0] for one in found]), "nearest": np.array([one[1] for one in found])}


def _one(subject: Subject, weights: Float) -> tuple[float, float]:
    paths = way(subject, weights)
    found = nearest(areas(subject, paths, weights)) if _moved(subject, weights) else float("nan")
    return barrier(losses(subject, paths)), found


def _moved(subject: Subject, weights: Float) -> bool:
    return not np.array_equal(subject.original, weights)


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


def nearest(area: Numbers, at: Numbers = AT) -> float:
    """Return the a at which the area (t,), at places (t,), is least; of several the one next to a = 1."""
    least = at[area == area.min()]
    return float(least[np.abs(least - 1).argmin()])


def barrier(loss: Numbers, at: Numbers = AT) -> float:
    """Return by how much the loss (t,), at places (t,), rises above the line between those at 0 and 1; at least 0."""
    inside = (at >= 0) & (at <= 1)
    a, between = at[inside], loss[inside]
    return float((between - (1 - a) * between[0] - a * between[-1]).max())


def picture(subject: Subject, weights: Float) -> AuditPicture:
    """Return one model's way at AT.

    Its arrays: "area" (41,) disagreement with retrained, "loss" (41,) on the retain set in nats, "forget" (41,) forget
    accuracy, "nearest" (1,) the place to mark: that nearest to retrained, NaN where no weight moved.
    """
    paths = way(subject, weights)
    area, loss, seen = areas(subject, paths, weights), losses(subject, paths), subject.answers(paths)
    forget = np.asarray(metrics.accuracy(seen[:, subject.forget], subject.labels[subject.forget]))
    moved, end = _moved(subject, weights), share(float(area[AT == 1][0]))
    best = nearest(area) if moved else float("nan")
    said = f"nearest to retrained: a = {short(best)}, {share(area.min())} differ (a = 1: {end})"
    return AuditPicture(
        at=AT,
        grid=subject.logits(paths, subject.plane),
        seen=seen,
        arrays={"area": area, "loss": loss, "forget": forget, "nearest": np.array([best])},
        note=f"{said if moved else f'no weight moved: everywhere {end} differ'}; barrier {short(barrier(loss))}",
    )


def on_images(subject: ImageSubject, network: Network) -> dict[str, float]:
    """Return the barrier in nats, and the a at which most answers to test images are those of retrained models.

    That a is NaN where neither a weight nor a batch statistic moved.
    """
    kept, shown = spread(subject.measured, MEASURED), spread(np.arange(len(subject.test.y)), MEASURED)
    x = torch.cat([subject.before.x[torch.from_numpy(kept)], subject.test.x[torch.from_numpy(shown)]])
    theirs = [answers(one, x[len(kept) :]).argmax(axis=-1) for one in subject.retrained if one is not network]
    loss, area, y = list[float](), list[float](), subject.labels(kept)
    for a in AT_IMAGES:
        seen = answers(between(subject.original, network, float(a)), x)
        seen = np.nan_to_num(seen, nan=0.0, posinf=1e9, neginf=-1e9)  # far out on the way
        loss.append(float(metrics.cross_entropy(seen[: len(kept)], y).mean()))
        ours = seen[len(kept) :].argmax(axis=-1)
        area.append(float(np.mean([(ours != one).mean() for one in theirs])))
    first, second = subject.original.state_dict(), network.state_dict()
    moved = any(not torch.equal(value, second[name]) for name, value in first.items() if value.is_floating_point())
    best = nearest(np.array(area), AT_IMAGES) if moved else float("nan")
    return {"barrier": barrier(np.array(loss), AT_IMAGES), "nearest": best}


def between(first: Network, second: Network, a: float) -> Network:
    """Return the model at a place of the straight way, weights and batch statistics; running variances stay above 0."""
    model, end = copy.deepcopy(first), second.state_dict()
    state = {
        name: torch.lerp(value, end[name], a) if value.is_floating_point() else value
        for name, value in first.state_dict().items()
    }
    model.load_state_dict(
        {name: value.clamp_min(0) if name.endswith("running_var") else value for name, value in state.items()}
    )
    return model.eval()


AUDIT = Audit(
    title="Weight path",
    fields={
        "barrier": Field("Barrier", "How high the loss rises on the straight way, in nats; 0: one valley."),
        "nearest": Field(
            "Nearest to retrained",
            "The a at which the plane, or most answers to test images, are like retrained's; 1 is the end. Where no "
            "weight moved there is none.",
        ),
    },
    run=run,
    picture=picture,
    on_images=on_images,
    zero=frozenset({"barrier"}),
    way="a",
    leads=1,
    sentence="The straight line from the original's weights through the unlearned model's, and a half beyond.",
    formula=r"w(a) = (1 - a)\, w_o + a\, w_u, \quad a \in [-0.5, 1.5]",
    onlooker="The weights of both models, before and after; for what is nearest, retrained models.",
    zero_line="Retrained models: one of another seed lies behind a barrier, however alike its boundary is.",
    look="Drag the slider: the place where the panel's boundary lies nearest to retrained's, dashed and "
    "dotted, is marked in the curve; before a = 1 the method went too far, beyond it not far enough.",
    not_shown="It does not show other ways than the straight one, and a barrier of 0 does not mean a good end: a "
    "method that ends on high ground has none either.",
    differs="Forgotten points do not wake up on the way: their accuracy only falls. What is worth looking at is where "
    "the way is nearest to retrained, so that is what stands here.",
    source="Frankle et al. 2020, arXiv:1912.05671 (barrier); the nearest place is ours",
)
