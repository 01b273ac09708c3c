"""SISA trains many small models on shards of the data, so that forgetting means retraining only some of them.

Sharded, isolated, sliced, aggregated: every point belongs to one slice of one shard. A shard's model is trained slice
after slice and a checkpoint is kept before each; the shards vote by their mean probability. To forget, each shard that
holds a forget point returns to the checkpoint before the first slice with one, and goes on from there without them.

    p(x) = mean_s softmax f_s(x);   f_s trained on slices 1; 1, 2; ..; 1 .. R of shard s
    for each shard with forget points: f_s <- checkpoint before its first affected slice, then train on what is left

Reads: the whole training set with its labels, and which of its rows are to be forgotten; never a forget point's values.
Watch: the boundary is the mean of several; switch on the members to see each, and after forgetting one point that only
one shard moves. It starts from an original of its own, not from the one beside it.
Fails: a shard sees a fraction of the data, so accuracy falls with their number; and forget points that are spread over
all shards cost as much as retraining everything.
Source: Bourtoule, Chandrasekaran, Choquette-Choo, Jia, Travers, Zhang, Lie and Papernot, Machine Unlearning, IEEE S&P
2021, arXiv:1912.03817, section on SISA training; code github.com/cleverhans-lab/machine-unlearning at 50a3ada, sisa.py
and aggregation.py.
Differs: mean of probabilities rather than a vote, so that the boundary is smooth; there the vote is the default and the
mean a choice. A slice is trained for a number of steps rather than epochs (theirs share out the epochs among slices, so
that all points together are passed as often as without), by Adam with a rate that falls within the shard's last slice
only; theirs by SGD at a constant 1e-3 in batches of 16. Affected shards are retrained side by side, slice after slice,
a step of each a frame; one whose first slices are untouched waits for the others. Batch statistics are learnt anew with
the weights. In a stream of requests, each retrains the shards that it touches, from checkpoints without earlier points.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Prepared, Preset, Request
from explorer.methods._shared.side_by_side import layout_like, train
from explorer.methods._shared.steps import forget_rows
from explorer.models._ensemble import Ensemble
from explorer.training import Examples, Training, fresh


class Knobs(KnobBase):
    """Knobs of SISA."""

    shards: int = knob(5, ge=1, le=10, title="Shards", help="How many models share the data.")
    slices: int = knob(
        3, ge=1, le=6, title="Slices", help="In how many portions a shard's data come, with a checkpoint each."
    )
    steps: int = knob(50, ge=1, le=200, title="Steps a slice", help="Training steps of a shard after each new slice.")
    lr: float = knob(0.02, ge=1e-5, le=0.5, log=True, title="Learning rate", help="Adam's learning rate.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points a step.", unit="points")


@dataclass(frozen=True)
class Shards:
    """What training leaves behind.

    Attributes:
        slice_of: (n, 2) int64, shard and slice of each training row.
        seeds: (shards, slices) int64, from which the batches of each part of training are drawn.
        states: per shard the states before each slice, and after the last.
    """

    slice_of: Tensor
    seeds: Tensor
    states: tuple[list[dict[str, Tensor]], ...]


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Train all shards, keeping a checkpoint before each slice."""
    examples = Examples(*request.before)
    order = draws.permutation(len(examples.y), rng)
    place = torch.empty(len(order), 2, dtype=torch.int64)
    place[order, 0] = torch.arange(len(order)) % knobs.shards
    place[order, 1] = torch.arange(len(order)) // knobs.shards % knobs.slices
    place = place.to(examples.y.device)
    seeds = draws.integers(2**62, (knobs.shards, knobs.slices), rng)
    models = [fresh(original, rng) for _ in range(knobs.shards)]
    shards = Shards(place, seeds, tuple([] for _ in models))
    by_hand = layout_like(original) is not None  # passes through copies of the original count by themselves
    for number in range(knobs.slices):
        _keep(models, shards)
        for count in train_slice(dict(enumerate(models)), examples, examples.y[:0], knobs, shards, number):
            request.meter.charge(count if by_hand else 0)
    _keep(models, shards)
    return Prepared(state=shards)


