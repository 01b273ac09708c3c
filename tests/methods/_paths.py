"""Run a method by hand, its preparation included."""

import copy
import dataclasses
from itertools import islice

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase
from explorer.methods._method import Method, Prepared, Request
from explorer.models.mlp import MLP
from explorer.training import Training, TrainingRecord


def prepared(method: Method, model: nn.Module, asked: Request, knobs: KnobBase, seed: int = 0) -> Prepared:
    assert method.prepare is not None
    return method.prepare(copy.deepcopy(model), asked, knobs, draws.generator(seed))


def states(
    method: Method, model: nn.Module, asked: Request, knobs: KnobBase, most: int | None = None, seed: int = 0
) -> list[dict[str, Tensor]]:
    """Return the state after each yield."""
    extra = [prepared(method, model, asked, knobs, seed)] if method.prepare else []
    path = method.unlearn(model, asked, knobs, draws.generator(seed), *extra)
    return [copy.deepcopy(live.state_dict()) for live in islice(path, most)]


def heads(
    method: Method, model: MLP, asked: Request, knobs: KnobBase, most: int | None = None
) -> list[tuple[Tensor, Tensor]]:
    """Return weight and bias of a linear model after each yield."""
    return [(state["head.weight"], state["head.bias"]) for state in states(method, model, asked, knobs, most)]


def with_record(asked: Request, path: Tensor, batches: Tensor, **recipe: float) -> Request:
    return dataclasses.replace(asked, record=TrainingRecord(Training(**recipe), path, batches))  # type: ignore[arg-type]


def with_heldout(asked: Request, x: Tensor, y: Tensor) -> Request:
    return dataclasses.replace(asked, heldout=type(asked.forget)(x, y))


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
