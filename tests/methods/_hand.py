"""A linear model on the plane whose gradients can be worked out by hand, and requests of a few points."""

from collections.abc import Sequence
from itertools import islice

import torch
from torch import Tensor

from explorer import draws
from explorer.knobs import KnobBase
from explorer.methods._method import Method, Request, TensorSpace
from explorer.models.mlp import MLP
from explorer.training import Examples

Points = Sequence[tuple[tuple[float, float], int]]


def linear(weight: Sequence[Sequence[float]] = ((0, 0), (0, 0)), bias: Sequence[float] | None = None) -> MLP:
    """Return logits = weight x + bias, one row of weight a class; by default all zero, so every class is as likely."""
    model = MLP(2, [], len(weight), "tanh")
    with torch.no_grad():
        model.head.weight.copy_(torch.tensor(weight, dtype=torch.float32))
        model.head.bias.copy_(torch.tensor(bias or [0.0] * len(weight)))
    return model.eval()


def request(forget: Points, retain: Points = (), classes: int = 2, std: float = 1.0) -> Request:
    parts = [_examples(forget), _examples(retain), _examples([*forget, *retain]), _examples(()), _examples(())]
    scale = torch.full((2,), std)
    space = TensorSpace(torch.zeros(2), scale, -scale, scale)
    return Request(*parts, space=space, classes=classes, kind="forget", rows=torch.arange(len(forget)))


def _examples(points: Points) -> Examples:
    x = torch.tensor([place for place, _ in points], dtype=torch.float32).reshape(-1, 2)
    return Examples(x, torch.tensor([label for _, label in points], dtype=torch.int64))


def weights_after(method: Method, model: MLP, asked: Request, knobs: KnobBase, most: int | None = None) -> list[Tensor]:
    """Return the weight (classes, 2) of a linear model after each step; its bias goes into `biases_after`."""
    return [head for head, _ in heads_after(method, model, asked, knobs, most)]


def heads_after(
    method: Method, model: MLP, asked: Request, knobs: KnobBase, most: int | None = None
) -> list[tuple[Tensor, Tensor]]:
    """Return weight (classes, 2) and bias (classes,) after each step."""
    path = method.unlearn(model, asked, knobs, draws.generator(0))
    return [(m.head.weight.detach().clone(), m.head.bias.detach().clone()) for m in islice(path, most)]  # type: ignore


def close(found: Tensor, expected: Sequence[float] | Sequence[Sequence[float]]) -> bool:
    return torch.allclose(found, torch.tensor(expected, dtype=found.dtype), atol=1e-6)
