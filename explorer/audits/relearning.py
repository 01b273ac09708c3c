"""Relearning on retained points: train on with kept data alone and watch whether the forgotten points come back.

    w <- w - lr v,   v <- .9 v + grad L_r(w),   60 steps on the whole retain set, lr .1

A model that still holds the points has them back within a few steps, without seeing one. So do models that never saw
them, a little: the boundary swings while it is repaired. The zero line is therefore the method itself on retrained
models, and the same run on them until it has done as much damage ("matched"). What is higher than both was held back.
The rise passes: after some hundred steps even the original has lost the points.
*Land* says the same of places instead of points: of those to which most retrained models give another class than the
original does, the share to which the model gives the original's.
On images the 60 steps are mini-batches of 500 kept images, which move the batch statistics as training does.

Source: Lynch et al., Eight Methods to Evaluate Robust Unlearning in LLMs, 2024, arXiv:2402.16835, relearn on what is
kept; rate, steps and both controls are ours.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np
import torch
from torch.nn import functional as F

from explorer import draws, metrics
from explorer.audits import MOMENTUM, STEPS, Audit, Field, ImageSubject, Numbers, Subject, relearn, undefined
from explorer.audits._images import answers
from explorer.audits._words import short
from explorer.models import Network
from explorer.records import AuditPicture, Float

RATE = 0.1
#: Steps that are drawn: the rise is over within the first few.
DRAWN = np.unique(np.concatenate([np.arange(13), np.arange(14, 31, 2), np.arange(33, 61, 3)]))
BATCH = 500  # kept images a step
#: Steps of images after which forget accuracy is measured.
LOOKED = (0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 45, STEPS)


def ways(subject: Subject, weights: Float) -> Float:
    """Return weights (k, 61, p) of models (k, p) while they are trained on with the retain set."""
    rows = torch.from_numpy(subject.retain)
    x, y = subject.before.x[rows], subject.before.y[rows]
    return relearn(subject.network, torch.as_tensor(weights), x, y, rate=RATE).numpy()


def curves(subject: Subject, weights: Float) -> Numbers:
    """Return forget accuracy (k, 61) of models (k, p) while they are trained on with the retain set."""
    return _accuracy(subject, ways(subject, weights))


def _accuracy(subject: Subject, paths: Float) -> Numbers:
    x, y = subject.before.x[torch.from_numpy(subject.forget)], subject.labels[subject.forget]
    logits = subject.logits(paths.reshape(-1, paths.shape[-1]), x)
    return np.asarray(metrics.accuracy(logits, y), dtype=np.float64).reshape(paths.shape[:2])


def _together(subject: Subject, stacks: Mapping[str, Float]) -> tuple[Float, dict[str, Numbers]]:
    """Return the ways of all models of the first stack, and the curves of every stack: trained on in one go."""
    paths = ways(subject, np.concatenate([*stacks.values()]))
    ends = np.cumsum([len(one) for one in stacks.values()])
    parts = np.split(_accuracy(subject, paths), ends[:-1])
    return paths[: ends[0]], dict(zip(stacks, parts, strict=True))


def land(subject: Subject, weights: Float) -> Numbers:
    """Return the share (k,) of the changed places to which models (k, p) give the original's class.

    Changed are places of `Subject.area` to which more than half of the retrained models give another class than the
    original does; NaN where there is none.
    """
    own = subject.logits(subject.original[None], subject.area)[0].argmax(axis=-1)
    changed = (subject.logits(subject.retrained, subject.area).argmax(axis=-1) != own).mean(axis=0) > 0.5
    if not changed.any():
        return undefined(len(weights))
    found = subject.logits(weights, subject.area[changed]).argmax(axis=-1) == own[changed]
    return found.mean(axis=1, dtype=np.float64)


def _controls(subject: Subject) -> dict[str, Float]:
    handed = subject.handed.method_on_retrained
    return {} if handed is None else {"control": handed.same, "matched": handed.matched}


def run(subject: Subject, weights: Float) -> dict[str, Numbers]:
    """Return forget accuracy before and at its highest, and the mean over models of both controls' highest."""
    _, found = _together(subject, {"own": weights, **_controls(subject)})
    peaks = {name: curve.max(axis=1) for name, curve in found.items()}
    controls = {name: np.full(len(weights), peaks[name].mean()) for name in peaks if name != "own"}
    missing = undefined(len(weights))
    return {
        "start": found["own"][:, 0],
        "peak": peaks["own"],
        "control_peak": controls.get("control", missing),
        "matched_peak": controls.get("matched", missing),
    }


