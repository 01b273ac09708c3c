"""The ghost of a deleted point: the change of the first layer's weights prints the point that caused it.

    x = sum_j db_j dW_j / sum_j db_j^2,   dW, db = the change of weights and biases of the first layer

The gradient of one point's loss with respect to the first layer is an outer product with that very point, so a method
whose steps come from the forgotten point alone leaves it in the difference of two models, readable by one division.

Exact retraining moves the weights for other reasons too. But where both models end at a stationary point (L-BFGS), what
the point was holding in balance can be worked out from public points of the same kind:

    g = (n - 1) [G(w_u) - G(w_o)] - wd w_o,   G(w) = mean gradient on public points + wd w

and g takes the place of the change above: even a perfect deletion gives the point away. An onlooker knows how a model
was made. The audit reads it from the points that are kept: w_u is stationary where their gradient is less than a
twentieth of what it is at w_o. That share is also the error which it adds to g. On 18 single points it was at most .004
of retrained models, and at least .09 of every method. The gradient on public points cannot tell them apart: there one
point is less than the luck of sampling. A method is thus read by its plain change.
Nothing is found where no weight moved (SSD), and nothing where the point's probability was 1 to float32: then its
gradient was 0. Several deleted points give something between them, so only one is asked about.

Source: Bertran et al., Reconstruction Attacks on Machine Unlearning: Simple Models are Vulnerable, NeurIPS 2024,
arXiv:2405.20272, for the second form; the first layer's outer product is folklore of gradient inversion.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector

from explorer.audits import Audit, Field, Numbers, Subject
from explorer.audits._words import short
from explorer.models import load_flat
from explorer.records import AuditPicture, Float, Helpers
from explorer.training import Examples

PLACES = 13  # on the way from the original to the model, as the player shows it
STATIONARY = 0.05  # gradient on the kept points, as a share of the original's
SMALL = 0.005  # data units: below it a note says "less than .01"
APPEARS = 0.35  # share of the way after which the ghost is seen


def ghosts(subject: Subject, weights: Float) -> Numbers:
    """Return where the point is seen (k, d), in data units, from the change to each model (k, p); NaN for nowhere."""
    return np.stack([_ghost(subject, one) for one in weights])


def _ghost(subject: Subject, weights: Float) -> Numbers:
    change = _change(subject, weights)
    out, inputs = next(iter(subject.network.parameters())).shape
    weight, bias = change[: out * inputs].reshape(out, inputs), change[out * inputs : out * (inputs + 1)]
    length = float(bias @ bias)
    if not length > 0:
        return np.full(inputs, np.nan)
    return (bias @ weight / length) * subject.space.std + subject.space.mean


def _change(subject: Subject, weights: Float) -> Numbers:
    """Return what the point left in the weights (p,): their change, or what balanced the point before it went."""
    before, after = subject.original.astype(np.float64), weights.astype(np.float64)
    public, decay = subject.handed.public_points, subject.handed.weight_decay
    if public is None or not _stationary(subject, before, after):
        return after - before
    balance = _gradient(subject, after, public) - _gradient(subject, before, public)
    return (len(subject.before.y) - 1) * balance - decay * before


def _stationary(subject: Subject, before: Numbers, after: Numbers) -> bool:
    """Say whether training on the kept points would leave a model (p,) where it is; never where no weight moved."""
    rows = torch.from_numpy(subject.retain)
    kept = Examples(subject.before.x[rows], subject.before.y[rows])
    there, here = (float(np.linalg.norm(_gradient(subject, one, kept))) for one in (before, after))
    return here < STATIONARY * there


def _gradient(subject: Subject, weights: Numbers, at: Examples) -> Numbers:
    """Return the gradient (p,) of mean cross-entropy at points and of the weight decay."""
    model = subject.copied().double()
    load_flat(model, torch.from_numpy(weights))
    model.zero_grad()
    F.cross_entropy(model(at.x.double()), at.y).backward()
    slope = parameters_to_vector([weight.grad for weight in model.parameters() if weight.grad is not None])
    return slope.numpy() + subject.handed.weight_decay * weights


def run(subject: Subject, weights: Float) -> dict[str, Numbers]:
    """Return how far the ghost lies from the point, and what a random training point would be, in data units."""
    points = subject.space.restore(subject.before.x.numpy())
    point, others = points[subject.forget[0]], np.delete(points, subject.forget, axis=0)
    chance = float(np.median(np.linalg.norm(others - point, axis=1)))
    error = np.linalg.norm(ghosts(subject, weights) - point, axis=1)
    return {"error": error, "chance": np.full(len(weights), chance)}


def picture(subject: Subject, weights: Float) -> AuditPicture:
    """Return the way from the original to one model, and the ghost with an arrow from the deleted point.

    Its array: "ghost" (d,), in data units.
    """
    a = np.linspace(0, 1, PLACES)[:, None].astype(np.float32)
    paths = ((1 - a) * subject.original + a * weights).astype(np.float32)
    found, numbers = ghosts(subject, weights[None])[0], run(subject, weights[None])
    ghost = Helpers(
        kind="ghost: where the weights say that the point was",
        x=found[None].astype(np.float32),
        y=np.array([-1], dtype=np.int64),
        origin=subject.forget[:1].astype(np.int64),
        mark="ghost",
        since=APPEARS,
    )
    plane = subject.space.restore(subject.plane)
    on_plane = bool((found >= plane.min(axis=0)).all() and (found <= plane.max(axis=0)).all())  # False for NaN
    return AuditPicture(
        at=np.linspace(0, 1, PLACES),
        grid=subject.logits(paths, subject.plane),
        seen=subject.answers(paths),
        ghosts=(ghost,) if on_plane else (),
        arrays={"ghost": found},
        note=_said(float(numbers["error"][0]), float(numbers["chance"][0]), on_plane),
    )


def _said(error: float, chance: float, on_plane: bool) -> str:
    if not np.isfinite(error):
        return "no ghost: nothing of the first layer moved (a point of probability 1 leaves no gradient in float32)"
    where, far = "" if on_plane else "; it lies off the plane", short(error) if error >= SMALL else "less than .01"
    return f"ghost {far} off (a random point: {short(chance)}){where}"


AUDIT = Audit(
    title="Ghost",
    fields={
        "error": Field("Error", "How far from the deleted point its ghost lies, in data units; 0: printed exactly."),
        "chance": Field(
            "Chance", "Median distance of a training point from the deleted one, in data units.", shared=True
        ),
    },
    run=run,
    picture=picture,
    needs=frozenset({"public_points"}),
    one_point=True,
    way="a",
    leads=3,
    sentence="The difference of the first layer before and after, divided by that of its biases: where does it point?",
    formula=r"\hat{x} = \frac{\sum_j \Delta b_j\, \Delta W_j}{\sum_j \Delta b_j^2}, \quad"
    r" \text{converged:} \quad \Delta = (n-1)\,[G(w_u) - G(w_o)] - \lambda w_o",
    onlooker="The weights of both models, before and after; where both have converged, as a retrained one does, public "
    "points of the same kind and the weight decay too.",
    zero_line="Retrained models, and how far a random training point lies away (chance).",
    differs="The place where two models' answers differ most is a weak guess of the point; the weights say it, so "
    "they are read in its place.",
    look="Look at where the target appears: on the ringed point, the deletion has printed what it deleted.",
    not_shown="It does not show deletions of several points, which give something between them, nor networks whose "
    "first layer is not a plain linear one.",
    source="Bertran et al. 2024, arXiv:2405.20272 (converged models); the first layer's outer product is folklore",
)
