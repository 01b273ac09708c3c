"""Certified removal deletes each point by a Newton step, bounds what that leaves of it, and hides the rest by noise.

The linear model is trained with a random linear term. A deletion moves the weights by one Newton step, which is not
quite where retraining would end; a bound says how long the gradient can be that is left. These lengths add up. Before
their sum is longer than the noise can hide, it draws the noise anew and trains on what is left.

    F(w) = sum_i softplus(-y_i w . x_i) + (lam n) / 2 ||w||^2 + b . w,   b ~ N(0, s^2 I),   ||x_i|| <= 1
    delete z:   D = H^-1 (grad l_z + lam w),   w <- w + D
    used <- used + 1/4 ||D|| ||X D|| ||X||_2                        (Guo)   or
    used <- used + (||X||_2 ||(X D)^2||) / (12 sqrt 3)              (sharper)
    retrain before used > (s epsilon) / sqrt(2 ln(1.5 / delta))

Reads: the whole training set with its labels, and which of its rows are to be forgotten.
Watch: the gauge drains with each deletion and is full again after a retraining. The thin lines are what other draws of
the noise would give: unlearned is one among them. It starts from an original of its own, trained with the noise.
Fails: the promise is about points that are chosen without looking at the model. Points near the boundary, the most
memorised ones or a lasso on this picture are chosen by looking at it; then the bound still holds, the promise does not.
On a network there is no such bound, so it answers for the linear model only.
Source: Guo, Goldstein, Hannun and van der Maaten, Certified Data Removal from Machine Learning Models, ICML 2020,
arXiv:1911.03030, sections 3 and 4; code github.com/facebookresearch/certified-removal at 7693b26, test_removal.py.
Differs: trains by Newton's method in double precision to a gradient below 1e-10 (L-BFGS there), and counts what is left
of it. The largest singular value is exact; there 20 power iterations come at it from below. Retraining is done here;
there it is not. The sharper bound is ours, of |softplus'''| <= 1 / (6 sqrt 3): it needs no bound on the points. Points
are scaled by the largest length in the box of the data set, never by that of the sample. More than two classes: one
against the rest, and the bounds add up. epsilon ends at 1, as the theorem that is used.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Prepared, Preset, Request
from explorer.methods._shared.accounts import cloud_of, of_a_stream, readings
from explorer.methods._shared.promise import best_auc, budget, promise
from explorer.methods._shared.removal import BOUNDS, Removed, Trained, removals, residual, trained
from explorer.methods._shared.steps import forget_rows
from explorer.methods._shared.unit_ball import Points, gradient, lifted, minimised, write
from explorer.records import Certificate

NAMES = {"Guo": "Guo's bound", "sharper": "sharper bound"}
TRUTH = "what it is in truth"


class Knobs(KnobBase):
    """Knobs of certified removal."""

    epsilon: float = knob(
        1.0, ge=0.05, le=1.0, title="Epsilon", help="How much likelier an outcome may be: e to this power, at most."
    )
    bound: Literal["Guo", "sharper"] = knob(
        "Guo", title="Bound", help="Which bound keeps the account: the paper's, or a sharper one that is ours."
    )
    noise: float = knob(
        1.0, ge=0.01, le=100.0, log=True, title="Noise", help="Deviation of the random linear term of the objective."
    )
    delta: float = knob(
        1e-4, ge=1e-8, le=0.01, log=True, title="Delta", help="The chance with which the promise may fail."
    )
    lam: float = knob(
        0.01, ge=1e-4, le=1.0, log=True, title="Penalty", help="Weight of half the squared norm, for each point."
    )
    order: Literal["random", "hardest first"] = knob(
        "random", title="Order of deletions",
        help="hardest first looks at the model, by its loss: then the promise does not cover it.",
    )  # fmt: skip


@dataclass(frozen=True)
class State:
    """The model trained with noise on everything, and the seed of a stream of requests."""

    start: Trained
    seed: int


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Train the original of its own, with noise."""
    points = lifted(*request.before, request.space, request.classes)
    start = trained(points, knobs.lam, knobs.noise, rng)
    request.meter.charge(start.iterations * 3 * len(points.x))
    return Prepared(state=State(start, draws.seed(rng)))


