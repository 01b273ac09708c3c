"""Make what an audit is given: the run's models as flat weights, and what it needs of methods and references."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from explorer import metrics
from explorer.audits import Audit, Handed, OnRetrained, Subject
from explorer.draws import generator
from explorer.knobs import KnobBase, knob_infos
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.paths import network_of as network_of_path
from explorer.pipeline.paths import path
from explorer.pipeline.pictures import grid_size
from explorer.pipeline.references import AREA_CELLS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.starts import request_of
from explorer.pipeline.worlds.points import examples_of, layout_of, network_of, point_logits, row, training_of
from explorer.recording import prepare
from explorer.recording.running import Watch
from explorer.recording.running import run as run_method
from explorer.records import Float, Plane
from explorer.seeds import child_seed
from explorer.spec.catalog import CATALOG
from explorer.training.stack import Layout, train_many

MANY = 64  # retrained models beside those of the band
LONGER = 10  # times the method's own length, at most, until the control has done as much damage
LENGTHS = ("steps", "epochs")  # knobs that say how long a method runs


def subject_of(run: Run, audit: Audit, *, unlearned: bool, original: int = 0) -> Subject:
    """Return what an audit is given; the run's tick counts what is trained for it.

    Args:
        run: the run, of points of a plane.
        audit: what it needs is made.
        unlearned: the model looked at is the method's own; else no method is run.
        original: which of the originals is looked at.
    """
    data, sets, refs = run.data, run.sets, run.references
    plane = Plane.around(data.train.x)
    return Subject(
        network=network_of(run.spec, data, refs.originals[original]),
        original=refs.originals[original],
        retrained=refs.retrained,
        paired=refs.paired,
        before=examples_of(data, sets.before),
        test=examples_of(data, data.test),
        forget=sets.forget,
        space=data.space,
        plane=data.space.standardise(plane.grid(grid_size(data.classes))),
        area=data.space.standardise(plane.grid(AREA_CELLS)),
        seed=child_seed(run.spec.seed, "audit"),
        handed=_handed(run, audit, unlearned, original),
    )


def _handed(run: Run, audit: Audit, unlearned: bool, original: int) -> Handed:
    handed = Handed()
    if "method_on_retrained" in audit.needs and unlearned:
        handed = replace(handed, method_on_retrained=OnRetrained(on_retrained(run), matched(run, original)))
    if "new_seeds" in audit.needs:
        handed = replace(handed, new_seeds=np.delete(run.references.originals, original, axis=0))
    if "retrained_64" in audit.needs:
        handed = replace(handed, retrained_64=many_retrained(run))
    if "public_points" in audit.needs and training_of(run.spec).optimizer == "lbfgs":
        public, decay = examples_of(run.data, run.data.test), training_of(run.spec).weight_decay
        handed = replace(handed, public_points=public, weight_decay=decay)
    return handed


@kept(lambda run: f"audit-retrained-{MANY}-{run.key(*REQUEST_PARTS)}")
def many_retrained(run: Run) -> Float:
    """Return the weights (64, p) of retrained models of other seeds than the band's."""
    left = torch.ones(len(run.sets.before))
    if run.sets.removes:
        left[torch.from_numpy(run.sets.forget)] = 0.0
    rows = [row(run.spec, f"audit:{k}", 0, left) for k in range(MANY)]
    seen = [examples_of(run.data, run.sets.after)]
    return train_many(layout_of(run.spec, run.data), seen, rows, training_of(run.spec), tick=run.tick)[0].numpy()


def unlearned_weights(run: Run, original: int = 0) -> Float:
    """Return the weights (p,) with which the Spec's method ends, in the shape of the original."""
    trajectory = path(run, original)
    assert trajectory.weights is not None  # of points they are always kept
    end = trajectory.weights[-1]
    if not trajectory.shadow:
        return end
    wide, narrow = network_of_path(run, trajectory), layout_of(run.spec, run.data)
    return without_shadow(end, narrow, next(reversed(list(wide.parameters()))).numel())


def without_shadow(weights: Float, layout: Layout, outputs: int) -> Float:
    """Return weights (p,) of a layout from those of a network with more outputs: its last ones are left out."""
    (out, fan_in), head = layout.layers[-1], layout.layers[-1][0] * (layout.layers[-1][1] + 1)
    body = weights[: layout.size - head]
    weight = weights[len(body) : len(body) + outputs * fan_in].reshape(outputs, fan_in)
    bias = weights[len(body) + outputs * fan_in :]
    return np.concatenate([body, weight[:out].ravel(), bias[:out]])


@kept(lambda run: f"audit-control-{run.key(*PATH_PARTS)}-{run.seeds}")
def on_retrained(run: Run) -> Float:
    """Return where the Spec's method ends on each retrained model (r, p), in its own shape."""
    return _on_each(run, run.asked.knobs, None)


@kept(lambda run, original=0: f"audit-matched-{run.key(*PATH_PARTS)}-{run.seeds}-{original}")
def matched(run: Run, original: int = 0) -> Float:
    """Return the same (r, p), run until its retain accuracy is as low as that of the method on an original.

    At most ten times as long as the method runs; a method that has no knob for its length ends as it does.
    """
    rows, y = run.sets.retain, run.sets.before.y[run.sets.retain]
    target = float(metrics.accuracy(path(run, original).logits[-1:, rows], y)[0])
    layout, x = layout_of(run.spec, run.data), run.sets.before.x[rows]

    def as_low(state: Tensor, _: float) -> str:
        if len(state) != layout.size:
            return ""  # it is wider for a while
        found = float(metrics.accuracy(point_logits(run.spec, run.data, state.numpy(), x), y)[0])
        return "as low as on the original" if found <= target else ""

    return _on_each(run, longer(run.asked.knobs), as_low)


def _on_each(run: Run, knobs: KnobBase, watch: Watch | None) -> Float:
    ends = list[Float]()
    for k, weights in enumerate(run.references.retrained):
        if run.tick:
            run.tick(k, run.seeds)
        ends.append(_ended(run, weights, k, knobs, watch))
    return np.stack(ends)


def longer(knobs: KnobBase) -> KnobBase:
    """Return the knobs with the one for the method's length ten times as large, or as large as it may be."""
    infos, changed = knob_infos(type(knobs)), dict[str, int]()
    for name in LENGTHS:
        if name in infos and infos[name].kind == "int":
            most = infos[name].high
            wanted = LONGER * getattr(knobs, name)
            changed[name] = int(wanted if most is None else min(wanted, most))
    return knobs.model_copy(update=changed)


def _ended(run: Run, weights: Float, k: int, knobs: KnobBase, watch: Watch | None) -> Float:
    """Return the last finite weights of the method from a retrained model, in its own shape."""
    model, request = network_of(run.spec, run.data, weights), request_of(run)
    seeds = (child_seed(run.spec.seed, "audit", what, k) for what in ("prepare", "method"))
    ready, rng = (generator(seed) for seed in seeds)
    prepared = prepare(run.method, model, request, knobs, ready).prepared
    done = run_method(
        run.method, model, request, knobs, rng, prepared, limit=1, keep=lambda state, _: state[:0], tick=None,
        watch=watch,
    )  # fmt: skip
    return (done.last if len(done.last) == len(weights) else done.first).numpy()


def why_not_on_retrained(key: str) -> str:
    """Return why a method cannot be run on retrained models, by its title, or ""."""
    method = CATALOG.methods[key]
    if method.own_original is not None:
        return f"{method.title} cannot be run on retrained models: it starts from an original of its own"
    if method.needs_record:
        return f"{method.title} cannot be run on retrained models: it needs the record of the original's training"
    return ""
