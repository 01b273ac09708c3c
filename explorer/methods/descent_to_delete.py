"""Descent-to-delete takes a few steps of gradient descent after each deletion, and publishes the weights with noise.

The linear model's loss with its penalty has one minimum, and each step comes nearer to it by a known factor. So after I
steps on what is left it is known how far from that minimum the weights can be, and how much noise hides the rest. More
steps a deletion, less noise. The weights without noise are kept and gone on from; only noisy ones are published.

    f(w) = mean_i softplus(-y_i w . x_i) + lam / 2 ||w||^2,   ||x_i|| <= 1,   L = 1/4 + lam
    delete z, then I times:  w <- w - eta grad f(w),   eta = 2 / (L + lam),   g = (L - lam) / (L + lam)
    ||w - w*|| <= (2 M g^I) / (lam n (1 - g^I)),   M = 1
    publish w + s e,   e ~ N(0, I),   s = (4 sqrt(2) M g^I) / (lam n (1 - g^I) c)
    c = sqrt(ln(1 / delta) + epsilon) - sqrt(ln(1 / delta))

Reads: the whole training set with its labels, and which of its rows are to be forgotten.
Watch: move the knob of steps a deletion: the thin lines, what other draws of the noise would publish, close to one. At
few steps they lie all over the plane and the model is of no use, at some more the noise hardly shows.
Fails: with a small penalty the factor is near 1 and hundreds of steps are needed. The promise is about points that are
chosen without looking at the model. On a network the minimum is not the only one, so it answers for the linear model
only.
Source: Neel, Roth and Sharifi-Malvajerdi, Descent-to-Delete: Gradient-Based Methods for Machine Unlearning, ALT 2021,
arXiv:2007.02923, the algorithm of perturbed gradient descent; no code was found of the authors.
Differs: n is the smallest size to come, so the bound holds for all deletions of the request. M = 1 bounds the gradient
of the loss alone; the penalty's part cancels at the minimum. The original is trained until rounding ends it. Points are
scaled by the largest length in the box of the data set. More than two classes: one against the rest, with noise for
the root of their number times the bound. There points may also be added; here they are only deleted.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Prepared, Preset, Request
from explorer.methods._shared.accounts import cloud_of, of_a_stream, readings
from explorer.methods._shared.promise import best_auc, gap, promise
from explorer.methods._shared.steps import forget_rows
from explorer.methods._shared.unit_ball import Points, gradient, lifted, minimised, write
from explorer.records import Certificate

BOUND, TRUTH = "bound", "what it is in truth"
ROUNDED = 1e-13  # of a step, relative to the weights: no further step changes anything
MOST = 20_000  # steps of the original's training


class Knobs(KnobBase):
    """Knobs of descent-to-delete."""

    descents: int = knob(
        10, ge=1, le=200, title="Steps a deletion", help="Gradient steps on what is left, after each deletion."
    )
    epsilon: float = knob(
        1.0, ge=0.05, le=10.0, title="Epsilon", help="How much likelier an outcome may be: e to this power, at most."
    )
    lam: float = knob(
        0.05,
        ge=1e-3,
        le=1.0,
        log=True,
        title="Penalty",
        help="Weight of half the squared norm; more of it, less noise.",
    )
    delta: float = knob(
        1e-4, ge=1e-8, le=0.01, log=True, title="Delta", help="The chance with which the promise may fail."
    )


@dataclass(frozen=True)
class State:
    """Where the original stands.

    Attributes:
        kept: weights (h, d) that are kept.
        published: noise (h, d) for publishing them.
        seed: of the order in a stream of requests.
    """

    kept: Tensor
    published: Tensor
    seed: int


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Train the original of its own by gradient descent to its minimum, and draw the noise for publishing it."""
    points = lifted(*request.before, request.space, request.classes)
    kept, steps = _to_the_end(points, knobs.lam)
    request.meter.charge(steps * len(points.x))
    drawn = draws.normal(kept.shape, rng, kept)
    return Prepared(state=State(kept, drawn, draws.seed(rng)))


