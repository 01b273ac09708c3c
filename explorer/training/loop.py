"""Train one image network; it can be stopped at any moment and goes on where it was, to the same bits on one thread.

    w <- update(w, grad of the batch mean of the cross-entropy over the rows that the network may see)

Every random number belongs to an epoch: order, crops and flips of epoch e come from a generator of their own, so a
checkpoint holds weights, buffers and what the optimiser remembers, and no state of a generator.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import draws
from explorer.models import Network
from explorer.seeds import child_seed
from explorer.training import Examples, ImageTraining, precision
from explorer.training.precision import Way

PAD = 2  # pixels, reflected, before a random crop
RISE, START, END = 0.23, 0.2, 0.05  # of the triangle: where it peaks, and its rates at both ends
SAVE_SECONDS = 20.0
PRIMING = 5000  # rows that a network may learn from before training
MARGIN = 0.08  # of a step's time, by which a way must be faster than the usual one to be taken
WORTH = 100_000  # images that a training takes in all, from which on its steps are measured first
TIMED = 3  # steps
MOST = 128  # images of a step that is timed
State = dict[str, Tensor]


class Checkpoint(Protocol):
    """A place that outlives the process; what it holds is either whole or not there."""

    def load(self) -> State | None:
        """Return what was saved last, or None."""

    def save(self, state: State) -> None:
        """Keep a state in place of the one before."""

    def clear(self) -> None:
        """Forget what was saved: what was trained is kept elsewhere."""


class Diverged(ValueError):
    """The loss left the finite numbers."""


def train(
    model: Network,
    data: Examples,
    training: ImageTraining,
    *,
    seeds: tuple[int, int],
    left_out: Tensor | None = None,
    checkpoint: Checkpoint | None = None,
    tick: Callable[[int, int], None] | None = None,
    way: Way | None = None,
) -> Way:
    """Fill a network anew and train it, in place; it ends in eval mode. Return the way in which its steps were taken.

    Args:
        model: built, on the device where it is to be trained.
        data: x (n, 3, h, w) float32, standardised, y (n,), on the CPU or on that device.
        training: the recipe.
        seeds: of the initial weights, and of order, crops and flips.
        left_out: (n,) bool, rows that the network must not see. The order is drawn over all n rows, so that a network
            without some rows sees the others at the same steps; the batch mean runs over those that are left.
        checkpoint: where to go on from, and where to save every 20 seconds and when it is cancelled.
        tick: called after each update with (updates done, all updates); may raise to cancel.
        way: in which steps are taken; None for the usual one. A training that goes on keeps the way it began with.

    Raises:
        Diverged: one sentence, if the loss is no longer finite.
    """
    keep = torch.ones(len(data.y), dtype=torch.bool) if left_out is None else ~left_out.cpu()
    device = next(model.parameters()).device
    model.reset(draws.generator(seeds[0]))
    first = keep.nonzero()[:, 0][:PRIMING].to(data.x.device)
    model.prime(data.x[first].cpu())  # in double precision, which MPS has not, and to the same bits on every device
    state = checkpoint.load() if checkpoint else None
    way = _way_of(state) or way or precision.usual(model, device)
    precision.placed(model, device, way).train()
    optimizer = _optimizer(model, training)
    begin = _restore(model, optimizer, state)
    batches = _Batches(data, training, keep, seeds[1], device, way)
    saved = time.monotonic()
    for step in range(begin, training.steps):
        for group in optimizer.param_groups:
            group["lr"] = group["scale"] * rate(training, step)
        x, y = batches.at(step)
        if len(y) > 1:
            loss = _step(model, x, y, optimizer, training, way)
            if step % 16 == 15 and not math.isfinite(loss.item()):
                raise Diverged(f"training broke down at step {step + 1}; lower `training.lr` ({training.lr:g})")
        try:
            if tick:
                tick(step + 1, training.steps)
        except BaseException:  # cancelled
            if checkpoint:
                checkpoint.save(_state(model, optimizer, step + 1, way))
            raise
        if checkpoint and time.monotonic() - saved > SAVE_SECONDS:
            checkpoint.save(_state(model, optimizer, step + 1, way))
            saved = time.monotonic()
    model.eval()
    if not all(torch.isfinite(weight).all() for weight in model.parameters()):
        raise Diverged(f"training broke down: the weights are not finite; lower `training.lr` ({training.lr:g})")
    return way


def fastest_way(model: Network, training: ImageTraining, shape: tuple[int, ...], classes: int) -> Way:
    """Measure in which way the steps of a training are fastest on this machine; the usual way unless one clearly is.

    Args:
        model: built, on the device where it is to be trained; its weights are not looked at, a copy is trained.
        training: the recipe; its batch counts, up to `MOST` images.
        shape: (c, h, w) of an image.
        classes: how many there are.

    Ways differ in the last bits of what they train. So a short training is not measured, and a way must be faster by
    `MARGIN` of the time to be taken for the usual one. On a CPU the seconds are of this thread alone: other work does
    not count.
    """
    device = next(model.parameters()).device
    best = usual = precision.usual(model, device)
    if device.type == "mps" or training.steps * training.batch < WORTH:
        return best
    seconds = step_seconds(model, training, shape, classes, best)
    for way in (usual._replace(channels_last=not usual.channels_last), None):
        other = way or best._replace(bfloat16=not best.bfloat16)
        if other.bfloat16 and not usual.bfloat16:
            continue  # no hardware has it here
        found = step_seconds(model, training, shape, classes, other)
        if found < (1 - MARGIN) * seconds:
            best, seconds = other, found
    return best


def step_seconds(model: Network, training: ImageTraining, shape: tuple[int, ...], classes: int, way: Way) -> float:
    """Return the seconds of a step on up to `MOST` images, the smallest of a few."""
    device = next(model.parameters()).device
    copied = copy.deepcopy(model)
    copied.reset(draws.generator(0))
    precision.placed(copied, device, way).train()
    optimizer, rng = _optimizer(copied, training), draws.generator(0)
    n = min(training.batch, MOST)
    x = precision.laid_out(draws.normal((n, *shape), rng).to(device), way)
    y = draws.integers(classes, (n,), rng).to(device)
    clock = time.thread_time if device.type == "cpu" else time.perf_counter
    spent = []
    for _ in range(TIMED + 1):  # the first one prepares what the others use
        start = clock()
        _step(copied, x, y, optimizer, training, way).item()  # waits for the device
        spent.append(clock() - start)
    return min(spent[1:])


def _step(
    model: Network, x: Tensor, y: Tensor, optimizer: torch.optim.Optimizer, training: ImageTraining, way: Way
) -> Tensor:
    """Take one step on a batch in train mode; return its loss."""
    with precision.autocast(x.device, way):
        logits = model(x)
    loss = F.cross_entropy(logits.float(), y, label_smoothing=training.label_smoothing)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss


def rate(training: ImageTraining, step: int) -> float:
    """Return the learning rate of update `step`, counted from 0."""
    share = step / training.steps
    if training.schedule == "triangle":
        if share < RISE:
            return training.lr * (START + (1 - START) * share / RISE)
        return training.lr * (END + (1 - END) * (1 - share) / (1 - RISE))
    if training.schedule == "cosine":
        return training.lr * 0.5 * (1 + math.cos(math.pi * share))
    return training.lr * (1 - share) if training.schedule == "linear" else training.lr


def _optimizer(model: Network, training: ImageTraining) -> torch.optim.Optimizer:
    head = {id(weight) for weight in model.head.parameters()}
    biases = [weight for weight in model.parameters() if weight.dim() == 1 and id(weight) not in head]
    fast = {id(weight) for weight in biases}
    groups = [
        {"params": [weight for weight in model.parameters() if id(weight) not in fast], "scale": 1.0},
        {"params": biases, "scale": training.bias_lr, "weight_decay": training.weight_decay / training.bias_lr},
    ]
    groups = [group for group in groups if group["params"]]
    if training.optimizer == "sgd":
        return torch.optim.SGD(
            groups, lr=training.lr, momentum=training.momentum, weight_decay=training.weight_decay,
            nesterov=training.nesterov and training.momentum > 0,
        )  # fmt: skip
    kind = torch.optim.Adam if training.optimizer == "adam" else torch.optim.AdamW
    return kind(groups, lr=training.lr, weight_decay=training.weight_decay)


class _Batches:
    """The batch of any step, by its number alone."""

    def __init__(
        self, data: Examples, training: ImageTraining, keep: Tensor, seed: int, device: torch.device, way: Way
    ) -> None:
        self._data, self._keep, self._seed, self._device, self._way = data, keep, seed, device, way
        self._augment, self._n = training.augment, len(data.y)
        self._size = min(training.batch, self._n)
        self._per_epoch = max(1, self._n // self._size)  # what is left of an epoch is dropped, as order is drawn anew
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.int64)
        self._first: Tensor | None = None

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """Return inputs and labels of the rows that may be seen, on the device."""
        epoch, place = divmod(step, self._per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._order = draws.permutation(self._n, self._rng("order", epoch))
        rows = self._order[place * self._size : (place + 1) * self._size]
        seen = self._keep[rows]
        rng = self._rng("augment", step)
        moves = draws.integers(2 * PAD + 1, (2, len(rows)), rng)[:, seen] if self._augment else None
        rows = rows[seen]
        at = rows.to(self._data.x.device)
        x, y = self._data.x[at].to(self._device), self._data.y[at].to(self._device)
        if moves is not None:
            x = _flipped(_cropped(x, moves.to(x.device)), self._flips(rows, epoch).to(x.device))
        return precision.laid_out(x, self._way), y

    def _flips(self, rows: Tensor, epoch: int) -> Tensor:
        """Return which rows are mirrored: each in every second epoch, half of them in the first."""
        if self._first is None:
            self._first = draws.integers(2, (self._n,), self._rng("flips", 0))
        return ((self._first[rows] + epoch) % 2).bool()

    def _rng(self, what: str, number: int) -> torch.Generator:
        return draws.generator(child_seed(self._seed, what, number))


def _cropped(x: Tensor, moves: Tensor) -> Tensor:
    """Return images (b, c, h, w) moved by 0 .. 4 pixels down and right, moves (2, b), the edges reflected."""
    h, w = x.shape[-2:]
    windows = F.pad(x, (PAD,) * 4, mode="reflect").unfold(2, h, 1).unfold(3, w, 1)
    return windows[torch.arange(len(x), device=x.device), :, moves[0], moves[1]]


def _flipped(x: Tensor, flip: Tensor) -> Tensor:
    return torch.where(flip[:, None, None, None], x.flip(-1), x)


def _state(model: nn.Module, optimizer: torch.optim.Optimizer, step: int, way: Way) -> State:
    state = {f"model.{name}": value.detach().cpu().clone() for name, value in model.state_dict().items()}
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    for index, weight in enumerate(weights):
        for name, value in optimizer.state[weight].items():
            if value is not None:
                state[f"optimizer.{index}.{name}"] = torch.as_tensor(value).detach().cpu().clone()
    return {**state, "step": torch.tensor(step), "way": torch.tensor(way)}


def _way_of(state: State | None) -> Way | None:
    """Return the way in which a saved training took its steps; None where it does not say."""
    if state is None or state.get("way", torch.empty(0)).shape != (2,):
        return None
    channels_last, bfloat16 = (bool(value) for value in state["way"])
    return Way(channels_last, bfloat16)


def _restore(model: nn.Module, optimizer: torch.optim.Optimizer, state: State | None) -> int:
    if state is None:
        return 0
    names = {name: value for name, value in state.items() if name.startswith("model.")}
    model.load_state_dict({name.removeprefix("model."): value for name, value in names.items()})
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    for name, value in state.items():
        if name.startswith("optimizer."):
            _, index, field = name.split(".")
            weight = weights[int(index)]
            like = (
                value.clone()
                if value.dim() == 0
                else value.to(weight.device).clone(memory_format=torch.preserve_format)
            )
            optimizer.state[weight][field] = like
    return int(state["step"])