def own_original(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> nn.Module:
    """Return the linear model as it was trained with noise on everything."""
    model = copy.deepcopy(original)
    write(model, prepared.state.start.weights, request.space)
    return model


def unlearn(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Iterator[nn.Module]:
    """Yield the model after each deletion."""
    model, refills, spent = copy.deepcopy(original), 0, 0.0
    for done in _path(request, knobs, rng, prepared.state):
        rows = int(done.left.sum())
        request.meter.charge(1 + 3 * rows + 3 * rows * done.iterations)
        refills, spent = refills + (done.iterations > 0), done.spent[knobs.bound]
        write(model, done.weights, request.space)
        yield model
    request.remarks.say(promise(knobs.epsilon, knobs.delta))
    request.remarks.say(
        _account(len(forget_rows(request)), refills, spent / budget(knobs.epsilon, knobs.delta, knobs.noise))
    )
    if knobs.order != "random":
        request.remarks.say("the order looks at the model: the promise does not cover that")


def certificate(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Certificate:
    """Return the account of the path that `unlearn` takes with the same generator."""
    start: Trained = prepared.state.start
    points = lifted(*request.before, request.space, request.classes)
    path = list(_path(request, knobs, rng, prepared.state))
    limit = budget(knobs.epsilon, knobs.delta, knobs.noise)
    spent = {bound: torch.tensor([start.residual, *(done.spent[bound] for done in path)]) / limit for bound in BOUNDS}
    last = residual(points, path[-1], knobs.lam)
    truth = torch.tensor([start.residual, *(float(residual(points, done, knobs.lam).norm()) for done in path)]) / limit
    untouched = float(gradient(points.at(path[-1].left), start.weights, knobs.lam, start.noise).norm())
    refilled = torch.tensor([False, *(done.iterations > 0 for done in path)])
    shift = float(last.norm())
    return Certificate(
        epsilon=knobs.epsilon, delta=knobs.delta, promise=promise(knobs.epsilon, knobs.delta),
        account=_account(len(path), int(refilled.sum()), float(spent[knobs.bound][-1])),
        step=torch.arange(len(path) + 1).numpy(),
        lines={**{NAMES[bound]: spent[bound].double().numpy() for bound in BOUNDS}, TRUTH: truth.double().numpy()},
        measure="Gradient left (share of the budget)", limit=1.0, counts=NAMES[knobs.bound], truth=TRUTH,
        left=(1 - spent[knobs.bound]).clamp(0, 1).double().numpy(), refilled=refilled.numpy(),
        shift=shift / knobs.noise, shift_before=untouched / knobs.noise,
        auc=best_auc(shift, knobs.noise), auc_before=best_auc(untouched, knobs.noise),
        allowed=limit / knobs.noise, cap=best_auc(limit, knobs.noise),
        reading="minus the gradient of the objective without its random term, on the points that are left",
        dots=readings(shift / knobs.noise, last.numel(), rng).numpy(),
        cloud=_cloud(points, start, path, knobs, request, rng).numpy(),
    )  # fmt: skip


def _path(request: Request, knobs: Knobs, rng: torch.Generator, state: State) -> Iterator[Removed]:
    """Yield what stands after each deletion of the request.

    In a stream the account goes on: what earlier requests have deleted is deleted again first, with the same order and
    the same noise, since both come from the stream's seed.
    """
    points = lifted(*request.before, request.space, request.classes)
    asked, noise = forget_rows(request)[None], rng
    if request.earlier is not None:
        asked, rng, noise = torch.cat([request.earlier, asked]), *of_a_stream(state.seed)
    order = torch.cat([_order(points, rows, state.start, knobs, rng) for rows in asked])
    limit = budget(knobs.epsilon, knobs.delta, knobs.noise)
    path = removals(points, order, state.start, knobs.lam, knobs.noise, limit, knobs.bound, noise)
    return itertools.islice(path, asked[:-1].numel(), None)


def _order(points: Points, rows: Tensor, start: Trained, knobs: Knobs, rng: torch.Generator) -> Tensor:
    """Return the rows to delete in their order."""
    drawn = rows[draws.permutation(len(rows), rng, rows)]
    if knobs.order == "random":
        return drawn
    one = points.at(rows)
    margin = (one.sign.mT * (start.weights @ one.x.mT)).amin(dim=0)
    return rows[margin.argsort(stable=True)]


def _cloud(
    points: Points, start: Trained, path: list[Removed], knobs: Knobs, request: Request, rng: torch.Generator
) -> Tensor:
    """Return (t, k, p): what retraining with other noise would give after each deletion."""
    everyone = torch.ones(len(points.x), dtype=torch.bool, device=points.x.device)

    def retrained(left: Tensor, weights: Tensor, noise: Tensor) -> Tensor:
        return minimised(points.at(left), weights, knobs.lam, noise)[0]

    return cloud_of([everyone, *(done.left for done in path)], start.weights, knobs.noise, retrained, request, rng)


def _account(count: int, refills: int, spent: float) -> str:
    """Say how much of the budget is used."""
    times = {0: "no retraining", 1: "one retraining"}.get(refills, f"{refills} retrainings")
    since = " since the last" if refills else ""
    return f"{count} deletions, {times}, {100 * spent:.0f} % of the budget used{since}"


METHOD = Method(
    title="Certified removal",
    knobs=Knobs,
    unlearn=unlearn,
    kind="certified",
    answers={"forget", "forget_class"},
    reads={"before.x", "before.y"},
    neutral={},
    presets={
        "sharper bound": Preset({"bound": "sharper"}, note="Ours: the same deletions cost less of the budget."),
        "a wide cloud": Preset({"noise": 3.0}, note="Our choice: at 1 the draws of the noise lie on one line."),
        "little noise": Preset({"noise": 0.1}, note="Our choice: a small budget, so it trains again all the time."),
        "hardest first": Preset(
            {"order": "hardest first"}, note="Chosen by looking at the model: the promise does not cover it."
        ),
    },
    images=Images(cannot="gives a certificate for the linear model only, which image runs do not have"),
    bibtex="""@inproceedings{guo2020certified,
  title = {Certified Data Removal from Machine Learning Models},
  author = {Guo, Chuan and Goldstein, Tom and Hannun, Awni and van der Maaten, Laurens},
  booktitle = {International Conference on Machine Learning},
  year = {2020}
}""",
    badges=("linear model only", "brings its own original"),
    prepare=prepare,
    prepare_reads={"before.x", "before.y"},
    prepare_knobs={"lam", "noise"},
    own_original=own_original,
    networks="linear",
    certificate=certificate,
    main=("epsilon", "bound", "noise"),
)
