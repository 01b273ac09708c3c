"""Influence and DUI on two moons: wrong labels in a wedge or spread evenly, and a feature erased on one side.

tanh 2-32-32-2, weight decay 1e-3 on the loss, L-BFGS in double precision to |gradient| < 1e-6. The reference is a warm
retrain: the same search from the original on the corrected data. Wedge: the labels of class 1 beyond x1 = 1.2 are wrong
(about 21 % of 600 points); uniform: as many random labels. Feature: x2 becomes .25 for points beyond x1 = .8 (n 400);
sensitivity is the mean range of p(class 1) over those points as x2 sweeps the range of the data.

Inputs stay in data units: the bounds do not say, but their figures are those of data units. On standardised ones
(STANDARDISED = True), which the explorer trains on, a wedge hinders one step of first order less: it stays .08
below retrained on 5 seeds of 10, not 7; everything else that is asked here holds there too.

What few seeds can decide (QUICK=1): the DUI criteria ask for 4 of 5, the few for every seed; the one-shot criteria ask
for 7 of 10, the few for half of them.
"""

import dataclasses
from collections import deque
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer import draws
from explorer.data import OPTIONS, build
from explorer.methods._method import Answer, Request, TensorSpace
from explorer.models import Network, load_flat
from explorer.models._layout import Layout, initial_weights
from explorer.models.mlp import MLP
from explorer.records import Data, Plane
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, Training, lbfgs
from tests.accept.seeds import QUICK, seeds

LAYOUT = Layout(2, (32, 32), 2, "tanh")
TRAINING = Training(optimizer="lbfgs", weight_decay=1e-3, steps=20000)
TEN, FIVE = seeds(10, quick=2), seeds(5, quick=1)
STANDARDISED = False
WEDGE, SIDE, FILL = 1.2, 0.8, 0.25  # data units


@dataclasses.dataclass(frozen=True)
class World:
    """A data set, the request, and both stationary models."""

    data: Data
    request: Request
    original: Network
    retrained: Network

    def unlearned(self, key: str, **knobs: object) -> Network:
        method = CATALOG.methods[key]
        path = method.unlearn(self.original, self.request, method.knobs(**knobs), draws.generator(7))
        return deque(path, maxlen=1).pop()  # type: ignore[return-value]

    def accuracy(self, model: Network, *, erased: bool = False) -> float:
        x = self.data.test.x.copy()
        if erased:
            x[x[:, 0] > SIDE, 1] = FILL
        return float((classes(model, self.data.space.standardise(x)) == self.data.test.y).mean())

    def disagreement(self, model: Network) -> float:
        grid = self.data.space.standardise(Plane.around(self.data.train.x).grid(120))
        return float((classes(model, grid) != classes(self.retrained, grid)).mean())

    def sensitivity(self, model: Network) -> float:
        column = self.request.before.x[:, 1]
        sweep = torch.linspace(float(column.min()), float(column.max()), 50)
        points = self.request.corrected.x[:, None].repeat(1, len(sweep), 1)
        points[:, :, 1] = sweep
        with torch.no_grad():
            p = model(points.flatten(0, 1)).softmax(dim=1)[:, 1].view(-1, len(sweep))
        return float((p.amax(dim=1) - p.amin(dim=1)).mean())


