"""Small networks on which methods are checked: the MLP, and a 2,000-weight convolutional net with batch norm."""

from __future__ import annotations

import copy
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, skip_init

from explorer import draws
from explorer.models import Network
from explorer.models._layout import linear_weights
from explorer.models.mlp import Options, build
from explorer.training import Training, TrainingRecord


class ConvNet(Network):
    """Two convolutions with batch norm, average pooling, a linear head: about 2,000 weights on 3 x 8 x 8 inputs."""

    def __init__(self, classes: int) -> None:
        """Make the layers, weights not yet filled."""
        super().__init__()
        self.blocks_ = nn.ModuleList([_stage(3, 10), _stage(10, 16)])
        self.head = cast(nn.Linear, skip_init(nn.Linear, 16, classes))

    def features(self, x: Tensor) -> Tensor:
        """Return what the head sees, (n, 16), of x (n, 3, 8, 8)."""
        for block in self.blocks_:
            x = block(x)
        return x.mean(dim=(2, 3))

    def reset(self, rng: torch.Generator) -> None:
        """Fill every layer anew."""
        with torch.no_grad():
            for module in self.modules():
                if isinstance(module, nn.Conv2d | nn.Linear):
                    fan_in = module.weight[0].numel()
                    weight, bias = linear_weights(len(module.weight), fan_in, rng)
                    module.weight.copy_(weight.reshape(module.weight.shape))
                    if module.bias is not None:
                        module.bias.copy_(bias)
                if isinstance(module, nn.BatchNorm2d):
                    module.reset_parameters()

    @property
    def blocks(self) -> list[nn.Module]:
        """Return the convolutions, then the head."""
        return [*self.blocks_, self.head]


def _stage(inputs: int, outputs: int) -> nn.Sequential:
    conv = skip_init(nn.Conv2d, inputs, outputs, 3, padding=1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())


def mlp(classes: int = 2, widths: tuple[int, ...] = (8, 8), activation: str = "tanh") -> Network:
    """Return an MLP on the plane, weights not yet filled."""
    return build(Options(widths=list(widths), activation=activation), (2,), classes)  # type: ignore[arg-type]


def train(model: Network, x: Tensor, y: Tensor, *, steps: int = 60, seed: int = 0) -> TrainingRecord:
    """Train a model in place with plain SGD, and return the record that `needs_record` methods ask for."""
    recipe = Training(
        optimizer="sgd", lr=0.1, momentum=0.0, weight_decay=0.0, batch=8, steps=steps, schedule="constant"
    )
    rng = draws.generator(seed)
    model.reset(rng)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=recipe.lr)
    path, drawn = [parameters_to_vector(model.parameters()).detach().clone()], []
    batches = draws.batches(len(y), recipe.batch, rng)
    for _ in range(steps):
        rows = next(batches)
        optimizer.zero_grad()
        F.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
        path.append(parameters_to_vector(model.parameters()).detach().clone())
        drawn.append(rows)
    model.eval()
    return TrainingRecord(recipe, torch.stack(path), torch.stack(drawn))


def same(one: nn.Module, other: nn.Module) -> bool:
    """Return whether two models have bit-identical weights and buffers."""
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """Return a copy of weights and buffers."""
    return copy.deepcopy(model.state_dict())