def picture(subject: Subject, weights: Float) -> AuditPicture:
    """Return one model at the steps DRAWN.

    Its arrays: "curve" (61,) forget accuracy; "retrained" (r, 61), and where the method was run on retrained models
    "control" and "matched" (r, 61); "land" (d,) at the steps DRAWN.
    """
    paths, found = _together(
        subject, {"curve": weights[None], "retrained": subject.retrained, **_controls(subject)}
    )  # fmt: skip
    curve, shown = found["curve"][0], paths[0, DRAWN]
    top, places = int(curve.argmax()), land(subject, shown)
    return AuditPicture(
        at=DRAWN.astype(np.float64),
        grid=subject.logits(shown, subject.plane),
        seen=subject.answers(shown),
        arrays={**found, "curve": curve, "land": places},
        note=f"forget: at most {short(curve[top])}, step {top}",
    )


def on_images(subject: ImageSubject, network: Network) -> dict[str, float]:
    """Return forget accuracy before, and at its highest over LOOKED, of a model of images while it is trained on."""
    curve = curve_on_images(subject, network)
    return {"start": curve[0], "peak": max(curve)}


def curve_on_images(subject: ImageSubject, network: Network) -> list[float]:
    """Return forget accuracy after the steps LOOKED, while a copy of a model is trained on with kept images."""
    model, rng = copy.deepcopy(network).requires_grad_(True), draws.generator(subject.seed)
    device = subject.before.y.device
    rows, forget = torch.from_numpy(subject.retain).to(device), torch.from_numpy(subject.forget).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)
    batches = draws.batches(len(rows), BATCH, rng, rows)
    images, labels, found = subject.before.x[forget], subject.labels(subject.forget), list[float]()
    for step in range(STEPS + 1):
        if step in LOOKED:
            found.append(float(metrics.accuracy(answers(model, images), labels)))
        if step < STEPS:
            seen = rows[next(batches)]
            model.train()
            optimizer.zero_grad()
            F.cross_entropy(model(subject.before.x[seen]), subject.before.y[seen]).backward()
            optimizer.step()
    return found


def beside(subject: Subject) -> dict[str, Float]:
    """Return the control: where the method ends on the first retrained model."""
    handed = subject.handed.method_on_retrained
    return {} if handed is None else {"{method} on retrained": handed.same[0]}


AUDIT = Audit(
    title="Relearning",
    fields={
        "start": Field("Forget accuracy", "Before anything is trained on."),
        "peak": Field("Highest while relearning", "Forget accuracy at its highest; no forgotten point was shown."),
        "control_peak": Field(
            "Method on retrained",
            "The same of the method run on models that never saw the points; mean over them, on images of one.",
        ),
        "matched_peak": Field(
            "Matched", "The same, but run until retain accuracy is as low as on the original; mean over models."
        ),
    },
    run=run,
    picture=picture,
    on_images=on_images,
    beside=beside,
    needs=frozenset({"method_on_retrained"}),
    way="step",
    leads=0,
    sentence="The model is trained on with kept points alone; does it get the forgotten ones right again?",
    formula=r"w \leftarrow w - 0.1\, v, \quad v \leftarrow 0.9\, v + \nabla_w \mathcal{L}(w; D_r),"
    r" \quad \text{60 steps}",
    onlooker="The model's weights, and kept points with their labels; no forgotten point.",
    zero_line="The method on retrained models, plain and until it has done as much damage: they never knew the points.",
    look="Look at the ringed points in the first ten steps: where the panel gives them their class again and the same "
    "method on a retrained model does not, the model had kept them.",
    not_shown="It does not show other rates or optimisers, and the rise passes: trained on for long, even the original "
    "loses the points.",
    differs="In the plane the textbook case, gradient ascent, comes back as well, but so do models that never saw the "
    "points: without the control it looks like memory and is none. On a recorded class of CIFAR-10 it is memory: there "
    "the control stays at 0 (our finding; the table stands on CIFAR).",
    source="Lynch et al. 2024, arXiv:2402.16835; the controls are ours",
)