def classes(model: Network, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return model(torch.from_numpy(x)).argmax(dim=1).numpy()


@cache
def labels(place: str, seed: int) -> World:
    data, x, y = moons(600, seed)
    rows = np.flatnonzero((data.train.y == 1) & (data.train.x[:, 0] > WEDGE))
    if place == "uniform":
        rows = np.random.default_rng(seed).permutation(len(y))[: len(rows)]
    affected = torch.zeros(len(y), dtype=torch.bool)
    affected[torch.from_numpy(rows)] = True
    wrong = torch.where(affected, 1 - y, y)
    return world(data, Examples(x, wrong), Examples(x, y), affected, "correct_labels", seed)


@cache
def feature(seed: int) -> World:
    data, x, y = moons(400, seed)
    moved = data.train.x.copy()
    moved[moved[:, 0] > SIDE, 1] = FILL
    erased = torch.from_numpy(data.space.standardise(moved))
    affected = torch.from_numpy(data.train.x[:, 0] > SIDE)
    return world(data, Examples(x, y), Examples(erased, y), affected, "erase_feature", seed)


def moons(n: int, seed: int) -> tuple[Data, Tensor, Tensor]:
    data = build("moons", OPTIONS["moons"].model_validate({"n": n, "noise": 0.2, "seed": seed}))
    if not STANDARDISED:
        space = dataclasses.replace(data.space, mean=np.zeros(2, np.float32), std=np.ones(2, np.float32))
        data = dataclasses.replace(data, space=space)
    return data, torch.from_numpy(data.space.standardise(data.train.x)), torch.from_numpy(data.train.y)


def world(data: Data, before: Examples, after: Examples, affected: Tensor, kind: Answer, seed: int) -> World:
    original = stationary(before, initial_weights(LAYOUT, draws.generator(seed)))
    space = TensorSpace(*(torch.from_numpy(part) for part in dataclasses.astuple(data.space)))
    request = Request(
        forget=Examples(before.x[affected], before.y[affected]),
        retain=Examples(before.x[~affected], before.y[~affected]),
        before=before,
        heldout=Examples(before.x[:0], before.y[:0]),
        corrected=Examples(after.x[affected], after.y[affected]),
        space=space,
        classes=2,
        kind=kind,
        erased=1 if kind == "erase_feature" else -1,
        rows=affected.nonzero()[:, 0],
    )
    return World(data, request, network(original), network(stationary(after, original)))


def stationary(data: Examples, start: Tensor) -> Tensor:
    return lbfgs.minimise(LAYOUT, data, torch.ones(len(data.y)), start, TRAINING, lambda _: None)[-1]


def network(weights: Tensor) -> Network:
    model = MLP(2, [32, 32], 2, "tanh")
    load_flat(model, weights.float())
    return model.eval()


def show(what: str, over: range, rows: list[list[float]], heads: list[str]) -> None:
    print(f"\n{what}\nseed  " + "  ".join(heads))
    for seed, row in zip(over, rows, strict=True):
        print(f"{seed:4d}  " + "  ".join(f"{value:{len(head)}.3f}" for head, value in zip(heads, row, strict=True)))


ONE_SHOT: dict[str, Callable[[World], Network]] = {
    "first order .1": lambda w: w.unlearned("influence_1", tau=0.1),
    "gauss-newton .3": lambda w: w.unlearned("influence_2", delta=0.3, decay=1e-3),
}


def of_ten(held: list[bool]) -> None:
    """Ask that it holds on 7 of 10 seeds; the few are asked for half."""
    print(f"holds on {sum(held)} of {len(held)}")
    assert sum(held) >= (len(held) / 2 if QUICK else 7)


def of_five(held: list[bool]) -> None:
    """Ask that it holds on 4 of 5 seeds; the few are asked for all."""
    print(f"holds on {sum(held)} of {len(held)}")
    assert sum(held) >= (len(held) if QUICK else 4)


@pytest.mark.parametrize("update", ONE_SHOT)
def test_a_wedge_of_wrong_labels_defeats_one_step(update):
    found = []
    for seed in TEN:
        here = labels("wedge", seed)
        models = (here.original, here.retrained, ONE_SHOT[update](here))
        found.append([*map(here.accuracy, models), here.disagreement(models[0]), here.disagreement(models[2])])
    show(f"wedge, {update}", TEN, found, ["poisoned", "retrained", "one step", "area poisoned", "area one step"])
    of_ten([row[2] <= row[1] - 0.08 for row in found])


def test_one_step_repairs_labels_that_are_wrong_evenly():
    found = []
    for seed in TEN:
        here = labels("uniform", seed)
        one = ONE_SHOT["gauss-newton .3"](here)
        found.append([here.accuracy(one), here.disagreement(here.original), here.disagreement(one)])
    show("uniform, gauss-newton .3", TEN, found, ["one step", "area poisoned", "area one step"])
    of_ten([row[2] <= 0.75 * row[1] for row in found])


@pytest.mark.parametrize("place", ["wedge", "uniform"])
def test_dui_repairs_labels(place):
    found = []
    for seed in FIVE:
        here = labels(place, seed)
        ours = here.unlearned("dui")
        found.append([here.accuracy(here.retrained), here.accuracy(ours), here.disagreement(ours)])
    show(f"{place}, DUI", FIVE, found, ["retrained", "dui", "area dui"])
    of_five([row[1] >= row[0] - 0.02 for row in found])


@cache
def erasures() -> tuple[tuple[float, ...], ...]:
    """Return, a seed, sensitivity of retrained, without and with the criterion, and the same on the erased test set."""
    found = []
    for seed in FIVE:
        here = feature(seed)
        models = (here.retrained, here.unlearned("dui", lambda_i=0.0), here.unlearned("dui", lambda_i=1.0))
        found.append((*map(here.sensitivity, models), *(here.accuracy(model, erased=True) for model in models)))
    heads = ["sens. retrained", "sens. 0", "sens. 1", "acc. retrained", "acc. 0", "acc. 1"]
    show("erased feature, DUI with lambda_I = 0 and 1", FIVE, [list(row) for row in found], heads)
    return tuple(found)


def test_independence_lowers_the_sensitivity_to_the_erased_feature():
    of_five([row[2] <= 0.6 * row[1] for row in erasures()])


def test_independence_costs_little_accuracy():
    of_five([row[5] >= row[4] - 0.02 for row in erasures()])