def own_original(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> nn.Module:
    """Return the ensemble of all shards as they were trained on everything."""
    members = []
    for states in prepared.state.states:
        member = copy.deepcopy(original)
        member.load_state_dict(states[-1])
        members.append(member)
    return Ensemble(members).eval()


def unlearn(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Iterator[nn.Module]:
    """Yield the ensemble with the affected shards at their checkpoints, then after each step of their retraining."""
    ensemble, shards = copy.deepcopy(original), prepared.state
    assert isinstance(ensemble, Ensemble)
    examples, gone = Examples(*request.before), forget_rows(request)
    first = dict(affected(shards.slice_of, gone))
    if request.earlier is not None and len(request.earlier):
        earlier = request.earlier.flatten()
        _go_back(ensemble, examples, earlier, first, knobs, shards)
        gone = torch.cat([earlier, gone])
    else:
        for shard, number in first.items():
            ensemble.members[shard].load_state_dict(shards.states[shard][number])
    yield ensemble
    for number in range(knobs.slices):
        members = {shard: ensemble.members[shard] for shard, begin in first.items() if begin <= number}
        for count in train_slice(members, examples, gone, knobs, shards, number):
            request.meter.charge(count)
            yield ensemble


def _go_back(
    ensemble: Ensemble, examples: Examples, earlier: Tensor, first: dict[int, int], knobs: Knobs, shards: Shards
) -> None:
    """Put shards at their checkpoints as earlier requests have left them.

    Whoever answers requests keeps those checkpoints. Here they are made again from the first ones, which costs nothing.
    """
    touched = dict(affected(shards.slice_of, earlier))
    since = {shard: min(touched.get(shard, number), number) for shard, number in first.items()}
    for shard, number in since.items():
        ensemble.members[shard].load_state_dict(shards.states[shard][number])
    for number in range(knobs.slices):
        again = {shard: ensemble.members[shard] for shard, begin in since.items() if begin <= number < first[shard]}
        for _ in train_slice(again, examples, earlier, knobs, shards, number):
            pass


def affected(slice_of: Tensor, gone: Tensor) -> list[tuple[int, int]]:
    """Return the shards that hold one of these rows, with the first slice that does, in order."""
    hit = slice_of[gone]
    return [(int(shard), int(hit[hit[:, 0] == shard, 1].min())) for shard in hit[:, 0].unique()]


def rows_of(slice_of: Tensor, shard: int, number: int) -> Tensor:
    """Return the rows of a shard's slices up to `number`, counted from 0."""
    return ((slice_of[:, 0] == shard) & (slice_of[:, 1] <= number)).nonzero()[:, 0]


def train_slice(
    members: dict[int, nn.Module], examples: Examples, gone: Tensor, knobs: Knobs, shards: Shards, number: int
) -> Iterator[int]:
    """Train some shards' models in place on their slices up to `number`; yields the points seen after each step.

    The batches depend on the shard's own seeds and the number of its rows: other shards change nothing. A shard of
    which nothing is left stays as it is.
    """
    rows = {shard: rows_of(shards.slice_of, shard, number) for shard in members}
    rows = {shard: left for shard, mine in rows.items() if len(left := mine[~torch.isin(mine, gone)])}
    if rows:
        recipe = Training(
            optimizer="adam", lr=knobs.lr, weight_decay=0.0, batch=knobs.batch, steps=knobs.steps,
            schedule="cosine" if number == knobs.slices - 1 else "constant",
        )  # fmt: skip
        seeds = [int(shards.seeds[shard, number]) for shard in rows]
        width = min(knobs.batch, int(shards.slice_of[:, 0].bincount().max()))
        yield from train([members[shard] for shard in rows], examples, list(rows.values()), seeds, recipe, width)


def _keep(models: list[nn.Module], shards: Shards) -> None:
    """Add a checkpoint of each shard's model."""
    for model, kept in zip(models, shards.states, strict=True):
        kept.append({name: value.clone() for name, value in model.state_dict().items()})


METHOD = Method(
    title="SISA",
    knobs=Knobs,
    unlearn=unlearn,
    kind="exact",
    answers={"forget", "forget_class"},
    reads={"before.x", "before.y"},
    neutral={},
    presets={
        "ten shards": Preset({"shards": 10, "slices": 2}, note="Our choice: forty points a shard."),
        "one shard": Preset({"shards": 1, "slices": 6}, note="Our choice: only slices; retraining with checkpoints."),
    },
    images=Images(
        cannot="trains an original of its own, several networks on shards; image runs start from one shared original"
    ),
    bibtex="""@inproceedings{bourtoule2021machine,
  title = {Machine Unlearning},
  author = {Bourtoule, Lucas and Chandrasekaran, Varun and Choquette-Choo, Christopher A. and Jia, Hengrui and
            Travers, Adelin and Zhang, Baiwu and Lie, David and Papernot, Nicolas},
  booktitle = {IEEE Symposium on Security and Privacy},
  year = {2021}
}""",
    badges=("exact", "brings its own original"),
    prepare=prepare,
    prepare_reads={"before.x", "before.y"},
    prepare_knobs={"shards", "slices", "steps", "lr", "batch"},
    own_original=own_original,
)