def own_original(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> nn.Module:
    """Return the linear model as it is published before anything is deleted."""
    model = copy.deepcopy(original)
    write(model, prepared.state.kept + _scale(request, knobs) * prepared.state.published, request.space)
    return model


def unlearn(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Iterator[nn.Module]:
    """Yield the model that is published after each deletion."""
    model, scale = copy.deepcopy(original), _scale(request, knobs)
    for left, kept in _path(request, knobs, rng, prepared.state):
        request.meter.charge(knobs.descents * int(left.sum()))
        write(model, kept + scale * draws.normal(kept.shape, rng, kept), request.space)
        yield model
    request.remarks.say(promise(knobs.epsilon, knobs.delta))
    request.remarks.say(_account(len(forget_rows(request)), knobs, scale))


def certificate(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Certificate:
    """Return the account of the path that `unlearn` takes."""
    points = lifted(*request.before, request.space, request.classes)
    start, scale = prepared.state.kept, _scale(request, knobs)
    everyone = torch.ones(len(points.x), dtype=torch.bool, device=points.x.device)
    path = [(everyone, start), *_path(request, knobs, rng, prepared.state)]
    best, exact = start, []
    for left, _ in path:
        best, _ = minimised(points.at(left), best, knobs.lam, torch.zeros_like(best))
        exact.append(best)
    off = torch.stack([(kept - best).norm() for (_, kept), best in zip(path, exact, strict=True)])
    limit = _bound(request, knobs)
    cloud = cloud_of([kept for _, kept in path], start, scale, lambda kept, _, noise: kept + noise, request, rng)
    shift, before = float(off[-1]), float((start - exact[-1]).norm())
    return Certificate(
        epsilon=knobs.epsilon, delta=knobs.delta, promise=promise(knobs.epsilon, knobs.delta),
        account=_account(len(path) - 1, knobs, scale), step=torch.arange(len(path)).numpy(),
        lines={BOUND: torch.full((len(path),), limit).double().numpy(), TRUTH: off.double().numpy()},
        measure="Distance from the minimum", limit=math.nan, counts=BOUND, truth=TRUTH,
        left=off[:0].numpy(), refilled=torch.zeros(len(path), dtype=torch.bool).numpy(),
        shift=shift / scale, shift_before=before / scale, auc=best_auc(shift, scale),
        auc_before=best_auc(before, scale), allowed=2 * limit / scale, cap=best_auc(2 * limit, scale),
        reading="the published weights", dots=readings(shift / scale, start.numel(), rng).numpy(),
        cloud=cloud.numpy(),
    )  # fmt: skip


def contraction(lam: float) -> float:
    """Return g, the factor by which a step of gradient descent comes nearer to the minimum, at least."""
    return 0.25 / (0.25 + 2 * lam)


def distance(lam: float, descents: int, smallest: int) -> float:
    """Return how far the kept weights can be from the minimum after a deletion and these steps, for M = 1."""
    power = contraction(lam) ** descents
    return 2 * power / (lam * smallest * (1 - power))


def noise_for(distance: float, epsilon: float, delta: float) -> float:
    """Return s, the deviation of the noise that hides this distance."""
    return 2 * math.sqrt(2) * distance / gap(epsilon, delta)


def descend(points: Points, weights: Tensor, lam: float) -> Tensor:
    """Return weights (h, d) after one step of gradient descent on the mean loss."""
    slope = gradient(points, weights, lam, torch.zeros_like(weights)) / len(points.x)
    return weights - 2 / (0.25 + 2 * lam) * slope


def _to_the_end(points: Points, lam: float) -> tuple[Tensor, int]:
    """Return weights that no further step changes but by rounding, and the steps that it took from 0."""
    weights = points.x.new_zeros(points.sign.shape[1], points.x.shape[1])
    for step in range(1, MOST + 1):
        before, weights = weights, descend(points, weights, lam)
        if float((weights - before).norm()) < ROUNDED * float(weights.norm()):
            return weights, step
    return weights, MOST


def _path(request: Request, knobs: Knobs, rng: torch.Generator, state: State) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield (points left (n,) bool, kept weights (h, d)) after each deletion of the request, in random order.

    In a stream what earlier requests have deleted is deleted again first, in the same order, which is the stream's.
    """
    points = lifted(*request.before, request.space, request.classes)
    asked, kept = forget_rows(request)[None], state.kept
    if request.earlier is not None:
        asked, rng = torch.cat([request.earlier, asked]), of_a_stream(state.seed)[0]
    order = torch.cat([rows[draws.permutation(len(rows), rng, rows)] for rows in asked])
    left = torch.ones(len(points.x), dtype=torch.bool, device=points.x.device)
    for number, row in enumerate(order.tolist()):
        left = left.clone()
        left[row] = False
        rest = points.at(left)
        for _ in range(knobs.descents):
            kept = descend(rest, kept, knobs.lam)
        if number >= asked[:-1].numel():
            yield left, kept


def _bound(request: Request, knobs: Knobs) -> float:
    """Return the bound for all heads together, at the smallest size to come."""
    heads = 1 if request.classes == 2 else request.classes
    gone = 0 if request.earlier is None else request.earlier.numel()
    smallest = len(request.before.y) - gone - len(forget_rows(request))
    return math.sqrt(heads) * distance(knobs.lam, knobs.descents, max(1, smallest))


def _scale(request: Request, knobs: Knobs) -> float:
    return noise_for(_bound(request, knobs), knobs.epsilon, knobs.delta)


def _account(count: int, knobs: Knobs, scale: float) -> str:
    """Say what was paid: steps and noise."""
    steps = "1 step" if knobs.descents == 1 else f"{knobs.descents} steps"
    return f"{count} deletions of {steps} each, published with noise {scale:.2g}"


METHOD = Method(
    title="Descent-to-delete",
    knobs=Knobs,
    unlearn=unlearn,
    kind="certified",
    answers={"forget", "forget_class"},
    reads={"before.x", "before.y"},
    neutral={},
    presets={
        "more noise": Preset({"descents": 5}, note="Our choice: half the steps, six times the noise.", collapses=True),
        "hardly any noise": Preset({"descents": 25}, note="Our choice: the noise no longer shows."),
        "little penalty": Preset(
            {"lam": 0.01},
            note="Our choice: each step comes nearer by less, so the noise drowns the model.",
            collapses=True,
        ),
    },
    images=Images(cannot="gives a certificate for the linear model only, which image runs do not have"),
    bibtex="""@inproceedings{neel2021descent,
  title = {Descent-to-Delete: Gradient-Based Methods for Machine Unlearning},
  author = {Neel, Seth and Roth, Aaron and Sharifi-Malvajerdi, Saeed},
  booktitle = {Algorithmic Learning Theory},
  year = {2021}
}""",
    badges=("linear model only", "brings its own original"),
    prepare=prepare,
    prepare_reads={"before.x", "before.y"},
    prepare_knobs={"lam"},
    own_original=own_original,
    networks="linear",
    certificate=certificate,
    main=("descents", "epsilon", "lam"),
)
