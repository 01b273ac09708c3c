"""How fast many small networks train together: CPU seconds against one eager loop after another.

Ratios are taken in one process, stacked and eager in turn, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import time

import torch
from torch.nn import functional as F

from explorer import draws
from explorer.experiments.cifar import files
from explorer.experiments.cifar.time_share import share_of_record
from explorer.models import mlp
from explorer.spec.catalog import CATALOG
from explorer.training import Examples, ImageTraining, Training
from explorer.training.loop import fastest_way, step_seconds
from explorer.training.precision import Way
from explorer.training.stack import Row, train_many

SHAPE = (3, 32, 32)
PLAIN = Way(channels_last=False, bfloat16=False)


def _problem(n: int = 400) -> Examples:
    rng = draws.generator(0)
    x = draws.normal((n, 2), rng)
    return Examples(x, (x[:, 0] * x[:, 1] > 0).long())


def _rows(count: int, n: int) -> list[Row]:
    return [Row(init=k, batches=1000 + k, data=0, weight=torch.ones(n)) for k in range(count)]


def stacked_seconds(activation: str, models: int, steps: int) -> float:
    """CPU seconds of `models` networks 2-32-32-2 trained together, batch 32."""
    data = _problem()
    layout = mlp.layout(mlp.Options(activation=activation), (2,), 2)  # type: ignore[arg-type]
    start = time.thread_time()
    train_many(layout, [data], _rows(models, len(data.y)), Training(steps=steps, batch=32))
    return time.thread_time() - start


def eager_seconds(activation: str, models: int, steps: int) -> float:
    """CPU seconds of `models` networks trained one after another with autograd and torch's default AdamW."""
    data = _problem()
    options = mlp.Options(activation=activation)  # type: ignore[arg-type]
    start = time.thread_time()
    for k in range(models):
        model = mlp.build(options, (2,), 2)
        model.reset(draws.generator(k))
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
        batches = draws.batches(len(data.y), 32, draws.generator(1000 + k))
        for _, rows in zip(range(steps), batches, strict=False):
            optimizer.zero_grad()
            F.cross_entropy(model(data.x[rows]), data.y[rows]).backward()
            optimizer.step()
    return time.thread_time() - start


def ratio(activation: str, models: int = 64, steps: int = 400, rounds: int = 3) -> float:
    """How many times more CPU the eager loops take; median of rounds. A quarter of the loops is run, times four."""
    stacked_seconds(activation, models, 25)
    ratios = []
    for _ in range(rounds):
        eager = 4 * eager_seconds(activation, models // 4, steps // 4) * 4
        ratios.append(eager / stacked_seconds(activation, models, steps))
    return statistics.median(ratios)


def train_many_relu() -> float:
    """Times faster than 64 eager loops, ReLU; budget: at least 25."""
    return ratio("relu")


def train_many_tanh() -> float:
    """Times faster than 64 eager loops, tanh; budget: at least 15."""
    return ratio("tanh")


def shadows_128() -> float:
    """CPU seconds of 128 networks 2-32-32-2 tanh, 1,000 steps, batch 32; budget: at most 4."""
    stacked_seconds("tanh", 16, 25)
    return stacked_seconds("tanh", 128, 1000)


def image_step(name: str, classes: int, rounds: int = 3) -> float:
    """How many times faster a training step is than in plain float32, contiguous; the usual recipe's batch, in turn."""
    module = CATALOG.models[name]
    network = module.build(module.Options(), SHAPE, classes)
    training = ImageTraining(**{**module.RECIPES["standard"], "recipe": "standard"})
    way, ratios = fastest_way(network, training, SHAPE, classes), []
    for _ in range(rounds):
        plain = step_seconds(network, training, SHAPE, classes, PLAIN)
        ratios.append(plain / step_seconds(network, training, SHAPE, classes, way))
    return statistics.median(ratios)


def image_step_compact() -> float:
    """Times faster than float32, contiguous, on this machine; budget: at least 1.5."""
    return image_step("compact", 10)


def image_step_vgg11() -> float:
    """Times faster than float32, contiguous, on this machine; budget: at least 1.7."""
    return image_step("vgg11", 100)


def image_step_resnet18() -> float:
    """Times faster than float32, contiguous, on this machine; budget: at least 1.7."""
    return image_step("resnet18", 10)


if __name__ == "__main__":
    for measure in (
        train_many_relu, train_many_tanh, shadows_128, image_step_compact, image_step_vgg11, image_step_resnet18,
    ):  # fmt: skip
        print(f"{measure.__name__} {measure():.2f}")


def recording_share() -> float:
    """Largest share of evaluation and recording in the time of a recorded folder, as its runs say."""
    return max(share_of_record(files.SHIPPED / name)[0] for name in files.folders())
